"""The jobs of this room: making a forecast, approving it, measuring what came true."""

from datetime import date
from typing import Any

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, ForecastStatus
from callcenter.forecasting.permissions import Permission
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.jobs import JobCancelled, Run, job
from callcenter.kernel.text import _, _l


@job("forecasting.forecast", title=_l("Making a forecast"))
def forecast(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Work a forecast out, queue by queue, and store it as a draft."""
    try:
        calculation = services.calculate_forecast(
            _load(forecast_id, Permission.MAKE_FORECAST), run.progress
        )
        db.session.rollback()
        with transaction():
            found = _load(forecast_id, Permission.MAKE_FORECAST)
            services.store_forecast(found, calculation)
    except (AppError, ValueError) as error:
        _refuse(forecast_id, error.message if isinstance(error, AppError) else error)
        raise
    except JobCancelled:
        _refuse(forecast_id, _("It was cancelled."))
        raise
    _copy_history(forecast_id)
    page = ["forecasting.forecast", {"forecast_id": forecast_id}]
    return {"page": page, "n_queues": len(calculation.queues)}


def _copy_history(forecast_id: int) -> None:
    """Copy the days that the pages of a forecast show under it, queue by queue."""
    n_queues = len(_load(forecast_id, Permission.MAKE_FORECAST).queues)
    for place in range(n_queues):
        with transaction():
            found = _load(forecast_id, Permission.MAKE_FORECAST)
            queue = found.queues[place].queue
            queue.project = found.project
            first = found.history_first or found.first_day
            services.copy_counted_days(queue, first, clock.today(found.tz))


@job("forecasting.copy_counted_days", title=_l("Copying counted days"))
def copy_counted_days(
    run: Run, *, project_id: int, days: list[str]
) -> dict[str, Any] | None:
    """Copy days anew whose facts changed, for the charts of forecasts."""
    changed = [date.fromisoformat(day) for day in days]
    n_days = 0
    with transaction():
        for queue in queries.queues_with_copies(project_id):
            run.check()
            n_days += services.copy_counted_days(
                queue, min(changed), max(changed), again=changed
            )
    return {"n_days": n_days}


@job("forecasting.approve", title=_l("Approving a forecast"))
def approve(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Work out the requirements of a forecast and let it rule."""
    run.progress(0, 0, _("Working out the agents required"))
    with transaction():
        found = _load(forecast_id, Permission.APPROVE_FORECAST)
        if found.status is ForecastStatus.APPROVED:
            return None  # an earlier attempt did it all
        n_rows = services.approve_forecast(found, by=current_actor().user_id)
    page = ["forecasting.requirement", {"forecast_id": forecast_id}]
    return {"page": page, "n_intervals": n_rows}


@job("forecasting.measure", title=_l("Measuring forecasts"))
def measure(
    run: Run, *, project_id: int, first_day: str, last_day: str
) -> dict[str, Any] | None:
    """Compare what was forecast with what came in, for days whose facts changed."""
    first, last = date.fromisoformat(first_day), date.fromisoformat(last_day)
    n_days = 0
    with transaction():
        covering = queries.forecasts_covering(project_id, first, last)
        for place, each in enumerate(covering):
            run.progress(place, len(covering), each.name)
            n_days += services.measure_forecast(each, first, last)
    return {"n_days": n_days}


@job("forecasting.choose_method", title=_l("Forecasting by another method"))
def choose_method(
    run: Run, *, forecast_id: int, queue_id: int, method: str, reason: str
) -> dict[str, Any] | None:
    """Work one queue of a draft out by the method that a planner insists on."""
    run.progress(0, 0, _("Testing the method on the queue's past"))
    found = _load(forecast_id, Permission.ADJUST_FORECAST)
    result = services.calculate_queue(found, queue_id, method=method)
    db.session.rollback()
    with transaction():
        services.choose_method(
            _load(forecast_id, Permission.ADJUST_FORECAST),
            result,
            method=method,
            reason=reason,
            by=current_actor().user_id,
        )
    page = ["forecasting.forecast", {"forecast_id": forecast_id, "queue": queue_id}]
    return {"page": page, "queue_id": queue_id}


def _load(forecast_id: int, permission: Permission) -> Forecast:
    return queries.get_forecast(forecast_id, current_actor().scope(permission))


def _refuse(forecast_id: int, reason: object) -> None:
    db.session.rollback()
    with transaction():
        found = db.session.get(Forecast, forecast_id)
        if found is not None and found.status is ForecastStatus.MAKING:
            services.refuse_forecast(found, str(reason))
