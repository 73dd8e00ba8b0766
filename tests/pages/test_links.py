"""Every link that a role is shown leads somewhere it may go."""

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from tests.pages.expectations import ROLES

pytestmark = pytest.mark.xdist_group("pages")
SITE = "http://here.test"
LINKS = {"href", "hx-get", "src"}
SAME = {"sort", "dir", "page", "cols", "metric"}


class Links(HTMLParser):
    """The addresses on this site that a page offers."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(html)

    def handle_starttag(self, _tag, attrs):
        self.found += [value for name, value in attrs if name in LINKS and value]


def kind(address):
    """Addresses that differ only in numbers, values and order are of one kind."""
    parts = urlsplit(address)
    names = set(re.findall(r"(?:^|&)([^=&]+)=", parts.query)) - SAME
    return re.sub(r"\d+", "N", parts.path), frozenset(names)


def walk(client, headers):
    """One address of each kind that links lead to, with its source and its answer."""
    waiting, seen = deque([("/", "")]), set()
    while waiting:
        address, source = waiting.popleft()
        if kind(address) in seen or address.startswith(("/static", "/_components")):
            continue
        seen.add(kind(address))
        with client.get(address, headers=headers, follow_redirects=True) as answer:
            is_page = answer.mimetype == "text/html"
            links = Links(answer.text).found if is_page else []
            yield address, source, answer
            for link in links:
                there = urljoin(SITE + address, link).partition("#")[0]
                if there.startswith(SITE + "/"):
                    waiting.append((there.removeprefix(SITE), address))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_link_leads_astray(company, role, language):
    headers = {"Accept-Language": language}

    wrong = {
        address: (answer.status_code, source)
        for address, source, answer in walk(company.client(role), headers)
        if answer.status_code != 200
    }

    assert wrong == {}
