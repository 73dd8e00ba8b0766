"""Jobs that the clock asks for."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from callcenter.kernel import clock, jobs
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobSchedule, schedules
from callcenter.kernel.jobs.registry import extension
from tests.kernel import job_tasks  # noqa: F401 - declares the tasks

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def nightly(app, monkeypatch):
    """A schedule at three in the morning in Shanghai, known to the database."""
    monkeypatch.setattr(extension(), "schedules", {})
    jobs.schedule(app, "nightly", "tests.note", "0 3 * * *", zone="Asia/Shanghai")
    with clock.frozen(NOON):
        schedules.sync_schedules()


def n_jobs():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Job))


def test_the_first_time_is_the_next_one_in_the_zone(nightly):
    row = db.session.scalars(select(JobSchedule)).one()

    assert row.next_at == datetime(2026, 3, 2, 19, tzinfo=UTC)


def test_nothing_is_asked_for_before_the_time(nightly):
    with clock.frozen(NOON + timedelta(hours=6)):
        assert schedules.tick() == 0


def test_the_job_is_asked_for_once_when_the_time_has_come(nightly):
    with clock.frozen(NOON + timedelta(hours=8)):
        assert schedules.tick() == 1
        assert schedules.tick() == 0

    assert n_jobs() == 1


def test_days_that_nobody_worked_are_made_up_once(nightly):
    with clock.frozen(NOON + timedelta(days=10)):
        schedules.tick()
        schedules.tick()

    row = db.session.scalars(select(JobSchedule)).one()
    assert n_jobs() == 1
    assert row.next_at > NOON + timedelta(days=10)


def test_a_schedule_that_the_code_dropped_is_switched_off(nightly, app):
    extension().schedules.clear()

    schedules.sync_schedules()

    with transaction():
        assert not db.session.scalars(select(JobSchedule)).one().is_enabled


@pytest.mark.parametrize(
    ("after", "due"),
    [
        # Europe/Berlin skips 02:30 on 29 March 2026, and has it twice on 25 October.
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (
            datetime(2026, 10, 24, 12, tzinfo=UTC),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_changed_clock_neither_loses_nor_doubles_a_night(after, due):
    first = schedules.next_time("30 2 * * *", "Europe/Berlin", after)
    second = schedules.next_time("30 2 * * *", "Europe/Berlin", first)

    assert first == due
    assert second - first >= timedelta(hours=23)
