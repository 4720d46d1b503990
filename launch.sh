#!/usr/bin/env bash
# From a fresh machine to a running page: ./launch.sh [--port P --listen --no-browser --data-dir DIR --models-dir DIR]
# Every test, the real-browser ones too:   ./launch.sh test [pytest's arguments]
# Needs bash and Python 3.11 or newer. The first start installs everything into .venv at tested versions; later starts
# install nothing and need no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly VENV=.venv

say() { printf '%s\n' "$*" >&2; }
fail() { say "launch.sh: $*"; exit 2; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer was not found. Install it, or name it: PYTHON=/path/to/python3.12 ./launch.sh"
}

# What an installation is made of; when it changes, pip runs again.
recipe() { cat pyproject.toml constraints.txt; printf '%s' "$1"; }

# install EXTRA...: brings .venv to the state that pyproject.toml and constraints.txt describe.
install() {
    local extras=$1 stamp=$VENV/installed-${1:-product}.txt python
    if [ -x "$VENV/bin/python" ] && [ -f "$stamp" ] && recipe "$extras" | cmp -s - "$stamp"; then
        return
    fi
    if [ ! -x "$VENV/bin/python" ]; then
        python=$(find_python)
        say "Making $VENV with $("$python" --version) ..."
        "$python" -m venv "$VENV" ||
            fail "Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv"
    fi
    say "Installing (this happens once and takes some minutes) ..."
    "$VENV/bin/python" -m pip install --quiet --upgrade pip ||
        fail "pip could not be brought up to date. Is there a network connection? Then start again."
    "$VENV/bin/python" -m pip install --constraint constraints.txt --editable ".${extras:+[$extras]}" ||
        fail "The installation did not finish. See what pip said above; then start again, nothing is lost."
    recipe "$extras" >"$stamp"
}

run_tests() {
    local bin=$PWD/$VENV/bin
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        fail "The tests need Chromium. On Debian and Ubuntu: sudo apt install chromium libgl1 libegl1"
    "$bin/ruff" check .
    "$bin/ruff" format --check .
    "$bin/pyright"
    "$bin/lint-imports"
    # A file's tests stay together, as they share what their fixtures made, and keep their order: the browser's are last.
    "$bin/python" -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder "$@"
}

if [ "${1:-}" = test ]; then
    shift
    install test
    run_tests "$@"
else
    install ""
    exec "$VENV/bin/python" app.py "$@"
fi
