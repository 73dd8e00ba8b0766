"""How many agents a forecast needs: both formulas beside each other, and the week."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ForecastNotReady
from callcenter.forecasting.models import (
    Assumption,
    Forecast,
    ForecastStatus,
    StaffingModel,
    StudyKind,
)
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.asked import day_asked, day_in, id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.beside import (
    EXPORTED,
    beside,
    exported_rows,
)
from callcenter.forecasting.views.requirements.estimates import (
    NOT_SIMULATED,
    SimulatedRow,
    agents_chart,
    happened_rows,
    instant,
    interval_rows,
    open_places,
    service_chart,
    simulated_rows,
)
from callcenter.forecasting.views.requirements.restaffing import restaffing_of
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.projects.models import Queue, ServiceTarget
from callcenter.web import filters
from callcenter.web.components import Period
from callcenter.web.pages import render, see_other
from callcenter.web.tables.exports import csv_response, xlsx_response

if TYPE_CHECKING:
    from callcenter.forecasting.services import Premises, QueueRequirement


@bp.get("/forecasts/<int:forecast_id>/requirement")
@permission_required(Permission.VIEW_FORECASTS)
def requirement(forecast_id: int) -> ResponseReturnValue:
    """Show what one queue of a forecast needs in a week, or export all its queues."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    forecast = queries.get_forecast(forecast_id, scope)
    if not forecast.is_ready:
        raise ForecastNotReady(forecast_id=forecast_id)
    export = request.args.get("export", "")
    if export in {"csv", "xlsx"}:
        return _export(forecast, export)
    queue = _chosen_queue(forecast)
    day = _chosen_day(forecast)
    period = Period.around(day, today=day, unit="week")
    first = max(period.first, forecast.first_day)
    last = min(period.last, _last_day(forecast))
    n_days = (last - first).days + 1
    given = services.Premises.of(forecast)
    need = services.requirement_of(forecast, queue, first, n_days, premises=given)
    return render(
        "forecasting/requirement.html",
        forecast=forecast,
        queue=queue,
        tabs=_tabs(forecast, queue, day),
        day=day,
        days=_day_links(forecast, queue, first, n_days, day),
        weeks=_week_links(forecast, queue, first, last),
        heat=_heat(forecast, need),
        heat_columns=[
            filters.day(first + timedelta(each), "EEE d") for each in range(n_days)
        ],
        hours=_known_hours(need, forecast.interval_s),
        has_unknown_aht=_has_unknown_aht(need),
        **restaffing_of(forecast, given),
        **_day_context(forecast, queue, need, day, given),
    )


def _day_context(
    forecast: Forecast,
    queue: Queue,
    need: "QueueRequirement",
    day: date,
    given: "Premises",
) -> dict[str, Any]:
    """One day with its three estimates, what it rests on, and what really came."""
    targets = given.targets_on(queue, day)
    everyone = [row.queue for row in forecast.queues]
    own = given.assumptions[queue.id]
    rows = list(interval_rows(forecast, queue, need, day))
    study = queries.studies_of_day(forecast.id, queue.id, day).get(StudyKind.SIMULATION)
    simulated: list[SimulatedRow] = []
    if study is not None:
        places = open_places(need, day)
        simulated = simulated_rows(rows, places, study.figures)
    happened = happened_rows(forecast, queue, rows)
    premises = services.day_premises(StudyKind.SIMULATION, need, day, targets, own)
    model = need.staffing.model
    target = targets[-1].sl_target if targets else None
    group = _group(queue, services.groups_of(everyone, given.assumptions))
    pool = services.pool_required(forecast, group, day, given)
    is_whole = len(group) == 1 and model not in NOT_SIMULATED
    return {
        "rows": rows,
        "pool": [pool.get(instant(row.interval_start)) for row in rows] if pool else [],
        "pool_peak": max(pool.values(), default=None),
        "digits": 0 if is_whole else 1,
        "chart": agents_chart(day, rows, simulated, happened),
        "service": service_chart(rows, simulated, happened, target),
        "peak": max((row.required_agents for row in rows), default=0.0),
        "study": study,
        "is_outdated": study is not None and study.premises != premises,
        "simulated": simulated,
        "happened": happened,
        "beside": beside(rows, simulated, happened),
        "job": find_live_job(
            services.subject_of(StudyKind.SIMULATION, forecast.id, queue.id, day)
        ),
        "may_study": current_actor().may(Permission.MAKE_FORECAST),
        "is_simulated": model not in NOT_SIMULATED,
        "model": words.MODEL_NAMES[model],
        "model_note": words.MODEL_NOTES[model],
        "is_workload": model is StaffingModel.WORKLOAD,
        "is_deferred": model is StaffingModel.DEFERRED,
        "premises": _premises(targets, own, queue, need, day) + _company(queue, group),
    }


