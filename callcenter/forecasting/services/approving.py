"""Approving a forecast: its requirements become those that schedules are made for."""

from datetime import UTC, datetime, timedelta
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert

from callcenter.access import audit
from callcenter.engine.intervals import DayGrid, flatten
from callcenter.forecasting import queries
from callcenter.forecasting.events import forecast_approved
from callcenter.forecasting.models import (
    Assumption,
    Forecast,
    ForecastStatus,
    Requirement,
)
from callcenter.forecasting.services.adjusting import require_draft
from callcenter.forecasting.services.days import grid_of
from callcenter.forecasting.services.staffing import Load, Staffing, staff_queue
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]
_ROWS_AT_ONCE = 20_000


def request_approval(forecast: Forecast) -> Job:
    """Ask for a forecast to be approved; a job works the requirements out.

    Raises `ForecastNotReady` or `ForecastClosed`.
    """
    require_draft(forecast)
    return enqueue(
        "forecasting.approve",
        {"forecast_id": forecast.id},
        subject=f"forecasting_forecast:{forecast.id}",
        unique=True,
    )


def approve_forecast(forecast: Forecast, *, by: int | None = None) -> int:
    """Approve a draft: it rules from now on, in place of older ones.

    Returns the number of intervals required for. Raises `ForecastNotReady` or
    `ForecastClosed`.
    """
    require_draft(forecast)
    n_rows = _store_requirements(forecast)
    forecast.status = ForecastStatus.APPROVED
    forecast.approved_at, forecast.approved_by_id = clock.now(), by
    db.session.flush()
    _supersede(forecast)
    audit.record(
        "forecasting.approve_forecast",
        "forecasting_forecast",
        forecast.id,
        n_intervals=n_rows,
    )
    forecast_approved.send(forecast, by=by)
    return n_rows


def _supersede(forecast: Forecast) -> None:
    """Retire the approved forecasts that rule nowhere any more."""
    others = [
        each
        for each in queries.approved_forecasts(forecast.project_id)
        if each.id != forecast.id
    ]
    ruling = queries.ruling_forecast_ids([each.id for each in others])
    for each in others:
        if each.id not in ruling:
            each.status = ForecastStatus.SUPERSEDED


def _store_requirements(forecast: Forecast) -> int:
    queues = [row.queue for row in forecast.queues]
    grid = grid_of(forecast)
    last = forecast.first_day + timedelta(days=forecast.n_days - 1)
    ids = [queue.id for queue in queues]
    targets = project_queries.targets_touching(ids, forecast.first_day, last)
    days = project_queries.special_days(
        forecast.project, forecast.first_day, forecast.n_days
    )
    hours = project_queries.open_intervals(queues, days, forecast.interval_s)
    assumptions = queries.assumptions_of(queues)
    starts = [_instant(each) for each in grid.starts]
    _remove_requirements(ids, starts[0], starts[-1])
    n_rows = 0
    for queue in queues:
        load, is_open = _load_of(forecast, queue, grid, hours[queue.id])
        staffing = staff_queue(
            queue, load, targets.get(queue.id, ()), assumptions[queue.id]
        )
        rows = _rows(forecast, queue, load, staffing, starts)
        kept = [rows[each] for each in np.flatnonzero(is_open | (load.offered > 0.0))]
        for first in range(0, len(kept), _ROWS_AT_ONCE):
            db.session.execute(insert(Requirement), kept[first : first + _ROWS_AT_ONCE])
        n_rows += len(kept)
    return n_rows


def _remove_requirements(queue_ids: list[int], first: datetime, last: datetime) -> None:
    db.session.execute(
        delete(Requirement).where(
            Requirement.queue_id.in_(queue_ids),
            Requirement.interval_start >= first,
            Requirement.interval_start <= last,
        )
    )


def _load_of(
    forecast: Forecast, queue: Queue, grid: DayGrid, hours: NDArray[np.bool_]
) -> tuple[Load, NDArray[np.bool_]]:
    """The planned load of a queue in order of time, and when the queue is open."""
    rows = queries.forecast_days(forecast.id, queue.id)
    planned = np.stack([row.planned for row in rows])
    aht_s = np.stack([row.aht_s for row in rows])
    load = Load(
        first_day=forecast.first_day,
        day=grid.day,
        offered=flatten(grid, planned),
        aht_s=np.nan_to_num(flatten(grid, aht_s)) / max(1, queue.concurrency),
        interval_s=forecast.interval_s,
    )
    return load, grid.exists[grid.day, grid.slot] & hours[grid.day, grid.slot]


def _rows(
    forecast: Forecast,
    queue: Queue,
    load: Load,
    staffing: Staffing,
    starts: list[datetime],
) -> list[dict[str, Any]]:
    columns = {
        "interval_start": starts,
        "offered": load.offered.tolist(),
        "load_erlangs": staffing.load_erlangs.tolist(),
        "required_agents": staffing.required_agents.tolist(),
        "scheduled_agents": staffing.scheduled_agents.tolist(),
        "required_c": _nullable(staffing.required_c),
        "required_a": _nullable(staffing.required_a),
        "sl": _nullable(staffing.sl),
        "asa_s": _nullable(staffing.asa_s),
        "occupancy": _nullable(staffing.occupancy),
        "abandon_rate": _nullable(staffing.abandon_rate),
    }
    own = {
        "queue_id": queue.id,
        "forecast_id": forecast.id,
        "interval_s": forecast.interval_s,
        "model": staffing.model,
    }
    names = tuple(columns)
    return [
        {**own, **dict(zip(names, values, strict=True))}
        for values in zip(*columns.values(), strict=True)
    ]


def _nullable(values: Floats) -> list[float | None]:
    return [None if isnan(value) else value for value in values.tolist()]


def _instant(at: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(at.astype(np.int64)), UTC)


def set_assumption(
    assumption: Assumption | None,
    *,
    project_id: int,
    queue_id: int | None,
    **values: Any,
) -> Assumption:
    """Set what the requirements of a project or a queue rest on from now on.

    Requirements that are approved already stay as they are.
    """
    if assumption is None:
        assumption = Assumption(project_id=project_id, queue_id=queue_id)
        db.session.add(assumption)
    for name, value in values.items():
        setattr(assumption, name, value)
    db.session.flush()
    return assumption
