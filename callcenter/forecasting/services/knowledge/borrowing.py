"""Young queues: earlier days from queues like them, or what a planner expects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.models import Likeness
from callcenter.forecasting.services.forecasts.reading import (
    Ground,
    Past,
    calmed,
    read_past,
    with_series,
)
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]
YOUNG_DAYS = 28
"""Known days below which a queue borrows, as the engine sees it."""
LENDER_DAYS = 40
FEWEST_DAYS = 7
"""Known days without which nothing can be said of a week."""
MOST_LENDERS = 6
_GUESS_SPREAD = 0.25  # logarithm: how far a planner's expected total may miss
_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Loan:
    """A lengthened history, and from which queues its early days are."""

    past: Past
    shares: tuple[tuple[int, float], ...]
    n_days: int


def set_likeness(queue: Queue, *, by: int | None = None, **values: Any) -> Likeness:
    """Say what stands in for the history that a queue has not got.

    Raises `Invalid` when the queue is to be like itself.
    """
    if values.get("like_queue_id") == queue.id:
        raise Invalid(
            _("A queue cannot borrow from itself."), fields=("like_queue_id",)
        )
    row = queries.likenesses([queue.id]).get(queue.id) or Likeness(queue_id=queue.id)
    for name, value in values.items():
        setattr(row, name, value)
    row.made_at, row.made_by_id = clock.now(), by
    db.session.add(row)
    db.session.flush()
    return row


def forget_likeness(queue_id: int) -> None:
    """Leave the choice of similar queues to the engine again."""
    row = queries.likenesses([queue_id]).get(queue_id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()


def borrow(ground: Ground, queue: Queue, past: Past) -> Loan | None:
    """Lengthen a young queue's history by what queues like it did before it began.

    None when no queue of the same kind is old enough and alike.
    """
    lenders = lenders_of(ground, queue)
    if not lenders or not past.n_known:
        return None
    mine = read_past(ground, queue, like=queue)
    theirs = [read_past(ground, lender, like=queue) for lender in lenders]
    found = engine.borrow_early_days(
        with_series(
            mine.mended,
            [
                calmed(ground, lender, each)
                for lender, each in zip(lenders, theirs, strict=True)
            ],
        )
    )
    if not found.n_days[0]:
        return None
    longer = replace(mine.mended, offered=found.history.offered[:1])
    shares = tuple(
        (lender.id, float(share))
        for lender, share in zip(lenders, found.lenders[0, 1:], strict=True)
        if share > 0.0
    )
    first = int(np.isfinite(longer.offered[0]).any(axis=1).argmax())
    return Loan(
        _from(replace(mine, mended=longer), first), shares, int(found.n_days[0])
    )


def _from(past: Past, first: int) -> Past:
    """The history from a row on."""
    return Past(
        counted=_rows_from(past.counted, first),
        mended=_rows_from(past.mended, first),
        places=past.places[first:],
        days=past.days[first:],
    )


def _rows_from(history: engine.History, first: int) -> engine.History:
    at = history.calendar
    return engine.History(
        offered=history.offered[:, first:],
        calendar=engine.Calendar(
            at.weekday[first:],
            at.day_kind[first:],
            at.event[first:],
            at.is_open[first:],
            at.day[first:],
        ),
        handled=history.handled[:, first:],
        handle_s=history.handle_s[:, first:],
    )


def lenders_of(ground: Ground, queue: Queue) -> list[Queue]:
    """The queues that may lend: the one a planner named, else those of its kind.

    Its kind is its project and direction; the same channel comes first.
    """
    told = ground.likeness.get(queue.id)
    everyone: dict[int, Queue] = {
        each.id: each
        for each in (*(row.queue for row in ground.forecast.queues), *ground.lenders)
        if each.id != queue.id and each.id in ground.spans
    }
    if told is not None and told.like_queue_id is not None:
        named = everyone.get(told.like_queue_id)
        return [] if named is None else [named]
    alike = [
        each
        for each in everyone.values()
        if each.project_id == queue.project_id
        and each.direction is queue.direction
        and _length(ground, each) >= LENDER_DAYS
    ]
    alike.sort(key=lambda each: (each.channel is not queue.channel, each.id))
    return alike[:MOST_LENDERS]


def _length(ground: Ground, queue: Queue) -> int:
    first, last = ground.spans[queue.id]
    return (last - first).days + 1


def possible_lenders(queues: Sequence[Queue], among: Sequence[Queue]) -> list[Queue]:
    """Further queues that young ones of a forecast might take early days from."""
    own = {queue.id for queue in queues}
    return [queue for queue in among if queue.id not in own]


def expect(
    ground: Ground,
    queue: Queue,
    ahead: engine.Calendar,
    *,
    told: Likeness,
) -> engine.Forecast:
    """A forecast of a queue without a history, from a weekly total and another's shape.

    The other queue's usual weeks of late become the total. Without another queue all
    open hours are alike. Bands grant that the total may miss by a quarter.
    """
    total = float(told.weekly_total or 0.0)
    lenders = lenders_of(ground, queue) if told.like_queue_id else []
    if lenders:
        past = read_past(ground, lenders[0], like=queue)
        history = calmed(ground, lenders[0], past)
    if not lenders or not np.isfinite(history.offered).any():
        return _even(ahead, total, told.aht_s, ground.forecast.level)
    found = engine.forecast(
        history, ahead, level=ground.forecast.level, keep_methods=True
    )
    usual = engine.usual_days(history).sum(axis=1)
    recent = past.places >= ground.window.n_history - 7 * _WEEKS
    weekly = float(usual[recent].sum()) / _WEEKS
    factor = total / weekly if weekly > 0.0 else 0.0
    scaled = engine.with_uplift(found, np.full(ahead.n_days, factor))
    aht_s = (
        scaled.aht_s if told.aht_s is None else np.full_like(scaled.aht_s, told.aht_s)
    )
    return replace(scaled, aht_s=aht_s)


def guess_spread(n_ahead: int) -> Floats:
    """How far a planner's expectation may miss, the logarithm's deviation by day."""
    return np.full(n_ahead, _GUESS_SPREAD)


def _even(
    ahead: engine.Calendar, weekly_total: float, aht_s: float | None, level: float
) -> engine.Forecast:
    """The same in every open interval of a usual week."""
    is_open = ahead.is_open
    n_weekdays = np.array(
        [is_open[ahead.weekday == day].sum(axis=1).max(initial=0) for day in range(7)]
    )
    n_open = float(n_weekdays.sum())
    mean = np.where(is_open, weekly_total / max(n_open, 1.0), 0.0)[np.newaxis]
    total = mean.sum(axis=2)
    times = np.where(is_open, aht_s or np.nan, np.nan)[np.newaxis]
    return engine.Forecast(
        mean=mean,
        lower=np.maximum(mean - 1.2816 * np.sqrt(mean), 0.0),
        upper=mean + 1.2816 * np.sqrt(mean),
        total_lower=np.maximum(total - 1.2816 * np.sqrt(total), 0.0),
        total_upper=total + 1.2816 * np.sqrt(total),
        aht_s=times,
        aht_lower_s=times,
        aht_upper_s=times,
        level=level,
        method=(engine.Method.MEAN4,),
        status=(engine.Status.SHORT,),
        weights=np.zeros((1, 3, len(engine.MEMBERS))),
        wape=np.full((1, 3, len(engine.METHODS)), np.nan),
        findings=((),),
        by_method=None,
    )
