#!/bin/sh
# All tests. What a browser or a broker is needed for is installed where that is
# possible (root on a Debian), and named where it is not.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin

say() { printf '%s\n' "$*"; }

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }

missing=""
has_browser || missing="$missing chromium"
command -v redis-server >/dev/null || missing="$missing redis-server"
[ -x /usr/sbin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null || missing="$missing rabbitmq-server"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing$missing for the tests…"
        # A policy that forbids it keeps the services from starting by themselves.
        policy=/usr/sbin/policy-rc.d
        if [ ! -e $policy ]; then
            printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
        else
            policy=""
        fi
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update >/dev/null 2>&1
        # shellcheck disable=SC2086
        apt-get -qq install -y --no-install-recommends $missing >/dev/null 2>&1 ||
            say "Could not install:$missing"
        [ -z "$policy" ] || rm -f "$policy"
    else
        say "Not installed:$missing. What needs them is skipped (as root on Debian or"
        say "Ubuntu they are installed: apt-get install$missing)."
    fi
fi

exec $bin/pytest --durations=40 --durations-min=3 -n "${TEST_PROCESSES:-3}" --dist loadgroup "$@"
