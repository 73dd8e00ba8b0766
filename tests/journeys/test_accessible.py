"""Every page under axe, in a sample of languages, colours and sizes.

All of them: ``python tools/axe_all.py`` against a served demo company.
"""

from itertools import cycle

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.web.conftest import AXE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Each page is seen in one of them; together the pages see all.
VARIANTS = [
    (language, scheme) for language in ("en", "zh-CN") for scheme in ("light", "dark")
]
CHECK = (
    "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
    ".then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 120)]))"
)
LINKS = (
    "links => links.map(a => a.getAttribute('href').split(/[?#]/)[0])"
    ".filter(a => !/\\.(csv|xlsx|ics)$|^.static/.test(a))"
)


def kind_of(address):
    """Addresses that differ in numbers only are alike."""
    return "/".join("N" if part.isdigit() else part for part in address.split("/"))


def examine(page, width):
    """What is wrong with the page that is open."""
    page.evaluate(AXE.read_text("utf-8") + ";0")
    found = page.evaluate(CHECK, RULES)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("scrolls sideways")
    return found


@pytest.mark.parametrize(
    ("role", "device", "most"),
    [("administrator", DESK, 50), ("planner", PHONE, 30), ("agent", PHONE, 15)],
    ids=["desk", "phone", "agent"],
)
def test_no_page_breaks_a_rule(browse, role, device, most):
    state = browse(role, device).context.storage_state()
    pages = cycle(
        [
            browse(
                None,
                device,
                locale=language,
                color_scheme=scheme,
                storage_state=state,
                reduced_motion="reduce",
            )
            for language, scheme in VARIANTS
        ]
    )
    seen, waiting, wrong = set(), ["/"], {}

    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if kind_of(address) in seen:
            continue
        page = next(pages)
        answer = page.goto(address, timeout=30_000)
        if "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        seen.add(kind_of(address))
        waiting += page.eval_on_selector_all("a[href^='/']", LINKS)
        found = examine(page, device["viewport"]["width"])
        if found:
            wrong[address] = found

    assert len(seen) > 5
    assert wrong == {}
