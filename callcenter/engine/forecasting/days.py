"""Days made ready: gaps filled where most of the day is known, special days typed."""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.history import (
    Bools,
    Calendar,
    DayKind,
    Floats,
    Ints,
)

_ENOUGH_KNOWN = 0.5  # share of the volume of the day's hours that must be known
_ENOUGH_OPEN = 0.3  # and of its weekday's hours


@dataclass(frozen=True)
class Days:
    """One series by day, with a type for each day of the history and the horizon.

    Types 0 to 6 are the weekdays; others are special and named by `specials`.

    Attributes
    ----------
    volume : ndarray of float, shape (n_days, n_intervals), gaps filled, and what
        closed early as if it had not; closed is 0
    known : ndarray of bool, shape (n_days, n_intervals), open and measured
    total : ndarray of float, shape (n_days,)
    is_usable : ndarray of bool, shape (n_days,), enough of the day is known
    is_event : ndarray of bool, shape (n_days,), an event fell on the day
    types : ndarray of int, shape (n_days,)
    types_ahead : ndarray of int, shape (n_ahead,)
    specials : tuple of (DayKind, event label), the meaning of types from 7 up
    normal_types : ndarray of int, weekdays that occur
    """

    volume: Floats
    known: Bools
    total: Floats
    is_usable: Bools
    is_event: Bools
    types: Ints
    types_ahead: Ints
    specials: tuple[tuple[int, int], ...]
    normal_types: Ints

    @property
    def n_days(self) -> int:
        """Days of history."""
        return int(self.total.size)

    @property
    def n_types(self) -> int:
        """Weekdays and kinds of special days together."""
        return 7 + len(self.specials)

    @property
    def week(self) -> int:
        """Days of a week that occur at all: 5 where weekends are left out."""
        return max(1, int(self.normal_types.size))

    @property
    def is_normal(self) -> Bools:
        """The days that are nothing but their weekday, shape (n_days,)."""
        normal: Bools = (self.types < 7) & ~self.is_event
        return normal

    @property
    def is_sparse(self) -> bool:
        """Less than a contact per measured interval: medians would say nobody calls."""
        measured = int(self.known.sum())
        return float((self.volume * self.known).sum()) < measured

    def resembles(self, effect: Floats) -> dict[int, Ints]:
        """For each special type the ordinary type it is likest, shape (n_origins,).

        A holiday is like the quietest weekday, an eve like the day before that one, a
        make-up workday like the middle of the week.
        """
        normal = self.normal_types
        among = effect[:, normal]
        quiet = among.argmin(axis=1)
        middle = np.argsort(among, axis=1)[:, normal.size // 2]
        like = {
            int(DayKind.HOLIDAY): quiet,
            int(DayKind.EVE): (quiet - 1) % normal.size,
        }
        return {
            7 + i: normal[like.get(kind, middle)]
            for i, (kind, _) in enumerate(self.specials)
        }


def prepare_days(offered: Floats, calendar: Calendar, ahead: Calendar) -> Days:
    """Type the days and fill the gaps of one series.

    Parameters
    ----------
    offered : ndarray of float, shape (n_days, n_intervals), NaN where unknown
    calendar : Calendar of these days
    ahead : Calendar of the days to forecast

    Returns
    -------
    Days
    """
    types, types_ahead, specials = _types(calendar, ahead)
    known = np.isfinite(offered) & calendar.is_open
    volume = np.where(known, np.nan_to_num(offered), 0.0)
    usual = _usual_day(volume, known, calendar.weekday)
    usual = _bridge(usual, calendar.is_open, known)
    hours = _usual_hours(calendar, types)
    expected = np.where(hours, usual[calendar.weekday], 0.0)
    measured = (expected * known).sum(axis=1)
    asked = (expected * calendar.is_open).sum(axis=1)
    share = measured / np.maximum(asked, 1e-12)
    share = np.where(asked == 0.0, known.mean(axis=1), share)
    whole = measured >= _ENOUGH_OPEN * expected.sum(axis=1)
    is_open = calendar.is_open.any(axis=1)
    is_usable = is_open & (share >= _ENOUGH_KNOWN) & whole
    size = volume.sum(axis=1) / np.maximum(measured, 1e-12)
    gap = hours & ~known & is_usable[:, None]
    volume = np.where(gap, expected * size[:, None], volume)
    normal = np.unique(types[is_usable & (types < 7)])
    if not normal.size:
        normal = np.unique(np.concatenate([calendar.weekday, ahead.weekday]))
    return Days(
        volume=volume,
        known=known,
        total=volume.sum(axis=1),
        is_usable=is_usable,
        is_event=(calendar.event > 0) & (calendar.day_kind == DayKind.NORMAL),
        types=types,
        types_ahead=types_ahead,
        specials=specials,
        normal_types=normal,
    )


def _types(
    calendar: Calendar, ahead: Calendar
) -> tuple[Ints, Ints, tuple[tuple[int, int], ...]]:
    weekday = np.concatenate([calendar.weekday, ahead.weekday])
    kind = np.concatenate([calendar.day_kind, ahead.day_kind])
    event = np.concatenate([calendar.event, ahead.event])
    pairs = np.stack([kind, event], axis=1)
    special = kind > 0
    types = weekday.copy()
    named, which = np.unique(pairs[special], axis=0, return_inverse=True)
    types[special] = 7 + which.reshape(-1)
    specials = tuple((int(k), int(e)) for k, e in named)
    return types[: calendar.n_days], types[calendar.n_days :], specials


def _usual_hours(calendar: Calendar, types: Ints) -> Bools:
    """A normal day's hours are its weekday's: closing early counts as if it had not.

    Special days keep their own hours: a short one belongs to them.
    """
    hours = calendar.is_open.copy()
    for day in range(7):
        chosen = (calendar.weekday == day) & (types < 7)
        hours[chosen] = np.asarray(calendar.is_open[chosen].any(axis=0))
    return hours & np.asarray(calendar.is_open.any(axis=1))[:, None]


def _usual_day(volume: Floats, known: Bools, weekday: Ints) -> Floats:
    """A typical volume by weekday and interval, shape (7, n_intervals)."""
    whole = np.where(known, volume, np.nan)
    overall = _median(whole)
    usual = np.empty((7, volume.shape[1]))
    for day in range(7):
        found = _median(whole[weekday == day])
        usual[day] = np.where(np.isfinite(found), found, overall)
    return np.nan_to_num(usual)


def _bridge(usual: Floats, is_open: Bools, is_known: Bools) -> Floats:
    """Intervals that are open but were never measured lie between their neighbours."""
    known = np.asarray(is_known.any(axis=0))
    never = np.asarray(is_open.any(axis=0)) & ~known
    if not never.any() or not known.any():
        return usual
    at = np.arange(known.size)
    bridged = usual.copy()
    for row in bridged:
        row[never] = np.interp(at[never], at[known], row[known])
    return bridged


def _median(rows: Floats) -> Floats:
    """Median by column over what is known, a mean where the median is zero."""
    count = np.isfinite(rows).sum(axis=0)
    result = np.full(rows.shape[1], np.nan)
    if rows.shape[0] == 0 or not count.any():
        return result
    some = count > 0
    middle = np.nanmedian(rows[:, some], axis=0)
    result[some] = np.where(middle > 0.0, middle, np.nanmean(rows[:, some], axis=0))
    return result
