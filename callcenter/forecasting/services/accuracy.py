"""How forecasts came true: additive errors by forecast, queue and day."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert

from callcenter.acd.events import FactsChange
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import queries
from callcenter.forecasting.models import (
    Accuracy,
    Forecast,
    ForecastDay,
    Horizon,
)
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import enqueue
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]


def request_measuring(change: FactsChange) -> None:
    """Ask for the errors of days whose facts changed, where anything was forecast."""
    days = sorted(change.days)
    if not days or not queries.forecasts_covering(change.project_id, days[0], days[-1]):
        return
    enqueue(
        "forecasting.measure",
        {
            "project_id": change.project_id,
            "first_day": days[0].isoformat(),
            "last_day": days[-1].isoformat(),
        },
        subject=f"projects_project:{change.project_id}",
    )


def measure_forecast(forecast: Forecast, first: date, last: date) -> int:
    """Compare a forecast with what came in on those days; full past days only.

    Returns how many days of queues were measured.
    """
    yesterday = clock.today(forecast.tz) - timedelta(days=1)
    end = forecast.first_day + timedelta(days=forecast.n_days - 1)
    first, last = max(first, forecast.first_day), min(last, end, yesterday)
    if first > last:
        return 0
    rows: list[dict[str, Any]] = []
    for each in forecast.queues:
        days = queries.forecast_days(forecast.id, each.queue_id, first, last)
        rows += _measure_queue(forecast, each.queue, days)
    db.session.execute(
        delete(Accuracy).where(
            Accuracy.forecast_id == forecast.id, Accuracy.day.between(first, last)
        )
    )
    if rows:
        db.session.execute(insert(Accuracy), rows)
    return len(rows)


def _measure_queue(
    forecast: Forecast, queue: Queue, days: Sequence[ForecastDay]
) -> list[dict[str, Any]]:
    if not days:
        return []
    actual = _volumes(forecast, queue, days[0].day, len(days))
    naive = _naive(forecast, queue, [row.day for row in days])
    rows = []
    for row, came in zip(days, actual, strict=True):
        if not came.any():
            continue  # a day without facts says nothing about the forecast
        plain = naive.get(row.day.weekday())
        counted = (row.upper > 0.0) | (came > 0.0)
        inside = (row.lower <= came) & (came <= row.upper) & counted
        rows.append(
            {
                "forecast_id": forecast.id,
                "queue_id": queue.id,
                "day": row.day,
                "horizon": horizon_of(forecast, row.day),
                "actual": float(came.sum()),
                "planned": float(row.planned.sum()),
                "abs_error": float(np.abs(came - row.planned).sum()),
                "naive_error": (
                    None if plain is None else float(np.abs(came - plain).sum())
                ),
                "n_in_band": int(inside.sum()),
                "n_intervals": int(counted.sum()),
            }
        )
    return rows


def horizon_of(forecast: Forecast, day: date) -> Horizon:
    """How far ahead the day lay when the forecast was made."""
    known = forecast.history_last or forecast.first_day - timedelta(days=1)
    ahead = (day - known).days
    if ahead <= 1:
        return Horizon.DAY
    return Horizon.WEEK if ahead <= 7 else Horizon.LATER


def _naive(
    forecast: Forecast, queue: Queue, days: Collection[date]
) -> dict[int, Floats]:
    """The last day of each weekday that was known when the forecast was made."""
    if forecast.history_last is None or not days:
        return {}
    first = forecast.history_last - timedelta(days=6)
    volumes = _volumes(forecast, queue, first, 7)
    return {
        (first + timedelta(days=place)).weekday(): volume
        for place, volume in enumerate(volumes)
        if volume.any()
    }


def _volumes(forecast: Forecast, queue: Queue, first: date, n_days: int) -> Floats:
    grid = day_grid(first, n_days, zone=forecast.tz, interval_s=forecast.interval_s)
    return queries.actual_volume(queue, grid)
