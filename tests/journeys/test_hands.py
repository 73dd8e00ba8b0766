"""How it feels under the hands: keys, back, languages, colours, errors."""

import pytest

from tests.factories.access import PASSWORD
from tests.journeys.conftest import DESK, arrive

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


class TestKeyboardAlone:
    def test_signs_in_without_a_mouse(self, browse, house):
        page = browse(None, DESK)
        page.goto("/schedules")

        page.focus("input[name=email]")
        page.keyboard.type(house.emails["planner"])
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        arrive(page, "/schedules")

        assert page.inner_text("h1") == "Schedules"

    def test_walks_a_list_and_opens_what_it_stands_on(self, browse):
        page = browse("planner", DESK)
        page.goto("/schedules")

        for key in ("j", "j", "k", "Enter"):
            page.keyboard.press(key)
        arrive(page, r"/schedules/\d+")

        assert page.locator("h1").inner_text()

    def test_searches_from_anywhere(self, browse):
        page = browse("planner", DESK)

        page.keyboard.press("/")
        page.keyboard.insert_text("shift lib")
        page.wait_for_selector("#search-results a >> text=Shift library")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        arrive(page, "/shift-library")

        assert page.inner_text("h1") == "Shift library"


class TestBack:
    def test_leads_to_the_list_as_it_was(self, browse):
        page = browse("planner", DESK)
        page.goto("/schedules")
        page.select_option("main select >> nth=0", index=1)
        page.wait_for_url(lambda url: "/schedules?" in url)
        filtered = page.url

        page.locator("main tbody a").first.click()
        arrive(page, r"/schedules/\d+")
        page.go_back()
        page.wait_for_url(lambda url: url == filtered)

        page.wait_for_selector("main tbody tr")

    def test_after_signing_out_shows_nothing(self, browse):
        page = browse("planner", DESK)
        page.goto("/schedules")

        page.click("details:has(form[action='/sign-out']) summary")
        page.click("form[action='/sign-out'] button")
        arrive(page, "/sign-in")
        page.go_back()

        arrive(page, "/sign-in")
        assert page.locator("main tbody").count() == 0


class TestWrongPassword:
    def test_keeps_the_address_and_says_nothing_about_the_account(self, browse, house):
        page = browse(None, DESK)
        page.goto("/sign-in")

        page.fill("input[name=email]", house.emails["client"])
        page.fill("input[name=password]", "not this one, surely")
        page.click("main button[type=submit]")
        page.wait_for_selector("main [role=alert]")

        assert page.input_value("input[name=email]") == house.emails["client"]
        assert page.input_value("input[name=password]") == ""


class TestLanguageAndColours:
    def test_speaks_chinese_at_once_and_from_then_on(self, browse):
        page = browse("finance", DESK)

        page.click("details:has(form[action='/preferences']) summary")
        page.click("button[name=locale][value=zh_CN]")
        page.wait_for_selector("html[lang^=zh]")
        page.goto("/account")

        assert page.get_attribute("html", "lang").startswith("zh")
        assert page.inner_text("h1") == "我的账户" or "账" in page.inner_text("h1")

    def test_turns_dark_at_once_and_stays(self, browse):
        page = browse("finance", DESK)

        page.click("details:has([data-theme-form]) summary")
        with page.expect_response("**/preferences"):
            page.click("button[name=theme][value=dark]")
        page.goto("/account")

        assert page.get_attribute("html", "data-bs-theme") == "dark"


@pytest.mark.parametrize("path", ["/employees/999999", "/no/such/page", "/schedules/0"])
def test_a_wrong_address_says_so_and_leads_on(browse, path):
    page = browse("planner", DESK)

    page.goto(path)

    assert page.locator("h1").count() == 1
    assert page.locator("main a").count() >= 1
