"""Intervals in universal time, and the local days that planners think in.

A forecast works on a matrix of local days by time-of-day slots, always 86400 /
interval_s of them. On the day the clocks go forward the missing hour's slots are closed
and unknown; on the day they go back the two passes through the repeated hour share
their slots, which hold the mean of both. The way back gives each pass the slot's value.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError

_DAY_S = 86400
_UTC_EPOCH = np.datetime64("1970-01-01T00:00:00", "s")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Seconds = NDArray[np.datetime64]


@dataclass(frozen=True)
class DayGrid:
    """The intervals of consecutive local days, in order of universal time.

    Attributes
    ----------
    first_day : date, local
    interval_s : int, seconds
    starts : ndarray of datetime64[s], shape (n_intervals,), UTC
    day : ndarray of int, shape (n_intervals,), row of the matrix
    slot : ndarray of int, shape (n_intervals,), column of the matrix
    weekday : ndarray of int, shape (n_days,), Monday 0 to Sunday 6
    """

    first_day: date
    interval_s: int
    starts: Seconds
    day: Ints
    slot: Ints
    weekday: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Days and slots of the matrix."""
        return int(self.weekday.size), _DAY_S // self.interval_s

    @property
    def exists(self) -> NDArray[np.bool_]:
        """The slots a day really has, shape (n_days, n_slots)."""
        found = np.zeros(self.shape, dtype=bool)
        found[self.day, self.slot] = True
        return found


def day_grid(first_day: date, n_days: int, *, zone: tzinfo, interval_s: int) -> DayGrid:
    """Lay intervals over local days that may last 23, 24 or 25 hours.

    Parameters
    ----------
    first_day : date, local
    n_days : int, > 0
    zone : tzinfo, such as a `zoneinfo.ZoneInfo`
    interval_s : int, seconds, a divisor of a day

    Returns
    -------
    DayGrid

    Raises
    ------
    EngineInputError : no day is asked, or the interval does not divide a day
    """
    if n_days < 1:
        raise EngineInputError("n_days must be at least 1")
    if interval_s < 1 or _DAY_S % interval_s:
        raise EngineInputError("interval_s must divide a day")
    days = [first_day + timedelta(days=i) for i in range(n_days + 1)]
    edges = [_utc_s(day, zone) for day in days]
    starts = np.arange(edges[0], edges[-1], interval_s)
    day = np.searchsorted(np.asarray(edges), starts, side="right") - 1
    offset = _offsets(starts, day, edges, zone)
    slot = (starts + offset) % _DAY_S // interval_s
    return DayGrid(
        first_day=first_day,
        interval_s=interval_s,
        starts=_UTC_EPOCH + starts.astype("timedelta64[s]"),
        day=day.astype(np.int64),
        slot=slot.astype(np.int64),
        weekday=np.array([d.weekday() for d in days[:-1]], dtype=np.int64),
    )


def day_matrix(grid: DayGrid, starts: ArrayLike, values: ArrayLike) -> Floats:
    """Put values of UTC intervals into a matrix of local days by slots.

    Parameters
    ----------
    grid : DayGrid
    starts : array_like of datetime64, shape (n,), UTC, on the grid; others are left out
    values : array_like of float, shape (n,), NaN where unknown

    Returns
    -------
    ndarray of float, shape (n_days, n_slots), NaN where there is no value; the mean of
    both passes where the clock repeats an hour

    Raises
    ------
    EngineInputError : the shapes differ, or an interval occurs twice
    """
    at = np.asarray(starts, dtype="datetime64[s]")
    value = np.asarray(values, dtype=np.float64)
    if at.shape != value.shape or at.ndim != 1:
        raise EngineInputError("starts and values must be of one length")
    place = np.searchsorted(grid.starts, at)
    inside = place < grid.starts.size
    inside[inside] = grid.starts[place[inside]] == at[inside]
    inside &= np.isfinite(value)
    place, value = place[inside], value[inside]
    if np.bincount(place, minlength=1).max() > 1:
        raise EngineInputError("an interval occurs twice")
    n_days, n_slots = grid.shape
    cell = grid.day[place] * n_slots + grid.slot[place]
    total = np.bincount(cell, value, minlength=n_days * n_slots)
    count = np.bincount(cell, minlength=n_days * n_slots)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean.reshape(grid.shape)


def flatten(grid: DayGrid, matrix: ArrayLike) -> Floats:
    """Read a matrix of local days by slots back in order of universal time.

    Parameters
    ----------
    grid : DayGrid
    matrix : array_like of float, shape (..., n_days, n_slots)

    Returns
    -------
    ndarray of float, shape (..., n_intervals), beside `grid.starts`

    Raises
    ------
    EngineInputError : the matrix is not of the grid's shape
    """
    array = np.asarray(matrix, dtype=np.float64)
    if array.shape[-2:] != grid.shape:
        raise EngineInputError(f"the matrix is {array.shape}, the grid {grid.shape}")
    flat: Floats = array[..., grid.day, grid.slot]
    return flat


def _utc_s(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), tzinfo=zone).timestamp())


def _offsets(starts: Ints, day: Ints, edges: list[int], zone: tzinfo) -> Ints:
    """Seconds that local clocks are ahead of UTC, asked singly on odd days only."""
    first = np.array([_offset_s(edge, zone) for edge in edges])
    offset = first[day]
    changes = first[1:] != first[:-1]
    for i in np.flatnonzero(changes[day]):
        offset[i] = _offset_s(int(starts[i]), zone)
    return offset


def _offset_s(instant_s: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(instant_s, tz=zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
