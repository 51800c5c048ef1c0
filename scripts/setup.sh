#!/usr/bin/env bash
# Makes ready what a make target needs, and repeats nothing that is done:
#   run    .venv with the locked packages, the libraries that draw PDF pages
#   check  run, and the locked development packages
#   node   check, and the packages of package-lock.json
#   test   node, and a browser and Java
# Where it may not install a system package it stops with the exact command to type.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

level=${1:-}
case $level in
  run) rank=0 ;;
  check) rank=1 ;;
  node) rank=2 ;;
  test) rank=3 ;;
  *) echo "usage: scripts/setup.sh run|check|node|test" >&2; exit 2 ;;
esac

# Two starts at once on a fresh clone wait for each other.
if command -v flock >/dev/null; then
  exec 9<scripts/setup.sh
  flock 9
fi

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# System packages: collected in `missing`, installed together.

missing=()

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  local packages="${missing[*]}" as_root=()
  if ! have apt-get; then
    stop "Missing on this system: $packages (names of Debian packages).
Install them with the package manager of this system, then run make again."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      local command="apt-get update && apt-get install --yes --no-install-recommends $packages"
      if have sudo; then
        command="sudo apt-get update && sudo apt-get install --yes --no-install-recommends $packages"
      else
        command="su -c '$command'"
      fi
      stop "System packages are missing. Type this, then run make again:

  $command
"
    fi
  fi
  say "Installing system packages: $packages"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update
  if [[ " $packages " == *" chromium "* ]] && [[ "$(apt-cache policy chromium)" != *"Candidate: "[0-9]* ]]; then
    browser_from_playwright=1 # Ubuntu has Chromium as a snap only
    packages=" $packages "
    packages=${packages/ chromium / }
  fi
  # shellcheck disable=SC2086 # a list of names
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends $packages >/dev/null
  missing=()
}

# Python

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14; do
    if is_new_enough "$candidate"; then
      python=$candidate
      return 0
    fi
  done
  stop "Python 3.11 or newer is needed and was not found. On Debian 12, Ubuntu 24.04 and later, type:

  apt-get install python3 python3-venv
"
}

python=.venv/bin/python
if ! is_new_enough "$python"; then
  find_python
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    missing+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
fi

# What WeasyPrint opens at run time

if [ "$(uname -s)" = Linux ]; then
  while IFS= read -r package; do
    missing+=("$package")
  done < <("$python" - <<'PYTHON'
import ctypes

for library, package in (
    ("libpango-1.0.so.0", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0-0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset0"),
):
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PYTHON
  )
fi

# What the tests use

browser_from_playwright=0
java_is_new_enough() {
  local version
  version=$(java -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' | head -n 1)
  [ "${version:-0}" -ge 11 ]
}
may_install() { [ "$(id -u)" -eq 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }
offers() { [[ "$(apt-cache policy "$1" 2>/dev/null)" == *"Candidate: "[0-9]* ]]; }
have_browser() { have chromium-headless-shell || have chromium || have google-chrome || compgen -G "$HOME/.cache/ms-playwright/chromium-*" >/dev/null; }
if [ $rank -ge 2 ]; then
  have node || missing+=(nodejs)
  have npm || missing+=(npm)
fi
if [ $rank -ge 3 ]; then
  # Chromium without its window starts and draws in half the time
  if ! have chromium-headless-shell && may_install && offers chromium-headless-shell; then
    missing+=(chromium-headless-shell)
  elif ! have_browser; then
    missing+=(chromium)
  fi
  { have java && have javac && java_is_new_enough; } || missing+=(default-jdk-headless)
  [ -e /usr/share/java/jaxb-runtime.jar ] || missing+=(libjaxb-java)
fi

install_missing

# The virtual environment and its packages

if [ "$python" != .venv/bin/python ]; then
  say "Creating .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
  python=.venv/bin/python
fi
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

install_lock() {
  local lock=$1 stamp=.venv/$1.installed wanted
  wanted="$(sha256sum <"$lock") Python $version"
  [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ] || return 0
  if ! "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m ensurepip --default-pip >/dev/null # an interrupted or outdated .venv
  fi
  say "Installing the packages of $lock, hashes checked"
  rm -f "$stamp"
  "$python" -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes -r "$lock"
  printf '%s\n' "$wanted" >"$stamp"
}

install_lock requirements.txt
[ $rank -lt 1 ] || install_lock requirements-dev.txt

# Node packages

if [ $rank -ge 2 ]; then
  stamp=node_modules/.installed
  wanted=$(sha256sum <package-lock.json)
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    say "Installing the packages of package-lock.json"
    npm ci --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
    printf '%s\n' "$wanted" >"$stamp"
  fi
fi

if [ $browser_from_playwright -eq 1 ]; then
  say "Installing a browser with Playwright"
  "$python" -m playwright install --with-deps chromium
fi
