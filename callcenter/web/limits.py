"""What nothing here can be: keys too long, zero bytes, days out of time."""

from datetime import date
from decimal import Decimal
from math import isfinite

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter

from callcenter.kernel.text import _

FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST_WHOLE = 2**31 - 1
LARGEST = 10**12


class KeyConverter(IntegerConverter):
    """A row's number in an address, within what both databases can look up."""

    regex = r"\d{1,18}"


def init_app(app: Flask) -> None:
    """Keep from the rooms what they could only stumble over."""
    app.url_map.converters["int"] = KeyConverter
    app.before_request(_refuse_zero_bytes)


def fault_of(value: object) -> str | None:
    """What is wrong with a value that somebody typed; None when it can be kept."""
    match value:
        case str() if "\0" in value:
            return _("This holds a character that cannot be kept.")
        case date() if not FIRST_YEAR <= value.year <= LAST_YEAR:
            return _(
                "Write a day between %(first)s and %(last)s.",
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        case int() if abs(value) > LARGEST_WHOLE:
            return _("This number is too large.")
        case float() if not (isfinite(value) and abs(value) <= LARGEST):
            return _("This number is too large.")
        case Decimal() if not (value.is_finite() and abs(value) <= LARGEST):
            return _("This number is too large.")
    return None


def _refuse_zero_bytes() -> None:
    """PostgreSQL cannot hold them, and no reader types them."""
    if "\0" in request.path or any(
        "\0" in text for pair in request.args.items(multi=True) for text in pair
    ):
        abort(400)
