#!/usr/bin/env bash
# Renews the locks from pyproject.toml: exact versions with hashes, and no address of any index in them.
# A newer version of what is locked already is taken only with: scripts/lock.sh --upgrade
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compile() {
  .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate pyproject.toml "$@"
}
compile -o requirements.txt "$@"
compile --extra dev -c requirements.txt -o requirements-dev.txt "$@"
