"""Each role signs in and finds what it needs first."""

import pytest

from tests.journeys.conftest import PHONE, arrive

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

# What the first page of a role says (docs: who needs what within seconds).
NEEDS = {
    "administrator": ["Waiting for your decision", "Users"],
    "operations_manager": ["Waiting for your decision", "Service"],
    "planner": ["Waiting for your decision", "Schedules", "Forecast"],
    "supervisor": ["Waiting for your decision", "Away today"],
    "recruiter": ["Employees"],
    "trainer": ["Employees"],
    "inspector": ["Contacts"],
    "finance": ["Projects"],
    "agent": ["Your", "shift", "Seat"],
    "client": ["Projects"],
}


@pytest.mark.parametrize("role", NEEDS)
def test_the_first_page_shows_what_the_role_needs(browse, role):
    page = browse(role)

    words = page.inner_text("body")

    assert [need for need in NEEDS[role] if need not in words] == []
    assert page.complaints == []


class TestAgentOnAPhone:
    def test_sees_the_next_shift_with_seat_and_breaks_without_scrolling(self, browse):
        page = browse("agent", PHONE)

        card = page.locator(".next-shift")

        assert card.bounding_box()["y"] + 100 < PHONE["viewport"]["height"]
        words = card.inner_text()
        assert "09:00" in words or "9:00" in words
        assert "A1-01" in words
        assert "Meal break" in words

    @pytest.mark.parametrize("path", ["/", "/me/schedule", "/me/leave", "/requests"])
    def test_never_scrolls_sideways(self, browse, path):
        page = browse("agent", PHONE)

        page.goto(path)

        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    def test_reaches_schedule_and_leave_with_the_thumb(self, browse):
        page = browse("agent", PHONE)

        page.click("nav.thumbbar a[href='/me/schedule']")
        arrive(page, "/me/schedule")
        page.click("nav.thumbbar a[href='/me/leave']")

        arrive(page, "/me/leave")

    def test_reads_the_schedule_when_there_is_no_connection(self, browse, house):
        from tests.journeys.conftest import Server, sign_in

        passing = Server(house.app)
        page = browse(None, PHONE, base_url=passing.address)
        sign_in(page, house.emails["agent"])
        page.goto("/me/schedule")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.reload()
        page.wait_for_function("caches.match(location.href).then(Boolean)")
        was = page.inner_text(".next-shift-time")

        passing.stop()
        page.reload()

        assert page.inner_text(".next-shift-time") == was
