"""The door to forecasting and to the facts: what is required, expected, and came.

This is the only module of the room that knows where these figures come from.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from callcenter.acd.queries import interval_history
from callcenter.engine.forecasting.sums import band_of_sums
from callcenter.forecasting.models import Forecast, ForecastDay
from callcenter.forecasting.models import Requirement as Row
from callcenter.kernel.db import db

Floats = NDArray[np.float64]


class Requirement(NamedTuple):
    """Agents to be scheduled for one queue in one interval, shrinkage included."""

    queue_id: int
    interval_start: datetime
    interval_s: int
    scheduled_agents: float


class Expectation(NamedTuple):
    """What a forecast expects of some queues in a slot, its band, and the agents."""

    offered: float
    required_agents: float
    lower: float | None = None
    upper: float | None = None


def required_by_interval(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[Requirement]:
    """What those queues require, by queue and time."""
    statement = (
        select(Row.queue_id, Row.interval_start, Row.interval_s, Row.scheduled_agents)
        .where(
            Row.queue_id.in_(queue_ids),
            Row.interval_start >= starts_at,
            Row.interval_start < ends_at,
        )
        .order_by(Row.queue_id, Row.interval_start)
    )
    return [Requirement._make(row) for row in db.session.execute(statement)]


def expected_by_slot(
    queue_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    slot: timedelta,
) -> dict[int, Expectation]:
    """The forecast that rules, added up by slot of the time; agents are a mean."""
    statement = select(
        Row.queue_id,
        Row.forecast_id,
        Row.interval_start,
        Row.interval_s,
        Row.offered,
        Row.scheduled_agents,
    ).where(
        Row.queue_id.in_(queue_ids),
        Row.interval_start >= starts_at,
        Row.interval_start < ends_at,
    )
    ruling = [_Ruling._make(row) for row in db.session.execute(statement)]
    offered: dict[int, float] = {}
    agent_s: dict[int, float] = {}
    for row in ruling:
        place = (row.at - starts_at) // slot
        offered[place] = offered.get(place, 0.0) + row.offered
        seconds = row.scheduled_agents * row.interval_s
        agent_s[place] = agent_s.get(place, 0.0) + seconds
    bands = _bands(ruling, starts_at, slot) if ruling else {}
    slot_s = slot.total_seconds()
    return {
        place: Expectation(
            offered[place], agent_s[place] / slot_s, *bands.get(place, (None, None))
        )
        for place in sorted(offered)
    }


class _Ruling(NamedTuple):
    """One interval of a queue and the forecast that rules there."""

    queue_id: int
    forecast_id: int | None
    at: datetime
    interval_s: int
    offered: float
    scheduled_agents: float


class _Curves(NamedTuple):
    """The bands of a forecast's local days, by queue and day, and how it cuts them."""

    zone: ZoneInfo
    interval_s: int
    level: float
    days: dict[tuple[int, date], tuple[Floats, Floats]]

    def band(self, queue_id: int, at: datetime) -> tuple[float, float] | None:
        """The band of the interval that starts there, or None outside the forecast."""
        local = at.astimezone(self.zone)
        lower, upper = self.days.get((queue_id, local.date()), (None, None))
        if lower is None or upper is None:
            return None
        slot = (local.hour * 3600 + local.minute * 60) // self.interval_s
        return float(lower[slot]), float(upper[slot])


def _bands(
    ruling: Sequence[_Ruling], starts_at: datetime, slot: timedelta
) -> dict[int, tuple[float, float]]:
    """The band of each slot, from those of the intervals in it."""
    curves = _curves(ruling)
    known = []
    for row in ruling:
        curve = curves.get(row.forecast_id or 0)
        band = curve.band(row.queue_id, row.at) if curve else None
        if band is not None:
            known.append(((row.at - starts_at) // slot, row.offered, *band))
    if not known:
        return {}
    places, *values = zip(*known, strict=True)
    place = np.array(places, np.int64)
    mean, lower, upper = (np.array(each, np.float64) for each in values)
    level = next(iter(curves.values())).level
    n = int(place.max()) + 1
    low, high = band_of_sums(mean, lower, upper, place, n, level=level)
    return {each: (float(low[each]), float(high[each])) for each in set(places)}


def _curves(ruling: Sequence[_Ruling]) -> dict[int, _Curves]:
    """The bands of the forecasts that rule there; who changed a day moved its band."""
    times = [row.at for row in ruling]
    edge = timedelta(days=1)
    rows = db.session.execute(
        select(
            Forecast.id,
            Forecast.zone,
            Forecast.interval_s,
            Forecast.level,
            ForecastDay.queue_id,
            ForecastDay.day,
            ForecastDay.mean,
            ForecastDay.planned,
            ForecastDay.lower,
            ForecastDay.upper,
        )
        .join(ForecastDay, ForecastDay.forecast_id == Forecast.id)
        .where(
            Forecast.id.in_({row.forecast_id for row in ruling}),
            ForecastDay.queue_id.in_({row.queue_id for row in ruling}),
            ForecastDay.day.between(
                (min(times) - edge).date(), (max(times) + edge).date()
            ),
        )
    )
    found: dict[int, _Curves] = {}
    for key, zone, interval_s, level, queue_id, day, mean, planned, low, high in rows:
        curves = found.setdefault(key, _Curves(ZoneInfo(zone), interval_s, level, {}))
        moved = np.divide(planned, mean, out=np.ones_like(mean), where=mean > 0.0)
        curves.days[queue_id, day] = low * moved, high * moved
    return found


def offered_by_slot(
    queue_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    slot: timedelta,
) -> list[int]:
    """The contacts that came, by slot of the time; zero where none did."""
    facts = interval_history(
        queue_ids, starts_at, ends_at, interval_s=int(slot.total_seconds())
    )
    return [int(each) for each in facts["offered"]]
