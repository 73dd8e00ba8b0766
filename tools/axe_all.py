"""Look at every page with axe: python tools/axe_all.py [--part N] [--email … URL]

Needs a served installation with the demo company and a Chromium (CHROMIUM names it).
Every page that the navigation and its pages lead to is examined in both languages,
light and dark, on desk and phone, as each sign-in named; violations are printed.
"""

import argparse
import os
import re
import shutil
import sys
from collections import deque
from pathlib import Path
from typing import Any

AXE = Path(__file__).resolve().parents[1] / "tests" / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
PASSWORD = "bamboo-harbour-heron-41"
ROLES = ("manager", "planner", "recruiter", "agent", "admin")


def main() -> int:
    """Walk, examine, tell; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:5000")
    parser.add_argument("--email", action="append", help="a sign-in of the demo")
    parser.add_argument("--part", type=int, default=1, help="every n-th variant only")
    options = parser.parse_args()
    emails = options.email or [f"{role}@demo.example" for role in ROLES]
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    n_seen, n_found = 0, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        for email in emails:
            seen, found = examine(browser, options.url, email, options.part)
            n_seen, n_found = n_seen + seen, n_found + found
        browser.close()
    print(f"{n_seen} looks, {n_found} with violations")
    return 1 if n_found else 0


def examine(browser: Any, url: str, email: str, part: int) -> tuple[int, int]:
    """Every page of one reader in every variant; how many looks, how many bad."""
    context = browser.new_context(base_url=url, locale="en", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda there: "/sign-in" not in there)
    addresses = walk(page)
    variants = [
        (address, language, theme, size)
        for address in addresses
        for language in ("en", "zh_CN")
        for theme in ("light", "dark")
        for size in SIZES
    ]
    n_found = 0
    for language in ("en", "zh_CN"):
        for theme in ("light", "dark"):
            choose(page, language, theme)
            for address, its_language, its_theme, size in variants[::part]:
                if (its_language, its_theme) == (language, theme):
                    n_found += bool(look(page, address, language, theme, size))
    choose(page, "en", "auto")
    context.close()
    return len(variants[::part]), n_found


def walk(page: Any) -> list[str]:
    """One address of each kind that links lead to, numbers being alike."""
    kinds: dict[str, str] = {}
    waiting = deque(["/"])
    while waiting and len(kinds) < 120:
        address = waiting.popleft()
        kind = re.sub(r"\d+", "N", address)
        if kind in kinds:
            continue
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        kinds[kind] = address
        waiting += page.eval_on_selector_all(
            "a[href^='/']",
            "links => links.filter(a => !a.hasAttribute('download'))"
            ".map(a => a.getAttribute('href').split(/[?#]/)[0])"
            ".filter(a => !/\\.(csv|xlsx|ics|pdf)$|^.static/.test(a))",
        )
    return list(kinds.values())


def choose(page: Any, language: str, theme: str) -> None:
    """Take the language and colours for this sign-in."""
    page.goto("/account")
    page.evaluate(
        """([locale, theme]) => {
            const token = document.querySelector('meta[name=csrf-token]').content;
            const body = new URLSearchParams({locale, theme, csrf_token: token});
            return fetch('/preferences', {method: 'POST', body}).then(() => true);
        }""",
        [language, theme],
    )


def look(page: Any, address: str, language: str, theme: str, size: str) -> list[Any]:
    """What axe finds on one page in one variant, printed."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    page.evaluate(AXE.read_text("utf-8") + ";0")
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
        ".then(r => r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html]))",
        RULES,
    )
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        found.append(["scrolls-sideways", wide, address])
    for name, n_nodes, html in found:
        print(f"{address} {language} {theme} {size}: {name} x{n_nodes} {html[:110]}")
    return list(found)


if __name__ == "__main__":
    sys.exit(main())
