"""Making, changing and publishing schedules."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import run_queued
from callcenter.people.models import Commitment, CommitmentKind, EmploymentKind
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import (
    PeriodInThePast,
    ScheduleBusy,
)
from callcenter.scheduling.models import (
    Schedule,
    ScheduleStatus,
    Shift,
    ShiftTemplate,
    WorkRuleSet,
)
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_schedule,
    require,
)

TUESDAY = MONDAY + timedelta(days=1)
WORKDAYS = [MONDAY + timedelta(days=each) for each in range(5)]


def solve(schedule):
    with transaction():
        services.ask_to_solve(db.session.get(Schedule, schedule.id))
    run_queued()
    return queries.get_schedule(schedule.id, EVERYTHING)


def shifts_of(schedule):
    return db.session.scalars(
        select(Shift).where(Shift.schedule_id == schedule.id).order_by(Shift.id)
    ).all()


class TestLibrary:
    def test_is_installed_once(self, app):
        services.install_library()

        again = services.install_library()

        assert again == (0, 0)
        assert len(db.session.scalars(select(ShiftTemplate)).all()) == 6
        assert len(db.session.scalars(select(WorkRuleSet)).all()) == 4

    def test_rules_of_a_site_go_before_those_of_its_country(self, center):
        services.install_library()
        general = queries.rule_book().find(EmploymentKind.FULL_TIME, center.site)
        other = db.session.scalars(
            select(WorkRuleSet).where(WorkRuleSet.code == "eu-general")
        ).one()

        services.assign_rules(other, EmploymentKind.FULL_TIME, site_id=center.site.id)

        mine = queries.rule_book().find(EmploymentKind.FULL_TIME, center.site)
        assert (general.code, mine.code) == ("cn-full-time", "eu-general")


class TestSolve:
    def test_covers_what_is_required_with_breaks_and_seats(self, center):
        require(center, WORKDAYS, 2)
        schedule = make_schedule(center)

        solved = solve(schedule)

        shifts = shifts_of(schedule)
        assert solved.status is ScheduleStatus.DRAFT
        assert solved.verdict["is_valid"] is True
        assert solved.bound <= solved.objective + 1e-6
        assert len(shifts) == 15
        assert all(shift.seat_id for shift in shifts)
        activities = queries.activities_of([shift.id for shift in shifts])
        assert all(len(parts) == 3 for parts in activities.values())

    def test_leaves_people_on_leave_alone(self, center):
        away = center.employees[0]
        db.session.add(
            Commitment(
                employee_id=away.id,
                kind=CommitmentKind.LEAVE,
                starts_at=at(center, MONDAY, 0),
                ends_at=at(center, MONDAY + timedelta(days=7), 0),
                title="Leave",
                source="test:1",
            )
        )
        require(center, WORKDAYS, 2)
        schedule = make_schedule(center)

        solved = solve(schedule)

        assert away.id not in {shift.employee_id for shift in shifts_of(schedule)}
        assert solved.verdict["is_valid"] is True

    def test_without_requirement_says_so_and_gives_the_draft_back(self, center):
        schedule = make_schedule(center)

        solved = solve(schedule)

        assert solved.status is ScheduleStatus.DRAFT
        assert solved.solved_at is None

    def test_twice_replaces_the_first_result(self, center):
        require(center, WORKDAYS, 1)
        schedule = make_schedule(center)
        solve(schedule)
        first = len(shifts_of(schedule))

        solve(schedule)

        assert len(shifts_of(schedule)) == first

    def test_is_refused_while_it_runs(self, center):
        schedule = make_schedule(center)
        with transaction():
            services.ask_to_solve(db.session.get(Schedule, schedule.id))

        with pytest.raises(ScheduleBusy), transaction():
            services.ask_to_solve(db.session.get(Schedule, schedule.id))

    def test_days_that_are_over_are_refused(self, center):
        with pytest.raises(PeriodInThePast):
            make_schedule(center, first_day=clock.now().date() - timedelta(days=30))
