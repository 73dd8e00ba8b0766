"""How many agents a forecast needs: both formulas beside each other, and the week."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ForecastNotReady
from callcenter.forecasting.models import Assumption, Forecast, StaffingModel
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _l
from callcenter.projects.models import Queue, ServiceTarget
from callcenter.projects.queries import targets_touching
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.components import Period
from callcenter.web.pages import render
from callcenter.web.tables import Column
from callcenter.web.tables.exports import csv_response, xlsx_response

if TYPE_CHECKING:
    from callcenter.forecasting.services import QueueRequirement


class IntervalRow(NamedTuple):
    """One interval of the requirement, as the table and the export show it."""

    queue: str
    day: date
    at: str
    interval_start: str
    offered: float
    aht_s: float
    load_erlangs: float
    required_c: float | None
    required_a: float | None
    required_agents: float
    scheduled_agents: float
    sl: float | None
    asa_s: float | None
    occupancy: float | None
    abandon_rate: float | None


_COLUMNS = (
    Column("queue", _l("Queue")),
    Column("day", _l("Day"), style="date"),
    Column("at", _l("Interval")),
    Column("interval_start", _l("Start (UTC)")),
    Column("offered", _l("Volume"), style="number"),
    Column("aht_s", _l("AHT (s)"), style="number"),
    Column("load_erlangs", _l("Load (erlangs)"), style="number"),
    Column("required_c", _l("Erlang C"), style="number"),
    Column("required_a", _l("Erlang A"), style="number"),
    Column("required_agents", _l("Required"), style="number"),
    Column("scheduled_agents", _l("With shrinkage"), style="number"),
    Column("sl", _l("Service level"), style="percent"),
    Column("asa_s", _l("ASA (s)"), style="number"),
    Column("occupancy", _l("Occupancy"), style="percent"),
    Column("abandon_rate", _l("Abandoned"), style="percent"),
)


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
    ((_queue, need),) = services.work_out(forecast, [queue], first, n_days)
    targets = targets_touching([queue.id], day, day).get(queue.id, [])
    rows = list(_rows(forecast, queue, need, day))
    everyone = [row.queue for row in forecast.queues]
    assumptions = queries.assumptions_of(everyone)
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
        chart=_chart(rows, day),
        rows=rows,
        peak=max((row.required_agents for row in rows), default=0.0),
        hours=_known_hours(need, forecast.interval_s),
        model=words.MODEL_NAMES[need.staffing.model],
        model_note=words.MODEL_NOTES[need.staffing.model],
        is_workload=need.staffing.model is StaffingModel.WORKLOAD,
        premises=_premises(targets, assumptions[queue.id], queue)
        + _company(queue, services.groups_of(everyone, assumptions)),
    )


def _chosen_queue(forecast: Forecast) -> Queue:
    asked = request.args.get("queue", type=int)
    for row in forecast.queues:
        if asked in {None, row.queue_id}:
            return row.queue
    raise NotFound(queue_id=asked)


def _last_day(forecast: Forecast) -> date:
    return forecast.first_day + timedelta(days=forecast.n_days - 1)


def _chosen_day(forecast: Forecast) -> date:
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = forecast.first_day
    return min(max(asked, forecast.first_day), _last_day(forecast))


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
    """Agents to schedule, a row for each half-hour and a column for each day."""
    import numpy as np

    matrix = need.matrix(need.staffing.scheduled_agents)
    per_row = 1800 // forecast.interval_s
    n_days = matrix.shape[0]
    halves = matrix.reshape(n_days, -1, per_row)
    is_known = np.isfinite(halves)
    most = np.where(is_known, halves, -np.inf).max(axis=2)
    busy = np.flatnonzero(is_known.any(axis=(0, 2)))
    return [
        (
            f"{row // 2:02}:{row % 2 * 30:02}",
            [
                round(float(value), 1) if np.isfinite(value) else None
                for value in most[:, row]
            ],
        )
        for row in busy.tolist()
    ]


def _rows(
    forecast: Forecast, queue: Queue, need: "QueueRequirement", day: date | None
) -> Iterator[IntervalRow]:
    """The open intervals, of one local day or of all."""
    staffing, starts, zone = need.staffing, need.starts, forecast.tz
    wanted = need.is_open
    if day is not None:
        wanted = wanted & (need.grid.day == (day - need.grid.first_day).days)
    for place in wanted.nonzero()[0]:
        yield IntervalRow(
            queue.name,
            need.grid.first_day + timedelta(days=int(need.grid.day[place])),
            f"{starts[place].astimezone(zone):%H:%M}",
            f"{starts[place]:%Y-%m-%dT%H:%MZ}",
            float(need.load.offered[place]),
            float(need.load.aht_s[place]),
            float(staffing.load_erlangs[place]),
            _known(staffing.required_c[place]),
            _known(staffing.required_a[place]),
            float(staffing.required_agents[place]),
            float(staffing.scheduled_agents[place]),
            _known(staffing.sl[place]),
            _known(staffing.asa_s[place]),
            _known(staffing.occupancy[place]),
            _known(staffing.abandon_rate[place]),
        )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _chart(rows: list[IntervalRow], day: date) -> Chart:
    series = [
        Series(_("Erlang C"), [row.required_c for row in rows]),
        Series(_("Erlang A"), [row.required_a for row in rows]),
        Series(
            _("With shrinkage"),
            [round(row.scheduled_agents, 1) for row in rows],
            is_dashed=True,
        ),
    ]
    if all(row.required_c is None for row in rows):
        required = [round(row.required_agents, 1) for row in rows]
        series[:2] = [Series(_("Required"), required)]
    return line_chart(
        _("Agents on %(day)s", day=filters.day(day, "weekday_day")),
        [row.at for row in rows],
        series,
        first_column=_("Interval"),
    )


def _premises(
    targets: list[ServiceTarget], assumption: Assumption, queue: Queue
) -> list[tuple[str, str]]:
    """What the numbers rest on, as pairs of a name and a value."""
    limit = assumption.max_occupancy
    lines = []
    if targets:
        target = targets[-1]
        limit = target.max_occupancy or limit
        promise = _(
            "%(share)s within %(seconds)s s",
            share=filters.percent(target.sl_target, 0),
            seconds=target.sl_threshold_s,
        )
        lines.append((_("Service target"), promise))
        if target.max_abandon_rate:
            most = filters.percent(target.max_abandon_rate)
            lines.append((_("Abandoned at most (Erlang A)"), most))
    else:
        lines.append((_("Service target"), _("none: only the occupancy limit asks")))
    lines += [
        (_("Occupancy limit"), filters.percent(limit, 0)),
        (_("Mean patience"), filters.duration(assumption.patience_s)),
        (_("Shrinkage"), filters.percent(assumption.shrinkage)),
    ]
    if queue.concurrency > 1:
        lines.append((_("Contacts at once"), filters.number(queue.concurrency)))
    return lines


def _company(queue: Queue, groups: list[list[Queue]]) -> list[tuple[str, str]]:
    """With which queues it is staffed together, if with any."""
    group = next(group for group in groups if queue in group)
    others = [each.name for each in group if each is not queue]
    return [(_("Staffed together with"), ", ".join(others))] if others else []


def _export(forecast: Forecast, file_format: str) -> ResponseReturnValue:
    """Every interval of every queue of the forecast."""
    queues = [row.queue for row in forecast.queues]
    needs = services.work_out(forecast, queues, forecast.first_day, forecast.n_days)
    rows = (row for queue, need in needs for row in _rows(forecast, queue, need, None))
    respond = csv_response if file_format == "csv" else xlsx_response
    return respond(f"{forecast.name}", _COLUMNS, rows)
