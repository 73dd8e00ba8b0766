"""Leave: asked for on the phone, granted at the desk, gone from schedule and feed."""

from datetime import timedelta
from urllib.request import urlopen

import pytest

from tests.journeys.conftest import DESK, PHONE, arrive

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def read(address):
    with urlopen(address) as answer:
        return answer.read().decode()


def test_leave_from_the_wish_to_the_changed_calendar(browse, house):
    tomorrow = house.world.today + timedelta(days=1)
    stamp = tomorrow.strftime("%Y%m%dT0")
    phone = browse("agent", PHONE)
    phone.goto("/me/schedule")
    phone.click("text=/Make a (new|calendar) address/")
    feed = phone.input_value("input[data-select-on-focus]")
    before = read(feed)

    phone.goto("/me/leave")
    phone.fill("input[name=first_day]", tomorrow.isoformat())
    phone.fill("input[name=last_day]", tomorrow.isoformat())
    phone.fill("[name=note]", "My sister marries.")
    phone.click("text=Send the request")
    phone.wait_for_selector("#toasts [data-toast]")
    waiting = phone.inner_text("main")

    desk = browse("supervisor", DESK)
    desk.goto("/approvals")
    card = desk.locator("li.card", has_text="My sister marries.")
    cost = card.inner_text()
    card.locator("text=Approve").click()
    desk.wait_for_selector("text=Approved.")

    phone.goto("/me/leave")
    answered = phone.inner_text("main")
    after = read(feed)

    assert "waiting" in waiting
    assert "Shifts that would go: 1" in cost
    assert "approved" in answered
    assert before.count("BEGIN:VEVENT") == after.count("BEGIN:VEVENT") + 1
    assert f":{stamp}" in before
    assert f":{stamp}" not in after


class TestAskingWrongly:
    def test_keeps_what_was_typed_and_names_the_field(self, browse, house):
        page = browse("agent", PHONE)
        page.goto("/me/leave")
        past = (house.world.today - timedelta(days=3)).isoformat()

        page.fill("input[name=first_day]", past)
        page.fill("input[name=last_day]", past)
        page.fill("[name=note]", "I forgot to ask.")
        page.click("text=Send the request")
        page.wait_for_selector(".error-summary, [aria-invalid=true]")

        assert page.input_value("[name=note]") == "I forgot to ask."
        assert page.input_value("input[name=first_day]") == past

    def test_a_double_click_asks_once(self, browse, house):
        page = browse("agent", PHONE)
        page.goto("/me/leave")
        later = (house.world.today + timedelta(days=60)).isoformat()
        n_before = page.locator("li.card").count()

        page.fill("input[name=first_day]", later)
        page.fill("input[name=last_day]", later)
        page.dblclick("text=Send the request")
        page.wait_for_selector("#toasts [data-toast]")
        page.goto("/me/leave")

        assert page.locator("li.card").count() == n_before + 1


def test_two_who_decide_at_once_are_told_plainly(browse, house):
    first, second = browse("supervisor", DESK), browse("planner", DESK)
    for page in (first, second):
        page.goto("/approvals")
    link = first.locator("li.card a").first.get_attribute("href")
    for page in (first, second):
        page.goto(link)

    first.click("button[value=approve]")
    arrive(first, "/approvals")
    second.click("button[value=approve]")

    second.wait_for_selector("text=was decided in the meantime")
    assert second.locator("h1").count() == 1
