"""A swap: asked for on one phone, agreed to on another, in both calendars."""

from datetime import timedelta
from urllib.request import urlopen

import pytest

from callcenter.access import services as access
from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.db import db
from tests.factories.access import PASSWORD, make_user
from tests.factories.scheduling import make_agent, make_center, make_schedule
from tests.factories.swaps import place_shift
from tests.journeys.conftest import DESK, PHONE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def stamps(address):
    """When the events of a calendar begin."""
    with urlopen(address) as answer:
        lines = answer.read().decode().split("\r\n")
    return sorted(
        line.rpartition(":")[2] for line in lines if line.startswith("DTSTART;TZID")
    )


@pytest.fixture(scope="module")
def crew(house):
    """Two agents and a planner; in the draft of a week one is early, one late."""
    with house.app.app_context():
        center = make_center(n_agents=0, n_seats=2)
        emails = {}
        for who in ("planner", "early", "late"):
            role, kind = (
                ("planner", ScopeKind.SITE)
                if who == "planner"
                else (
                    "agent",
                    ScopeKind.SELF,
                )
            )
            scope_id = center.site.id if who == "planner" else None
            user = make_user(role, scope_kind=kind, scope_id=scope_id)
            user.password_hash = access.hash_password(PASSWORD)
            agent = make_agent(center, user_id=user.id, has_skill=who != "planner")
            emails[who] = user.email
            if who != "planner":
                center.employees.append(agent)
        today = clock.now().astimezone(center.zone).date()
        monday = today + timedelta(days=14 - today.weekday())
        week = make_schedule(center, first_day=monday)
        week.solved_at, week.verdict = clock.now(), VERDICT
        place_shift(week, center, 0, monday, 9, "DAY", seat=center.seats[0])
        place_shift(week, center, 1, monday, 13, "LATE", seat=center.seats[1])
        db.session.commit()
        emails["schedule_id"] = week.id
        db.session.remove()
    return emails


VERDICT = {
    "n_shifts": 2,
    "n_agents": 2,
    "unmet_h": 0.0,
    "required_h": 0.0,
    "is_valid": True,
    "is_exact": True,
    "objective": 0.0,
    "penalties": {},
    "queues": [],
    "seats": {"n_seats": 2, "n_unseated": 0, "is_proved": True},
}


def with_calendar(page, email):
    sign_in(page, email)
    page.goto("/me/schedule")
    page.click("text=/Make a (new|calendar) address/")
    return page.input_value("input[data-select-on-focus]")


def test_from_publishing_to_the_changed_calendars(browse, house, crew):
    desk = browse(None, DESK)
    sign_in(desk, crew["planner"])
    desk.goto(f"/schedules/{crew['schedule_id']}")
    desk.click("text=Publish…")
    desk.click("form[action$='/publish'] button")
    desk.wait_for_url("**/board*")

    early, late = browse(None, PHONE), browse(None, PHONE)
    feeds = [
        with_calendar(early, crew["early"]),
        with_calendar(late, crew["late"]),
    ]
    before = [stamps(each) for each in feeds]

    early.goto("/me/swaps")
    early.click(".swap-shifts a")
    early.click("button:has-text('Ask')")
    early.wait_for_selector("text=One colleague was asked")

    late.goto("/")
    late.click("text=asks you to swap shifts")
    late.dblclick("button:has-text('Agree')")
    late.wait_for_selector("#toasts")
    late.goto("/me/swaps")
    made = late.inner_text("main")
    after = [stamps(each) for each in feeds]
    desk.goto("/swaps")

    assert "made" in made
    assert all(len(each) == 1 for each in before)
    assert after == before[::-1]
    assert after != before
    assert "made" in desk.inner_text("main table")
    assert [*desk.complaints, *early.complaints, *late.complaints] == []


def test_of_two_who_answer_at_once_both_are_told_what_came_of_it(browse, house, crew):
    """The asker takes the swap back while the other's thumb is over Agree."""
    early, late = browse(None, PHONE), browse(None, PHONE)
    sign_in(early, crew["early"])
    sign_in(late, crew["late"])
    early.goto("/me/swaps")
    early.click(".swap-shifts a")
    early.click("button:has-text('Ask')")
    early.wait_for_selector("text=One colleague was asked")
    late.goto("/me/swaps")
    early.click("button:has-text('Take it back')")
    early.wait_for_selector("text=The swap was taken back")

    late.click("button:has-text('Agree')")
    late.wait_for_selector("#toasts")

    assert "taken back" in late.inner_text("#toasts")
