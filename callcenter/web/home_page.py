"""What a first page is made of: rooms register parts, each role sees its own.

A part answers "what needs me now" for one concern: a heading, a few figures, a few
lines that lead to the thing, most urgent first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app

from callcenter.kernel.actor import current_actor


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that needs the reader: where it leads, with a number or a reason."""

    text: str
    url: str
    reason: str = ""
    badge: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it should be."""

    label: str
    value: str
    target: str | None = None
    delta: str | None = None
    delta_tone: str = "neutral"
    delta_note: str | None = None
    tone: str | None = None
    status: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One concern on the first page, ready to be drawn.

    ``template`` names a fragment for what lines and figures cannot show; it gets
    ``context`` as ``part_context``, and ``stylesheet`` where the room has its own.
    ``empty`` is said when there is nothing.
    """

    title: str
    lines: Sequence[Line] = ()
    figures: Sequence[Figure] = ()
    more_label: str = ""
    more_url: str = ""
    empty: str = ""
    template: str | None = None
    stylesheet: str | None = None
    context: dict[str, object] = field(default_factory=dict)
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Builder:
    """Who sees a part, where it stands, and what makes it."""

    permission: str
    order: int
    build: Callable[[], Part | None]


def init_app(app: Flask) -> None:
    """Begin with an empty first page."""
    app.extensions["home_parts"] = []


def register(
    app: Flask, permission: str, order: int, build: Callable[[], Part | None]
) -> None:
    """Add a part for holders of the permission; lower orders stand higher up."""
    app.extensions["home_parts"].append(Builder(str(permission), order, build))


def parts() -> list[Part]:
    """The parts of the present reader's first page, in order."""
    builders: list[Builder] = current_app.extensions["home_parts"]
    actor = current_actor()
    mine = sorted(
        (each for each in builders if actor.may(each.permission)),
        key=lambda each: each.order,
    )
    built = (each.build() for each in mine)
    return [part for part in built if part is not None]
