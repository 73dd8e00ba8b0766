"""What planners change by hand, and what they say about it."""

from datetime import date

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
from callcenter.forecasting.services.days import passes_on, workload_s
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

    The shape is kept, that of the method after a change to nothing; where nothing was
    expected at all the open slots share evenly. Raises `ForecastClosed`, `NoSuchDay`,
    or `DayClosed` where the queue does not work.
    """
    require_draft(forecast)
    row = queries.find_day(forecast.id, queue_id, day)
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


def undo_adjustment(forecast: Forecast, adjustment: Adjustment) -> None:
    """Take one correction back; later ones of the day stay.

    Raises `ForecastClosed` once the forecast was approved.
    """
    require_draft(forecast)
    row = queries.find_day(forecast.id, adjustment.queue_id, adjustment.day)
    db.session.delete(adjustment)
    db.session.flush()
    if row is not None:
        _apply_all(forecast, row)


def add_note(forecast: Forecast, words: str, *, by: int | None = None) -> Note:
    """Say something about a forecast."""
    note = Note(forecast_id=forecast.id, words=words, made_by_id=by)
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
