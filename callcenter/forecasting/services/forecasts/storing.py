"""Keeping what was calculated, and letting go of drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert

from callcenter.access import audit
from callcenter.forecasting import queries
from callcenter.forecasting.errors import ForecastClosed
from callcenter.forecasting.models import (
    Adjustment,
    Backtest,
    Borrowed,
    Candidate,
    Finding,
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastStatus,
    Horizon,
    Note,
    TotalDay,
    TotalPlan,
)
from callcenter.forecasting.services.forecasts.days import (
    grid_of,
    slot_passes,
    workload_s,
)
from callcenter.kernel.db import db

Floats = NDArray[np.float64]
_FIGURES: tuple[Any, ...] = (ForecastDay, Finding, Backtest, Candidate, Borrowed)


@dataclass(frozen=True, slots=True)
class QueueResult:
    """What was found for one queue; matrices of the forecast's days by slots.

    Bands of totals have one value per day. ``by_method`` says what each method found,
    ``borrowed`` from which queues early days are: lender, share, days.
    """

    queue_id: int
    method: str
    basis: str
    n_history_days: int
    mean: Floats
    lower: Floats
    upper: Floats
    aht_s: Floats
    findings: Sequence[tuple[str, date, float]] = ()
    wape: Sequence[tuple[str, Horizon, float]] = ()
    total_lower: Floats | None = None
    total_upper: Floats | None = None
    aht_lower_s: Floats | None = None
    aht_upper_s: Floats | None = None
    by_method: Mapping[str, Floats] = field(default_factory=dict)
    borrowed: Sequence[tuple[int, float, int]] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """The results of all queues, and the days of history that they rest on.

    ``total`` is the sum of the inbound queues as one series, mean and band by day;
    ``left`` is what some of them leave for it where it is made later.
    """

    history_first: date
    history_last: date
    queues: Sequence[QueueResult]
    total: "DayTotals | None" = None
    left: Sequence["LeftForTotal"] = ()


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Totals by day of a forecast with their band; arrays of shape (n_days,)."""

    mean: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class LeftForTotal:
    """A queue's days for the total, as `models.RefreshPart` keeps them."""

    queue_id: int
    first_day: date
    volume: Floats
    is_open: NDArray[np.bool_]
    before: Floats


def store_forecast(forecast: Forecast, calculation: Calculation) -> None:
    """Keep what was calculated; the forecast becomes a draft.

    Raises `ForecastClosed` when it was approved meanwhile.
    """
    if forecast.status not in {ForecastStatus.MAKING, ForecastStatus.FAILED}:
        raise ForecastClosed(forecast_id=forecast.id)
    _remove_figures(forecast.id)
    by_queue = {row.queue_id: row for row in forecast.queues}
    passes = slot_passes(grid_of(forecast))
    for result in calculation.queues:
        row = by_queue[result.queue_id]
        row.method, row.basis = result.method, result.basis
        row.n_history_days = result.n_history_days
        _store_queue(forecast, result, passes)
    store_total(forecast, calculation.total)
    forecast.history_first = calculation.history_first
    forecast.history_last = calculation.history_last
    forecast.status, forecast.refusal = ForecastStatus.DRAFT, ""
    audit.record(
        "forecasting.make_forecast",
        "forecasting_forecast",
        forecast.id,
        n_queues=len(calculation.queues),
        n_days=forecast.n_days,
    )


def _store_queue(forecast: Forecast, result: QueueResult, passes: Floats) -> None:
    totals = (result.mean * passes).sum(axis=1).tolist()
    seconds = workload_s(result.mean, result.aht_s, passes).tolist()
    own = {"forecast_id": forecast.id, "queue_id": result.queue_id}
    bands = _bands(result)
    days = [
        {
            **own,
            "day": forecast.first_day + timedelta(days=place),
            "model_total": totals[place],
            "total": totals[place],
            "workload_s": seconds[place],
            "mean": result.mean[place],
            "planned": result.mean[place],
            "lower": result.lower[place],
            "upper": result.upper[place],
            "aht_s": result.aht_s[place],
            **{name: values[place] for name, values in bands.items()},
        }
        for place in range(forecast.n_days)
    ]
    db.session.execute(insert(ForecastDay), days)
    if result.by_method:
        db.session.execute(insert(Candidate), candidate_rows(own, result, passes))
    findings = [
        {**own, "kind": kind, "day": day, "size": size}
        for kind, day, size in result.findings
    ]
    if findings:
        db.session.execute(insert(Finding), findings)
    borrowed = [
        {**own, "lender_id": lender_id, "share": share, "n_days": n_days}
        for lender_id, share, n_days in result.borrowed
    ]
    if borrowed:
        db.session.execute(insert(Borrowed), borrowed)
    wape = [
        {**own, "method": method, "horizon": horizon, "wape": value}
        for method, horizon, value in result.wape
    ]
    if wape:
        db.session.execute(insert(Backtest), wape)


