"""Converters for single cells of CSV columns, each distinct text converted once."""

from collections.abc import Callable
from math import isfinite
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

MAX_DURATION_S = 31 * 86_400
BLANK, BAD, NEGATIVE, TOO_LARGE = -1.0, -2.0, -3.0, -4.0
DURATION_RULES = {
    BAD: "not-a-duration",
    NEGATIVE: "negative",
    TOO_LARGE: "too-large",
}
LARGEST_WHOLE = 1_000_000
_CACHE_LIMIT = 100_000

_Value = TypeVar("_Value")


class Cache(dict[str, _Value]):
    """Values of a column that repeat, converted once each."""

    def __init__(self, convert: Callable[[str], _Value]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> _Value:
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        value = self._convert(text)
        self[text] = value
        return value


def whole_numbers(texts: list[str]) -> NDArray[np.int64] | None:
    """All texts as numbers if each is nothing but digits and none is large, else None.

    The common case of a column, at half the cost of a look-up for each cell.
    """
    joined = ",".join(texts)
    has_blank = ",," in joined or not joined.strip(",") or joined != joined.strip(",")
    if has_blank or not (joined.isascii() and joined.replace(",", "").isdigit()):
        return None
    values = np.fromstring(joined, np.int64, sep=",")
    # A number past 64 bits becomes the largest; a cell may have held a comma.
    if len(values) != len(texts) or values.max(initial=0) > LARGEST_WHOLE:
        return None
    return values


def duration(text: str, unit: float = 1.0) -> float:
    """Seconds of ``75``, ``1:15`` or ``0:01:15``, or a mark below zero."""
    text = text.strip()
    if not text:
        return BLANK
    try:
        if ":" in text:
            parts = [float(part or 0) for part in text.split(":")]
            value = sum(p * 60**i for i, p in enumerate(reversed(parts)))
            value = value if len(parts) <= 3 else BAD
            return NEGATIVE if text.startswith("-") else value
        value = float(text) * unit
    except ValueError:
        return BAD
    if not isfinite(value):
        return BAD
    if value < 0:
        return NEGATIVE
    return value if value <= MAX_DURATION_S else TOO_LARGE


def count_of(text: str) -> int:
    """A count of ``2``, ``yes`` or nothing; -1 when the text is none of these."""
    word = text.strip().casefold()
    if word in {"", "no", "false", "n", "否"}:
        return 0
    if word in {"yes", "true", "y", "是"}:
        return 1
    return int(word) if word.isdecimal() and len(word) <= 7 else -1
