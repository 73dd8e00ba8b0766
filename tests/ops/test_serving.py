"""Serving for real: a process that is killed is replaced, jobs are done beside it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from callcenter.kernel import jobs
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import JobState, job
from tests.kernel.conftest import free_port, wait_until
from tests.ops.conftest import ROOT, Installation

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("job-processes")]


@job("jobs.unknown_to_the_server")
def unknown(_run: jobs.Run) -> None:
    """Exist here only."""


class Served:
    """An installation that answers on a port."""

    def __init__(self, installation: Installation) -> None:
        self.port = free_port()
        command = ["serve", "--port", str(self.port), "--embedded-worker"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "callcenter.cli", *command],
            env=installation.environ,
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )

    def answers(self, page: str = "/readyz") -> bool:
        """Whether the page comes with a 200."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{page}", timeout=5
            ) as response:
                return response.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def children(self) -> list[int]:
        """The processes that answer."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]


@pytest.fixture
def installation(install):
    return install("sqlite")


@pytest.fixture
def served(installation):
    served = Served(installation)
    assert wait_until(served.answers)
    yield served
    if served.process.poll() is None:
        os.killpg(served.process.pid, signal.SIGKILL)
    served.process.wait(10)


def test_a_killed_process_is_replaced(served):
    for pid in served.children():
        os.kill(pid, signal.SIGKILL)

    time.sleep(0.5)
    assert wait_until(served.answers)


def test_it_stops_when_told_to(served):
    os.kill(served.process.pid, signal.SIGTERM)

    assert served.process.wait(30) == 0


def test_jobs_are_carried_out_beside_the_pages(served, installation):
    app = installation.app()
    with app.app_context():
        with transaction():
            job_id = jobs.enqueue("jobs.unknown_to_the_server").id

        def is_over():
            db.session.rollback()
            db.session.expire_all()
            return jobs.get_job(job_id).state is JobState.FAILED

        assert wait_until(is_over)
        assert "jobs.unknown_task" in jobs.get_job(job_id).error
        db.session.remove()
        db.engine.dispose()
