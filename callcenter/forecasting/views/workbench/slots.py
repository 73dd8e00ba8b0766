"""Figures by slot as charts want them: cut to busy hours, rounded, unknown as None."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from callcenter.forecasting.models import Floats
from callcenter.forecasting.queries import DayTotal
from callcenter.web.pictures import Values

MIDDLE = (0.1, 0.5, 0.9)
MANY = 100.0


def middle_range(weeks: Floats) -> Floats:
    """The tenth, the half and the nine tenths of each slot, shape (3, n_slots)."""
    known = np.isfinite(weeks)
    if known.all():
        found: Floats = np.quantile(weeks, MIDDLE, axis=0)
        return found
    ordered = np.sort(np.where(known, weeks, np.inf), axis=0)
    n = known.sum(axis=0)
    places = np.array(MIDDLE)[:, None] * np.maximum(n - 1, 0)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    below = np.take_along_axis(ordered, low, axis=0)
    above = np.take_along_axis(ordered, high, axis=0)
    share = places - low
    with np.errstate(invalid="ignore"):
        between: Floats = below + (above - below) * share
    return np.where(n > 0, between, np.nan)


def busy_slots(rows: Sequence[DayTotal | None], past: Any) -> list[int]:
    """The slots of a day from the first to the last in which anything happens."""
    n = next(len(row.upper) for row in rows if row and row.upper is not None)
    active = np.zeros(n, dtype=bool)
    for row in rows:
        if row and row.upper is not None and row.planned is not None:
            active |= (row.upper > 0.0) | (row.planned > 0.0)
    for values in past:
        active |= np.nan_to_num(values).reshape(-1, n).any(axis=0)
    found = active.nonzero()[0]
    if not found.size:
        return list(range(n))
    return list(range(int(found[0]), int(found[-1]) + 1))


def cut(values: Floats, slots: Sequence[int]) -> Values:
    """The values of some slots, as `listed`."""
    return listed(values[list(slots)])


def listed(values: Floats) -> Values:
    """Plain numbers to one place, None where nothing is known."""
    if np.isfinite(values).all():
        found: list[float | None] = np.round(values, 1).tolist()
        return found
    return [
        value if value == value else None  # noqa: PLR0124 - only NaN is not itself
        for value in np.round(values, 1).tolist()
    ]


def rounded(value: float | None) -> float | None:
    """Whole contacts, or tenths where there are few."""
    if value is None:
        return None
    return round(value) if value >= MANY else round(value, 1)


def clock_text(slot: int, interval_s: int) -> str:
    """The local time at which a slot begins."""
    minutes = slot * interval_s // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"
