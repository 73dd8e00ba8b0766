"""The chance that a day's promises are kept with more or fewer agents, and its cost."""

from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ForecastNotReady, OutdatedStudy
from callcenter.forecasting.models import (
    Forecast,
    ForecastStatus,
    Study,
    StudyKind,
)
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.chance_steps import (
    heat_of,
    local_times,
    promise_lines,
    shown_steps,
)
from callcenter.forecasting.views.requirements.estimates import NOT_SIMULATED
from callcenter.forecasting.views.requirements.requirement import (
    day_of,
    request_day_study,
)
from callcenter.forecasting.views.requirements.restaffing import restaffing_of
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.projects.models import Queue
from callcenter.web import filters
from callcenter.web.pages import render, see_other, toast


@bp.get("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/chances")
@permission_required(Permission.VIEW_FORECASTS)
def chances(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Show what more or fewer agents on a day promise, and what they cost."""
    forecast, queue, on = asked_day(forecast_id, queue_id, day)
    given = services.Premises.read(forecast, on, on)
    need = services.requirement_of(forecast, queue, on, 1, premises=given)
    targets, own = given.targets_on(queue, on), given.assumptions[queue.id]
    study = known_study(forecast, queue, on, StudyKind.CHANCES)
    premises = services.day_premises(StudyKind.CHANCES, need, on, targets, own)
    found: dict[str, Any] = {}
    if study is not None:
        starts = local_times(forecast, on, study.figures["places"])
        found = shown_steps(forecast, own, on, study)
        found["heat"] = heat_of(
            found["steps"], starts, max(1, 1800 // forecast.interval_s)
        )
    return render(
        "forecasting/chances.html",
        forecast=forecast,
        queue=queue,
        day=on,
        is_week=False,
        target=targets[-1] if targets else None,
        promises=promise_lines(targets[-1] if targets else None),
        own=own,
        study=study,
        is_outdated=study is not None and study.premises != premises,
        job=find_live_job(
            services.subject_of(StudyKind.CHANCES, forecast.id, queue.id, on)
        ),
        is_simulated=need.staffing.model not in NOT_SIMULATED,
        tabs=_tabs(forecast, queue, on),
        neighbours=_neighbours(forecast, queue, on),
        **addresses(forecast, queue, on, is_week=False),
        **rights(),
        **restaffing_of(forecast),
        **found,
    )


def asked_day(
    forecast_id: int, queue_id: int, day: str
) -> tuple[Forecast, Queue, date]:
    """The forecast, queue and day of an address.

    Raises `NotFound` for what the reader may not see, and `ForecastNotReady`.
    """
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    forecast = queries.get_forecast(forecast_id, scope)
    if not forecast.is_ready:
        raise ForecastNotReady(forecast_id=forecast_id)
    queue = services.queue_of(forecast, queue_id)
    return forecast, queue, day_of(forecast, day)


def known_study(
    forecast: Forecast, queue: Queue, day: date, kind: StudyKind
) -> Study | None:
    """The study of a kind, unless an earlier version tested the service level alone."""
    study = queries.studies_of_day(forecast.id, queue.id, day).get(kind)
    if study is None or "chances" not in study.figures["steps"][0]:
        return None
    return study


def rights() -> dict[str, bool]:
    """What the reader may do with a study."""
    actor = current_actor()
    return {
        "may_study": actor.may(Permission.MAKE_FORECAST),
        "may_edit": actor.may(Permission.EDIT_ASSUMPTIONS),
    }


def addresses(
    forecast: Forecast, queue: Queue, day: date, *, is_week: bool
) -> dict[str, Any]:
    """Where to ask again, where to take a margin over, and the other period."""
    place: dict[str, Any] = {
        "forecast_id": forecast.id,
        "queue_id": queue.id,
        "day": day.isoformat(),
    }
    of_day, of_week = (
        url_for(f"forecasting.{name}", **place) for name in ("chances", "week_chances")
    )
    find, take = (
        ("find_week_chances", "take_week_margin")
        if is_week
        else (
            "find_chances",
            "take_margin",
        )
    )
    return {
        "periods": [(_("Day"), of_day, not is_week), (_("Week"), of_week, is_week)],
        "find_url": url_for(f"forecasting.{find}", **place),
        "margin_url": url_for(f"forecasting.{take}", **place),
    }


def _url(forecast: Forecast, queue: Queue, day: date) -> str:
    return url_for(
        "forecasting.chances",
        forecast_id=forecast.id,
        queue_id=queue.id,
        day=day.isoformat(),
    )


def _tabs(forecast: Forecast, chosen: Queue, day: date) -> list[tuple[str, str, bool]]:
    return [
        (row.queue.name, _url(forecast, row.queue, day), row.queue_id == chosen.id)
        for row in forecast.queues
    ]


def _neighbours(
    forecast: Forecast, queue: Queue, day: date
) -> tuple[str | None, str | None]:
    """The addresses of the days before and after, where the forecast has them."""
    last = forecast.first_day + timedelta(days=forecast.n_days - 1)
    one = timedelta(days=1)
    return (
        _url(forecast, queue, day - one) if day > forecast.first_day else None,
        _url(forecast, queue, day + one) if day < last else None,
    )


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/chances")
@permission_required(Permission.MAKE_FORECAST)
def find_chances(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Ask for the chances of a day."""
    on = request_day_study(StudyKind.CHANCES, forecast_id, queue_id, day)
    return see_other(
        "forecasting.chances", forecast_id=forecast_id, queue_id=queue_id, day=on
    )


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/margin")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def take_margin(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Take a margin over as the queue's assumption."""
    with transaction():
        forecast, queue, on = _asked_to_edit(forecast_id, queue_id, day)
        study = known_study(forecast, queue, on, StudyKind.CHANCES)
        premises = services.premises_of_day(StudyKind.CHANCES, forecast, queue, on)
        take_step(forecast, queue, study, premises)
    return see_other(
        "forecasting.chances", forecast_id=forecast_id, queue_id=queue_id, day=day
    )


def _asked_to_edit(
    forecast_id: int, queue_id: int, day: str
) -> tuple[Forecast, Queue, date]:
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    forecast = queries.get_forecast(forecast_id, scope)
    queue = services.queue_of(forecast, queue_id)
    return forecast, queue, day_of(forecast, day)


def take_step(
    forecast: Forecast, queue: Queue, study: Study | None, premises: str
) -> None:
    """Take the step that was asked for over as the queue's margin.

    Raises `Invalid` for one that was not simulated, and `OutdatedStudy` where what it
    rests on has changed, unless the asker said to take it all the same.
    """
    asked = request.form.get("n_more", type=int)
    steps = study.figures["steps"] if study else ()
    step = next((each for each in steps if each["n_more"] == asked), None)
    if study is None or step is None:
        raise Invalid(_("Choose one of the margins that were simulated."))
    if study.premises != premises and "even_outdated" not in request.form:
        raise OutdatedStudy(study_id=study.id)
    services.take_margin(queue, step["share"], chance=step["chance"])
    toast(_margin_taken(forecast, queue, step["share"]))


def _margin_taken(forecast: Forecast, queue: Queue, share: float) -> str:
    words = {"queue": queue.name, "share": filters.percent(share)}
    if forecast.status is ForecastStatus.APPROVED:
        return _(
            "%(queue)s keeps a margin of %(share)s. Work the requirements of this "
            "forecast out again to let it count now.",
            **words,
        )
    return _("%(queue)s keeps a margin of %(share)s from its approval on.", **words)
