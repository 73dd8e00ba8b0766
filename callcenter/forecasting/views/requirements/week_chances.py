"""The chance that a week's promises are kept with more or fewer agents."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.chance_steps import (
    promise_lines,
    shown_steps,
)
from callcenter.forecasting.views.requirements.chances import (
    addresses,
    asked_day,
    known_study,
    rights,
    take_step,
)
from callcenter.forecasting.views.requirements.estimates import NOT_SIMULATED
from callcenter.forecasting.views.requirements.requirement import (
    day_of,
    request_day_study,
)
from callcenter.forecasting.views.requirements.restaffing import restaffing_of
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import find_live_job
from callcenter.projects.models import Queue
from callcenter.web.pages import render, see_other


@bp.get("/forecasts/<int:forecast_id>/queues/<int:queue_id>/weeks/<day>/chances")
@permission_required(Permission.VIEW_FORECASTS)
def week_chances(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Show what more or fewer agents in a week promise, and what they cost."""
    forecast, queue, on = asked_day(forecast_id, queue_id, day)
    days = services.week_of(forecast, on)
    given = services.Premises.read(forecast, days[0], days[-1])
    targets, own = given.targets_on(queue, days[-1]), given.assumptions[queue.id]
    study = known_study(forecast, queue, days[0], StudyKind.WEEK_CHANCES)
    is_outdated = study is not None and study.premises != services.premises_of_week(
        forecast, queue, days, given
    )
    target = targets[-1] if targets else None
    subject = services.subject_of(
        StudyKind.WEEK_CHANCES, forecast.id, queue.id, days[0]
    )
    return render(
        "forecasting/chances.html",
        forecast=forecast,
        queue=queue,
        day=days[0],
        last_day=days[-1],
        is_week=True,
        target=target,
        promises=promise_lines(target),
        own=own,
        study=study,
        is_outdated=is_outdated,
        job=find_live_job(subject),
        is_simulated=services.model_for(queue, own) not in NOT_SIMULATED,
        tabs=[
            (
                row.queue.name,
                _url(forecast, row.queue, days[0]),
                row.queue_id == queue_id,
            )
            for row in forecast.queues
        ],
        neighbours=_neighbours(forecast, queue, days),
        **addresses(forecast, queue, days[0], is_week=True),
        **rights(),
        **restaffing_of(forecast),
        **(shown_steps(forecast, own, days[-1], study) if study else {}),
    )


def _url(forecast: Forecast, queue: Queue, day: date) -> str:
    place: dict[str, Any] = {"forecast_id": forecast.id, "queue_id": queue.id}
    return url_for("forecasting.week_chances", **place, day=day.isoformat())


def _neighbours(
    forecast: Forecast, queue: Queue, days: list[date]
) -> tuple[str | None, str | None]:
    """The addresses of the weeks before and after, where the forecast has them."""
    one = timedelta(days=1)
    last = forecast.first_day + timedelta(days=forecast.n_days - 1)
    return (
        _url(forecast, queue, days[0] - one) if days[0] > forecast.first_day else None,
        _url(forecast, queue, days[-1] + one) if days[-1] < last else None,
    )


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/weeks/<day>/chances")
@permission_required(Permission.MAKE_FORECAST)
def find_week_chances(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Ask for the chances of a week."""
    on = request_day_study(
        StudyKind.WEEK_CHANCES, forecast_id, queue_id, day, is_week=True
    )
    return see_other(
        "forecasting.week_chances", forecast_id=forecast_id, queue_id=queue_id, day=on
    )


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/weeks/<day>/margin")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def take_week_margin(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Take a margin over as the queue's assumption."""
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    with transaction():
        forecast = queries.get_forecast(forecast_id, scope)
        queue = services.queue_of(forecast, queue_id)
        days = services.week_of(forecast, day_of(forecast, day))
        given = services.Premises.read(forecast, days[0], days[-1])
        study = known_study(forecast, queue, days[0], StudyKind.WEEK_CHANCES)
        premises = services.premises_of_week(forecast, queue, days, given)
        take_step(forecast, queue, study, premises)
    return see_other(
        "forecasting.week_chances", forecast_id=forecast_id, queue_id=queue_id, day=day
    )
