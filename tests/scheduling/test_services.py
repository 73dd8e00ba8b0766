"""Making, changing and publishing schedules."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, Stale
from callcenter.kernel.jobs import run_queued
from callcenter.people.models import Commitment, CommitmentKind, EmploymentKind
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import (
    CannotUndo,
    NothingToPublish,
    PeriodInThePast,
    RulesBroken,
    ScheduleBusy,
    ShiftOverlap,
)
from callcenter.scheduling.events import schedule_published
from callcenter.scheduling.models import (
    NO_DOUBLE_SEAT,
    NO_DOUBLE_SHIFT,
    ActivityKind,
    CoverageInterval,
    Schedule,
    ScheduleStatus,
    Shift,
    ShiftStatus,
    ShiftTemplate,
    ShiftWish,
    WeekdayWish,
    WorkRuleSet,
)
from tests.factories.scheduling import (
    MONDAY,
    at,
    make_agent,
    make_center,
    make_schedule,
    make_shift,
    require,
    template,
)

TUESDAY = MONDAY + timedelta(days=1)
WORKDAYS = [MONDAY + timedelta(days=each) for each in range(5)]


def solve(schedule):
    with transaction():
        services.ask_to_solve(db.session.get(Schedule, schedule.id))
    run_queued()
    return queries.get_schedule(schedule.id, EVERYTHING)


def fresh(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


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

    def test_lets_somebody_have_the_day_they_wish_for(self, center):
        wishing = center.employees[2]
        db.session.add(
            WeekdayWish(employee_id=wishing.id, weekday=2, wish=ShiftWish.OFF)
        )
        # Two of three each day: ten shifts, and four days a week make twelve.
        require(center, WORKDAYS, 2)
        for employee in center.employees:
            employee.employments[0].weekly_h = 32
        db.session.commit()
        schedule = make_schedule(center)

        solve(schedule)

        wednesday = MONDAY + timedelta(days=2)
        working = {s.employee_id for s in shifts_of(schedule) if s.day == wednesday}
        assert working == {each.id for each in center.employees[:2]}

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

    def test_again_keeps_what_was_changed_by_hand(self, center):
        require(center, WORKDAYS, 1)
        schedule = make_schedule(center)
        solve(schedule)
        shift = queries.get_shift(shifts_of(schedule)[0].id, EVERYTHING)
        start = at(center, shift.day, 11)
        services.change_shift(
            shift, services.propose(shift, starts_at=start), is_confirmed=True
        )
        agent_id = shift.employee_id
        db.session.commit()

        solve(schedule)
        copy = services.copy_schedule(queries.get_schedule(schedule.id, EVERYTHING))
        db.session.commit()
        solve(copy)

        for each in (schedule, copy):
            kept = [s for s in shifts_of(each) if s.is_pinned]
            assert [(s.employee_id, s.starts_at) for s in kept] == [(agent_id, start)]

    def test_is_refused_while_it_runs(self, center):
        schedule = make_schedule(center)
        with transaction():
            services.ask_to_solve(db.session.get(Schedule, schedule.id))

        with pytest.raises(ScheduleBusy), transaction():
            services.ask_to_solve(db.session.get(Schedule, schedule.id))

    def test_days_that_are_over_are_refused(self, center):
        with pytest.raises(PeriodInThePast):
            make_schedule(center, first_day=clock.now().date() - timedelta(days=30))


class TestPublish:
    def publish(self, schedule):
        with transaction():
            found = queries.get_schedule(schedule.id, EVERYTHING)
            return services.publish_schedule(found)

    def test_lets_the_shifts_hold_and_tells_others(self, center):
        schedule = make_schedule(center)
        shift = make_shift(schedule, center.employees[0], at(center, MONDAY, 9))
        heard = []

        def listen(sender):
            heard.append(sender.id)

        schedule_published.connect(listen)
        self.publish(schedule)

        assert fresh(shift).is_live is True
        assert heard == [schedule.id]

    def test_replaces_what_was_published_for_the_same_people(self, center):
        old, new = make_schedule(center), make_schedule(center)
        before = make_shift(old, center.employees[0], at(center, MONDAY, 9))
        after = make_shift(new, center.employees[0], at(center, MONDAY, 10))
        self.publish(old)

        self.publish(new)

        assert fresh(before).status is ShiftStatus.REPLACED
        assert fresh(after).is_live is True
        assert fresh(old).status is ScheduleStatus.ARCHIVED

    def test_leaves_other_days_of_an_earlier_schedule_alone(self, center):
        old = make_schedule(center)
        kept = make_shift(old, center.employees[0], at(center, MONDAY, 9))
        make_shift(old, center.employees[0], at(center, TUESDAY, 9))
        new = make_schedule(center, first_day=TUESDAY, n_days=1)
        make_shift(new, center.employees[0], at(center, TUESDAY, 10))
        self.publish(old)

        self.publish(new)

        assert fresh(kept).is_live is True
        assert fresh(old).status is ScheduleStatus.PUBLISHED

    def test_gives_another_seat_when_somebody_else_has_it_by_now(self, center):
        other_team = make_center(n_agents=1)
        theirs = make_schedule(other_team)
        seat = center.seats[0]
        make_shift(
            theirs,
            other_team.employees[0],
            at(center, MONDAY, 9),
            seat=seat,
            is_live=True,
        )
        schedule = make_schedule(center)
        shift = make_shift(
            schedule, center.employees[0], at(center, MONDAY, 9), seat=seat
        )

        self.publish(schedule)

        assert fresh(shift).seat_id == center.seats[1].id

    def test_refuses_a_person_who_works_elsewhere_across_the_edge(self, center):
        before = make_schedule(center, first_day=MONDAY - timedelta(days=1), n_days=1)
        agent = center.employees[0]
        night = at(center, MONDAY - timedelta(days=1), 22)
        make_shift(before, agent, night, is_live=True)
        schedule = make_schedule(center)
        shift = make_shift(schedule, agent, at(center, MONDAY, 6))

        with pytest.raises(ShiftOverlap):
            self.publish(schedule)

        assert fresh(shift).is_live is False

    def test_needs_shifts_and_a_draft(self, center):
        schedule = make_schedule(center)
        with pytest.raises(NothingToPublish):
            self.publish(schedule)
        make_shift(schedule, center.employees[0], at(center, MONDAY, 9))
        self.publish(schedule)

        with pytest.raises(ScheduleBusy):
            self.publish(schedule)


class TestTheDatabaseRefuses:
    def test_one_seat_for_two_people_at_a_time(self, center):
        schedule = make_schedule(center)
        first, second = center.employees[:2]
        make_shift(
            schedule, first, at(center, MONDAY, 9), seat=center.seats[0], is_live=True
        )

        with pytest.raises(IntegrityError, match=NO_DOUBLE_SEAT.name):
            make_shift(
                schedule,
                second,
                at(center, MONDAY, 17),
                seat=center.seats[0],
                is_live=True,
            )
        db.session.rollback()

    def test_one_person_on_two_shifts_at_a_time(self, center):
        schedule = make_schedule(center)
        agent = center.employees[0]
        make_shift(schedule, agent, at(center, MONDAY, 9), is_live=True)

        with pytest.raises(IntegrityError, match=NO_DOUBLE_SHIFT.name):
            make_shift(schedule, agent, at(center, MONDAY, 17), is_live=True)
        db.session.rollback()

    def test_but_shifts_without_a_seat_may_be_at_the_same_time(self, center):
        schedule = make_schedule(center)
        first, second = center.employees[:2]
        make_shift(schedule, first, at(center, MONDAY, 9), is_live=True)

        other = make_shift(schedule, second, at(center, MONDAY, 9), is_live=True)

        assert other.id

    def test_but_shifts_may_touch_and_drafts_may_overlap(self, center):
        schedule = make_schedule(center)
        agent, seat = center.employees[0], center.seats[0]
        make_shift(schedule, agent, at(center, MONDAY, 9), seat=seat, is_live=True)
        make_shift(schedule, agent, at(center, MONDAY, 18), seat=seat, is_live=True)

        draft = make_shift(schedule, agent, at(center, MONDAY, 10), seat=seat)

        assert draft.id


class TestChanges:
    @pytest.fixture
    def schedule(self, center):
        return make_schedule(center)

    def shift(self, schedule, employee, starts_at, **values):
        made = make_shift(
            schedule, employee, starts_at, template_id=template("DAY").id, **values
        )
        return queries.get_shift(made.id, EVERYTHING)

    def test_move_of_a_published_shift_onto_another_is_refused(self, center, schedule):
        agent = center.employees[0]
        schedule.status = ScheduleStatus.PUBLISHED
        self.shift(schedule, agent, at(center, TUESDAY, 9), is_live=True)
        moving = self.shift(schedule, agent, at(center, MONDAY, 9), is_live=True)
        proposal = services.propose(moving, starts_at=at(center, TUESDAY, 10))

        with pytest.raises(ShiftOverlap):
            services.change_shift(moving, proposal, is_confirmed=True)

    def test_unconfirmed_move_that_breaks_rules_is_refused(self, center, schedule):
        agent = center.employees[0]
        self.shift(schedule, agent, at(center, MONDAY, 9))
        moving = self.shift(schedule, agent, at(center, TUESDAY, 9))
        proposal = services.propose(moving, starts_at=at(center, TUESDAY, 3))

        with pytest.raises(RulesBroken) as refusal:
            services.change_shift(moving, proposal)

        rules = {each.rule for each in refusal.value.context["findings"]}
        assert {"min_rest", "shift_in_library"} <= rules

    def test_stale_look_is_refused(self, center, schedule):
        shift = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))
        proposal = services.propose(shift, starts_at=at(center, MONDAY, 10))

        with pytest.raises(Stale):
            services.change_shift(shift, proposal, version=shift.version + 1)

    def test_shift_of_another_length_takes_the_librarys_breaks(self, center, schedule):
        services.save_template(template("DAY"), lengths_min=[540, 600])
        shift = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))

        longer = services.propose(shift, ends_at=at(center, MONDAY, 19))

        assert [part.kind for part in longer.parts] == [
            ActivityKind.PAID_BREAK,
            ActivityKind.LUNCH,
            ActivityKind.PAID_BREAK,
        ]
        assert longer.paid_min == 540

    def test_shift_that_ends_before_it_starts_is_refused(self, center, schedule):
        shift = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))

        with pytest.raises(Invalid):
            services.propose(shift, ends_at=at(center, MONDAY, 8))

    def test_coverage_follows_the_change(self, center, schedule):
        shift = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))
        full = queries.get_schedule(schedule.id, EVERYTHING)
        services.recount_coverage(full, shift.starts_at, shift.ends_at)

        services.delete_shift(shift)

        left = db.session.scalars(select(CoverageInterval)).all()
        assert sum(row.scheduled_agents for row in left) == 0

    def test_undo_of_a_swap_puts_both_back(self, center, schedule):
        one = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))
        other = self.shift(schedule, center.employees[1], at(center, MONDAY, 10))
        changes = services.swap_shifts(one, other)

        services.undo_change(changes[0])

        assert one.employee_id == center.employees[0].id
        assert other.employee_id == center.employees[1].id

    def test_undo_is_refused_after_another_change(self, center, schedule):
        shift = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))
        first = services.change_shift(
            shift, services.propose(shift, starts_at=at(center, MONDAY, 10))
        )
        shift = queries.get_shift(shift.id, EVERYTHING)
        services.change_shift(
            shift, services.propose(shift, starts_at=at(center, MONDAY, 9))
        )

        with pytest.raises(CannotUndo):
            services.undo_change(first)

    def test_somebody_without_the_skill_is_named(self, center, schedule):
        novice = make_agent(center, has_skill=False)
        shift = self.shift(schedule, center.employees[0], at(center, MONDAY, 9))

        answer = services.check_change(
            shift, services.propose(shift, employee_id=novice.id)
        )

        assert [each.rule for each in answer.findings] == ["agent_has_skill"]


class TestClockChanges:
    def test_a_night_over_the_skipped_hour_is_an_hour_shorter(self, app):
        center = make_center(zone="Europe/Lisbon", country="PT")
        saturday = MONDAY + timedelta(days=26)
        schedule = make_schedule(center, first_day=saturday, n_days=2)
        starts_at, ends_at = at(center, saturday, 22), at(center, saturday, 22 - 15)
        ends_at += timedelta(days=1) - timedelta(hours=1)

        shift = make_shift(
            schedule,
            center.employees[0],
            starts_at,
            hours=(ends_at - starts_at).total_seconds() / 3600,
            has_breaks=False,
        )

        assert shift.day == saturday
        assert shift.length == timedelta(hours=8)
        local = shift.ends_at.astimezone(center.zone)
        assert (local.hour, local.day) == (7, saturday.day + 1)

    def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_starts(self, center):
        schedule = make_schedule(center, n_days=2)
        agent = center.employees[0]
        make_shift(schedule, agent, at(center, MONDAY, 22), hours=9, has_breaks=False)

        monday = queries.shifts_of(schedule, [agent.id], MONDAY, MONDAY)
        tuesday = queries.shifts_of(schedule, [agent.id], TUESDAY, TUESDAY)

        assert (len(monday), len(tuesday)) == (1, 0)

    def test_a_week_with_a_clock_change_is_solved(self, app):
        center = make_center(zone="Europe/Lisbon", country="PT")
        first = MONDAY + timedelta(days=21)
        require(center, [first + timedelta(days=each) for each in range(7)], 1)
        schedule = make_schedule(center, first_day=first)

        solved = solve(schedule)

        assert solved.verdict["is_valid"] is True
        assert solved.verdict["unmet_h"] < 10


class TestSeats:
    def test_seats_kept_for_another_project_stay_free(self, center):
        stranger = make_center().project
        for seat in center.seats[:2]:
            seat.project_id = stranger.id
        db.session.commit()
        require(center, [MONDAY], 1)
        schedule = make_schedule(center)

        solve(schedule)

        used = {shift.seat_id for shift in shifts_of(schedule)}
        assert used <= {center.seats[2].id, None}

    def test_closed_seat_is_left_out(self, center):
        for seat in center.seats[:2]:
            services.close_seat(seat, "Broken")
        db.session.commit()
        require(center, [MONDAY], 1)
        schedule = make_schedule(center)

        solve(schedule)

        used = {shift.seat_id for shift in shifts_of(schedule)}
        assert used <= {center.seats[2].id, None}
