"""Asking for a forecast, and making one here and now."""

from collections.abc import Sequence
from datetime import date

from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.models import Forecast, ForecastQueue, ForecastStatus
from callcenter.forecasting.services.forecasts.adjusting import (
    add_note,
    reapply_adjustments,
    require_draft,
)
from callcenter.forecasting.services.forecasts.calculating import calculate_forecast
from callcenter.forecasting.services.forecasts.storing import (
    Calculation,
    store_forecast,
)
from callcenter.forecasting.services.forecasts.weighing import weigh_again
from callcenter.forecasting.services.knowledge.counting import copy_history
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import Job, enqueue
from callcenter.kernel.text import _
from callcenter.projects.models import Queue

MOST_DAYS = 64 * 7
INTERVALS_S = (900, 1800, 3600)


def make_forecast(
    queues: Sequence[Queue],
    first_day: date,
    n_days: int,
    *,
    name: str = "",
    interval_s: int = 900,
    method: str = engine.Method.COMBINATION,
    level: float = 0.8,
    by: int | None = None,
) -> tuple[Forecast, Job]:
    """Ask for a forecast of a project's queues; a job makes it.

    Raises `Invalid` for no queue, queues of several projects, or an impossible span.
    """
    forecast = draft_forecast(
        queues,
        first_day,
        n_days,
        name=name,
        interval_s=interval_s,
        method=method,
        level=level,
        by=by,
    )
    return forecast, _enqueue(forecast)


def draft_forecast(
    queues: Sequence[Queue],
    first_day: date,
    n_days: int,
    *,
    name: str = "",
    interval_s: int = 900,
    method: str = engine.Method.COMBINATION,
    level: float = 0.8,
    by: int | None = None,
) -> Forecast:
    """Lay down a forecast whose figures are still to be made; see `make_forecast`."""
    _check(queues, n_days, interval_s, method)
    project = queues[0].project
    forecast = Forecast(
        project_id=project.id,
        name=name or project.name,
        first_day=first_day,
        n_days=n_days,
        interval_s=interval_s,
        zone=project.zone,
        method=str(method),
        level=level,
        made_by_id=by,
        queues=[ForecastQueue(queue_id=queue.id) for queue in queues],
    )
    forecast.project = project
    for row, queue in zip(forecast.queues, queues, strict=True):
        row.queue = queue
    db.session.add(forecast)
    db.session.flush()
    return forecast


def forecast_at_once(
    queues: Sequence[Queue],
    first_day: date,
    n_days: int,
    *,
    name: str = "",
    interval_s: int = 900,
    by: int | None = None,
) -> Forecast:
    """Draft, calculate and store a forecast here and now, for commands and the demo.

    Raises `NoHistory` when there is nothing to forecast from.
    """
    forecast = draft_forecast(
        queues, first_day, n_days, name=name, interval_s=interval_s, by=by
    )
    store_forecast(forecast, calculate_forecast(forecast))
    copy_history(forecast)
    return forecast


def _check(queues: Sequence[Queue], n_days: int, interval_s: int, method: str) -> None:
    if not queues:
        raise Invalid(_("Choose at least one queue."), fields=("queues",))
    if len({queue.project_id for queue in queues}) > 1:
        raise Invalid(_("The queues belong to several projects."), fields=("queues",))
    if not 1 <= n_days <= MOST_DAYS:
        raise Invalid(
            _("A forecast covers 1 to %(most)s days.", most=MOST_DAYS),
            fields=("n_days",),
        )
    if interval_s not in INTERVALS_S:
        raise Invalid(_("Intervals last 15 or 30 minutes."), fields=("interval_s",))
    if method not in set(engine.METHODS):
        raise Invalid(_("There is no such method."), fields=("method",))


def work_out_again(forecast: Forecast) -> Job:
    """Ask for a draft to be worked out anew from what is known by now.

    What planners changed by hand is applied to the new figures. Raises
    `ForecastNotReady` or `ForecastClosed`.
    """
    require_draft(forecast)
    forecast.status = ForecastStatus.MAKING
    db.session.flush()
    return _enqueue(forecast)


def _enqueue(forecast: Forecast) -> Job:
    return enqueue(
        "forecasting.forecast",
        {"forecast_id": forecast.id},
        subject=f"forecasting_forecast:{forecast.id}",
        unique=True,
    )


def finish_forecast(forecast: Forecast, calculation: Calculation) -> None:
    """Store what was worked out, and apply what planners had changed by hand before.

    A change that asks for contacts where nobody can come any more is taken back, and
    a comment says so. Raises `ForecastClosed`.
    """
    store_forecast(forecast, calculation)
    for row in forecast.queues:
        reapply_adjustments(forecast, row.queue_id)
    weigh_again(forecast)
    lost = queries.adjustments_without_place(forecast.id)
    if not lost:
        return
    for change in lost:
        change.taken_back_at = clock.now()
    names = {row.queue_id: row.queue.name for row in forecast.queues}
    days = ", ".join(
        sorted({f"{names[each.queue_id]} {each.day.isoformat()}" for each in lost})
    )
    add_note(
        forecast,
        _(
            "Worked out again. These changes could not be kept, because the queue is "
            "closed then: %(days)s",
            days=days,
        ),
    )
