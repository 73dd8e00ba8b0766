"""What marks a day beside its weekday: its place in the month, a closing before it."""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Bools, Calendar, DayKind, Floats, Ints

MONTH = 30.4  # days that every month is stretched to
YEAR = 366.0  # whole days, so that distances within the year are whole
LEAD, LAG = 3, 7  # days before and after an event that may feel it
_AFTER = 3  # days after a closing that may be busier
_LONGEST_CLOSING = 10  # days; a longer gap is missing data
_COLLAPSED = 0.1  # of the usual total: a day on which nobody worked
_WEEK = 7
_MONTHS = 5  # that a date must have been seen in to stand out
_FAR, _SURE = 2.0, 5.0  # deviations of a day, and of a mean of such
_AROUND = 7  # days on either side that a day is compared with


@dataclass(frozen=True)
class Marks:
    """Marks of the days of a history and, after them, of a horizon.

    Attributes
    ----------
    at : ndarray of float, shape (n,), days
    like : ndarray of int, shape (n,), the weekday it is likest
    special : ndarray of int, shape (n,), type of a special day, 0 for a normal one
    kind : ndarray of int, shape (n,), `DayKind`, shared by types that differ in name
    date : ndarray of int, shape (n,), day of the month, 0 where unknown
    own : ndarray of int, shape (n,), the same where that day of the month stands out,
        0 elsewhere
    month : ndarray of float, shape (n,), place in the month, 0 to `MONTH`; NaN unknown
    year : ndarray of float, shape (n,), place in the year, days; NaN unknown
    after : ndarray of float, shape (n, 3), first, second, third day after a closing
    surprise : ndarray of int, shape (n,), the day number of the closing that `after`
        speaks of when nobody announced it, -1 otherwise
    before : ndarray of float, shape (n,), the last day before a known holiday
    events : ndarray of float, shape (n_labels, n), days since the nearest event of each
        label, negative before it; NaN where it is out of reach
    is_used : ndarray of bool, shape (n_history,), days that teach anything
    """

    at: Floats
    like: Ints
    special: Ints
    kind: Ints
    date: Ints
    own: Ints
    month: Floats
    year: Floats
    after: Floats
    surprise: Ints
    before: Floats
    events: Floats
    is_used: Bools

    @property
    def is_marked(self) -> Bools:
        """Whether more than weekday and date tells a day, shape (n,)."""
        marked = (self.special > 0) | (self.before > 0.0) | self.after.any(axis=1)
        near = np.isfinite(self.events).any(axis=0)
        result: Bools = marked | near | (self.own > 0)
        return result

    def rows(self, chosen: Ints) -> "Marks":
        """The same of some days."""
        return Marks(
            self.at[chosen],
            self.like[chosen],
            self.special[chosen],
            self.kind[chosen],
            self.date[chosen],
            self.own[chosen],
            self.month[chosen],
            self.year[chosen],
            self.after[chosen],
            self.surprise[chosen],
            self.before[chosen],
            self.events[:, chosen],
            self.is_used,
        )


def mark_days(days: Days, calendar: Calendar, ahead: Calendar) -> Marks:
    """Mark the days of a history and of its horizon.

    Parameters
    ----------
    days : Days
    calendar, ahead : Calendar of the history and of the horizon

    Returns
    -------
    Marks
    """
    at, has_dates = _instants(calendar, ahead)
    types = np.concatenate([days.types, days.types_ahead])
    kinds = np.concatenate([calendar.day_kind, ahead.day_kind])
    events = np.concatenate([calendar.event, ahead.event])
    like = _likest(days, types)
    collapsed = _collapsed(days)
    is_used = days.is_usable & ~collapsed
    shut = np.concatenate([~is_used, ~ahead.is_open.any(axis=1)])
    shut |= kinds == DayKind.HOLIDAY
    month, year = np.full(at.size, np.nan), np.full(at.size, np.nan)
    date = np.zeros(at.size, dtype=np.int64)
    if has_dates:
        date, month, year = _places(at)
    holiday = kinds == DayKind.HOLIDAY
    after, surprise = _after_closings(at, types, shut, holiday, days.n_days)
    found = Marks(
        at=at.astype(np.float64),
        like=like,
        special=np.where(types >= _WEEK, types, 0),
        kind=kinds,
        date=date,
        own=np.zeros_like(date),
        month=month,
        year=year,
        after=after,
        surprise=surprise,
        before=_before_holidays(types, holiday),
        events=_distances(at, events),
        is_used=is_used,
    )
    return replace(found, own=_dates_that_stand_out(found, days))


def _dates_that_stand_out(marks: Marks, days: Days) -> Ints:
    """The day of the month where it alone moves a day, 0 elsewhere, shape (n,).

    Bills on each sixteenth are felt on that date whatever its weekday. A date stands
    out when what it lay off the days around it is more than chance explains.
    """
    own = np.zeros_like(marks.date)
    used = np.flatnonzero(marks.is_used & ~marks.is_marked[: days.n_days])
    if used.size < _MONTHS * MONTH or not marks.date.all():
        return own
    rest = _beside_neighbours(np.log(np.maximum(days.total[used], 0.5)), marks, used)
    scatter = 1.4826 * float(np.median(np.abs(rest))) + 1e-9
    date = marks.date[used]
    for number in np.unique(date):
        values = np.clip(rest[date == number] / scatter, -_SURE, _SURE)
        size = float(np.median(values))
        if values.size < _MONTHS or abs(size) < _FAR:
            continue
        if abs(values.mean()) * np.sqrt(values.size) > _SURE:
            own[marks.date == number] = number
    return own


