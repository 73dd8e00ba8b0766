"""The ``callcenter`` command, as somebody types it."""

import os
import socket
import subprocess
import sys

import pytest

from callcenter.cli import COMMANDS
from tests.ops.conftest import ROOT


@pytest.fixture
def installation(install):
    return install("sqlite")


@pytest.mark.xdist_group("timing")
def test_help_comes_at_once_and_imports_no_room():
    code = (
        "import sys, callcenter.cli as c\n"
        "try: c.cli(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m in ('flask', 'sqlalchemy')))"
    )
    before = os.times()

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    after = os.times()
    cpu_s = sum(after[2:4]) - sum(before[2:4])

    assert done.stdout.rstrip().endswith("[]")
    assert all(name in done.stdout for name in COMMANDS)
    assert cpu_s < 0.3


def test_a_command_that_does_not_exist_is_named(installation):
    done = installation.call("serv")

    assert done.returncode == 2
    assert "No such command 'serv'" in done.stderr


def test_a_wrong_setting_is_said_in_words(installation):
    done = installation.run("migrate", CALLCENTER_ENV="prod")

    assert done.returncode == 2
    assert "development, production or testing, not 'prod'" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_without_a_secret_is_refused(installation):
    done = installation.call(
        "migrate", CALLCENTER_ENV="production", CALLCENTER_SECRET_KEY=""
    )

    assert done.returncode == 2
    assert "CALLCENTER_SECRET_KEY must be set" in done.stderr


def test_a_busy_port_is_named_with_a_way_out(installation):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        done = installation.run("serve", "--port", str(port))

    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert f"--port {port + 1}" in done.stderr


def test_a_database_of_another_version_is_not_served(installation):
    assert installation.call("migrate", "--back", "--to", "base").returncode == 0

    done = installation.run("serve", "--port", "5199")

    assert done.returncode == 1
    assert "run `callcenter migrate`" in done.stderr


def test_the_first_administrator_gets_a_link_once(installation):
    assert installation.call("is-empty").returncode == 0

    first = installation.call("init", "--email", "a@example.test", "--name", "Ann")
    second = installation.call("init", "--email", "b@example.test", "--name", "Bo")

    assert "/invitation/" in first.stdout
    assert second.returncode == 1
    assert "users already" in second.stderr
    assert installation.call("is-empty").returncode == 1
    assert installation.call("audit", "verify").returncode == 0


class TestDoctor:
    def test_finds_nothing_wrong_with_a_sound_installation(self, installation):
        done = installation.run("doctor")

        assert "WRONG" not in done.stdout
        assert done.returncode == 0
        assert "ok     database: sqlite answers" in done.stdout

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"MAIL_HOST": "127.0.0.1", "MAIL_PORT": "9"}, "does not take mail"),
            ({"BROKER_URL": "redis://127.0.0.1:9/0"}, "broker: does not answer"),
            ({"HTTPS": "1"}, "CALLCENTER_PUBLIC_URL is not https"),
            ({"DATA_KEYS": "short"}, "shorter than 32 characters"),
            (
                {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"},
                "database: does not answer",
            ),
            ({"DATABASE_URL": "sqlite:////proc/none.db"}, "database: does not answer"),
        ],
    )
    def test_names_what_is_wrong(self, installation, settings, words):
        environ = {f"CALLCENTER_{name}": value for name, value in settings.items()}

        done = installation.call("doctor", **environ)

        wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
        assert done.returncode == 1
        assert any(words in line for line in wrong), done.stdout

    def test_needs_one_line_each_for_a_database_that_is_gone(self, installation):
        gone = "postgresql://nobody@127.0.0.1:9/none"

        done = installation.call("doctor", CALLCENTER_DATABASE_URL=gone)

        starts = {line.partition(" ")[0] for line in done.stdout.splitlines()}
        assert starts <= {"ok", "note", "WRONG"}

    def test_names_a_folder_that_is_none(self, installation):
        done = installation.call(
            "doctor", CALLCENTER_VAR="/proc/version", CALLCENTER_SECRET_KEY=""
        )

        assert "CALLCENTER_VAR cannot be used" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr

    def test_sees_that_migrations_are_missing(self, installation):
        installation.call("migrate", "--back", "--to", "base")

        done = installation.call("doctor")

        assert done.returncode == 1
        assert "run `callcenter migrate`" in done.stdout
