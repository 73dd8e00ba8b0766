"""The component page in a real browser: accessible, safe, light, and alive."""

import json

import pytest

from tests.web.conftest import AXE

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def opened(chromium, address):
    contexts = []

    def opener(path="/_components", *, width=1440, language="en", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            has_touch=width < 600,
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address + path)
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_component_is_accessible_and_keeps_to_the_policy(
    opened, theme, language, width
):
    page = opened(width=width, language=language, color_scheme=theme)
    page.wait_for_selector("#chart-line .mark-line")
    page.evaluate(AXE.read_text("utf-8") + ";0")

    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)

    names = {v["id"]: [n["html"][:90] for n in v["nodes"]] for v in found["violations"]}
    assert names == {}, json.dumps(names, indent=1)
    assert page.complaints == []


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
def test_no_page_scrolls_sideways(opened, width):
    page = opened(width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


class TestLists:
    def test_follow_their_filters_in_place_and_in_the_address(self, opened):
        page = opened()

        page.select_option("#f-team", "Harbour")
        page.wait_for_url("**team=Harbour")

        assert page.inner_text(".table-count") == "1–25 of 40"

    def test_fold_their_filters_on_a_phone_and_only_there(self, opened):
        phone, desk = opened(width=390), opened()

        assert not phone.is_visible("#f-team")
        assert phone.is_visible("#f-q")
        assert desk.is_visible("#f-team")
        phone.click(".filters-more > summary")
        assert phone.is_visible("#f-team")

    def test_keep_their_order_when_a_filter_changes(self, opened):
        page = opened()
        page.click("#people-by-adherence")
        page.wait_for_url("**sort=adherence**")

        page.select_option("#f-team", "Harbour")
        page.wait_for_url("**team=Harbour**")

        assert "sort=adherence" in page.url
        assert page.get_attribute("th[aria-sort]", "aria-sort") == "ascending"

    def test_come_back_with_the_back_button(self, opened):
        page = opened()
        page.select_option("#f-team", "Harbour")
        page.wait_for_url("**team=Harbour")

        page.go_back()
        page.wait_for_selector("text=1–25 of 120")

        assert page.input_value("#f-team") == ""

    def test_are_walked_with_j_and_k(self, opened):
        page = opened("/_components?sort=number&dir=asc")

        for key in "jjk":
            page.keyboard.press(key)

        assert page.evaluate("document.activeElement.search") == "?person=1"

    def test_work_without_javascript(self, opened):
        page = opened(java_script_enabled=False)

        page.fill("#f-q", "lin")
        page.click(".filters button")

        assert "q=lin" in page.url
        assert page.inner_text(".table-count") == "1–17 of 17"


class TestKeyboardAndDialogs:
    def test_a_slash_leads_to_the_search(self, opened):
        page = opened()

        page.keyboard.press("/")

        assert page.evaluate("document.activeElement.id") == "search"

    def test_escape_closes_a_menu_and_gives_the_focus_back(self, opened):
        page = opened()
        page.click(".page-actions details summary")

        page.keyboard.press("Escape")

        assert page.locator("details.menu[open]").count() == 0
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    def test_a_dialog_begins_in_its_first_field(self, opened):
        page = opened()

        page.click("[data-open-dialog]")

        assert page.evaluate("document.activeElement.id") == "dialog-name"

    def test_typed_text_is_not_lost_without_a_question(self, opened, address):
        page = opened()
        asked = []
        page.on("dialog", lambda box: (asked.append(box.type), box.accept()))
        page.fill("#remark", "half a sentence")

        page.goto(address + "/_components")

        assert asked == ["beforeunload"]

    def test_colours_change_at_once_and_stay(self, opened):
        page = opened(color_scheme="light")
        page.click("details:has([data-theme-form]) summary")

        with page.expect_response("**/preferences"):
            page.click("button[name=theme][value=dark]")
        page.reload()

        assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_a_refusal_joins_the_messages_and_leaves_the_page_as_it_is(opened):
    page = opened()

    page.evaluate("htmx.ajax('GET', '/there-is-no-such-page', {target: '#people'})")
    page.wait_for_selector("#toasts [role=alert]")

    assert page.locator("#people table").count() == 1


def test_a_running_job_shows_its_end_by_itself(opened):
    page = opened()

    page.wait_for_selector(".job progress", state="detached")

    assert page.locator("#job-1").count() == 0
