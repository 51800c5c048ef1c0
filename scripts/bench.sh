#!/usr/bin/env bash
# Runs the benchmarks (tests/bench) on data that is thrown away.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/test_env.sh
source scripts/test_env.sh
.venv/bin/python -m tests.bench "$@"
