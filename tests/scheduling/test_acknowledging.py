"""Acknowledging: agents say that they have seen their shifts, the desk sees who has."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callcenter.access.models import ScopeKind, User
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import Acknowledgement
from callcenter.scheduling.models.swaps import SwapAnswer
from callcenter.scheduling.queries import acknowledging as reading
from callcenter.scheduling.services.acknowledging import acknowledge
from tests.factories.scheduling import MONDAY, at
from tests.factories.swaps import give, let_in, make_week

EARLIER = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _some_days_before(center):
    with clock.frozen(at(center, MONDAY - timedelta(days=3), 12)):
        yield


@pytest.fixture
def week(center):
    return make_week(center)


@pytest.fixture
def two(week, center):
    return give(week, center, 0, 0, 9), give(week, center, 1, 0, 12, "LATE")


def saw(shift):
    with clock.frozen(clock.now() - EARLIER):
        acknowledge(shift.schedule_id, shift.employee_id)
    db.session.commit()


def states(shift):
    rows = db.session.execute(select(reading.readers_of(shift.schedule_id, EVERYTHING)))
    return {row.employee_id: row.state for row in rows}


def unseen(shift):
    return reading.unseen_by(shift.employee_id, clock.now())


def test_a_published_schedule_waits_to_be_seen(two):
    mine, theirs = two
    before = unseen(mine)

    saw(mine)

    assert [(each.n_shifts, each.has_changed) for each in before] == [(1, False)]
    assert unseen(mine) == []
    assert states(mine) == {mine.employee_id: "seen", theirs.employee_id: "unseen"}


def test_what_a_planner_changes_must_be_seen_again(two):
    mine, _theirs = two
    saw(mine)

    whole = queries.get_shift(mine.id, EVERYTHING)
    later = services.propose(whole, starts_at=whole.starts_at + timedelta(minutes=30))
    services.change_shift(whole, later)
    db.session.commit()

    assert [each.has_changed for each in unseen(mine)] == [True]
    assert states(mine)[mine.employee_id] == "changed"


def test_who_agreed_to_a_swap_need_not_look_again(two):
    mine, theirs = two
    people = mine.employee_id, theirs.employee_id
    saw(mine)
    swap = services.ask_for_swap(mine.employee, [mine.id, theirs.id])

    services.answer_swap(swap.id, theirs.employee_id, SwapAnswer.AGREED)
    db.session.commit()

    # The other had not seen the schedule before either.
    assert [states(mine)[each] for each in people] == ["seen", "unseen"]


def test_seeing_it_twice_is_seeing_it_once(two):
    saw(two[0])
    saw(two[0])

    assert db.session.scalar(select(func.count()).select_from(Acknowledgement)) == 1


def test_shifts_that_are_over_need_not_be_seen(two):
    with clock.frozen(two[1].ends_at):
        assert unseen(two[0]) == []


def test_nobody_can_see_what_they_are_not_in(two, center):
    with pytest.raises(NotFound):
        acknowledge(two[0].schedule_id, center.employees[2].id)


class TestDoors:
    def test_from_the_first_page_to_the_list_of_the_desk(self, two, center, sign_in_as):
        let_in(center.employees)
        mine, theirs = two
        phone = sign_in_as(user=db.session.get(User, mine.employee.user_id))
        desk = sign_in_as("planner", scope_kind=ScopeKind.SITE, scope_id=center.site.id)
        address = f"/schedules/{mine.schedule_id}/readers"

        home = phone.get("/").text
        page = phone.get("/me/schedule").text
        phone.post(f"/me/schedules/{mine.schedule_id}/seen")
        after = phone.get("/me/schedule").text
        missing = desk.get(f"{address}?state=unseen").text
        export = desk.get(f"{address}?export=csv").text

        assert "look and confirm" in home
        assert "I have seen them" in page
        assert "I have seen them" not in after
        assert theirs.employee.name in missing
        assert f">{mine.employee.name}<" not in missing
        assert mine.employee.name in export

    def test_other_teams_see_nothing_of_it(self, two, sign_in_as):
        boss = sign_in_as("supervisor", scope_kind=ScopeKind.TEAM, scope_id=99999)

        assert boss.get(f"/schedules/{two[0].schedule_id}/readers").status_code == 404
