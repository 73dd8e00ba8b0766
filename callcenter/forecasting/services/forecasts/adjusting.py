"""What planners change by hand, and what they say about it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.forecasting import queries
from callcenter.forecasting.errors import (
    DayClosed,
    ForecastClosed,
    ForecastNotReady,
    NoSuchDay,
)
from callcenter.forecasting.models import (
    Adjustment,
    Forecast,
    ForecastDay,
    ForecastStatus,
    Note,
)
from callcenter.forecasting.services.forecasts.days import passes_on, workload_s
from callcenter.forecasting.services.forecasts.weighing import weigh_again
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.projects import queries as project_queries

Floats = NDArray[np.float64]


def require_draft(forecast: Forecast) -> None:
    """Refuse to change what is not a draft.

    Raises `ForecastNotReady` or `ForecastClosed`.
    """
    if not forecast.is_ready:
        raise ForecastNotReady(forecast_id=forecast.id)
    if forecast.status is not ForecastStatus.DRAFT:
        raise ForecastClosed(forecast_id=forecast.id)


def adjust_day(
    forecast: Forecast, queue_id: int, day: date, total: float, **how: Any
) -> Adjustment:
    """Set a day's volume, or that of some of its slots, as `change_day` does.

    What the proposal of a weekly forecast says of its weeks follows.
    """
    adjustment = change_day(forecast, queue_id, day, total, **how)
    weigh_again(forecast)
    return adjustment


def change_day(
    forecast: Forecast,
    queue_id: int,
    day: date,
    total: float,
    *,
    first_slot: int = 0,
    end_slot: int | None = None,
    comment: str = "",
    by: int | None = None,
) -> Adjustment:
    """Set a day's volume, or that of its slots ``[first_slot, end_slot)``.

    Whoever has changed all it wants to lets `weigh_again` tell what that moves.
    The shape is kept, that of the method after a change to nothing; where nothing was
    expected at all the open slots share evenly. Raises `ForecastClosed`, `NoSuchDay`,
    or `DayClosed` where the queue does not work.
    """
    require_draft(forecast)
    row = queries.find_day(forecast.id, queue_id, day, is_locked=True)
    end = forecast.n_slots if end_slot is None else end_slot
    if row is None or not 0 <= first_slot < end <= forecast.n_slots:
        raise NoSuchDay(day=day)
    passes = passes_on(forecast, day)
    span = slice(first_slot, end)
    before = float((row.planned * passes)[span].sum())
    if before <= 0.0 and total > 0.0 and not _open_on(forecast, row)[span].any():
        raise DayClosed(day=day)
    adjustment = Adjustment(
        forecast_id=forecast.id,
        queue_id=queue_id,
        day=day,
        first_slot=first_slot,
        end_slot=end,
        before=before,
        total=total,
        comment=comment,
        made_by_id=by,
    )
    db.session.add(adjustment)
    db.session.flush()
    _apply_all(forecast, row)
    return adjustment


def undo_adjustment(
    forecast: Forecast, adjustment: Adjustment, *, by: int | None = None
) -> None:
    """Take one correction back; later ones of the day stay.

    Raises `ForecastClosed` once the forecast was approved.
    """
    _take_back(forecast, [adjustment], by)


def undo_own_adjustments(
    forecast: Forecast, queue_id: int, *, by: int
) -> list[Adjustment]:
    """Take all corrections of one person in a queue back; those of others stay.

    Returns them. Raises `ForecastClosed` once the forecast was approved.
    """
    own = [
        each
        for each in queries.adjustments(forecast.id, queue_id)
        if each.made_by_id == by
    ]
    _take_back(forecast, own, by)
    return own


def restore_adjustments(
    forecast: Forecast, adjustments: Sequence[Adjustment]
) -> list[Adjustment]:
    """Put corrections back that were taken back, each in its old place.

    Returns those that were gone. Raises `ForecastClosed` once it was approved.
    """
    require_draft(forecast)
    gone = [each for each in adjustments if each.taken_back_at is not None]
    for each in gone:
        each.taken_back_at, each.taken_back_by_id = None, None
    db.session.flush()
    _apply_to_days(forecast, gone)
    weigh_again(forecast)
    return gone


def reapply_adjustments(forecast: Forecast, queue_id: int) -> None:
    """Apply what planners changed by hand to new figures of a queue."""
    _apply_to_days(forecast, queries.adjustments(forecast.id, queue_id))


def _take_back(
    forecast: Forecast, adjustments: Sequence[Adjustment], by: int | None
) -> None:
    require_draft(forecast)
    now = clock.now()
    for each in adjustments:
        each.taken_back_at, each.taken_back_by_id = now, by
    db.session.flush()
    _apply_to_days(forecast, adjustments)
    weigh_again(forecast)


def _apply_to_days(forecast: Forecast, adjustments: Sequence[Adjustment]) -> None:
    for queue_id, day in sorted({(each.queue_id, each.day) for each in adjustments}):
        row = queries.find_day(forecast.id, queue_id, day, is_locked=True)
        if row is not None:
            _apply_all(forecast, row)


def add_note(
    forecast: Forecast,
    words: str,
    *,
    queue_id: int | None = None,
    day: date | None = None,
    by: int | None = None,
) -> Note:
    """Say something about a forecast, about one of its queues, or a queue's day.

    Raises `NoSuchDay` for a day that is none of the forecast's.
    """
    if day is not None and queries.find_day(forecast.id, queue_id or 0, day) is None:
        raise NoSuchDay(day=day)
    note = Note(
        forecast_id=forecast.id,
        queue_id=queue_id,
        day=day,
        words=words,
        made_by_id=by,
    )
    db.session.add(note)
    db.session.flush()
    return note


def _apply_all(forecast: Forecast, row: ForecastDay) -> None:
    """Work the day out anew from what the method found and all its corrections."""
    passes = passes_on(forecast, row.day)
    planned = row.mean.copy()
    for each in queries.adjustments(forecast.id, row.queue_id):
        if each.day == row.day:
            span = slice(each.first_slot, each.end_slot)
            shape = planned[span] if planned[span].any() else row.mean[span]
            planned[span] = _scaled(
                shape, passes[span], each.total, _open_on(forecast, row)[span]
            )
    row.planned = planned
    row.total = float((planned * passes).sum())
    row.workload_s = float(workload_s(planned, row.aht_s, passes))


def _scaled(
    values: Floats, passes: Floats, total: float, is_open: NDArray[np.bool_]
) -> Floats:
    """The values stretched so that they sum up to the total."""
    present = float((values * passes).sum())
    if present > 0.0:
        return values * (total / present)
    weight = float((is_open * passes).sum())
    even: Floats = np.where(is_open, total / weight if weight else 0.0, 0.0)
    return even


def _open_on(forecast: Forecast, row: ForecastDay) -> NDArray[np.bool_]:
    queue = next(
        each.queue for each in forecast.queues if each.queue_id == row.queue_id
    )
    days = project_queries.special_days(forecast.project, row.day, 1)
    hours = project_queries.open_intervals([queue], days, forecast.interval_s)
    return hours[queue.id][0] & (passes_on(forecast, row.day) > 0.0)
