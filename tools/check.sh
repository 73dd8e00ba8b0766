#!/bin/sh
# Every check that needs no running application; all of them run, then the verdict.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
failed=""

step() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        printf 'ok      %s\n' "$name"
    else
        printf 'FAILED  %s\n%s\n' "$name" "$output"
        failed="$failed $name"
    fi
}

step lint $bin/ruff check
step format $bin/ruff format --check
step types $bin/mypy
step imports $bin/lint-imports
step templates $bin/djlint --lint --quiet callcenter
step assets $bin/python tools/vendor.py --check
step texts $bin/python tools/messages.py check
step licences $bin/python tools/licences.py
step migrations $bin/python tools/schema.py
if [ -n "$failed" ]; then
    printf '\nNot in order:%s\n' "$failed"
    exit 1
fi
