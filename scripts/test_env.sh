# shellcheck shell=bash
# Sourced by what checks and tests: the settings of a trial, a data folder that is thrown away,
# and nothing of the developer's own .env.
while IFS= read -r name; do
  export "$name="
done < <(sed -nE 's/^# ?([A-Z][A-Z_]*)=.*/\1/p' .env.example)
DATA_DIR=$(mktemp -d)
trap 'rm -rf "$DATA_DIR"' EXIT
export DATA_DIR DEMO=1 DEBUG=0 WEB_CONCURRENCY=1 DATABASE_URL="sqlite:///$DATA_DIR/helsefellesskap.sqlite3"
export DJANGO_SETTINGS_MODULE=helsefellesskap.settings
