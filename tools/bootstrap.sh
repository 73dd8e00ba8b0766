#!/bin/sh
# Make .venv with everything that the lock names; done before is not done again.
#   tools/bootstrap.sh          what running needs
#   tools/bootstrap.sh dev      what testing needs as well
set -eu
cd "$(dirname "$0")/.."
lock=requirements.lock
stamp=.venv/.bootstrapped
if [ "${1:-}" = dev ]; then
    lock=requirements-dev.lock
    stamp=.venv/.bootstrapped-dev
fi

say() { printf '%s\n' "$*" >&2; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.implementation.name != "cpython")' 2>/dev/null
}

find_python() {
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
            printf '%s' "$name"
            return
        fi
    done
    say "callcenter needs CPython 3.11 or newer, and none was found."
    say "Install one (Debian, Ubuntu: apt install python3 python3-venv),"
    say "or name it: make bootstrap PYTHON=/path/to/python3.12"
    exit 1
}

make_venv() {
    if [ -x .venv/bin/python ] && is_new_enough .venv/bin/python; then
        return
    fi
    python=$(find_python)
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        say "$python cannot make virtual environments."
        say "Debian, Ubuntu: apt install python3-venv"
        exit 1
    fi
}

wanted=$(cat "$lock" setup.cfg pyproject.toml tools/bootstrap.sh | cksum)
if [ -x .venv/bin/callcenter ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted $(pwd)" ]; then
    exec .venv/bin/python tools/messages.py compile
fi
make_venv
say "Installing what $lock names into .venv (once)…"
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"; }
pip install --require-hashes -r "$lock"
pip install --no-deps --no-build-isolation -e .
.venv/bin/python tools/messages.py compile
printf '%s' "$wanted $(pwd)" >"$stamp"
