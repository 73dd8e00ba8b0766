"""Facts as the engine wants them: local days by slots, unknown where nothing is known.

Outbound queues are planned by attempts: their volume is what was dialled, and the
handling time is per attempt.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Double, cast, func, literal, select, type_coerce

from callcenter.acd.models import INTERVAL_S, QueueDay, QueueInterval
from callcenter.engine.intervals import DayGrid, day_matrix
from callcenter.kernel.db import db, dialect_name
from callcenter.projects.models import Direction, Queue

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_CERTAIN = 12.0
"""Contacts due in a silent stretch that make silence incredible: exp(-12) by chance."""
_COARSE_ROWS = 16
_BLIND_S = 1800
"""The longest part of a day that a source may be thought never to deliver."""


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """One queue's facts over a grid of local days, matrices of its shape.

    ``offered`` is NaN where a slot does not exist or its silence is incredible.
    """

    offered: Floats
    handled: Floats
    handle_s: Floats


def volume_of(queue: Queue) -> Any:
    """What a queue's volume counts: contacts, or attempts where it dials."""
    if queue.direction is Direction.OUTBOUND:
        return QueueInterval.dialled
    return QueueInterval.offered


def fact_span(queue_ids: Collection[int]) -> dict[int, tuple[date, date]]:
    """The first and the last local day with facts, by queue; without any, left out."""
    rows = db.session.execute(
        select(QueueDay.queue_id, func.min(QueueDay.day), func.max(QueueDay.day))
        .where(QueueDay.queue_id.in_(queue_ids))
        .group_by(QueueDay.queue_id)
    )
    return {queue_id: (first, last) for queue_id, first, last in rows}


def usual_aht(queue_ids: Collection[int], before: date) -> dict[int, float]:
    """Seconds of handling a contact in the eight weeks before a day, by queue."""
    at = QueueDay
    handled = func.sum(at.answered + at.dialled)
    seconds = func.sum(at.talk_s + at.hold_s + at.wrap_s + at.outbound_s)
    rows = db.session.execute(
        select(at.queue_id, seconds, handled)
        .where(
            at.queue_id.in_(queue_ids),
            at.day < before,
            at.day >= before - timedelta(days=56),
        )
        .group_by(at.queue_id)
        .having(handled > 0)
    )
    return {queue_id: float(total) / float(n) for queue_id, total, n in rows}


