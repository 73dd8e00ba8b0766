"""Reading what the queues of a weekly forecast leave for their total."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.forecasting.models import (
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastStatus,
    RefreshPart,
    TotalDay,
)
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, JobState

Floats = NDArray[np.float64]


class PartDays(NamedTuple):
    """A queue's totals on the days of a forecast, and how wide their bands are."""

    totals: Floats
    width: float


def refresh_parts(forecast_id: int) -> Sequence[RefreshPart]:
    """What the queues of a forecast left for its total, by queue."""
    return db.session.scalars(
        select(RefreshPart)
        .where(RefreshPart.forecast_id == forecast_id)
        .order_by(RefreshPart.queue_id)
    ).all()


def part_days(forecast: Forecast, queue_ids: Collection[int]) -> dict[int, PartDays]:
    """The totals that the method found, with the width of their bands, by queue."""
    at = ForecastDay
    rows = db.session.execute(
        select(at.queue_id, at.day, at.model_total, at.total_lower, at.total_upper)
        .where(at.forecast_id == forecast.id, at.queue_id.in_(queue_ids))
        .order_by(at.queue_id, at.day)
    ).all()
    totals = {queue_id: np.zeros(forecast.n_days) for queue_id in queue_ids}
    widths = {queue_id: np.full(forecast.n_days, np.nan) for queue_id in queue_ids}
    for queue_id, day, total, lower, upper in rows:
        place = (day - forecast.first_day).days
        totals[queue_id][place] = total
        if lower is not None and upper is not None:
            widths[queue_id][place] = upper - lower
    return {
        queue_id: PartDays(own, _mean_width(widths[queue_id], own))
        for queue_id, own in totals.items()
    }


def _mean_width(width: Floats, totals: Floats) -> float:
    is_known = bool(np.isfinite(width).all())
    return float(width.mean() if is_known else totals.mean())


def has_total(forecast_id: int) -> bool:
    """Whether the total of a forecast was made."""
    made = select(TotalDay.day).where(TotalDay.forecast_id == forecast_id).limit(1)
    return db.session.scalar(made) is not None


def queues_to_scale(forecast_id: int) -> list[int]:
    """The queues whose days have still to be changed so that they add up."""
    return list(
        db.session.scalars(
            select(RefreshPart.queue_id)
            .where(
                RefreshPart.forecast_id == forecast_id, RefreshPart.factor.is_not(None)
            )
            .order_by(RefreshPart.queue_id)
        )
    )


def refreshes_under_way() -> Sequence[Forecast]:
    """Weekly forecasts that are being made, with project and queues."""
    return db.session.scalars(
        select(Forecast)
        .where(
            Forecast.kind == ForecastKind.REFRESH,
            Forecast.status == ForecastStatus.MAKING,
        )
        .options(selectinload(Forecast.queues), joinedload(Forecast.project))
        .order_by(Forecast.id)
    ).all()


def n_broken_off(forecast_id: int) -> int:
    """How many jobs about a forecast failed."""
    failed = select(func.count()).where(
        Job.subject == f"forecasting_forecast:{forecast_id}",
        Job.state == JobState.FAILED,
    )
    return int(db.session.scalar(failed) or 0)
