"""Choosing another method for a queue: its figures change, changes by hand stay."""

from callcenter.access import audit
from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.models import Forecast, ForecastQueue
from callcenter.forecasting.services.forecasts.adjusting import (
    reapply_adjustments,
    require_draft,
)
from callcenter.forecasting.services.forecasts.storing import QueueResult, replace_queue
from callcenter.forecasting.services.forecasts.weighing import weigh_again
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.jobs import Job, enqueue
from callcenter.kernel.text import _


def request_method(forecast: Forecast, queue_id: int, method: str, reason: str) -> Job:
    """Ask for a queue to be forecast by another method; a job works it out.

    Raises `ForecastNotReady`, `ForecastClosed`, `NotFound` for a queue that is not
    part of it, and `Invalid` without a reason or for a method that is none.
    """
    require_draft(forecast)
    row = _row(forecast, queue_id)
    if method not in set(engine.METHODS):
        raise Invalid(_("There is no such method."), fields=("method",))
    if method == row.method:
        raise Invalid(_("This method is in use already."), fields=("method",))
    if not reason.strip():
        raise Invalid(_("Say why, for those who read it later."), fields=("reason",))
    return enqueue(
        "forecasting.choose_method",
        {
            "forecast_id": forecast.id,
            "queue_id": queue_id,
            "method": method,
            "reason": reason.strip()[:400],
        },
        subject=f"forecasting_forecast:{forecast.id}",
    )


def choose_method(
    forecast: Forecast,
    result: QueueResult,
    *,
    method: str,
    reason: str,
    by: int | None = None,
) -> None:
    """Let the figures of another method rule a queue of a draft.

    Changes by hand are applied to them as they were given. ``result`` is what
    `calculate_queue` found. Raises `ForecastClosed`.
    """
    require_draft(forecast)
    row = _row(forecast, result.queue_id)
    before = row.method
    totals = queries.day_totals(forecast.id)
    replace_queue(forecast, result)
    row.chosen_method = "" if method == forecast.method else method
    row.chosen_reason, row.chosen_by_id = reason, by
    reapply_adjustments(forecast, row.queue_id)
    weigh_again(forecast)
    audit.record(
        "forecasting.choose_method",
        "forecasting_forecast",
        forecast.id,
        queue=row.queue.name,
        method=[before, result.method],
        total=[round(totals.get(row.queue_id, 0.0)), round(float(result.mean.sum()))],
        reason=reason,
    )


def _row(forecast: Forecast, queue_id: int) -> ForecastQueue:
    for row in forecast.queues:
        if row.queue_id == queue_id:
            return row
    raise NotFound(queue_id=queue_id)
