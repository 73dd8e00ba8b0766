"""The chance that the agents on duty meet service, by simulation."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from callcenter.forecasting.models import Requirement
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, JobState, run_queued
from callcenter.people.models import EmployeeSkill
from callcenter.scheduling import services
from callcenter.scheduling.errors import NobodyOnDuty
from callcenter.scheduling.models import (
    CoverageInterval,
    ScheduleStatus,
    ServiceChance,
)
from callcenter.scheduling.services import service_chances
from tests.factories.projects import make_target
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_center,
    make_schedule,
    make_shift,
    require,
)


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def center(app, monkeypatch):
    monkeypatch.setattr(service_chances, "DAYS", 40)
    center = make_center(n_agents=4)
    make_target(center.queue)
    with clock.frozen(at(center, MONDAY, 8)):
        yield center


@pytest.fixture
def published(center):
    """A Monday from nine to five, for three agents, that needs about one erlang."""
    require(center, [MONDAY], 2)
    db.session.execute(update(Requirement).values(offered=4.0, load_erlangs=1.0))
    schedule = make_schedule(center)
    for employee in center.employees[:3]:
        make_shift(schedule, employee, at(center, MONDAY, 9), hours=8)
    schedule.status = ScheduleStatus.PUBLISHED
    db.session.add_all(
        CoverageInterval(
            schedule_id=schedule.id,
            queue_id=center.queue.id,
            interval_start=at(center, MONDAY, 9) + timedelta(minutes=15) * quarter,
            required_agents=2,
            scheduled_agents=0,
        )
        for quarter in range(36)
    )
    db.session.commit()
    recount(schedule)
    return schedule


def recount(schedule):
    services.recount_coverage(schedule, schedule.starts_at, schedule.ends_at)
    db.session.commit()


class TestChances:
    def test_are_good_while_somebody_is_there_and_none_when_nobody_is(
        self, center, published
    ):
        found = services.day_chances(center.queue, MONDAY)[center.queue.id]

        staffed = [
            chance
            for chance, agents in zip(found["chance"], found["agents"], strict=True)
            if chance is not None and agents >= 2
        ]
        empty = [
            chance
            for chance, agents in zip(found["chance"], found["agents"], strict=True)
            if chance is not None and agents == 0
        ]
        assert min(staffed, default=0.0) > 0.4
        assert max(empty, default=0.0) < 0.5

    def test_only_published_schedules_count(self, center, published):
        published.status = ScheduleStatus.DRAFT
        db.session.commit()

        with pytest.raises(NobodyOnDuty):
            services.day_chances(center.queue, MONDAY)

    def test_whoever_lacks_the_skill_does_not_help(self, center, published):
        before = services.day_chances(center.queue, MONDAY)[center.queue.id]
        db.session.execute(delete(EmployeeSkill))
        db.session.commit()

        after = services.day_chances(center.queue, MONDAY)[center.queue.id]

        assert max(before["agents"]) == 3
        assert max(after["agents"]) == 0

    def test_are_asked_for_on_the_coverage_page_and_shown_there(
        self, center, published, sign_in_as
    ):
        planner = sign_in_as("planner")
        address = f"/coverage?queue={center.queue.id}&day={MONDAY}"

        offered = text(planner.get(address))
        asked = planner.post(
            f"/coverage/queues/{center.queue.id}/chances",
            data={"day": MONDAY.isoformat(), "unit": "week"},
        )
        run_queued()
        page = text(planner.get(asked.location))

        assert "Simulate the agents on duty" in offered
        assert asked.status_code == 303
        assert "Chance that service is met, by half-hour" in page
        assert "Weakest intervals" in page
        assert "out of date" not in page

    def test_are_out_of_date_once_a_shift_has_moved(
        self, center, published, sign_in_as
    ):
        planner = sign_in_as("planner")
        planner.post(
            f"/coverage/queues/{center.queue.id}/chances",
            data={"day": MONDAY.isoformat()},
        )
        run_queued()

        employee = center.employees[3]
        make_shift(published, employee, at(center, MONDAY, 17), hours=1)
        recount(published)

        page = text(planner.get(f"/coverage?queue={center.queue.id}&day={MONDAY}"))
        assert "out of date" in page

    def test_asked_for_again_they_replace_what_was_kept(
        self, center, published, sign_in_as
    ):
        planner = sign_in_as("planner")

        for _each in range(2):
            planner.post(
                f"/coverage/queues/{center.queue.id}/chances",
                data={"day": MONDAY.isoformat(), "unit": "day"},
            )
            run_queued()

        rows = db.session.scalars(select(ServiceChance)).all()
        assert [row.day for row in rows] == [MONDAY]

    def test_a_week_without_schedules_says_what_is_missing(self, center, sign_in_as):
        planner = sign_in_as("planner")

        planner.post(
            f"/coverage/queues/{center.queue.id}/chances",
            data={"day": (MONDAY + timedelta(days=70)).isoformat()},
        )
        run_queued()

        job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job.state is JobState.FAILED
        assert "Publish a schedule" in job.message

    def test_nonsense_for_a_day_is_taken_as_today(self, center, sign_in_as):
        answer = sign_in_as("planner").post(
            f"/coverage/queues/{center.queue.id}/chances", data={"day": "nonsense"}
        )

        assert answer.status_code == 303

    def test_who_only_looks_cannot_ask(self, center, sign_in_as):
        supervisor = sign_in_as("supervisor")

        answer = supervisor.post(f"/coverage/queues/{center.queue.id}/chances")

        assert answer.status_code in {403, 404}