def store_total(forecast: Forecast, total: DayTotals | None) -> None:
    """Keep the forecast of the total, where there is one."""
    if total is None:
        return
    rows = [
        {
            "forecast_id": forecast.id,
            "day": forecast.first_day + timedelta(days=place),
            "mean": float(total.mean[place]),
            "lower": float(total.lower[place]),
            "upper": float(total.upper[place]),
        }
        for place in range(forecast.n_days)
    ]
    db.session.execute(insert(TotalDay), rows)


def replace_queue(forecast: Forecast, result: QueueResult) -> None:
    """Put new figures of one queue in the place of the old ones; it stays a draft.

    What planners changed by hand is to be applied anew, see `reapply_adjustments`.
    """
    for table in _FIGURES:
        db.session.execute(
            delete(table).where(
                table.forecast_id == forecast.id, table.queue_id == result.queue_id
            )
        )
    row = next(each for each in forecast.queues if each.queue_id == result.queue_id)
    row.method, row.basis = result.method, result.basis
    row.n_history_days = result.n_history_days
    _store_queue(forecast, result, slot_passes(grid_of(forecast)))


def _bands(result: QueueResult) -> dict[str, Any]:
    """The bands beside those of intervals, as far as they are known."""
    bands: dict[str, Any] = {}
    for name in ("total_lower", "total_upper"):
        values = getattr(result, name)
        if values is not None:
            bands[name] = values.tolist()
    for name in ("aht_lower_s", "aht_upper_s"):
        if getattr(result, name) is not None:
            bands[name] = getattr(result, name)
    return bands


def candidate_rows(
    own: Mapping[str, Any], result: QueueResult, passes: Floats
) -> list[dict[str, Any]]:
    """What each method found, its days' totals apart from their few shapes."""
    rows = []
    for method, mean in result.by_method.items():
        totals = (mean * passes).sum(axis=1)
        shapes = mean / np.where(totals > 0.0, totals, 1.0)[:, np.newaxis]
        distinct, places = np.unique(
            shapes.astype(np.float32), axis=0, return_inverse=True
        )
        rows.append(
            {
                **own,
                "method": method,
                "totals": totals,
                "shape_places": places.reshape(-1),
                "shapes": distinct.reshape(-1),
            }
        )
    return rows


def refuse_forecast(forecast: Forecast, reason: str) -> None:
    """Note why a forecast could not be made; figures from before stay a draft.

    Those of a weekly forecast that never became a proposal are not whole.
    """
    has_figures = forecast.history_last is not None
    if forecast.kind is ForecastKind.REFRESH:
        has_figures = queries.find_proposal(forecast.id) is not None
    forecast.status = ForecastStatus.DRAFT if has_figures else ForecastStatus.FAILED
    forecast.refusal = reason[:400]


def delete_forecast(forecast: Forecast) -> None:
    """Delete a draft, or one that could not be made, with all that belongs to it.

    Raises `ForecastClosed` once it was approved.
    """
    if forecast.status in {ForecastStatus.APPROVED, ForecastStatus.SUPERSEDED}:
        raise ForecastClosed(forecast_id=forecast.id)
    _remove_figures(forecast.id)
    for table in (Adjustment, Note, TotalPlan):
        db.session.execute(delete(table).where(table.forecast_id == forecast.id))
    db.session.delete(forecast)
    db.session.flush()


def _remove_figures(forecast_id: int) -> None:
    for table in (*_FIGURES, TotalDay):
        db.session.execute(delete(table).where(table.forecast_id == forecast_id))
