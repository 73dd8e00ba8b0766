"""Imports as real processes: killed at any point, and two at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from callcenter.acd import services
from callcenter.acd.models import (
    AgentDay,
    AgentInterval,
    Contact,
    ContactKey,
    Import,
    ImportState,
    QueueDay,
    QueueInterval,
)
from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.db import db, transaction
from callcenter.projects.models import Project
from tests.acd.import_process import ROWS_A_CHUNK
from tests.factories.acd import csv_text, make_call
from tests.factories.people import make_employee
from tests.factories.projects import make_project, make_queue
from tests.kernel.conftest import ROOT, wait_until

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("import-processes")]
N_CALLS = 6 * ROWS_A_CHUNK
FACTS = (QueueInterval, QueueDay, AgentInterval, AgentDay)


class Site:
    """An installation on a database of its own, and a file of calls."""

    def __init__(self, folder: Path, url: str) -> None:
        self.environ = {
            **os.environ,
            "CALLCENTER_ENV": "testing",
            "CALLCENTER_VAR": str(folder / "var"),
            "CALLCENTER_DATABASE_URL": url,
            "CALLCENTER_SECRET_KEY": "a secret of the tests, longer than 32",
        }
        self.app = create_app(Config.from_environ(self.environ))
        self.path = folder / "calls.csv"
        self.mark = folder / "standing"
        self.path.write_text(csv_text(list(map(call, range(N_CALLS)))), "utf-8")
        with self.app.app_context():
            db.create_all()
            project = make_project(zone="UTC")
            make_queue(project, code="sales")
            make_employee(acd_login="ann")
            self.project_id = project.id

    def plan(self) -> int:
        """Note an import of the file."""
        with self.app.app_context(), transaction():
            project = db.session.get_one(Project, self.project_id)
            return services.plan_import(
                project, format_name="contacts-csv", file_names=[self.path.name]
            ).id

    def start(self, import_id: int, point: str = "") -> subprocess.Popen[bytes]:
        """Carry the import out in a process of its own."""
        command = [sys.executable, "-m", "tests.acd.import_process"]
        command += [str(import_id), str(self.path), *([point] if point else [])]
        return subprocess.Popen(command, cwd=ROOT, env=self.environ)

    def counts(self) -> tuple[int, ...]:
        """Contacts, keys, offered by quarter and by day, answered by agents."""
        sums = (
            select(func.count()).select_from(Contact),
            select(func.count()).select_from(ContactKey),
            select(func.coalesce(func.sum(QueueInterval.offered), 0)),
            select(func.coalesce(func.sum(QueueDay.offered), 0)),
            select(func.coalesce(func.sum(AgentDay.answered), 0)),
        )
        with self.app.app_context():
            return tuple(int(db.session.scalar(each)) for each in sums)

    def facts(self) -> list[list[tuple[object, ...]]]:
        """All facts."""
        with self.app.app_context():
            return [
                sorted(map(tuple, db.session.execute(select(model.__table__))))
                for model in FACTS
            ]

    def recount(self) -> None:
        """Count all facts anew from the stored contacts."""
        with self.app.app_context(), transaction():
            project = db.session.get_one(Project, self.project_id)
            days = db.session.scalars(select(QueueDay.day)).all()
            services.recount_facts(project, days)

    def row(self, import_id: int) -> Import:
        """The import as it stands."""
        with self.app.app_context():
            found = services.load_import(import_id)
            db.session.expunge(found)
            return found

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def call(number: int) -> dict[str, object]:
    day, second = 1 + number * 3 // N_CALLS, number % 1000 * 30
    at = f"2026-08-0{day}T{second // 3600 + 8:02}:{second // 60 % 60:02}:00Z"
    return make_call(call_id=f"c{number}", offered_at=at, agent="ann")


@pytest.fixture
def site(tmp_path, backend, fresh_database):
    site = Site(tmp_path, fresh_database(backend))
    yield site
    site.close()


EVERYTHING = (N_CALLS,) * 5


@pytest.mark.parametrize(
    "point", ["reading", "in-a-transaction", "between-transactions"]
)
def test_an_import_killed_at_any_point_ends_exact_and_undoubled(site, point):
    import_id = site.plan()
    first = site.start(import_id, point)
    assert wait_until(site.mark.exists)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(10)
    contacts, keys, *facts = site.counts()
    assert {keys, *facts} == {contacts}
    assert contacts < N_CALLS or point == "between-transactions"

    assert site.start(import_id).wait(60) == 0

    row = site.row(import_id)
    assert (row.state, row.n_new) == (ImportState.DONE, N_CALLS)
    assert site.counts() == EVERYTHING
    kept = site.facts()
    site.recount()
    assert site.facts() == kept


def test_the_next_import_finishes_the_one_that_was_killed(site):
    import_id = site.plan()
    first = site.start(import_id, "in-a-transaction")
    assert wait_until(site.mark.exists)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(10)

    with site.app.app_context():
        finished = services.finish_killed()

    assert finished == 1
    assert site.row(import_id).state is ImportState.DONE
    assert site.counts() == EVERYTHING


def test_the_same_file_imported_twice_at_once_is_counted_once(site):
    ids = [site.plan(), site.plan()]

    processes = [site.start(import_id) for import_id in ids]
    codes = [process.wait(90) for process in processes]

    rows = list(map(site.row, ids))
    assert codes == [0, 0]
    assert [row.state for row in rows] == [ImportState.DONE] * 2
    assert sum(row.n_new for row in rows) == N_CALLS
    assert sum(row.n_unchanged for row in rows) == N_CALLS
    assert site.counts() == EVERYTHING


def test_two_processes_that_finish_the_same_import_share_the_work(site):
    import_id = site.plan()
    first = site.start(import_id, "in-a-transaction")
    assert wait_until(site.mark.exists)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(10)

    codes = [p.wait(90) for p in [site.start(import_id), site.start(import_id)]]

    assert codes == [0, 0]
    assert site.row(import_id).n_new == N_CALLS
    assert site.counts() == EVERYTHING
