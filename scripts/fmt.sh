#!/usr/bin/env bash
# Formats Python and templates, and mends what the linter can mend by itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.venv/bin/python -m ruff check --fix-only .
.venv/bin/python -m ruff format .
.venv/bin/python -m djlint --quiet --reformat templates || true # exits 1 when it changed something
