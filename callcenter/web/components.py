"""What the component macros need from Python, and the one call that sets it all up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

from callcenter.kernel.text import voice

THEMES = ("auto", "light", "dark")


def init_app(app: Flask) -> None:
    """Give the macros their helpers."""
    app.jinja_env.globals.update(
        control_attributes=control_attributes,
        heat_level=heat_level,
        html_lang=html_lang,
        page_numbers=page_numbers,
        sparkline_points=sparkline_points,
        theme=theme,
        url_with=url_with,
    )


def html_lang() -> str:
    """The language of the page as HTML names it: ``en``, ``zh-CN``."""
    return voice().name.replace("_Hans", "").replace("_", "-")


def theme() -> str:
    """The reader's choice of colours: light, dark, or as the device says."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def control_attributes(
    field: Any, help_text: str | None, extra: Mapping[str, Any]
) -> dict[str, Any]:
    """The attributes of a form control: class, state, and what describes it."""
    kind = getattr(field.widget, "input_type", "")
    is_select = field.type.endswith("SelectField") or kind == "select"
    described = [f"{field.id}-help"] if help_text else []
    css = "form-select" if is_select else "form-control"
    attributes: dict[str, Any] = {}
    if field.errors:
        css += " is-invalid"
        described.append(f"{field.id}-error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {**attributes, "class": css, **extra}


def page_numbers(page: int, n_pages: int) -> list[int | None]:
    """The pages worth a link: first, last and the neighbours; None marks a gap."""
    near = {1, n_pages, page - 1, page, page + 1}
    shown: list[int | None] = []
    for each in sorted(number for number in near if 1 <= number <= n_pages):
        if shown and shown[-1] is not None and each - shown[-1] > 1:
            shown.append(None)
        shown.append(each)
    return shown


def url_with(**changes: object) -> str:
    """The present address with some query arguments changed; None removes one."""
    pairs = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in changes
    ]
    for key, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        pairs.extend((key, str(each)) for each in values if each is not None)
    query = urlencode(pairs)
    return f"{request.path}?{query}" if query else request.path


def heat_level(value: float | None, low: float, high: float, steps: int = 9) -> int:
    """The step that a value falls into, from 0 (lowest); -1 for no value."""
    if value is None:
        return -1
    if high <= low:
        return 0
    share = (value - low) / (high - low)
    return max(0, min(steps - 1, int(share * steps)))


def sparkline_points(
    values: Iterable[float | None], width: int = 96, height: int = 24
) -> str:
    """The points of an SVG polyline through the values, from least to most."""
    series = list(values)
    known = [value for value in series if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (width - 2) / (len(series) - 1)
    return " ".join(
        f"{1 + place * step:.1f},{height - 2 - (value - low) / span * (height - 4):.1f}"
        for place, value in enumerate(series)
        if value is not None
    )


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days on a page, with the addresses of its neighbours."""

    first: date
    last: date
    today: date
    unit: str = "week"

    @classmethod
    def around(cls, day: date, *, today: date, unit: str = "week") -> "Period":
        """The day, week (from Monday) or month that holds a day."""
        if unit == "day":
            return cls(day, day, today, unit)
        if unit == "week":
            first = day - timedelta(days=day.weekday())
            return cls(first, first + timedelta(days=6), today, unit)
        if unit == "month":
            first = day.replace(day=1)
            following = (first + timedelta(days=32)).replace(day=1)
            return cls(first, following - timedelta(days=1), today, unit)
        raise ValueError(f"no such unit of a period: {unit}")

    @property
    def previous_day(self) -> date:
        """A day in the period before."""
        return self.first - timedelta(days=1)

    @property
    def next_day(self) -> date:
        """A day in the period after."""
        return self.last + timedelta(days=1)

    @property
    def days(self) -> list[date]:
        """Every day of the period."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=each) for each in range(count)]

    @property
    def holds_today(self) -> bool:
        """Whether the present day is in it."""
        return self.first <= self.today <= self.last
