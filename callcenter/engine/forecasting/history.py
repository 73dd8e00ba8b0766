"""What a forecast is made from: volumes by day and interval, and the calendar."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday


class DayKind(IntEnum):
    """What a day is beside its weekday."""

    NORMAL = 0
    HOLIDAY = 1
    EVE = 2
    MAKEUP_WORKDAY = 3


@dataclass(frozen=True)
class Calendar:
    """The days of a history or of a horizon, in order; closed days may be left out.

    Attributes
    ----------
    weekday : ndarray of int, shape (n_days,), Monday 0 to Sunday 6
    day_kind : ndarray of int, shape (n_days,), `DayKind`
    event : ndarray of int, shape (n_days,), 0 for none, else the label of an event
        whose effect is learnt from its earlier days
    is_open : ndarray of bool, shape (n_days, n_intervals)
    day : ndarray of int, shape (n_days,), days since 1 January 1970, rising; empty
        where dates are unknown, and then nothing is learnt about months and years
    """

    weekday: Ints
    day_kind: Ints
    event: Ints
    is_open: Bools
    day: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def n_days(self) -> int:
        """The number of days."""
        return int(self.weekday.size)


@dataclass(frozen=True)
class History:
    """Volumes and handling times of some series on one calendar.

    Attributes
    ----------
    offered : ndarray of float, shape (n_series, n_days, n_intervals), NaN where unknown
    calendar : Calendar of the same days
    handled : ndarray of float, the same shape, contacts behind the handling time
    handle_s : ndarray of float, the same shape, seconds, sums and not averages
    """

    offered: Floats
    calendar: Calendar
    handled: Floats
    handle_s: Floats


def make_calendar(
    weekday: ArrayLike,
    n_intervals: int,
    *,
    day_kind: ArrayLike | None = None,
    event: ArrayLike | None = None,
    is_open: ArrayLike | None = None,
    day: ArrayLike | None = None,
) -> Calendar:
    """Build a calendar; what is not given is a normal, open day without an event.

    Parameters
    ----------
    weekday : array_like of int, shape (n_days,), Monday 0 to Sunday 6
    n_intervals : int, intervals of a day
    day_kind : array_like of int, shape (n_days,), `DayKind`
    event : array_like of int, shape (n_days,), >= 0
    is_open : array_like of bool, shape (n_days, n_intervals)
    day : array_like of int, shape (n_days,), days since 1 January 1970, or of
        datetime64; without them, days follow each other as the weekdays say

    Returns
    -------
    Calendar

    Raises
    ------
    EngineInputError : a shape does not fit or a value is unknown
    """
    days = _whole("weekday", weekday, 6)
    n = days.size
    kinds = _whole("day_kind", _or(day_kind, np.zeros(n)), max(DayKind))
    events = _whole("event", _or(event, np.zeros(n)), 10**9)
    hours = np.asarray(_or(is_open, np.ones((n, n_intervals))), dtype=bool)
    if kinds.size != n or events.size != n or hours.shape != (n, n_intervals):
        raise EngineInputError("the calendar's arrays differ in length")
    return Calendar(days, kinds, events, hours, _dates(day, days))


def _dates(day: ArrayLike | None, weekday: Ints) -> Ints:
    if day is None:
        return np.zeros(0, dtype=np.int64)
    given = np.asarray(day)
    if np.issubdtype(given.dtype, np.datetime64):
        given = given.astype("datetime64[D]").astype(np.int64)
    dates = _whole("day", given, 10**6)
    if dates.size != weekday.size or (np.diff(dates) <= 0).any():
        raise EngineInputError("day must rise, one date for each day")
    if ((dates + _FIRST_WEEKDAY) % 7 != weekday).any():
        raise EngineInputError("a weekday does not fit its date")
    return dates


def day_after(calendar: Calendar) -> Calendar:
    """The calendar of one more ordinary day, open like the last one."""
    return Calendar(
        (calendar.weekday[-1:] + 1) % 7,
        calendar.day_kind[-1:] * 0,
        calendar.event[-1:] * 0,
        calendar.is_open[-1:],
        calendar.day[-1:] + 1,
    )


def make_history(
    offered: ArrayLike,
    calendar: Calendar,
    *,
    aht_s: ArrayLike | None = None,
    handled: ArrayLike | None = None,
) -> History:
    """Build a history from volumes and mean handling times per interval.

    Parameters
    ----------
    offered : array_like of float, shape (n_series, n_days, n_intervals) or without the
        first axis, contacts, >= 0, NaN where unknown
    calendar : Calendar of the same days
    aht_s : array_like of float, the same shape, seconds, NaN where unknown
    handled : array_like of float, the same shape, contacts behind each mean; offered
        when left out

    Returns
    -------
    History, handling times turned back into sums

    Raises
    ------
    EngineInputError : a shape does not fit, or a value is negative or infinite
    """
    volume = _volumes("offered", offered, calendar)
    if aht_s is None:
        nothing = np.zeros_like(volume)
        return History(volume, calendar, nothing, nothing)
    mean = _volumes("aht_s", aht_s, calendar)
    weight = volume if handled is None else _volumes("handled", handled, calendar)
    if mean.shape != volume.shape or weight.shape != volume.shape:
        raise EngineInputError("offered, aht_s and handled differ in shape")
    known = np.isfinite(mean) & np.isfinite(weight) & (mean > 0.0)
    counted = np.where(known, weight, 0.0)
    return History(volume, calendar, counted, counted * np.where(known, mean, 0.0))


def _or(value: ArrayLike | None, otherwise: Floats) -> ArrayLike:
    return otherwise if value is None else value


def _whole(name: str, value: ArrayLike, most: int) -> Ints:
    array = np.asarray(value)
    if array.ndim != 1 or not np.isfinite(array.astype(np.float64)).all():
        raise EngineInputError(f"{name} must be one whole number a day")
    whole = array.astype(np.int64)
    if (whole != array).any() or (whole < 0).any() or (whole > most).any():
        raise EngineInputError(f"{name} must be whole numbers from 0 to {most}")
    return whole


def _volumes(name: str, value: ArrayLike, calendar: Calendar) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    array = array[np.newaxis] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[1:] != calendar.is_open.shape:
        raise EngineInputError(
            f"{name} has shape {array.shape}, the calendar {calendar.is_open.shape}"
        )
    if np.isinf(array).any() or (array < 0.0).any():
        raise EngineInputError(f"{name} holds a negative or infinite value")
    return array
