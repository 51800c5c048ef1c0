#!/usr/bin/env bash
# A PostgreSQL server for the tests.
#   scripts/postgres.sh start FOLDER   prints the address of a server: the one on 127.0.0.1:5432 when it lets
#                                      `postgres` in without a password, else one of its own with its data in FOLDER
#   scripts/postgres.sh stop FOLDER    stops the one of its own
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
action=${1:?start or stop}
folder=${2:?a folder}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

find_programs() {
  local pg_ctl
  pg_ctl=$(find /usr/lib/postgresql -path '*/bin/pg_ctl' 2>/dev/null | sort -V | tail -n 1)
  [ -n "$pg_ctl" ] || pg_ctl=$(command -v pg_ctl || true)
  [ -n "$pg_ctl" ] && programs=$(dirname "$pg_ctl")
}

answers() {
  .venv/bin/python - "$1" <<'PYTHON' 2>/dev/null
import sys

import psycopg

with psycopg.connect(sys.argv[1], connect_timeout=5) as connection:
    allowed = connection.execute("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
    sys.exit(not allowed.fetchone()[0])
PYTHON
}

start() {
  local standing=postgres://postgres@127.0.0.1:5432/postgres
  if answers "$standing"; then
    echo "$standing"
    return
  fi
  if ! find_programs; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
      echo "No PostgreSQL server on 127.0.0.1:5432. Start one, or set TEST_DATABASE_URL, or type:" >&2
      echo "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends postgresql" >&2
      exit 1
    fi
    echo "Installing system packages: postgresql" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
    apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends postgresql >/dev/null
    find_programs
  fi
  local port
  port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p "$folder/postgres"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$folder/postgres"
  as_postgres "$programs/initdb" --pgdata="$folder/postgres/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  as_postgres "$programs/pg_ctl" --pgdata="$folder/postgres/data" --log="$folder/postgres/log" --wait --silent \
    --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off" start >&2
  echo "postgres://postgres@127.0.0.1:$port/postgres"
}

stop() {
  [ -e "$folder/postgres/data/postmaster.pid" ] || return 0
  find_programs
  as_postgres "$programs/pg_ctl" --pgdata="$folder/postgres/data" --mode=immediate --wait --silent stop
}

"$action"
