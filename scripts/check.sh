#!/usr/bin/env bash
# Everything that can be said of the code without running the tests. All steps run; one that fails fails the whole.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/test_env.sh
source scripts/test_env.sh

failed=()
step() {
  local title=$1
  shift
  echo "── $title"
  "$@" || failed+=("$title")
}

python=.venv/bin/python
step "ruff" "$python" -m ruff check .
step "ruff format" "$python" -m ruff format --check .
step "djlint --lint" "$python" -m djlint --quiet --lint templates
step "djlint --check" "$python" -m djlint --quiet --check templates
step "mypy" "$python" -m mypy
step "import contracts" "$python" .venv/bin/lint-imports --no-logo
step "migrations" "$python" manage.py makemigrations --check --dry-run
step "vendored files" "$python" scripts/vendor.py --check
step "deployment" env \
  DEMO=0 \
  SECRET_KEY="$("$python" -c 'import secrets; print(secrets.token_urlsafe(50))')" \
  BASE_URL=https://portal.example.no/ \
  ALLOWED_HOSTS=portal.example.no \
  EMAIL_URL=smtp+tls://user:password@mail.example.no:587 \
  ACCESSIBILITY_URL=https://example.no/tilgjengelighet \
  PRIVACY_URL=https://example.no/personvern \
  "$python" manage.py check --deploy --fail-level WARNING

if [ ${#failed[@]} -gt 0 ]; then
  printf '\nFailed: %s\n' "$(printf '%s, ' "${failed[@]}" | sed 's/, $//')" >&2
  exit 1
fi
