"""The jobs that the clock asks for: weekly forecasts, and models of the day."""

from datetime import date
from typing import Any

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, ForecastStatus
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.tasks.common import load, refusing
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries


@job("forecasting.ask_for_refreshes", title=_l("Asking for weekly forecasts"))
def ask_for_refreshes(run: Run) -> dict[str, Any]:
    """Ask for the refresh of every project whose hour of the week has come.

    What broke off goes on first.
    """
    run.check()
    with transaction():
        services.resume_stalled()
        asked = services.request_due_refreshes()
    return {"forecasts": [each.id for each in asked]}


@job("forecasting.refresh", title=_l("Refreshing a forecast"))
def refresh(
    run: Run, *, forecast_id: int, queue_ids: list[int], until: str
) -> dict[str, Any] | None:
    """Forecast some queues of a refresh; after the last one its end is asked for."""
    found = load(forecast_id, Permission.MAKE_FORECAST)
    if found.status is not ForecastStatus.MAKING:
        return None  # another part failed, or an earlier attempt did it
    with refusing(forecast_id):
        n_done, n_all = queries.n_made(forecast_id)
        part = services.calculate_some(
            found,
            queue_ids,
            date.fromisoformat(until),
            lambda done, _all, name: run.progress(n_done + done, n_all, name),
        )
        db.session.rollback()
        with transaction():
            _store_part(forecast_id, part)
    page = ["forecasting.proposal", {"forecast_id": forecast_id}]
    return {"page": page, "n_queues": len(queue_ids)}


def _store_part(forecast_id: int, part: "services.Calculation") -> None:
    db.session.get(Forecast, forecast_id, with_for_update=True)
    found = load(forecast_id, Permission.MAKE_FORECAST)
    if found.status is ForecastStatus.MAKING:
        services.store_part(found, part)


@job("forecasting.finish_refresh", title=_l("Adding a forecast up"))
def finish_refresh(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Forecast the total of a refresh, let its queues add up, and propose it.

    Queues are changed one by one, each noted until it is done: so an attempt goes on
    where the one before it ended, and nobody else waits for long to write.
    """
    found = load(forecast_id, Permission.MAKE_FORECAST)
    if found.status is not ForecastStatus.MAKING:
        return None
    with refusing(forecast_id):
        run.progress(0, 0, _("Forecasting the total"))
        total = services.work_out_total(found)
        db.session.rollback()
        if total is not None:
            with transaction():
                found = load(forecast_id, Permission.MAKE_FORECAST)
                services.store_refresh_total(found, total)
        queue_ids = queries.queues_to_scale(forecast_id)
        for place, queue_id in enumerate(queue_ids):
            run.progress(place, len(queue_ids), _("Adding queues up"))
            with transaction():
                found = load(forecast_id, Permission.MAKE_FORECAST)
                services.scale_queue(found, queue_id)
        with transaction():
            found = load(forecast_id, Permission.MAKE_FORECAST)
            if found.status is ForecastStatus.MAKING:
                services.propose(found)
                services.request_history(found)
    return {"page": ["forecasting.proposal", {"forecast_id": forecast_id}]}


@job("forecasting.prune_snapshots", title=_l("Letting go of old forecasts"))
def prune_snapshots(run: Run, *, project_id: int) -> dict[str, Any]:
    """Delete snapshots past their time, and the days that nobody asks of the others."""
    run.check()
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        project = project_queries.get_project(project_id, scope)
        return dict(services.prune_snapshots(project))


@job("forecasting.ask_for_day_models", title=_l("Asking for the models of the day"))
def ask_for_day_models(run: Run) -> dict[str, Any]:
    """Ask for the day models of every project whose day has begun."""
    run.check()
    with transaction():
        return {"jobs": [each.id for each in services.request_learning()]}


@job("forecasting.learn_days", title=_l("Learning how days go"))
def learn_days(run: Run, *, project_id: int) -> dict[str, Any]:
    """Learn how the days of a project's queues go, for the page of today."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    project = project_queries.get_project(project_id, scope)
    found = services.learn_days(project, run.progress)
    db.session.rollback()
    with transaction():
        project = project_queries.get_project(project_id, scope)
        services.store_day_models(project, found)
    page = ["forecasting.today", {"project_id": project_id}]
    return {"page": page, "n_models": len(found)}
