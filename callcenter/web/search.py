"""Search from anywhere: rooms register where to look, each within the asker's reach."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask, current_app

from callcenter.web.navigation import navigation

LONGEST_QUERY = 80
HITS_PER_SOURCE = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is called, what it is, and where it lives."""

    label: str
    url: str
    detail: str = ""
    icon: str = "arrow-right"


Source = Callable[[str, int], Iterable[Hit]]


def init_app(app: Flask) -> None:
    """Begin with the pages of the navigation as the only source."""
    app.extensions["search_sources"] = [_pages]


def register(app: Flask, source: Source) -> None:
    """Add a room's source: called with the words and how many hits at most."""
    app.extensions["search_sources"].append(source)


def find(words: str) -> list[Hit]:
    """What the installed rooms find for those words, people and things first."""
    words = " ".join(words.split())[:LONGEST_QUERY]
    if not words:
        return []
    sources: list[Source] = current_app.extensions["search_sources"]
    return [
        hit for source in reversed(sources) for hit in source(words, HITS_PER_SOURCE)
    ]


def _pages(words: str, most: int) -> list[Hit]:
    wanted = words.casefold()
    hits = [
        Hit(link.label, link.url, group.label, link.icon)
        for group in navigation()
        for link in group.items
        if wanted in link.label.casefold()
    ]
    return hits[:most]
