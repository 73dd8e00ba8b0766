"""`callcenter acd import`, against a database of its own."""

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from callcenter.app import create_app
from callcenter.cli import cli
from callcenter.kernel.db import db
from callcenter.projects.models import BillingBasis, Client, Project
from tests.bench_data import bench_path
from tests.factories.acd import csv_text, make_call


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A function that runs the command on an empty installation with project P."""
    monkeypatch.setenv("CALLCENTER_VAR", str(tmp_path))
    monkeypatch.setenv("CALLCENTER_DATABASE_URL", f"sqlite:///{tmp_path / 'cc.db'}")
    app = create_app()
    with app.app_context():
        db.create_all()
        client = Client(code="C", name="C")
        db.session.add(client)
        db.session.flush()
        db.session.add(
            Project(
                client_id=client.id,
                code="P",
                name="P",
                zone="Asia/Jerusalem",
                starts_on=date(1999, 1, 1),
                billing_basis=BillingBasis.PER_HOUR,
                rate=Decimal(1),
                currency="ILS",
            )
        )
        db.session.commit()

    def run(*arguments):
        return CliRunner().invoke(
            cli, ["acd", "import", "--project", "P", *map(str, arguments)]
        )

    return run


def write(tmp_path, *calls):
    path = tmp_path / "calls.csv"
    path.write_text(csv_text(calls), encoding="utf-8")
    return path


def test_stores_a_file_and_names_what_is_unknown(shell, tmp_path):
    answer = shell("--format", "contacts-csv", write(tmp_path, make_call()))

    assert answer.exit_code == 0, answer.output
    assert "done: 1 rows: 1 new" in answer.output
    assert "unknown queue 'sales' (1 contacts)" in answer.output


def test_refuses_everything_for_one_bad_row_and_lists_it(shell, tmp_path):
    path = write(tmp_path, make_call(), make_call(talk_s=-1))
    errors = tmp_path / "errors.csv"

    answer = shell("--format", "contacts-csv", "--errors", errors, path)

    assert answer.exit_code == 1
    assert "calls.csv,3,talk_s,negative,error,-1" in errors.read_text()


def test_keeps_the_good_part_when_told_to(shell, tmp_path):
    path = write(tmp_path, make_call(), make_call(talk_s=-1))

    answer = shell("--format", "contacts-csv", "--keep-good-part", path)

    assert answer.exit_code == 3
    assert "1 new" in answer.output


def test_names_the_projects_there_are(shell, tmp_path):
    path = write(tmp_path, make_call())

    answer = shell("--project", "X", "--format", "contacts-csv", path)

    assert answer.exit_code == 2
    assert "there are: P" in answer.output


def test_imports_a_month_of_a_queue_log(shell):
    path = bench_path("acd/asterisk_queue_log/queue_log_1999-08.gz")

    answer = shell("--format", "asterisk-queue-log", "--create-queues", path)

    assert answer.exit_code == 0, answer.output
