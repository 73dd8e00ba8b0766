"""What the query of an address asks for; what makes no sense is not found."""

from datetime import date

from flask import request

from callcenter.kernel.errors import NotFound


def id_asked(name: str) -> int | None:
    """The number that the query names, None without one; raises `NotFound`."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise NotFound(**{name: text[:40]})
    return int(text)


def day_asked(first: date | None = None, last: date | None = None) -> date | None:
    """The day that the query names, None without one.

    Raises `NotFound` for what is no day, or one before the first or after the last.
    """
    text = request.args.get("day", "")
    return day_in(text, first, last) if text else None


def day_in(text: str, first: date | None = None, last: date | None = None) -> date:
    """A day as it is written, within bounds; raises `NotFound`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound(day=text[:40]) from None
    if (first and day < first) or (last and day > last):
        raise NotFound(day=text)
    return day