def _has_unknown_aht(need: "QueueRequirement") -> bool:
    """Whether contacts are expected whose handling time nobody knows."""
    return bool(((need.load.offered > 0.05) & (need.load.aht_s <= 0.0)).any())


def _chosen_queue(forecast: Forecast) -> Queue:
    asked = id_asked("queue")
    for row in forecast.queues:
        if asked in {None, row.queue_id}:
            return row.queue
    raise NotFound(queue_id=asked)


def _last_day(forecast: Forecast) -> date:
    return forecast.first_day + timedelta(days=forecast.n_days - 1)


def _chosen_day(forecast: Forecast) -> date:
    asked = day_asked(forecast.first_day, _last_day(forecast))
    return asked or forecast.first_day


def _url(forecast: Forecast, queue: Queue, day: date) -> str:
    return url_for(
        "forecasting.requirement",
        forecast_id=forecast.id,
        queue=queue.id,
        day=day.isoformat(),
    )


def _tabs(forecast: Forecast, chosen: Queue, day: date) -> list[tuple[str, str, bool]]:
    return [
        (row.queue.name, _url(forecast, row.queue, day), row.queue_id == chosen.id)
        for row in forecast.queues
    ]


def _day_links(
    forecast: Forecast, queue: Queue, first: date, n_days: int, chosen: date
) -> list[tuple[str, str, bool]]:
    days = [first + timedelta(days=each) for each in range(n_days)]
    return [
        (filters.day(day, "EEE d"), _url(forecast, queue, day), day == chosen)
        for day in days
    ]


def _week_links(
    forecast: Forecast, queue: Queue, first: date, last: date
) -> tuple[str | None, str | None]:
    """The addresses of the weeks before and after, where the forecast has them."""
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    return (
        _url(forecast, queue, before) if before >= forecast.first_day else None,
        _url(forecast, queue, after) if after <= _last_day(forecast) else None,
    )


def _scheduled_h(need: "QueueRequirement") -> float:
    agents = need.staffing.scheduled_agents[need.is_open]
    return float(agents.sum()) * need.grid.interval_s / 3600


def _known_hours(need: "QueueRequirement", interval_s: int) -> float:
    known = filter(math.isfinite, need.staffing.scheduled_agents.tolist())
    return sum(known) * interval_s / 3600


