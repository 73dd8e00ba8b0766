"""Curves to look at: days as they were counted, and what each method says."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, case, select, type_coerce
from sqlalchemy.orm import joinedload

from callcenter.acd.models import INTERVAL_S
from callcenter.engine.intervals import day_grid
from callcenter.forecasting.models import Candidate, CountedDay
from callcenter.forecasting.queries.history import actual_volume
from callcenter.kernel.db import db
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]
_SLOTS = 86400 // INTERVAL_S
_APART = timedelta(days=14)


class MethodLine(NamedTuple):
    """What one method says about a queue: each day's total, and the curve of one day.

    ``curve`` has a value per slot, and is None unless it was asked for.
    """

    method: str
    totals: Floats
    curve: Floats | None


def counted_curves(
    queue: Queue,
    days: Sequence[date],
    counts: Mapping[date, int],
    *,
    zone: ZoneInfo,
    interval_s: int,
) -> Floats:
    """What came in on some days by slot, shape (n_days, n_slots); NaN without facts.

    ``counts`` are the days' sums by `fact_days`. A day whose copy is missing or shows
    another sum is read from the facts themselves, so that the answer is never stale.
    """
    wanted = sorted({day for day in days if day in counts})
    curves = _copies(queue.id, wanted, counts)
    missing = [day for day in wanted if day not in curves]
    for run in _runs(missing):
        grid = day_grid(
            run[0], (run[-1] - run[0]).days + 1, zone=zone, interval_s=INTERVAL_S
        )
        volume = actual_volume(queue, grid)
        curves |= {day: volume[(day - run[0]).days] for day in run}
    unknown = np.full(_SLOTS, np.nan)
    found = np.array([curves.get(day, unknown) for day in days], dtype=np.float64)
    merged = interval_s // INTERVAL_S
    shape = (len(days), _SLOTS // merged, merged)
    result: Floats = found.reshape(shape).sum(axis=2)
    return result


def _copies(
    queue_id: int, wanted: Sequence[date], counts: Mapping[date, int]
) -> dict[date, Floats]:
    """The copies of those days that are as the facts are now."""
    if not wanted:
        return {}
    at = CountedDay
    is_wanted = (
        at.day.in_(wanted)
        if len(wanted) < _SLOTS
        else at.day.between(wanted[0], wanted[-1])
    )
    rows = db.session.execute(
        select(at.day, at.total, type_coerce(at.volume, LargeBinary)).where(
            at.queue_id == queue_id, is_wanted
        )
    ).all()
    fresh = [(day, packed) for day, total, packed in rows if counts.get(day) == total]
    packed = b"".join(bytes(each) for _day, each in fresh)
    volumes = np.frombuffer(packed, dtype="<f4").reshape(-1, _SLOTS)
    return {day: volume for (day, _p), volume in zip(fresh, volumes, strict=True)}


def _runs(days: Sequence[date]) -> list[list[date]]:
    """The days in at most two stretches, cut where they lie furthest apart."""
    if not days:
        return []
    gaps = [after - before for before, after in pairwise(days)]
    widest = max(gaps, default=timedelta())
    if widest <= _APART:
        return [list(days)]
    cut = gaps.index(widest) + 1
    return [list(days[:cut]), list(days[cut:])]


def stale_days(queue: Queue, counts: Mapping[date, int]) -> list[date]:
    """The days with facts of which there is no copy, or an old one, in order."""
    if not counts:
        return []
    copied = db.session.execute(
        select(CountedDay.day, CountedDay.total).where(
            CountedDay.queue_id == queue.id,
            CountedDay.day.between(min(counts), max(counts)),
        )
    )
    known = {(day, total) for day, total in copied}
    return sorted(day for day, total in counts.items() if (day, total) not in known)


def has_counted_days(project_id: int) -> bool:
    """Whether any queue of a project has copies of its days."""
    found = db.session.scalar(
        select(CountedDay.queue_id)
        .join(Queue, Queue.id == CountedDay.queue_id)
        .where(Queue.project_id == project_id)
        .limit(1)
    )
    return found is not None


def queues_with_copies(project_id: int) -> Sequence[Queue]:
    """The queues of a project that have copies of their days, with the project."""
    has_copy = select(CountedDay.queue_id).where(CountedDay.queue_id == Queue.id)
    return db.session.scalars(
        select(Queue)
        .options(joinedload(Queue.project))
        .where(Queue.project_id == project_id, has_copy.exists())
        .order_by(Queue.id)
    ).all()


def method_lines(
    forecast_id: int, queue_id: int, drawn: Collection[str], place: int
) -> list[MethodLine]:
    """What each method says, with the curve of one day for those to be drawn."""
    at = Candidate
    shapes = case((at.method.in_(drawn), type_coerce(at.shapes, LargeBinary)))
    rows = db.session.execute(
        select(at.method, at.totals, at.shape_places, shapes).where(
            at.forecast_id == forecast_id, at.queue_id == queue_id
        )
    )
    lines = []
    for method, totals, places, packed in rows:
        curve = None
        if packed is not None and place < len(totals):
            distinct = np.frombuffer(bytes(packed), dtype="<f4")
            n = distinct.size // (int(places.max()) + 1)
            start = int(places[place]) * n
            curve = distinct[start : start + n].astype(np.float64) * totals[place]
        lines.append(MethodLine(method, totals, curve))
    return lines
