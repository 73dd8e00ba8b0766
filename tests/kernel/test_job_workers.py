"""Workers as real processes: killed, stopped, cancelled, several at once."""

import os
import signal

import pytest

from callcenter.kernel import jobs
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import JobState
from tests.kernel.conftest import Workshop, wait_until

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("job-processes")]


@pytest.fixture(autouse=True)
def _short_leases(monkeypatch):
    monkeypatch.setenv("CALLCENTER_JOB_LEASE_S", "4")


@pytest.fixture
def workshop(backend, open_workshop) -> Workshop:
    return open_workshop(backend)


def lines(workshop: Workshop) -> list[str]:
    trace = workshop.folder / "trace"
    return trace.read_text().splitlines() if trace.exists() else []


def ask_slow(workshop: Workshop, steps: int = 40) -> int:
    return workshop.ask("tests.slow", trace=str(workshop.folder / "trace"), steps=steps)


def test_a_job_of_a_worker_killed_in_the_middle_is_finished_by_another(workshop):
    job_id = ask_slow(workshop)
    first = workshop.start()
    assert wait_until(lambda: f"start {job_id} 1" in lines(workshop)), workshop.logs()

    workshop.kill(first)
    workshop.start()

    assert wait_until(lambda: workshop.is_in(job_id, JobState.DONE)), workshop.logs()
    assert lines(workshop) == [
        f"start {job_id} 1",
        f"start {job_id} 2",
        f"end {job_id} 2",
    ]
    assert workshop.job(job_id).attempt == 2


def test_a_worker_that_is_told_to_stop_gives_its_job_back_at_once(workshop):
    job_id = ask_slow(workshop, steps=600)
    worker = workshop.start()
    assert wait_until(lambda: f"start {job_id} 1" in lines(workshop)), workshop.logs()

    os.killpg(worker.pid, signal.SIGTERM)
    worker.wait(20)

    assert worker.returncode == 0
    assert workshop.job(job_id).state is JobState.QUEUED


def test_a_running_job_stops_when_it_is_cancelled(workshop):
    job_id = ask_slow(workshop, steps=600)
    workshop.start()
    assert wait_until(lambda: workshop.job(job_id).progress_done > 2), workshop.logs()

    with workshop.app.app_context(), transaction():
        jobs.cancel_job(jobs.get_job(job_id))

    assert wait_until(lambda: workshop.is_in(job_id, JobState.CANCELLED)), (
        workshop.logs()
    )
    assert f"end {job_id} 1" not in lines(workshop)


def test_several_processes_do_each_job_once(workshop):
    ids = [ask_slow(workshop, steps=2) for _n in range(12)]
    workshop.start(n=3)

    assert wait_until(lambda: all(workshop.is_in(id_, JobState.DONE) for id_ in ids)), (
        workshop.logs()
    )
    assert sorted(line for line in lines(workshop) if "start" in line) == sorted(
        f"start {id_} 1" for id_ in ids
    )


def test_a_killed_child_is_replaced_by_its_parent(workshop):
    parent = workshop.start(n=2)
    first = ask_slow(workshop)
    assert wait_until(lambda: f"start {first} 1" in lines(workshop)), workshop.logs()
    owner = workshop.job(first).owner

    os.kill(int(owner.split(":")[1]), signal.SIGKILL)

    assert wait_until(lambda: workshop.is_in(first, JobState.DONE)), workshop.logs()
    assert parent.poll() is None
    assert workshop.job(first).owner != owner


def test_a_write_longer_than_the_lease_is_not_taken_for_death(workshop):
    job_id = workshop.ask("tests.hold_database", seconds=7)
    workshop.start()
    workshop.start()

    assert wait_until(lambda: workshop.is_in(job_id, JobState.DONE)), workshop.logs()
    assert workshop.job(job_id).attempt == 1
