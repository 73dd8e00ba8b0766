"""The time grid of a roster: equal steps of real time, with local days laid over it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """A run of equal intervals in real (UTC) time and the business days laid over it.

    The grid is linear: a local day of 23 or 25 hours simply has fewer or more
    intervals. Intervals past the last day's end are its *tail*, into which late shifts
    may run.

    Attributes
    ----------
    interval_min : int, minutes, a divisor of 60
    day_starts : ndarray of int, shape (n_days + 1,), interval index of each local
        midnight, the last one being the end of the last day
    local_min : ndarray of int, shape (n_intervals,), minute of the local day at which
        each interval starts, tail included
    weekdays : ndarray of int, shape (n_days,), 0 Monday to 6 Sunday
    week_of_day : ndarray of int, shape (n_days,), week number from 0, not decreasing
    """

    interval_min: int
    day_starts: NDArray[np.int64]
    local_min: NDArray[np.int64]
    weekdays: NDArray[np.int64]
    week_of_day: NDArray[np.int64]

    @property
    def n_days(self) -> int:
        """Business days on which a shift may start."""
        return len(self.day_starts) - 1

    @property
    def n_intervals(self) -> int:
        """Intervals in all, the tail included."""
        return len(self.local_min)

    @property
    def n_weeks(self) -> int:
        """Weeks touched by the horizon, cut ones included."""
        return int(self.week_of_day[-1]) + 1

    @property
    def full_weeks(self) -> NDArray[np.bool_]:
        """Weeks of which all seven days lie in the horizon, shape (n_weeks,)."""
        return np.bincount(self.week_of_day, minlength=self.n_weeks) == 7

    @property
    def weekend_of_day(self) -> NDArray[np.int64]:
        """Number of the weekend of each Saturday and Sunday, -1 on other days."""
        number = (np.arange(self.n_days) - self.weekdays) // 7 + 1
        return np.where(self.weekdays >= 5, number, -1)

    def intervals_of(self, minutes: int) -> int:
        """Intervals that a whole number of minutes takes, rounded up."""
        return -(-minutes // self.interval_min)


def make_grid(
    first_day: date,
    n_days: int,
    zone: ZoneInfo,
    *,
    interval_min: int = 15,
    tail_h: int = 14,
    week_start: int = 0,
) -> Grid:
    """The grid of ``n_days`` local days from ``first_day`` in ``zone``.

    Parameters
    ----------
    first_day : date, the first local business day
    n_days : int, days on which shifts may start, >= 1
    zone : ZoneInfo, whose midnights bound the days
    interval_min : int, minutes
    tail_h : int, hours after the last midnight that shifts may run into
    week_start : int, weekday on which a contract week begins, 0 Monday to 6 Sunday

    Returns
    -------
    Grid : interval 0 starts at the first local midnight
    """
    days = [first_day + timedelta(days=offset) for offset in range(n_days + 1)]
    step = timedelta(minutes=interval_min)
    midnights = [
        datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        for day in days
    ]
    starts = np.array([(at - midnights[0]) // step for at in midnights], np.int64)
    n_intervals = int(starts[-1]) + tail_h * 60 // interval_min
    local = [
        (midnights[0] + step * index).astimezone(zone) for index in range(n_intervals)
    ]
    weekdays = np.array([day.weekday() for day in days[:-1]], np.int64)
    is_new_week = (weekdays == week_start) & (np.arange(n_days) > 0)
    return Grid(
        interval_min=interval_min,
        day_starts=starts,
        local_min=np.array([at.hour * 60 + at.minute for at in local], np.int64),
        weekdays=weekdays,
        week_of_day=np.cumsum(is_new_week),
    )
