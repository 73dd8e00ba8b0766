"""Reading requirements, as arrays for scheduling and as rows for pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from callcenter.forecasting.models import ForecastDay, Requirement
from callcenter.kernel.db import db, table_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Required:
    """Requirements as columns beside each other, by queue and time; shape (n,).

    ``interval_start`` is datetime64[s] in UTC; intervals in which a queue is closed
    are left out. ``required_agents`` is on contacts, ``scheduled_agents`` with
    shrinkage, both in agents.
    """

    queue_id: NDArray[np.int64]
    interval_start: NDArray[np.datetime64]
    interval_s: NDArray[np.int64]
    required_agents: Floats
    scheduled_agents: Floats


def required_by_interval(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> Required:
    """What approved forecasts require of the queues in ``[starts_at, ends_at)``."""
    at = Requirement
    rows: Sequence[Any] = db.session.execute(
        select(
            at.queue_id,
            at.interval_start,
            at.interval_s,
            at.required_agents,
            at.scheduled_agents,
        )
        .where(
            at.queue_id.in_(queue_ids),
            at.interval_start >= starts_at,
            at.interval_start < ends_at,
        )
        .order_by(at.queue_id, at.interval_start)
    ).all()
    queue_id, start, interval_s, required, scheduled = (
        zip(*rows, strict=True) if rows else ((),) * 5
    )
    seconds = np.array([int(each.timestamp()) for each in start], dtype=np.int64)
    return Required(
        queue_id=np.array(queue_id, dtype=np.int64),
        interval_start=seconds.astype("datetime64[s]"),
        interval_s=np.array(interval_s, dtype=np.int64),
        required_agents=np.array(required, dtype=np.float64),
        scheduled_agents=np.array(scheduled, dtype=np.float64),
    )


def requirement_rows(
    queue_id: int, starts_at: datetime, ends_at: datetime
) -> Sequence[Requirement]:
    """One queue's requirements in ``[starts_at, ends_at)``, in order."""
    return db.session.scalars(
        select(Requirement)
        .where(
            Requirement.queue_id == queue_id,
            Requirement.interval_start >= starts_at,
            Requirement.interval_start < ends_at,
        )
        .order_by(Requirement.interval_start)
    ).all()


def requirement_columns(
    queue_id: int, starts_at: datetime, ends_at: datetime
) -> Sequence[Any]:
    """The same as plain rows, for pages that only read them."""
    table = table_of(Requirement)
    return db.session.execute(
        select(table)
        .where(
            table.c.queue_id == queue_id,
            table.c.interval_start >= starts_at,
            table.c.interval_start < ends_at,
        )
        .order_by(table.c.interval_start)
    ).all()


def days_of_queues(
    forecast_id: int, queue_ids: Collection[int], first: date, last: date
) -> dict[int, list[ForecastDay]]:
    """The days of several queues of a forecast, in order, by queue."""
    found: dict[int, list[ForecastDay]] = {queue_id: [] for queue_id in queue_ids}
    for row in db.session.scalars(
        select(ForecastDay)
        .where(
            ForecastDay.forecast_id == forecast_id,
            ForecastDay.queue_id.in_(queue_ids),
            ForecastDay.day >= first,
            ForecastDay.day <= last,
        )
        .order_by(ForecastDay.queue_id, ForecastDay.day)
    ):
        found[row.queue_id].append(row)
    return found


def ruling_forecast_ids(forecast_ids: Collection[int]) -> set[int]:
    """Those of the forecasts that still rule somewhere."""
    return set(
        db.session.scalars(
            select(Requirement.forecast_id)
            .where(Requirement.forecast_id.in_(forecast_ids))
            .distinct()
        )
    ) - {None}  # type: ignore[return-value]
