"""A planner at the workbench: dragging a day, moving it by keys, saving both."""

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@pytest.fixture
def workbench(browse, house):
    def opened(device=DESK):
        page = browse("planner", device)
        page.goto(f"/forecasts/{house.world.ids['draft_forecast_id']}")
        page.wait_for_selector(".drag-point")
        return page

    return opened


def typed(page):
    boxes = page.locator("#days-form input[data-place]")
    return boxes.evaluate_all("boxes => boxes.map(box => Number(box.value))")


def middle(page, nth):
    box = page.locator(".drag-point").nth(nth).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_day_is_dragged_the_next_one_moved_by_keys_and_both_are_saved(workbench):
    page = workbench()
    before = typed(page)

    x, y = middle(page, 9)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")

    after = typed(page)
    spoken = page.evaluate("document.activeElement.getAttribute('aria-valuetext')")
    assert after[9] > before[9]
    assert after[10] < before[10]
    assert after[:9] + after[11:] == before[:9] + before[11:]
    assert f"{after[10]:,} contacts" in spoken
    assert "2" in page.inner_text("#days-unsaved")

    page.check("#under-year")
    page.wait_for_url("**under=year**")
    page.wait_for_selector(".drag-point")
    assert typed(page) == after, "another look at the charts keeps what was typed"

    page.fill("#days-comment", "A mailing goes out")
    page.click("text=Save changed days")
    page.wait_for_selector("text=2 days changed")

    assert typed(page) == after
    assert "under=year" in page.url
    assert page.locator("#changes >> text=A mailing goes out").count() >= 2
    assert page.complaints == []


def test_escape_takes_a_day_back_and_a_finger_moves_it_on_a_phone(workbench):
    page = workbench(PHONE)
    before = typed(page)
    page.locator(".drag-zone").scroll_into_view_if_needed()

    x, y = middle(page, 4)
    finger = page.context.new_cdp_session(page)
    for kind, up in (("Start", 0), ("Move", 10), ("Move", 25), ("End", None)):
        points = [] if up is None else [{"x": x, "y": y - up}]
        finger.send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points}
        )
    moved = typed(page)
    page.keyboard.press("Escape")

    assert [a != b for a, b in zip(before, moved, strict=True)].count(True) == 1
    assert typed(page) == before
    assert page.complaints == []
