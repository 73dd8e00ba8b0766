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


def walk(page, most):
    """One address of each kind that the navigation and its pages lead to."""
    kinds, waiting = {}, ["/"]
    while waiting and len(kinds) < most:
        address = waiting.pop(0)
        kind = "/".join("N" if part.isdigit() else part for part in address.split("/"))
        if kind in kinds:
            continue
        answer = page.goto(address)
        if "text/html" in (answer.headers.get("content-type") or ""):
            kinds[kind] = address
            waiting += page.eval_on_selector_all("a[href^='/']", LINKS)
    return list(kinds.values())


@pytest.mark.parametrize(
    ("role", "device"),
    [("administrator", DESK), ("planner", PHONE), ("agent", PHONE)],
    ids=["desk", "phone", "agent"],
)
def test_no_page_breaks_a_rule(browse, role, device):
    walker = browse(role, device)
    walker.set_default_navigation_timeout(30_000)
    addresses = walk(walker, 60)
    width, state = device["viewport"]["width"], walker.context.storage_state()
    pages = [
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
    axe, wrong = AXE.read_text("utf-8") + ";0", {}

    for address, page in zip(addresses, cycle(pages), strict=False):
        page.goto(address)
        page.evaluate(axe)
        found = page.evaluate(CHECK, RULES)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("scrolls sideways")
        if found:
            wrong[address] = found

    assert len(addresses) > 5
    assert wrong == {}
