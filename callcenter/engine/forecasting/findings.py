"""What a planner should know about a history before trusting its forecast."""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.days import Days, prepare_days
from callcenter.engine.forecasting.history import (
    Calendar,
    Floats,
    History,
    day_after,
)
from callcenter.engine.forecasting.levels import Levels, fit_levels
from callcenter.engine.forecasting.words import FindingKind

_SLOW = 0.1  # of the level that a forecast is held against, too
_OUTLIER_SIGMAS = 4.5
_OUTLIER_LEAST = 0.25  # logarithm: a fifth less or a quarter more
_SHIFT_T = 7.0
_SHIFT_LEAST = 0.15
_SHIFT_SPAN = 14
_COPIED_CONTACTS = 100.0  # of a day, below which two may be alike by chance
_COPIED_INTERVALS = 10  # in which anything happened
_COPIED_SHARE = 0.25  # of all days; beyond, a formula made them and nobody erred


@dataclass(frozen=True)
class Finding:
    """One thing found in a history.

    Attributes
    ----------
    kind : FindingKind
    day : int, row of the history's calendar
    size : float, see the kind
    """

    kind: FindingKind
    day: int
    size: float


def find(days: Days, calendar: Calendar, levels: Levels) -> tuple[Finding, ...]:
    """Gaps, outliers, level shifts and copied days of one series, by day.

    Parameters
    ----------
    days : Days
    calendar : Calendar of the history
    levels : Levels, whose last origin knows the whole history

    Returns
    -------
    tuple of Finding
    """
    effect = levels.effect[-1][days.types]
    plain = np.log(np.maximum(days.total, 0.5)) - effect
    usable = days.is_usable & days.is_normal
    rest = plain - levels.smooth[-1]
    sigma = max(float(levels.sigma[-1]), 0.02)
    found = [
        *_gaps(days, calendar),
        *_outliers(days, rest, sigma),
        *_shifts(plain, np.flatnonzero(usable), sigma),
        *_copies(days, calendar),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.day, finding.kind)))


def look_over(history: History, *, series: int = 0) -> tuple[Finding, ...]:
    """What a planner should know about one series, without forecasting it.

    Parameters
    ----------
    history : History
    series : int

    Returns
    -------
    tuple of Finding, by day
    """
    calendar = history.calendar
    days = prepare_days(history.offered[series], calendar, day_after(calendar))
    levels = fit_levels(days, np.array([days.n_days]), alpha=_SLOW)
    return find(days, calendar, levels)


def _gaps(days: Days, calendar: Calendar) -> list[Finding]:
    n_open = calendar.is_open.sum(axis=1)
    missing = (calendar.is_open & ~days.known).sum(axis=1)
    return [
        Finding(FindingKind.GAP, int(day), float(missing[day] / n_open[day]))
        for day in np.flatnonzero(missing)
    ]


def _outliers(days: Days, rest: Floats, sigma: float) -> list[Finding]:
    counting = 1.0 / np.sqrt(np.maximum(days.total * np.exp(-rest), 1.0))
    bound = np.maximum(_OUTLIER_SIGMAS * np.maximum(sigma, counting), _OUTLIER_LEAST)
    far = (np.abs(rest) > bound) & days.is_usable & days.is_normal
    return [
        Finding(FindingKind.OUTLIER, int(day), float(np.exp(rest[day])))
        for day in np.flatnonzero(far)
    ]


def _shifts(plain: Floats, usable: np.ndarray, sigma: float) -> list[Finding]:
    """Days where the medians of the two weeks after and before part for good."""
    n = usable.size - 2 * _SHIFT_SPAN + 1
    if n < 1:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(plain[usable], _SHIFT_SPAN)
    medians = np.median(windows, axis=1)
    change = medians[_SHIFT_SPAN:] - medians[:-_SHIFT_SPAN]
    bound = max(_SHIFT_T * sigma / np.sqrt(_SHIFT_SPAN / 2.0), _SHIFT_LEAST)
    peaks = []
    strength = np.abs(change)
    while strength.size and strength.max() > bound:
        at = int(strength.argmax())
        peaks.append(at)
        strength[max(0, at - _SHIFT_SPAN) : at + _SHIFT_SPAN + 1] = 0.0
    return [
        Finding(
            FindingKind.LEVEL_SHIFT,
            int(usable[at + _split(plain[usable][at : at + 2 * _SHIFT_SPAN])]),
            float(np.exp(change[at])),
        )
        for at in peaks
        if not _passes(change, at, peaks)
    ]


def _copies(days: Days, calendar: Calendar) -> list[Finding]:
    """Busy days whose intervals all hold what those of an earlier day held."""
    counted = np.where(days.known, days.volume, 0.0)
    busy = counted.sum(axis=1) >= _COPIED_CONTACTS
    busy &= (counted > 0.0).sum(axis=1) >= _COPIED_INTERVALS
    at = calendar.day if calendar.day.size else np.arange(days.n_days)
    seen: dict[bytes, int] = {}
    found = []
    for day in np.flatnonzero(busy):
        first = seen.setdefault(counted[day].tobytes(), int(day))
        if first != day:
            away = float(at[day] - at[first])
            found.append(Finding(FindingKind.DUPLICATE, int(day), away))
    return found if len(found) <= _COPIED_SHARE * days.n_days else []


def _split(values: Floats) -> int:
    """Where the means before and after differ most, each side weighed by its length."""
    total, n = np.cumsum(values), values.size
    k = np.arange(2, n - 1)
    before, after = total[k - 1] / k, (total[-1] - total[k - 1]) / (n - k)
    return int(k[np.argmax(k * (n - k) * (after - before) ** 2)])


def _passes(change: Floats, at: int, peaks: list[int]) -> bool:
    """Whether the opposite change lies within four weeks: an incident, no shift."""
    return any(
        change[at] * change[other] < 0.0 and abs(at - other) <= 2 * _SHIFT_SPAN
        for other in peaks
    )
