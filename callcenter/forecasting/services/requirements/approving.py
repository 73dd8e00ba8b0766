"""Approving a forecast: its requirements become those that schedules are made for."""

from dataclasses import dataclass
from datetime import date, datetime
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert

from callcenter.access import audit
from callcenter.forecasting import queries
from callcenter.forecasting.events import forecast_approved
from callcenter.forecasting.models import (
    Forecast,
    ForecastKind,
    ForecastStatus,
    Requirement,
)
from callcenter.forecasting.services.forecasts.adjusting import require_draft
from callcenter.forecasting.services.forecasts.days import first_day_ahead
from callcenter.forecasting.services.requirements.requiring import (
    QueueRequirement,
    answers_to,
    questions_of,
    staffing_premises,
)
from callcenter.forecasting.services.studies.premises import premises_of
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue

Floats = NDArray[np.float64]
CARRIED_DAYS = 28
"""Days worked out with the state of queues carried over.

Schedules are made for them. Further ahead the forecast itself misses by far more than
the load in progress, which is used there, and the next weekly forecast comes first.
"""
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


@dataclass(frozen=True, slots=True)
class Calculated:
    """The requirements of a forecast, by queue id, and what they rest on."""

    premises: str
    needs: dict[int, QueueRequirement]


def calculate_requirements(
    forecast: Forecast,
    earlier: Calculated | None = None,
    *,
    first: date | None = None,
) -> Calculated:
    """Work out what a forecast requires, with the near days carried over.

    It begins with ``first``, else with the first day that an approval lets rule.

    What was worked out ``earlier`` is taken where nothing that it rests on has changed
    since: so a job calculates while nobody waits for it, and stores in a moment.
    """
    first = first or _first_to_rule(forecast)
    n_days = forecast.n_days - (first - forecast.first_day).days
    queues = [row.queue for row in forecast.queues]
    groups = questions_of(forecast, queues, first, n_days)
    premises = premises_of(each for group in groups for each in group)
    if earlier is not None and earlier.premises == premises:
        return earlier
    needs = answers_to(forecast, groups, carried_days=CARRIED_DAYS)
    return Calculated(premises, {queue.id: need for queue, need in needs})


def _first_to_rule(forecast: Forecast) -> date:
    """Its first day; of what the weekly refresh made the first that has not begun."""
    if forecast.kind is ForecastKind.REFRESH:
        return first_day_ahead(forecast)
    return forecast.first_day


def approve_forecast(
    forecast: Forecast, *, by: int | None = None, earlier: Calculated | None = None
) -> int:
    """Approve a draft: it rules from now on, in place of older ones.

    What the weekly refresh made rules on the days that have not begun yet.
    ``earlier`` is what `calculate_requirements` found before. Returns the number of
    intervals required for. Raises `ForecastNotReady` or `ForecastClosed`.
    """
    require_draft(forecast)
    if forecast.kind is ForecastKind.REFRESH:
        forecast.approved_from = _first_to_rule(forecast)
    n_rows = _store_requirements(forecast, calculate_requirements(forecast, earlier))
    forecast.status = ForecastStatus.APPROVED
    forecast.approved_at, forecast.approved_by_id = clock.now(), by
    forecast.staffed_at = forecast.approved_at
    forecast.staffed_premises = staffing_premises(forecast)
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


def _store_requirements(forecast: Forecast, calculated: Calculated) -> int:
    n_rows = 0
    for queue_id, need in calculated.needs.items():
        starts = need.starts
        _remove_requirements(queue_id, starts[0], starts[-1])
        rows = requirement_values(forecast, queue_id, need, starts)
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            db.session.execute(insert(Requirement), rows[first : first + _ROWS_AT_ONCE])
        n_rows += len(rows)
    return n_rows


def _remove_requirements(queue_id: int, first: datetime, last: datetime) -> None:
    db.session.execute(
        delete(Requirement).where(
            Requirement.queue_id == queue_id,
            Requirement.interval_start >= first,
            Requirement.interval_start <= last,
        )
    )


def requirement_values(
    forecast: Forecast, queue_id: int, need: QueueRequirement, starts: list[datetime]
) -> list[dict[str, Any]]:
    """The rows of the intervals in which the queue is open."""
    staffing = need.staffing
    columns = {
        "interval_start": starts,
        "offered": need.load.offered.tolist(),
        "load_erlangs": staffing.load_erlangs.tolist(),
        "required_agents": staffing.required_agents.tolist(),
        "scheduled_agents": staffing.scheduled_agents.tolist(),
        "required_c": _nullable(staffing.required_c),
        "required_a": _nullable(staffing.required_a),
        "sl": _nullable(staffing.sl),
        "asa_s": _nullable(staffing.asa_s),
        "occupancy": _nullable(staffing.occupancy),
        "abandon_rate": _nullable(staffing.abandon_rate),
        "safety_agents": staffing.safety_agents.tolist(),
        "backlog": _nullable(staffing.backlog),
    }
    own = {
        "queue_id": queue_id,
        "forecast_id": forecast.id,
        "interval_s": forecast.interval_s,
        "model": staffing.model,
    }
    names = tuple(columns)
    return [
        {**own, **dict(zip(names, values, strict=True))}
        for values, is_open in zip(
            zip(*columns.values(), strict=True), need.is_open.tolist(), strict=True
        )
        if is_open
    ]


def _nullable(values: Floats) -> list[float | None]:
    return [None if isnan(value) else value for value in values.tolist()]