def queue_facts(queue: Queue, grid: DayGrid, is_open: Bools) -> QueueFacts:
    """What was counted in a queue on the days of a grid."""
    offered, handled, handle_s, has_row = _on_grid(queue, grid)
    volume = day_matrix(grid, grid.starts, offered)
    is_silent = ~(day_matrix(grid, grid.starts, has_row) > 0.0)
    is_silent &= is_open & grid.exists
    heard = np.nan_to_num(volume)
    unknown = incredible_silence(heard, is_silent, grid.weekday)
    unknown |= never_heard(heard, is_silent, most_slots=_BLIND_S // grid.interval_s)
    return QueueFacts(
        offered=np.where(unknown, np.nan, volume),
        handled=np.nan_to_num(day_matrix(grid, grid.starts, handled)),
        handle_s=np.nan_to_num(day_matrix(grid, grid.starts, handle_s)),
    )


def actual_volume(queue: Queue, grid: DayGrid) -> Floats:
    """What came in, as a matrix of the grid; zero where nothing was counted."""
    offered, *_rest = _on_grid(queue, grid)
    return np.nan_to_num(day_matrix(grid, grid.starts, offered))


def actual_facts(queue: Queue, grid: DayGrid) -> QueueFacts:
    """What was counted, as matrices of the grid; zero where nothing was."""
    offered, handled, handle_s, _rows = _on_grid(queue, grid)
    return QueueFacts(
        *(
            np.nan_to_num(day_matrix(grid, grid.starts, each))
            for each in (offered, handled, handle_s)
        )
    )


def incredible_silence(
    volume: Floats, is_silent: Bools, weekday: NDArray[np.int64]
) -> Bools:
    """The silent stretches in which so much was due that data must be missing.

    Volume and silence (open, but without a single row) are matrices of days by
    slots, and so is the answer; weekdays count from Monday 0.
    """
    due = np.zeros_like(volume)
    for each in range(7):
        rows = np.flatnonzero(weekday == each)
        heard = rows[volume[rows].sum(axis=1) > 0.0]
        if heard.size:
            due[rows] = np.median(volume[heard], axis=0)
    unknown = np.zeros_like(is_silent)
    for day in np.flatnonzero((due * is_silent).sum(axis=1) >= _CERTAIN):
        edges = np.flatnonzero(np.diff(np.r_[False, is_silent[day], False]))
        for start, end in edges.reshape(-1, 2):
            if due[day, start:end].sum() >= _CERTAIN:
                unknown[day, start:end] = True
    return unknown


def never_heard(volume: Floats, is_silent: Bools, *, most_slots: int) -> Bools:
    """Silent slots of a short stretch of the day in which nobody ever called.

    Longer ones may be a break that nobody entered as closed; a quarter between busy
    neighbours that is silent on all days is one that no source delivers.
    """
    unknown = np.zeros_like(is_silent)
    heard, n_days = volume.sum(axis=0), is_silent.sum(axis=0)
    is_blind = (heard == 0.0) & (n_days > 0)
    edges = np.flatnonzero(np.diff(np.r_[False, is_blind, False]))
    for start, end in edges.reshape(-1, 2):
        if start == 0 or end == heard.size or end - start > most_slots:
            continue
        due = min(heard[start - 1], heard[end]) * (end - start)
        if due >= _CERTAIN:
            unknown[:, start:end] = is_silent[:, start:end]
    return unknown


def _on_grid(queue: Queue, grid: DayGrid) -> tuple[Floats, Floats, Floats, Floats]:
    """Offered, handled, handling seconds and rows by interval, shape (n_intervals,)."""
    rows = _read(queue, grid)
    n = grid.starts.size
    if not rows.shape[0]:
        nothing = np.zeros(n)
        return nothing, nothing, nothing, nothing
    if grid.interval_s <= INTERVAL_S and _is_coarse(rows[:, 0]):
        rows = _spread(rows)
    first = int(grid.starts[0].astype(np.int64))
    place = ((rows[:, 0] - first) // grid.interval_s).astype(np.int64)
    inside = (place >= 0) & (place < n)
    place, rows = place[inside], rows[inside]
    one = np.ones(place.size)
    offered, handled, handle_s, n_rows = (
        np.bincount(place, weights, minlength=n).astype(np.float64)
        for weights in (rows[:, 1], rows[:, 2], rows[:, 3], one)
    )
    return offered, handled, handle_s, n_rows


def _read(queue: Queue, grid: DayGrid) -> Floats:
    """Epoch seconds, offered, handled and handling seconds, a row per stored fact.

    Two years are 70,000 rows, so instants come as the plain numbers that they are
    stored as, and the driver's rows are taken as they are.
    """
    at = QueueInterval
    if queue.direction is Direction.OUTBOUND:
        handled: Any = at.dialled
        handle_s: Any = at.outbound_s
    else:
        handled = at.answered
        handle_s = at.talk_s + at.hold_s + at.wrap_s
    if dialect_name() == "sqlite":
        seconds: Any = type_coerce(at.interval_start, BigInteger) / literal(1e6)
    else:
        seconds = cast(func.extract("epoch", at.interval_start), Double)
    edge = np.timedelta64(grid.interval_s, "s")
    with db.session.connection().execute(
        select(seconds, volume_of(queue), handled, handle_s).where(
            at.queue_id == queue.id,
            at.interval_start >= _instant(grid.starts[0]),
            at.interval_start < _instant(grid.starts[-1] + edge),
        )
    ) as found:
        rows: Any = found.cursor
        values = np.fromiter(chain.from_iterable(rows), np.float64)
    return values.reshape(-1, 4)


def _is_coarse(starts: Floats) -> bool:
    """Whether the source counts half-hours: nothing ever starts on an odd quarter."""
    is_odd = (starts // INTERVAL_S) % 2 == 1
    return starts.size >= _COARSE_ROWS and not bool(is_odd.any())


def _spread(rows: Floats) -> Floats:
    """Each half-hour as two quarters with half of everything."""
    halves = rows * np.array([1.0, 0.5, 0.5, 0.5])
    later = halves + np.array([float(INTERVAL_S), 0.0, 0.0, 0.0])
    return np.concatenate([halves, later])


def _instant(at: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(at.astype("datetime64[s]").astype(np.int64)), UTC)
