#!/usr/bin/env bash
# Runs pytest with the settings of a trial: scripts/pytest.sh [--postgres] [what pytest takes]
#   --postgres   on the server that TEST_DATABASE_URL names, without what has no use for a second database
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/test_env.sh
source scripts/test_env.sh

if [ "${1:-}" = --postgres ]; then
  shift
  if [ -z "${TEST_DATABASE_URL:-}" ]; then
    echo "TEST_DATABASE_URL is missing. For example:" >&2
    echo "  make test-postgres TEST_DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres" >&2
    exit 2
  fi
  export DATABASE_URL=$TEST_DATABASE_URL
  set -- -m "not browser and not verapdf" "$@"
fi

# The browser of the system, the one without a window if it is there; without any, Playwright uses its own.
CHROMIUM=$(command -v chromium-headless-shell || command -v chromium || command -v google-chrome || true)
export CHROMIUM

.venv/bin/python -m pytest "$@"
