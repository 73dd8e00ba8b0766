"""The jobs of scheduling as workers carry them out."""

from datetime import timedelta

from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Job, JobState, cancel_job, run_queued
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import Schedule, ScheduleStatus, Shift
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_center,
    make_schedule,
    make_shift,
    require,
)
from tests.kernel.test_mail import inbox, serve  # noqa: F401 - fixtures

WORKDAYS = [MONDAY + timedelta(days=each) for each in range(5)]


def test_a_solve_without_demand_says_why_in_its_job(center):
    schedule = make_schedule(center)
    with transaction():
        job = services.ask_to_solve(db.session.get(Schedule, schedule.id))

    run_queued()

    db.session.expire_all()
    done = db.session.get(Job, job.id)
    assert done.state is JobState.FAILED
    assert "Approve a forecast" in done.message


def test_a_solve_that_was_cancelled_before_it_began_leaves_a_draft(center):
    require(center, WORKDAYS, 1)
    schedule = make_schedule(center)
    with transaction():
        job = services.ask_to_solve(db.session.get(Schedule, schedule.id))
    with transaction():
        cancel_job(db.session.get(Job, job.id))

    run_queued()

    found = queries.get_schedule(schedule.id, EVERYTHING)
    assert services.find_solve_job(found) is None
    with transaction():
        services.ask_to_solve(db.session.get(Schedule, schedule.id))


def test_a_solve_that_is_cancelled_under_way_keeps_the_best(center, monkeypatch):
    require(center, WORKDAYS, 1)
    schedule = make_schedule(center)
    schedule.solve_limit_s = 30
    db.session.commit()
    with transaction():
        job = services.ask_to_solve(db.session.get(Schedule, schedule.id))
    job_id = job.id

    from callcenter.kernel.jobs import JobCancelled, Run

    told = []
    progress = Run.progress

    def tell(self, *how_far):
        told.append(how_far)
        progress(self, *how_far)

    def check(self):
        if len(told) > 1:
            raise JobCancelled

    monkeypatch.setattr(Run, "progress", tell)
    monkeypatch.setattr(Run, "check", check)
    run_queued()

    db.session.expire_all()
    found = queries.get_schedule(schedule.id, EVERYTHING)
    assert db.session.get(Job, job_id).state is JobState.CANCELLED
    assert found.status is ScheduleStatus.DRAFT
    assert found.stopped_by == "asked"
    assert found.verdict["n_shifts"] > 0


def test_a_solve_that_comes_late_leaves_what_was_published_alone(center):
    require(center, WORKDAYS, 1)
    schedule = make_schedule(center)
    shift = make_shift(schedule, center.employees[0], at(center, MONDAY, 9))
    with transaction():
        services.ask_to_solve(db.session.get(Schedule, schedule.id))
    with transaction():
        services.release_schedule(schedule.id)
    with transaction():
        services.publish_schedule(queries.get_schedule(schedule.id, EVERYTHING))

    run_queued()

    db.session.expire_all()
    assert db.session.get(Shift, shift.id).is_live is True


def test_publishing_tells_everybody_with_an_address(center, serve, inbox):  # noqa: F811
    serve()
    center.employees[0].email = "lin@example.test"
    schedule = make_schedule(center)
    make_shift(
        schedule, center.employees[0], at(center, MONDAY, 9), seat=center.seats[0]
    )
    make_shift(schedule, center.employees[1], at(center, MONDAY, 9))

    with transaction():
        services.publish_schedule(queries.get_schedule(schedule.id, EVERYTHING))
    run_queued()

    (message,) = inbox.messages
    text = message.get_payload(decode=True).decode()
    assert "09:00–18:00" in text
    assert center.seats[0].code in text


def test_agents_in_many_teams_are_read_in_few_queries(app, count_queries):
    small, large = make_center(n_agents=2), make_center(n_agents=30)
    taken = []
    for center in (small, large):
        require(center, WORKDAYS, 1)
        schedule = queries.get_schedule(make_schedule(center).id, EVERYTHING)
        count_queries()
        services.build_ground(schedule)
        taken.append(count_queries())

    assert taken[0] == taken[1]
