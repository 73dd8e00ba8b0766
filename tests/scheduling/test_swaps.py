"""Swaps: found by the system, agreed on by everybody, made in one transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callcenter.access.models import ScopeKind, User
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, Actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import (
    Absence,
    AbsenceKind,
    EmployeeSkill,
    Skill,
    SkillKind,
)
from callcenter.projects.models import Project, Queue
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import SwapGone, SwapNotPossible
from callcenter.scheduling.models import (
    CoverageInterval,
    ScheduleQueue,
    Seat,
    Shift,
    ShiftChange,
)
from callcenter.scheduling.models.swaps import (
    Swap,
    SwapAnswer,
    SwapLoss,
    SwapState,
    SwapWant,
)
from callcenter.scheduling.queries import swaps as reading
from callcenter.workflow import queries as requests
from callcenter.workflow import services as workflow
from callcenter.workflow.models import RequestState, Verdict
from tests.factories.access import make_user
from tests.factories.scheduling import MONDAY, at
from tests.factories.swaps import give, let_in, make_week

AGREED, DECLINED = SwapAnswer.AGREED, SwapAnswer.DECLINED


@pytest.fixture(autouse=True)
def _some_days_before(center):
    with clock.frozen(at(center, MONDAY - timedelta(days=3), 12)):
        yield


@pytest.fixture
def week(center):
    return make_week(center)


@pytest.fixture
def two(week, center):
    """Two agents who work the same day, early and late."""
    return give(week, center, 0, 0, 9), give(week, center, 1, 0, 12, "LATE")


@pytest.fixture
def ring(week, center):
    """Three agents of whom nobody can swap directly, but all three in a circle.

    Each works one day and is away on the day of the one whose shift does not fit.
    """
    shifts = [give(week, center, place, place) for place in range(3)]
    for place in range(3):
        day = MONDAY + timedelta(days=(place + 2) % 3)
        db.session.add(
            Absence(
                employee_id=center.employees[place].id,
                kind=AbsenceKind.PERSONAL_LEAVE,
                starts_at=at(center, day, 0),
                ends_at=at(center, day + timedelta(days=1), 0),
            )
        )
    db.session.commit()
    return shifts


def circles(shift, wants=SwapWant.ANYTHING):
    whole = reading.get_own_shift(shift.id, shift.employee_id)
    return [[s.id for s in each.shifts] for each in services.find_swaps(whole, wants)]


def ask(*shifts):
    swap = services.ask_for_swap(shifts[0].employee, [each.id for each in shifts])
    db.session.commit()
    return swap


def answer(swap, shift, said=AGREED):
    done = services.answer_swap(swap.id, shift.employee_id, said)
    db.session.commit()
    return done


def owners(*shifts):
    return [db.session.get(Shift, each.id).employee_id for each in shifts]


class TestFinding:
    def test_two_who_could_work_each_others_shift_can_swap(self, two):
        first, second = two

        assert circles(first) == [[first.id, second.id]]

    def test_what_the_agent_wants_narrows_it(self, two):
        first, second = two

        assert circles(first, SwapWant.LATER) == [[first.id, second.id]]
        assert circles(first, SwapWant.EARLIER) == []
        assert circles(first, SwapWant.OTHER_DAY) == []

    def test_too_little_rest_keeps_a_swap_away(self, two, week, center):
        first, _second = two
        give(week, center, 0, 1, 6, "EARLY")

        assert circles(first) == []

    def test_leave_keeps_a_swap_away(self, week, center):
        mine, theirs = give(week, center, 0, 0), give(week, center, 1, 1)
        db.session.add(
            Absence(
                employee_id=mine.employee_id,
                kind=AbsenceKind.ANNUAL_LEAVE,
                starts_at=theirs.starts_at,
                ends_at=theirs.ends_at,
            )
        )
        db.session.commit()

        assert circles(mine) == []

    def test_a_chain_of_three_is_found_among_those_who_want_to_swap(self, ring):
        assert circles(ring[0]) == []

        for each in ring[1:]:
            services.offer_shift(each, SwapWant.ANYTHING)
        db.session.commit()

        assert circles(ring[0]) == [[each.id for each in ring]]

    def test_a_clients_zone_keeps_strangers_off_its_seats(self, two, center):
        first, second = two
        stranger = Project(
            client_id=center.project.client_id,
            code="other",
            name="Other",
            zone="UTC",
            starts_on=MONDAY,
            billing_basis=center.project.billing_basis,
            rate=1,
            currency="CNY",
        )
        db.session.add(stranger)
        db.session.flush()
        seat = Seat(
            floor_id=center.floor.id, code="Z", x=50, y=50, project_id=stranger.id
        )
        db.session.add(seat)
        db.session.flush()
        second.seat_id = seat.id
        db.session.commit()

        assert circles(first) == []

    def test_shifts_that_begin_too_soon_are_not_swapped(self, two, center):
        first, second = two

        with clock.frozen(first.starts_at - timedelta(hours=23)):
            assert circles(first) == []
            with pytest.raises(SwapNotPossible) as refusal:
                ask(first, second)

        assert "24" in str(refusal.value.message)


class TestAgreeing:
    def test_the_last_who_agrees_makes_the_swap(self, two, center):
        first, second = two
        was = owners(*two)

        swap = answer(ask(first, second), second)

        assert swap.state is SwapState.DONE
        assert owners(*two) == was[::-1]

    def test_seats_stay_with_the_shifts(self, two, center):
        first, second = two
        first.seat_id, second.seat_id = center.seats[0].id, center.seats[1].id
        db.session.commit()

        answer(ask(first, second), second)

        assert (first.seat_id, second.seat_id) == (
            center.seats[0].id,
            center.seats[1].id,
        )

    def test_a_chain_waits_for_everybody(self, ring):
        was = owners(*ring)
        swap = ask(*ring)

        after_one = answer(swap, ring[1]).state
        after_two = answer(swap, ring[2]).state

        assert (after_one, after_two) == (SwapState.ASKED, SwapState.DONE)
        # The owner of each takes the next one.
        assert owners(*ring) == [was[2], was[0], was[1]]

    def test_one_who_declines_ends_it(self, two):
        first, second = two
        was = owners(*two)

        swap = answer(ask(first, second), second, DECLINED)

        assert swap.state is SwapState.DECLINED
        assert owners(*two) == was

    def test_answering_twice_changes_nothing(self, two):
        first, second = two
        swap = ask(first, second)
        answer(swap, second)
        made = owners(*two)

        again = answer(swap, second, DECLINED)

        assert again.state is SwapState.DONE
        assert owners(*two) == made

    def test_asking_twice_asks_once(self, two):
        first, second = two

        assert ask(first, second).id == ask(first, second).id

    def test_whoever_takes_no_part_cannot_answer(self, two, center):
        first, second = two
        swap = ask(first, second)

        with pytest.raises(NotFound):
            services.answer_swap(swap.id, center.employees[2].id, AGREED)

    def test_an_own_swap_can_be_taken_back(self, two):
        first, second = two
        swap = ask(first, second)

        services.withdraw_swap(swap.id, first.employee_id)
        db.session.commit()

        assert answer(swap, second).state is SwapState.WITHDRAWN

    def test_when_the_time_is_over_nothing_is_made(self, two):
        first, second = two
        swap = ask(first, second)

        with clock.frozen(swap.due_at):
            late = answer(swap, second)

        assert (late.state, late.loss) == (SwapState.LOST, SwapLoss.LATE)


class TestEnding:
    def test_other_swaps_of_the_shift_learn_that_somebody_was_faster(
        self, two, week, center
    ):
        first, second = two
        third = give(week, center, 2, 0, 12, "LATE")
        other = ask(first, third)
        answer(ask(first, second), second)

        lost = answer(other, third)

        assert (lost.state, lost.loss) == (SwapState.LOST, SwapLoss.TAKEN)

    def test_a_shift_that_a_planner_changes_ends_its_swaps(self, two):
        first, second = two
        swap = ask(first, second)
        whole = queries.get_shift(second.id, EVERYTHING)

        services.delete_shift(whole)
        db.session.commit()

        assert (swap.state, swap.loss) == (SwapState.LOST, SwapLoss.CHANGED)

    def test_leave_approved_in_the_meantime_keeps_it_from_being_made(self, two):
        first, second = two
        swap = ask(first, second)
        db.session.add(
            Absence(
                employee_id=first.employee_id,
                kind=AbsenceKind.SICK,
                starts_at=second.starts_at,
                ends_at=second.ends_at,
            )
        )
        db.session.commit()

        lost = answer(swap, second)

        assert (lost.state, lost.loss) == (SwapState.LOST, SwapLoss.RULES)

    def test_a_shift_that_no_longer_holds_cannot_be_asked_for(self, two):
        first, second = two
        second.is_live = False
        db.session.commit()

        with pytest.raises(SwapGone):
            ask(first, second)

    def test_a_swap_is_taken_back_whole_by_the_planner(self, ring):
        was = owners(*ring)
        swap = ask(*ring)
        for each in ring[1:]:
            answer(swap, each)

        last = queries.find_last_change(ring[0].schedule_id)
        services.undo_change(last)
        db.session.commit()

        assert owners(*ring) == was
        assert db.session.scalar(select(func.count(ShiftChange.id))) == 3


class TestDeciding:
    @pytest.fixture
    def agreed(self, two, center):
        """A swap that everybody agrees on, at a site where supervisors decide."""
        services.save_agent_rules(
            center.site.id,
            swap_notice_h=12,
            swap_longest=3,
            is_swap_made_by_rule=False,
            swap_max_short_h=0,
        )
        let_in(center.employees)
        first, second = two
        return answer(ask(first, second), second)

    def decide(self, swap, verdict):
        actor = Actor(
            user_id=make_user("supervisor").id,
            permissions={"scheduling.approve_swap": EVERYTHING},
        )
        request = requests.get_request(swap.request_id, actor)
        workflow.decide(request, verdict=verdict, actor=actor, note="so be it")
        db.session.commit()
        return request

    def test_waits_for_the_supervisor_who_makes_it(self, agreed, two):
        was = owners(*two)
        before = agreed.state

        self.decide(agreed, Verdict.APPROVE)

        assert (before, agreed.state) == (SwapState.WAITING, SwapState.DONE)
        assert owners(*two) == was[::-1]

    def test_a_rejection_leaves_the_shifts(self, agreed, two):
        was = owners(*two)

        self.decide(agreed, Verdict.REJECT)

        assert agreed.state is SwapState.REJECTED
        assert owners(*two) == was

    def test_what_cannot_be_made_any_more_cannot_be_approved(self, agreed, two):
        # Nobody tells of it, as with a change in the database itself.
        db.session.get(Shift, two[0].id).starts_at -= timedelta(hours=1)
        db.session.commit()

        with pytest.raises(SwapGone):
            self.decide(agreed, Verdict.APPROVE)

    def test_nobody_need_decide_on_what_came_to_nothing(self, agreed, two):
        request = requests.find_request_about(f"swap:{agreed.id}")

        services.delete_shift(queries.get_shift(two[0].id, EVERYTHING))
        db.session.commit()

        assert agreed.state is SwapState.LOST
        assert request.state is RequestState.WITHDRAWN

    def test_more_service_lost_than_the_rule_allows_needs_a_supervisor(
        self, two, week, center
    ):
        """The first alone serves a second queue, for which one is asked in the day."""
        let_in(center.employees)
        first, second = two
        queue = self.second_queue(center, first.employee_id)
        db.session.add(ScheduleQueue(schedule_id=week.id, queue_id=queue.id))
        db.session.add_all(
            CoverageInterval(
                schedule_id=week.id,
                queue_id=queue.id,
                interval_start=first.starts_at + timedelta(minutes=15) * number,
                required_agents=1.0,
                scheduled_agents=1.0,
            )
            for number in range(8)
        )
        db.session.commit()
        db.session.expire_all()

        swap = answer(ask(first, second), second)

        # Two hours from nine are served by nobody when the second works then.
        assert swap.more_short_h == pytest.approx(1.75, abs=0.3)
        assert swap.state is SwapState.WAITING

    def second_queue(self, center, employee_id):
        skill = Skill(code="extra", name="Extra", kind=SkillKind.CONTACT)
        db.session.add(skill)
        db.session.flush()
        queue = Queue(
            project_id=center.project.id, code="QX", name="QX", skill_id=skill.id
        )
        db.session.add_all(
            [
                queue,
                EmployeeSkill(
                    employee_id=employee_id,
                    skill_id=skill.id,
                    level=3,
                    valid_from=MONDAY - timedelta(days=100),
                ),
            ]
        )
        db.session.flush()
        return queue


class TestDoors:
    @pytest.fixture
    def phone(self, center, sign_in_as):
        let_in(center.employees)

        def open_for(place):
            user_id = center.employees[place].user_id
            return sign_in_as(user=db.session.get(User, user_id))

        return open_for

    def test_from_the_offer_to_the_changed_schedule(self, two, phone, count_queries):
        first, second = two
        was = owners(*two)
        mine, theirs = phone(0), phone(1)
        page = mine.get(f"/me/shifts/{first.id}/swap").text
        key = f"{first.id},{second.id}"
        assert f'value="{key}"' in page

        asked = mine.post("/me/swaps", data={"shifts": key})
        swap_id = db.session.scalar(select(Swap.id))
        home = theirs.get("/").text
        page = theirs.get("/me/swaps").text
        done = theirs.post(f"/me/swaps/{swap_id}/answer", data={"answer": "agreed"})

        db.session.expire_all()
        assert asked.status_code == done.status_code == 303
        assert "asks you to swap shifts" in home
        assert "Agree" in page
        assert owners(*two) == was[::-1]
        assert "The swap is made" in theirs.get("/me/swaps").text

    def test_others_see_neither_the_shift_nor_the_swap(self, two, phone):
        first, second = two
        swap = ask(first, second)
        stranger = phone(2)

        assert stranger.get(f"/me/shifts/{first.id}/swap").status_code == 404
        answered = stranger.post(
            f"/me/swaps/{swap.id}/answer", data={"answer": "agreed"}
        )
        assert answered.status_code == 404

    @pytest.mark.parametrize("shifts", ["", "x", "1,,2", "-4", "9" * 30, "١,٢"])
    def test_nonsense_is_refused(self, two, phone, shifts):
        answered = phone(0).post("/me/swaps", data={"shifts": shifts})

        assert answered.status_code in {404, 409, 422}

    def test_a_shift_is_put_on_offer_and_kept_again(self, two, phone):
        first, _second = two
        mine = phone(0)

        mine.post(f"/me/shifts/{first.id}/offer", data={"wants": "later"})
        on_offer = mine.get("/me/swaps").text
        mine.post(f"/me/shifts/{first.id}/keep")
        kept = mine.get("/me/swaps").text

        assert "on offer" in on_offer
        assert "tone-accent" not in kept

    def test_supervisors_see_the_swaps_of_their_teams_only(
        self, two, center, sign_in_as
    ):
        ask(*two)
        team = ScopeKind.TEAM

        boss = sign_in_as("supervisor", scope_kind=team, scope_id=center.team.id)
        assert two[0].employee.name in boss.get("/swaps").text
        other = sign_in_as("supervisor", scope_kind=team, scope_id=99999)
        assert two[0].employee.name not in other.get("/swaps").text

    def test_planners_set_the_rules_of_their_site(self, center, sign_in_as):
        planner = sign_in_as(
            "planner", scope_kind=ScopeKind.SITE, scope_id=center.site.id
        )
        values = {"swap_notice_h": "48", "swap_longest": "3", "swap_max_short_h": "1.5"}
        values |= {"overtime_day_h": "2", "overtime_month_h": "20"}

        saved = planner.post(f"/agent-rules?site={center.site.id}", data=values)
        wrong = planner.post(
            f"/agent-rules?site={center.site.id}", data=values | {"swap_longest": "99"}
        )
        elsewhere = planner.post("/agent-rules?site=99999", data=values)

        rules = reading.agent_rules(center.site.id)
        assert (saved.status_code, wrong.status_code) == (303, 422)
        assert elsewhere.status_code == 404
        assert (rules.swap_notice_h, rules.is_swap_made_by_rule) == (48, False)
