"""Celery as the carrier of ids, on real brokers; the ledger is in PostgreSQL."""

import pytest

from callcenter.kernel.jobs import JobState
from tests.kernel.conftest import Workshop, wait_until
from tests.kernel.test_job_workers import ask_slow, lines

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("job-processes")]


@pytest.fixture
def _short_leases(monkeypatch):
    """Leases that run out soon after a death; a starved worker loses them as well."""
    monkeypatch.setenv("CALLCENTER_JOB_LEASE_S", "8")


@pytest.fixture(params=["redis_url", "rabbitmq_url"])
def workshop(request, open_workshop) -> Workshop:
    return open_workshop("postgresql", request.getfixturevalue(request.param))


def test_jobs_are_done_once_each(workshop):
    workshop.start("celery", n=2)
    ids = [ask_slow(workshop, steps=2) for _n in range(8)]

    assert wait_until(lambda: all(workshop.is_in(id_, JobState.DONE) for id_ in ids)), (
        workshop.logs()
    )
    assert sorted(line for line in lines(workshop) if "start" in line) == sorted(
        f"start {id_} 1" for id_ in ids
    )


@pytest.mark.usefixtures("_short_leases")
def test_jobs_of_a_worker_killed_in_the_middle_are_finished_by_another(workshop):
    first = workshop.start("celery", n=1)
    ids = [ask_slow(workshop, steps=20) for _n in range(3)]
    assert wait_until(lambda: f"start {ids[0]} 1" in lines(workshop)), workshop.logs()

    workshop.kill(first)
    workshop.start("celery", n=1)

    assert wait_until(lambda: all(workshop.is_in(id_, JobState.DONE) for id_ in ids)), (
        workshop.logs()
    )


def test_a_job_asked_for_while_the_broker_is_away_is_done_later(
    open_workshop, redis_url
):
    away = open_workshop("postgresql", "redis://127.0.0.1:1/0")
    job_id = ask_slow(away, steps=1)
    away.environ["CALLCENTER_BROKER_URL"] = redis_url

    away.start("celery", n=1)

    assert wait_until(lambda: away.is_in(job_id, JobState.DONE)), away.logs()
