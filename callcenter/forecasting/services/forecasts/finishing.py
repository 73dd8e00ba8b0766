"""The last steps of a weekly forecast: its total, and queues that add up to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, update

from callcenter.forecasting import queries
from callcenter.forecasting.models import (
    AddingUp,
    Forecast,
    ForecastDay,
    RefreshPart,
    TotalDay,
    TotalPlan,
)
from callcenter.forecasting.services.forecasts.reading import window_of
from callcenter.forecasting.services.forecasts.storing import (
    Calculation,
    DayTotals,
    store_total,
)
from callcenter.forecasting.services.forecasts.totals import (
    DaySums,
    factors,
    lift_of,
    total_of,
)
from callcenter.kernel.db import db

Floats = NDArray[np.float64]
_SAME = 1e-9
_CELLS = ("mean", "planned", "lower", "upper")
_SUMS = ("model_total", "total", "workload_s", "total_lower", "total_upper")


@dataclass(frozen=True, slots=True)
class RefreshTotal:
    """The total of a weekly forecast, and what each queue's days are multiplied by."""

    how: AddingUp
    total: DayTotals
    factors: dict[int, Floats]


def store_left(forecast: Forecast, part: Calculation) -> None:
    """Keep what queues leave for the total, in the place of what they left before."""
    ids = [result.queue_id for result in part.queues]
    db.session.execute(
        delete(RefreshPart).where(
            RefreshPart.forecast_id == forecast.id, RefreshPart.queue_id.in_(ids)
        )
    )
    rows = [
        {
            "forecast_id": forecast.id,
            "queue_id": left.queue_id,
            "first_day": left.first_day,
            "volume": left.volume,
            "is_open": left.is_open,
            "before": left.before,
            "factor": None,
        }
        for left in part.left
    ]
    if rows:
        db.session.execute(insert(RefreshPart), rows)


def work_out_total(forecast: Forecast) -> RefreshTotal | None:
    """Forecast the total of a weekly forecast whose queues are all done.

    Nothing is written. None where there are fewer than two inbound queues, or where
    the total was made before. Needs the project loaded.
    """
    parts = queries.refresh_parts(forecast.id)
    if len(parts) < 2 or queries.has_total(forecast.id):
        return None
    ids = [part.queue_id for part in parts]
    days = queries.part_days(forecast, ids)
    totals = np.stack([days[queue_id].totals for queue_id in ids])
    first = min(part.first_day for part in parts)
    last = forecast.history_last or first
    window = window_of(forecast, [(first, last)], until=last)
    total = total_of(forecast, window, _summed(parts, window.days.n_days, totals))
    if total is None:
        return None
    how = queries.refresh_rules([forecast.project_id])[forecast.project_id].adding_up
    widths = [days[queue_id].width for queue_id in ids]
    scale = factors(how, total, totals, widths)
    return RefreshTotal(how, total, dict(zip(ids, scale, strict=True)))


def _summed(parts: Sequence[RefreshPart], n_days: int, totals: Floats) -> DaySums:
    """The parts' days summed; each reaches to the same last day."""
    volume, is_open = np.zeros(n_days), np.zeros(n_days, dtype=bool)
    n_history = max(part.volume.size for part in parts)
    for part in parts:
        volume[n_history - part.volume.size : n_history] += part.volume
        is_open[n_days - part.is_open.size :] |= part.is_open > 0.0
    before = np.sum([part.before for part in parts], axis=0)
    return DaySums(volume, is_open, lift_of(before, totals.sum(axis=0)))


def store_refresh_total(forecast: Forecast, found: RefreshTotal) -> None:
    """Keep the total; queues that have to be changed for it are noted."""
    db.session.execute(delete(TotalDay).where(TotalDay.forecast_id == forecast.id))
    store_total(forecast, found.total)
    db.session.execute(delete(TotalPlan).where(TotalPlan.forecast_id == forecast.id))
    db.session.add(TotalPlan(forecast_id=forecast.id, adding_up=found.how))
    for part in queries.refresh_parts(forecast.id):
        factor = found.factors.get(part.queue_id)
        if factor is not None and np.abs(factor - 1.0).max() > _SAME:
            part.factor = factor
    db.session.flush()


def scale_queue(forecast: Forecast, queue_id: int) -> None:
    """Multiply a queue's days by what adding up makes of them, once."""
    part = db.session.get(RefreshPart, (forecast.id, queue_id))
    if part is None or part.factor is None:
        return
    rows = queries.forecast_days(forecast.id, queue_id)
    changed = [
        _scaled(row, float(part.factor[(row.day - forecast.first_day).days]))
        for row in rows
    ]
    db.session.execute(update(ForecastDay), changed)
    part.factor = None
    db.session.flush()


def _scaled(row: Any, factor: float) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in (*_CELLS, *_SUMS)}
    return {"id": row.id} | {
        name: None if value is None else value * factor
        for name, value in values.items()
    }


def forget_parts(forecast: Forecast) -> None:
    """Let go of what was left for the total, once the forecast is a proposal."""
    db.session.execute(
        delete(RefreshPart).where(RefreshPart.forecast_id == forecast.id)
    )
