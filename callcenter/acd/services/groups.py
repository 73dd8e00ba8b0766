"""Whole numbers told apart without sorting, where they lie close together."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_ROOM = 1_000


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """The values that occur, in order, and for each value its place among them."""
    if not len(values):
        return values, values
    low = int(values.min())
    width = int(values.max()) - low + 1
    if width > 8 * len(values) + _ROOM:
        found, places = np.unique(values, return_inverse=True)
        return found, places
    from_low = values - low
    occurs = np.zeros(width, np.bool_)
    occurs[from_low] = True
    places = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs) + low, places[from_low]


def firsts(places: Ints, n: int) -> Ints:
    """For each of ``n`` groups the first row that belongs to it."""
    first = np.zeros(n, np.int64)
    first[places[::-1]] = np.arange(len(places) - 1, -1, -1)
    return first


def has_equal(values: Ints) -> bool:
    """Whether any value occurs twice."""
    ordered = np.sort(values)
    return bool((ordered[1:] == ordered[:-1]).any())


def order_of(major: Ints, minor: Ints) -> Ints:
    """The order of rows by one figure, and among equals by the other."""
    if not len(major):
        return major
    low_major, low = int(major.min()), int(minor.min())
    span = int(minor.max()) - low + 1
    if (int(major.max()) - low_major + 1) * span >= 1 << 62:
        return np.lexsort((minor, major))
    return np.argsort((major - low_major) * span + (minor - low))