def _beside_neighbours(logs: Floats, marks: Marks, used: Ints) -> Floats:
    """What each day lies off its weekday and off the median of the days around it."""
    like = marks.like[used]
    plain = logs.copy()
    for _ in range(2):
        wide = np.pad(plain, _AROUND, mode="reflect")
        level = np.median(
            np.lib.stride_tricks.sliding_window_view(wide, 2 * _AROUND + 1), axis=1
        )
        rest = logs - level
        weekday = np.zeros(_WEEK)
        for kind in np.unique(like):
            weekday[kind] = np.median(rest[like == kind])
        plain = logs - weekday[like]
    result: Floats = plain - level
    return result


def _instants(calendar: Calendar, ahead: Calendar) -> tuple[Ints, bool]:
    """Day numbers; without dates, those that the weekdays allow."""
    if calendar.day.size and ahead.day.size and ahead.day[0] > calendar.day[-1]:
        return np.concatenate([calendar.day, ahead.day]), True
    weekday = np.concatenate([calendar.weekday, ahead.weekday])
    step = (np.diff(weekday) - 1) % _WEEK + 1
    return np.concatenate([[0], np.cumsum(step)]).astype(np.int64), False


def _likest(days: Days, types: Ints) -> Ints:
    size = np.zeros((1, days.n_types))
    for kind in days.normal_types:
        chosen = days.is_usable & (days.types == kind)
        size[0, kind] = np.median(days.total[chosen]) if chosen.any() else 0.0
    like = types.copy()
    for kind, resembled in days.resembles(size).items():
        like[types == kind] = resembled[0]
    return like


def _collapsed(days: Days) -> Bools:
    """Normal days of next to nothing, in short runs: closings that nobody marked."""
    low = np.zeros(days.n_days, dtype=bool)
    for kind in days.normal_types:
        chosen = days.is_usable & (days.types == kind)
        if chosen.any():
            usual = np.median(days.total[chosen])
            low |= chosen & (days.total < _COLLAPSED * usual) & (usual > 20.0)
    if days.n_days and low[-1]:
        low[: days.n_days] &= ~_last_run(low)
    return low & (_run_lengths(low) <= _LONGEST_CLOSING)


def _last_run(flags: Bools) -> Bools:
    found: Bools = np.logical_and.accumulate(flags[::-1])[::-1]
    return found


def _run_lengths(flags: Bools) -> Ints:
    """For each day the length of the run of equal flags that it is in."""
    if not flags.size:
        return np.zeros(0, dtype=np.int64)
    edges = np.flatnonzero(np.diff(flags)) + 1
    bounds = np.concatenate([[0], edges, [flags.size]])
    return np.repeat(np.diff(bounds), np.diff(bounds))


def _after_closings(
    at: Ints, types: Ints, shut: Bools, holiday: Bools, n_history: int
) -> tuple[Floats, Ints]:
    """Days after a closing of a day that is usually open, and closings not known."""
    after, surprise = np.zeros((at.size, _AFTER)), np.full(at.size, -1)
    line = np.arange(at[0], at[-1] + 1)
    usual = np.isin((line - at[0] + _first_weekday(at, types)) % _WEEK, types)
    row = np.full(line.size, -1)
    row[at - at[0]] = np.arange(at.size)
    closed = usual & (row < 0)
    if 0 < n_history < at.size:
        # Between the last day known and the first asked nobody knows of a closing.
        closed[at[n_history - 1] - at[0] + 1 : at[n_history] - at[0]] = False
    closed[at[shut] - at[0]] = True
    announced = row < 0
    announced[at[holiday] - at[0]] = True
    expected = np.flatnonzero(usual | (row >= 0))
    closing = closed[expected]
    short = closing & (_run_lengths(closing) <= _LONGEST_CLOSING)
    for lag in range(_AFTER, 0, -1):
        felt = np.flatnonzero(
            short[:-lag] & ~closing[lag:] & (row[expected[lag:]] >= 0)
        )
        rows, causes = row[expected[felt + lag]], expected[felt]
        after[rows] = 0.0
        after[rows, lag - 1] = 1.0
        surprise[rows] = np.where(announced[causes], -1, line[causes])
    return after, surprise


def _before_holidays(types: Ints, holiday: Bools) -> Floats:
    before = np.zeros(types.size)
    before[:-1] = holiday[1:] & ~holiday[:-1] & (types[:-1] < _WEEK)
    return before


def _first_weekday(at: Ints, types: Ints) -> int:
    """The weekday of the first day, read off the first normal one."""
    normal = np.flatnonzero(types < _WEEK)
    if not normal.size:
        return 0
    first = normal[0]
    return int((types[first] - (at[first] - at[0])) % _WEEK)


def _places(at: Ints) -> tuple[Ints, Floats, Floats]:
    """Day of the month, place in a stretched month, and day of the year."""
    date = at.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    begins = month.astype("datetime64[D]")
    length = ((month + 1).astype("datetime64[D]") - begins).astype(np.float64)
    passed = (date - begins).astype(np.float64)
    year = date.astype("datetime64[Y]").astype("datetime64[D]")
    number = passed.astype(np.int64) + 1
    return number, passed / length * MONTH, (date - year).astype(np.float64)


def _distances(at: Ints, events: Ints) -> Floats:
    labels = np.unique(events[events > 0])
    found = np.full((labels.size, at.size), np.nan)
    for row, label in enumerate(labels):
        away = at[:, None] - at[events == label]
        nearest = np.take_along_axis(
            away, np.abs(away).argmin(axis=1)[:, None], axis=1
        )[:, 0]
        felt = (nearest >= -LEAD) & (nearest <= LAG)
        found[row, felt] = nearest[felt]
    return found
