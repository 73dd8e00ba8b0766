"""The parts that a day total is made of, as covariances between days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.forecasting.history import Bools, Floats
from callcenter.engine.forecasting.marks import MONTH, YEAR, Marks

_WEEKDAY = 1.5  # logarithm, how far weekdays may lie apart
_SPECIAL = 0.45  # logarithm, how far a kind of special day lies from its like
_NAMED = 0.2  # logarithm, how far days of one name lie from others of their kind
_EVENT = 0.3
_OWN = 0.25  # logarithm, what a day of the month that stands out may add
_AFTER, _BEFORE = 0.1, 0.05
_EVENT_DAYS = 2.0
_YEAR_DAYS = 18.0
_GROWTH = 0.15  # logarithm a year
_ANYWHERE = 1600.0  # variance of the overall mean
_STEPS = 200  # table entries a day, for places in the month

Indices = NDArray[np.int32]


@dataclass(frozen=True)
class Parts:
    """Standard deviations of the parts, in units of a day's noise, and their reach."""

    level: float = 1.5
    level_days: float = 100.0
    wave: float = 1.0
    wave_days: float = 4.0
    month: float = 1.5
    month_days: float = 2.5
    drift: float = 0.4
    drift_days: float = 70.0
    after: float = 2.0
    before: float = 1.0
    spike: float = 0.0
    """Of dates by themselves, such as a pay-day on each tenth."""
    year: float = 0.0
    """Logarithm, unlike the others."""


@dataclass(frozen=True)
class Geometry:
    """How days lie to each other; every array has the shape (n, n).

    Attributes
    ----------
    pair : ndarray of int, twice the days apart, and one more for the same weekday
    date : ndarray of bool, the same day of the month, or None
    month : ndarray of int, distance of places in the month, or None
    year : ndarray of int, distance of places in the year, or None
    after : ndarray of float, both a like day after a closing, or None
    before : ndarray of float, both before a holiday, or None
    fixed : ndarray of float, variance in logarithms of special days and of growth
    """

    pair: Indices
    date: Bools | None
    month: Indices | None
    year: Indices | None
    after: Floats | None
    before: Floats | None
    fixed: Floats

    def block(self, begin: int, end: int) -> "Geometry":
        """The same of the days from `begin` to before `end`, without copying."""
        cut = (slice(begin, end), slice(begin, end))
        return Geometry(
            self.pair[cut],
            None if self.date is None else self.date[cut],
            None if self.month is None else self.month[cut],
            None if self.year is None else self.year[cut],
            None if self.after is None else self.after[cut],
            None if self.before is None else self.before[cut],
            self.fixed[cut],
        )


def measure(marks: Marks, n_history: int) -> Geometry:
    """Lay the days of a history, and those after it, to each other.

    Parameters
    ----------
    marks : Marks of the days, history first
    n_history : int, how many of them are history

    Returns
    -------
    Geometry
    """
    at = marks.at.astype(np.int32)
    apart = np.abs(at[:, None] - at)
    grown = _grown(marks.at, n_history)
    fixed = (_GROWTH * grown[:, None]) * (_GROWTH * grown)
    _add_special(fixed, marks)
    return Geometry(
        pair=2 * apart + (marks.like[:, None] == marks.like),
        date=marks.date[:, None] == marks.date if marks.date.all() else None,
        month=_on_circle(marks.month, MONTH, _STEPS),
        year=_on_circle(marks.year, YEAR, 1),
        after=marks.after @ marks.after.T if marks.after.any() else None,
        before=np.outer(marks.before, marks.before) if marks.before.any() else None,
        fixed=fixed,
    )


def covariance(parts: Parts, sigma: float, geometry: Geometry) -> Floats:
    """Covariance of day totals without their noise, in units of its variance.

    Parameters
    ----------
    parts : Parts
    sigma : float, noise of a day in logarithms
    geometry : Geometry

    Returns
    -------
    ndarray of float, shape (n, n)
    """
    days = np.arange(int(geometry.pair.max()) // 2 + 1)
    every = _ANYWHERE + parts.level**2 * np.exp(-days / parts.level_days)
    every += parts.wave**2 * np.exp(-days / parts.wave_days)
    same = (_WEEKDAY / sigma) ** 2 + parts.drift**2 * np.exp(-days / parts.drift_days)
    total: Floats = np.stack([every, every + same], axis=1).ravel()[geometry.pair]
    if parts.month and geometry.month is not None:
        near = np.arange(int(MONTH * _STEPS) + 1) / _STEPS
        bell = parts.month**2 * np.exp(-0.5 * (near / parts.month_days) ** 2)
        total += bell[geometry.month]
    if parts.spike and geometry.date is not None:
        total += parts.spike**2 * geometry.date
    if parts.year and geometry.year is not None:
        near = np.arange(YEAR + 1)
        size = (parts.year / sigma) ** 2
        total += (size * np.exp(-0.5 * (near / _YEAR_DAYS) ** 2))[geometry.year]
    if geometry.after is not None:
        total += max(parts.after, _AFTER / sigma) ** 2 * geometry.after
    if geometry.before is not None:
        total += max(parts.before, _BEFORE / sigma) ** 2 * geometry.before
    total += geometry.fixed / sigma**2
    return total


def _on_circle(place: Floats, length: float, steps: int) -> Indices | None:
    if not np.isfinite(place).all():
        return None
    apart = np.abs(place[:, None] - place)
    near = np.minimum(apart, length - apart)
    return np.asarray(np.rint(near * steps), dtype=np.int32)


def _grown(at: Floats, n_history: int) -> Floats:
    """Years since the start; a trend fades over a horizon as long as half the past."""
    begin, end = at[0], at[max(n_history - 1, 0)]
    reach = max(0.5 * (end - begin), 14.0)
    ahead = np.maximum(at - end, 0.0)
    faded = np.minimum(at, end) - begin + reach * (1.0 - np.exp(-ahead / reach))
    result: Floats = faded / YEAR
    return result


def _add_special(fixed: Floats, marks: Marks) -> None:
    if marks.special.any():
        is_special: Bools = marks.special > 0
        kind = marks.kind[:, None] == marks.kind
        same = marks.special[:, None] == marks.special
        alike = _SPECIAL**2 * kind + _NAMED**2 * same
        fixed += np.where(is_special[:, None] & is_special, alike, 0.0)
    if marks.own.any():
        same = marks.own[:, None] == marks.own
        fixed += np.where(same & (marks.own > 0), _OWN**2, 0.0)
    for days in marks.events:
        felt = np.flatnonzero(np.isfinite(days))
        apart = np.abs(days[felt, None] - days[felt])
        fixed[np.ix_(felt, felt)] += _EVENT**2 * np.exp(-apart / _EVENT_DAYS)
