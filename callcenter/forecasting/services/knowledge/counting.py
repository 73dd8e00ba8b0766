"""Copying counted days into one row each, so that two years of them draw at once."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, insert

from callcenter.acd.events import FactsChange
from callcenter.acd.models import INTERVAL_S
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import queries
from callcenter.forecasting.models import CountedDay, Forecast
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import enqueue
from callcenter.projects.models import Queue


def request_copying(change: FactsChange) -> None:
    """Ask for changed days to be copied anew, in projects that have copies."""
    days = sorted(change.days)
    if not days or not queries.has_counted_days(change.project_id):
        return
    enqueue(
        "forecasting.copy_counted_days",
        {
            "project_id": change.project_id,
            "days": [day.isoformat() for day in days],
        },
        subject=f"projects_project:{change.project_id}",
    )


def copy_history(forecast: Forecast) -> int:
    """Copy the days that the pages of a forecast show under it; see below.

    Needs the project and the queues loaded.
    """
    first = forecast.history_first or forecast.first_day
    n_days = 0
    for row in forecast.queues:
        row.queue.project = forecast.project
        n_days += copy_counted_days(row.queue, first, clock.today(forecast.tz))
    return n_days


def request_history(forecast: Forecast) -> None:
    """Ask for the same by a job, once the figures of a long forecast are stored."""
    enqueue(
        "forecasting.copy_history",
        {"forecast_id": forecast.id},
        subject=f"projects_project:{forecast.project_id}",
    )


def copy_counted_days(
    queue: Queue, first: date, last: date, *, again: Collection[date] = frozenset()
) -> int:
    """Copy the days of a queue whose copies are missing or old, and those ``again``.

    Needs the queue's project loaded. Returns how many were copied. A copy that was
    forgotten does no harm: pages compare its sum and read the facts instead.
    """
    counts = queries.fact_days(queue, first, last)
    wanted = sorted({*queries.stale_days(queue, counts), *(counts.keys() & set(again))})
    if not wanted:
        return 0
    grid = day_grid(
        wanted[0],
        (wanted[-1] - wanted[0]).days + 1,
        zone=queue.project.tz,
        interval_s=INTERVAL_S,
    )
    volume = queries.actual_volume(queue, grid)
    db.session.execute(
        delete(CountedDay).where(
            CountedDay.queue_id == queue.id, CountedDay.day.in_(wanted)
        )
    )
    db.session.execute(
        insert(CountedDay),
        [
            {
                "queue_id": queue.id,
                "day": day,
                "total": counts[day],
                "volume": volume[(day - wanted[0]).days],
                "copied_at": clock.now(),
            }
            for day in wanted
        ],
    )
    return len(wanted)
