"""Wishes, and the ledger of what everybody's published shifts were like."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from callcenter.access.models import ScopeKind, User
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import ScheduleStatus
from callcenter.scheduling.models.fairness import ShiftWish
from callcenter.scheduling.models.swaps import SwapAnswer
from callcenter.scheduling.queries import fairness as reading
from callcenter.scheduling.queries.fairness import Tally
from callcenter.scheduling.services.fairness import (
    DayWish,
    count_fairness,
    is_granted,
    save_wishes,
)
from callcenter.scheduling.services.wishes import preferences_of
from tests.factories.scheduling import MONDAY, at
from tests.factories.swaps import give, let_in, make_week

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _some_days_before(center):
    with clock.frozen(at(center, MONDAY - timedelta(days=3), 12)):
        yield


@pytest.fixture
def week(center):
    return make_week(center)


def tally(employee):
    return reading.ledger([employee.id], MONDAY, MONDAY).get(employee.id)


def count(center):
    count_fairness([each.id for each in center.employees], MONDAY, MONDAY)
    db.session.commit()


class TestLedger:
    def test_nights_weekends_and_unpopular_hours_are_counted(self, week, center):
        give(week, center, 0, 0, 9)
        give(week, center, 0, 1, 6, "EARLY")
        give(week, center, 0, 3, 22, "NIGHT")
        give(week, center, 0, 5, 9)

        count(center)

        assert tally(center.employees[0]) == Tally(4, 1, 1, 2, 0, 0)

    def test_wishes_count_on_days_worked_and_on_days_wished_free(self, week, center):
        agent = center.employees[0]
        wishes = [
            DayWish(0, ShiftWish.DAY),  # works at nine
            DayWish(1, ShiftWish.LATE),  # works at six in the morning
            DayWish(2, ShiftWish.OFF),  # is free
            DayWish(3, ShiftWish.EARLY),  # does not work
            DayWish(4, ShiftWish.ANYTHING),
        ]
        save_wishes(agent.id, wishes)
        give(week, center, 0, 0, 9)
        give(week, center, 0, 1, 6, "EARLY")

        count(center)

        found = tally(agent)
        assert (found.n_wished, found.n_granted) == (3, 2)
        assert found.granted == pytest.approx(2 / 3)

    def test_a_swap_moves_what_was_counted(self, week, center):
        first, last = give(week, center, 0, 0, 9), give(week, center, 1, 0, 12, "LATE")
        night = give(week, center, 1, 3, 22, "NIGHT")
        day = give(week, center, 0, 3, 9)
        count(center)
        before = [tally(each).n_nights for each in center.employees[:2]]

        swap = services.ask_for_swap(day.employee, [day.id, night.id])
        services.answer_swap(swap.id, night.employee_id, SwapAnswer.AGREED)
        db.session.commit()

        assert before == [0, 1]
        assert [tally(each).n_nights for each in center.employees[:2]] == [1, 0]
        assert first.is_live
        assert last.is_live

    def test_a_deleted_shift_leaves_the_ledger(self, week, center):
        shift = give(week, center, 0, 5, 9)
        count(center)

        services.delete_shift(queries.get_shift(shift.id, EVERYTHING))
        db.session.commit()

        assert tally(center.employees[0]) is None

    def test_publishing_enters_the_whole_schedule(self, week, center):
        for shift in (give(week, center, 0, 5, 9), give(week, center, 1, 6, 9)):
            shift.is_live = False
        week.status = ScheduleStatus.DRAFT
        db.session.commit()

        services.publish_schedule(queries.get_schedule(week.id, EVERYTHING))
        db.session.commit()

        assert [tally(each).n_weekend_days for each in center.employees[:2]] == [1, 1]

    def test_counting_twice_counts_once(self, week, center):
        give(week, center, 0, 0, 9)

        count(center)
        count(center)

        assert tally(center.employees[0]).n_shifts == 1


@pytest.mark.parametrize(
    ("wish", "hour", "granted"),
    [
        (ShiftWish.DAY, 9, True),
        (ShiftWish.EARLY, 9, False),
        (ShiftWish.LATE, 14, True),
        (ShiftWish.NIGHT, 22, True),
        (ShiftWish.OFF, 9, False),
        (ShiftWish.ANYTHING, 9, True),
    ],
)
def test_a_wish_is_granted_by_when_the_shift_begins(wish, hour, granted):
    shift = (NINE.replace(hour=hour), NINE + timedelta(days=1))

    assert is_granted(DayWish(0, wish), [shift]) is granted


def test_the_search_gets_wishes_as_wishes_against_other_shifts(center):
    agent = center.employees[0]
    save_wishes(
        agent.id,
        [DayWish(0, ShiftWish.LATE), DayWish(1, ShiftWish.ANYTHING, 8 * 60, 18 * 60)],
    )
    library = [
        SimpleNamespace(
            earliest_start_min=first * 60,
            latest_start_min=last * 60,
            lengths_min=[540],
        )
        for first, last in ((6, 8), (9, 10), (12, 15), (22, 22))
    ]
    days = SimpleNamespace(days=[MONDAY, MONDAY + timedelta(days=1)])

    found = preferences_of(days, [agent.id], library)[agent.id]

    late, available = found
    assert (late.day, late.templates) == (0, (0, 1, 3))
    assert (available.day, available.templates) == (1, (2, 3))
    assert available.points > late.points
    assert not late.is_wanted


class TestDoors:
    def test_wishes_from_the_phone_to_the_list_of_the_desk(self, center, sign_in_as):
        let_in(center.employees)
        agent = center.employees[0]
        phone = sign_in_as(user=db.session.get(User, agent.user_id))
        desk = sign_in_as("planner", scope_kind=ScopeKind.SITE, scope_id=center.site.id)
        form = {f"days-{day}-wish": "anything" for day in range(7)}
        form |= {
            "days-2-wish": "late",
            "days-2-since": "12:00",
            "days-2-until": "01:00",
        }

        saved = phone.post("/me/wishes", data=form)
        again = phone.get("/me/wishes").text
        listed = desk.get("/wishes").text
        wrong = phone.post("/me/wishes", data=form | {"days-2-wish": "never"})

        assert saved.status_code == 303
        assert 'value="12:00"' in again
        assert agent.name in listed
        assert "12:00–01:00" in listed
        assert wrong.status_code == 422

    def test_the_ledger_is_seen_by_the_agent_and_by_the_own_planners_only(
        self, week, center, sign_in_as
    ):
        let_in(center.employees)
        agent = center.employees[0]
        with clock.frozen(at(center, MONDAY, 12)):
            give(week, center, 0, 5, 9)
            count(center)
            phone = sign_in_as(user=db.session.get(User, agent.user_id))
            boss = sign_in_as(
                "supervisor", scope_kind=ScopeKind.TEAM, scope_id=center.team.id
            )
            other = sign_in_as("supervisor", scope_kind=ScopeKind.TEAM, scope_id=9999)

            own = phone.get("/me/wishes").text
            listed, elsewhere = boss.get("/fairness").text, other.get("/fairness").text

        assert "Days at weekends" in own
        assert agent.name in listed
        assert agent.name not in elsewhere
