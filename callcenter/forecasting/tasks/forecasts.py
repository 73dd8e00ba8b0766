"""Making forecasts, approving them, measuring what came true."""

from datetime import date
from typing import Any

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import ForecastStatus
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.tasks.common import load, refusing
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _, _l


@job("forecasting.forecast", title=_l("Making a forecast"))
def forecast(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Work a forecast out, queue by queue, and store it as a draft."""
    with refusing(forecast_id):
        calculation = services.calculate_forecast(
            load(forecast_id, Permission.MAKE_FORECAST), run.progress
        )
        db.session.rollback()
        with transaction():
            found = load(forecast_id, Permission.MAKE_FORECAST)
            services.finish_forecast(found, calculation)
    _copy_history(forecast_id)
    page = ["forecasting.forecast", {"forecast_id": forecast_id}]
    return {"page": page, "n_queues": len(calculation.queues)}


def _copy_history(forecast_id: int) -> None:
    """Copy the days that the pages of a forecast show under it, queue by queue."""
    n_queues = len(load(forecast_id, Permission.MAKE_FORECAST).queues)
    for place in range(n_queues):
        with transaction():
            found = load(forecast_id, Permission.MAKE_FORECAST)
            queue = found.queues[place].queue
            queue.project = found.project
            first = found.history_first or found.first_day
            services.copy_counted_days(queue, first, clock.today(found.tz))


@job("forecasting.copy_history", title=_l("Copying counted days"))
def copy_history(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Copy the days that the pages of a weekly forecast show under it."""
    run.check()
    _copy_history(forecast_id)
    return None


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
    found = load(forecast_id, Permission.APPROVE_FORECAST)
    if found.status is ForecastStatus.APPROVED:
        return None
    earlier = services.calculate_requirements(found)
    db.session.rollback()
    with transaction():
        found = load(forecast_id, Permission.APPROVE_FORECAST)
        if found.status is ForecastStatus.APPROVED:
            return None  # an earlier attempt did it all
        n_rows = services.approve_forecast(
            found, by=current_actor().user_id, earlier=earlier
        )
    page = ["forecasting.requirement", {"forecast_id": forecast_id}]
    return {"page": page, "n_intervals": n_rows}


@job("forecasting.restaff", title=_l("Working out requirements again"))
def restaff(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Let changed targets and assumptions count for an approved forecast."""
    run.progress(0, 0, _("Working out the agents required"))
    found = load(forecast_id, Permission.APPROVE_FORECAST)
    first = services.first_to_restaff(found)
    if first is None:
        return None
    earlier = services.calculate_requirements(found, first=first)
    db.session.rollback()
    with transaction():
        found = load(forecast_id, Permission.APPROVE_FORECAST)
        n_rows = services.restaff(found, earlier)
    page = ["forecasting.requirement", {"forecast_id": forecast_id}]
    return {"page": page, "n_intervals": n_rows}


@job("forecasting.measure", title=_l("Measuring forecasts"))
def measure(
    run: Run, *, project_id: int, first_day: str, last_day: str
) -> dict[str, Any] | None:
    """Compare what was forecast with what came in, for days whose facts changed."""
    first, last = date.fromisoformat(first_day), date.fromisoformat(last_day)
    with transaction():
        covering = queries.forecasts_covering(project_id, first, last)
        n_days = services.measure_days(covering, first, last, run.progress)
    return {"n_days": n_days}


@job("forecasting.choose_method", title=_l("Forecasting by another method"))
def choose_method(
    run: Run, *, forecast_id: int, queue_id: int, method: str, reason: str
) -> dict[str, Any] | None:
    """Work one queue of a draft out by the method that a planner insists on."""
    run.progress(0, 0, _("Testing the method on the queue's past"))
    found = load(forecast_id, Permission.ADJUST_FORECAST)
    result = services.calculate_queue(found, queue_id, method=method)
    db.session.rollback()
    with transaction():
        services.choose_method(
            load(forecast_id, Permission.ADJUST_FORECAST),
            result,
            method=method,
            reason=reason,
            by=current_actor().user_id,
        )
    page = ["forecasting.forecast", {"forecast_id": forecast_id, "queue": queue_id}]
    return {"page": page, "queue_id": queue_id}