def _heat(
    forecast: Forecast, need: "QueueRequirement"
) -> list[tuple[str, list[float | None]]]:
    """Agents to schedule, a row for each half-hour, or hour, and a column for a day."""
    import numpy as np

    matrix = need.matrix(need.staffing.scheduled_agents)
    per_row = max(1, 1800 // forecast.interval_s)
    row_min = max(30, forecast.interval_s // 60)
    n_days = matrix.shape[0]
    halves = matrix.reshape(n_days, -1, per_row)
    is_known = np.isfinite(halves)
    most = np.where(is_known, halves, -np.inf).max(axis=2)
    busy = np.flatnonzero(is_known.any(axis=(0, 2)))
    return [
        (
            f"{row * row_min // 60:02}:{row * row_min % 60:02}",
            [
                round(float(value), 1) if np.isfinite(value) else None
                for value in most[:, row]
            ],
        )
        for row in busy.tolist()
    ]


def _premises(
    targets: list[ServiceTarget],
    assumption: Assumption,
    queue: Queue,
    need: "QueueRequirement",
    day: date,
) -> list[tuple[str, str]]:
    """What the numbers rest on, as pairs of a name and a value."""
    lines = _promises(targets, assumption, need.staffing.model)
    if need.staffing.model in NOT_SIMULATED:
        return lines + _margins(assumption, need, day)
    if assumption.model is not StaffingModel.ERLANG_C:
        patience = filters.duration(assumption.patience_s)
        lines.append((_("Mean patience"), patience))
    if assumption.redial_share:
        lines.append((_("Call again"), filters.percent(assumption.redial_share, 0)))
    if assumption.waiting_room is not None:
        lines.append((_("Places to wait"), filters.number(assumption.waiting_room)))
    if queue.concurrency > 1:
        lines.append((_("Contacts at once"), filters.number(queue.concurrency)))
        if assumption.chat_slowdown:
            slower = filters.percent(assumption.chat_slowdown, 0)
            lines.append((_("Slower for each more"), slower))
    return lines + _margins(assumption, need, day)


def _promises(
    targets: list[ServiceTarget], assumption: Assumption, model: StaffingModel
) -> list[tuple[str, str]]:
    limit = assumption.max_occupancy
    if model is StaffingModel.DEFERRED:
        due = next((each.sl_threshold_s for each in targets if each.sl_threshold_s), 0)
        lines = [(_("Due within"), filters.duration(due or assumption.deadline_s))]
        if assumption.backlog:
            waiting = filters.number(assumption.backlog, 0)
            lines.append((_("Backlog at the start"), waiting))
    elif not targets:
        none = _("none: only the occupancy limit asks")
        lines = [(_("Service target"), none)]
    else:
        promise = _(
            "%(share)s within %(seconds)s s",
            share=filters.percent(targets[-1].sl_target, 0),
            seconds=targets[-1].sl_threshold_s,
        )
        lines = [(_("Service target"), promise)]
    if targets:
        target = targets[-1]
        limit = target.max_occupancy or limit
        if target.max_asa_s and model not in NOT_SIMULATED:
            lines.append((_("ASA at most"), filters.duration(target.max_asa_s)))
        if target.max_abandon_rate and model not in NOT_SIMULATED:
            most = filters.percent(target.max_abandon_rate)
            lines.append((_("Abandoned at most (Erlang A)"), most))
    lines.append((_("Occupancy limit"), filters.percent(limit, 0)))
    return lines


def _margins(
    assumption: Assumption, need: "QueueRequirement", day: date
) -> list[tuple[str, str]]:
    """Shrinkage of the day, and the safety margin."""
    least, most = services.shrinkage_on(assumption, day)
    shrinkage = filters.percent(most)
    if most - least > 1e-6:
        shrinkage = f"{filters.percent(least)} – {shrinkage}"
    lines = [(_("Shrinkage"), shrinkage)]
    if assumption.safety_share:
        sign = "+" if assumption.safety_share > 0 else "−"
        margin = sign + filters.percent(abs(assumption.safety_share))
        if not need.staffing.safety_agents.any():
            margin = _("%(margin)s, from the next approval on", margin=margin)
        lines.append((_("Safety margin"), margin))
    return lines


def _group(queue: Queue, groups: list[list[Queue]]) -> list[Queue]:
    """The queues that are staffed together with a queue, itself among them."""
    return next(group for group in groups if queue in group)


def _company(queue: Queue, group: list[Queue]) -> list[tuple[str, str]]:
    """With which queues it is staffed together, if with any."""
    others = [each.name for each in group if each is not queue]
    return [(_("Staffed together with"), ", ".join(others))] if others else []


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/simulate")
@permission_required(Permission.MAKE_FORECAST)
def simulate_day(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Ask for a day to be simulated with the agents required."""
    on = request_day_study(StudyKind.SIMULATION, forecast_id, queue_id, day)
    return see_other(
        "forecasting.requirement", forecast_id=forecast_id, queue=queue_id, day=on
    )


def request_day_study(
    kind: StudyKind,
    forecast_id: int,
    queue_id: int,
    day: str,
    *,
    is_week: bool = False,
    **asked: float | None,
) -> str:
    """Ask for a study of a queue's day, or its week, in reach; gives the day."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        forecast = queries.get_forecast(forecast_id, scope)
        if not forecast.is_ready:
            raise ForecastNotReady(forecast_id=forecast_id)
        queue = services.queue_of(forecast, queue_id)
        on = day_of(forecast, day)
        if is_week:
            on = services.week_of(forecast, on)[0]
        services.request_study(kind, forecast, queue, on, **asked)
    return on.isoformat()


def day_of(forecast: Forecast, text: str) -> date:
    """A day of a forecast; raises `NotFound` for another or none."""
    return day_in(text, forecast.first_day, _last_day(forecast))


def _export(forecast: Forecast, file_format: str) -> ResponseReturnValue:
    """Every interval of every queue, beside its simulation and what really came."""
    rows = (
        row
        for queue, need in _needs(forecast)
        for row in exported_rows(forecast, queue, need)
    )
    respond = csv_response if file_format == "csv" else xlsx_response
    return respond(f"{forecast.name}", EXPORTED, rows)


def _needs(forecast: Forecast) -> Iterator[tuple[Queue, "QueueRequirement"]]:
    """What was approved, or what a draft would need by the quick way."""
    first, n_days = forecast.first_day, forecast.n_days
    queues = [row.queue for row in forecast.queues]
    if forecast.status is not ForecastStatus.APPROVED:
        yield from services.work_out(forecast, queues, first, n_days)
        return
    for queue in queues:
        yield queue, services.requirement_of(forecast, queue, first, n_days)
