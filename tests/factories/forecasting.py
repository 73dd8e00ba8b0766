"""Facts to forecast from, and forecasts made of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert

from callcenter.acd.models import QueueDay, QueueInterval
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import services
from callcenter.forecasting.models import Forecast
from callcenter.kernel.db import db
from callcenter.projects.models import Direction, Queue

WEEK = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])


def make_facts(
    queue: Queue,
    first_day: date,
    n_days: int,
    *,
    per_interval: float = 6.0,
    hours: tuple[int, int] = (8, 20),
    aht_s: int = 240,
    without: Any = (),
    seed: int = 1,
) -> None:
    """Stored facts with a weekday shape in the project's zone; ``without`` are gaps."""
    grid = day_grid(first_day, n_days, zone=queue.project.tz, interval_s=900)
    hour = grid.slot / 4
    is_open = (hour >= hours[0]) & (hour < hours[1])
    size = WEEK[grid.weekday[grid.day]] * per_interval * is_open
    size = size * (1.0 + 0.5 * np.sin((hour - hours[0]) / 12.0 * np.pi))
    offered = np.random.default_rng(seed).poisson(size)
    rows, days = [], {}
    for place in np.flatnonzero(offered):
        day = first_day + timedelta(days=int(grid.day[place]))
        if day in without:
            continue
        n = int(offered[place])
        at = datetime.fromtimestamp(int(grid.starts[place].astype(np.int64)), UTC)
        rows.append({**_sums(queue, n, aht_s), "interval_start": at, "day": day})
        days[day] = days.get(day, 0) + n
    db.session.execute(insert(QueueInterval), rows)
    db.session.execute(
        insert(QueueDay),
        [{**_sums(queue, n, aht_s), "day": d} for d, n in days.items()],
    )
    db.session.commit()


def _sums(queue: Queue, n: int, aht_s: int) -> dict[str, Any]:
    own: dict[str, Any] = {"queue_id": queue.id}
    if queue.direction is Direction.OUTBOUND:
        return {**own, "dialled": n, "connected": n // 2, "outbound_s": n * aht_s}
    return {**own, "offered": n, "answered": n, "talk_s": n * aht_s}


def make_forecast(
    queues: list[Queue], first_day: date, n_days: int = 14, **values: Any
) -> Forecast:
    """A stored draft made of the queues' facts."""
    forecast = services.forecast_at_once(queues, first_day, n_days, **values)
    db.session.commit()
    return forecast


def make_approved(
    queues: list[Queue], first_day: date, n_days: int = 14, **values: Any
) -> Forecast:
    """A stored forecast that rules."""
    forecast = make_forecast(queues, first_day, n_days, **values)
    services.approve_forecast(forecast)
    db.session.commit()
    return forecast
