"""Every page that a role may open, in both languages: it answers, and looks right."""

import re
from html.parser import HTMLParser

import pytest

from tests.pages.expectations import (
    COMPANY_WIDE,
    LEADS_ELSEWHERE,
    NEEDS_A_QUERY,
    OUT_OF_REACH,
    ROLES,
    SCOPED,
)

pytestmark = pytest.mark.xdist_group("pages")


class Reader(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.headings, self.attributes, self.texts = [], [], []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name) for name, _value in attrs]
        if tag in {"h1", "title", "script", "style", "textarea", "code", "pre"}:
            self._open.append(tag)
            if tag in {"h1", "title"}:
                self.headings.append((tag, ""))

    def handle_endtag(self, tag):
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, text):
        inside = self._open[-1] if self._open else ""
        if inside in {"h1", "title"}:
            tag, words = self.headings[-1]
            self.headings[-1] = (tag, words + text)
        if inside not in {"script", "style", "textarea", "code", "pre"}:
            self.texts.append(text)

    def named(self, tag):
        return [words.strip() for name, words in self.headings if name == tag]


def visits(company, role, language="en"):
    """Each page of a role with the answer to it."""
    client = company.client(role)
    headers = {"Accept-Language": language}
    for page in company.pages(role):
        address = company.address(page, role=role)
        yield page, client.get(address, headers=headers, buffered=True)


def expected(page, role):
    """200, or what is written down for the role."""
    if role in OUT_OF_REACH.get(page.endpoint, ()):
        return {404}
    if role in SCOPED and page.endpoint in COMPANY_WIDE:
        return {403}
    if page.endpoint in NEEDS_A_QUERY:
        return {422}
    return {200, 303} if page.endpoint in LEADS_ELSEWHERE else {200}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_answers(company, role):
    wrong = {
        page.endpoint: (answer.status_code, page.rule)
        for page, answer in visits(company, role)
        if answer.status_code not in expected(page, role)
    }

    assert wrong == {}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_has_one_heading_a_title_and_no_void(company, language):
    wrong = {}
    for page, answer in visits(company, "administrator", language):
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        reader = Reader(answer.text)
        faults = []
        if len([each for each in reader.named("h1") if each]) != 1:
            faults.append(f"headings: {reader.named('h1')}")
        if not reader.named("title") or reader.named("title")[0].startswith("·"):
            faults.append("no title")
        # "None" can be a word of English; nothing may be one of Chinese.
        is_void = r"\b(nan|None)\b" if language == "zh-CN" else r"\bnan\b"
        voids = [text.strip() for text in reader.texts if re.search(is_void, text)]
        faults += [f"says {void[:60]!r}" for void in voids]
        faults += [
            f"<{tag} {name}>"
            for tag, name in set(reader.attributes)
            if name == "style" or name.startswith("on")
        ]
        if faults:
            wrong[page.endpoint] = faults

    assert wrong == {}


def test_no_heading_stays_english_in_chinese(company):
    wrong = {}
    for page, answer in visits(company, "administrator", "zh-CN"):
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        reader = Reader(answer.text)
        for tag in ("h1", "title"):
            words = " ".join(reader.named(tag))
            is_name = any(name in words for name in names_of(company))
            if not re.search(r"[\u4e00-\u9fff]", words) and not is_name:
                wrong[page.endpoint] = words

    assert wrong == {}


def names_of(company):
    """What people called their things: names are not translated."""
    stems = ("Site", "Team", "Agent", "Project", "Client", "Queue", "Skill", "Week")
    return (
        *stems,
        "Mix",
        "User",
        "calls-",
        "joiners-",
        "Line",
        "A1-",
        "Launch",
        "Talk",
        "School",
    )
