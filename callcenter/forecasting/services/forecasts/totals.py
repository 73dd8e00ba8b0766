"""Totals that add up: all inbound queues of a forecast as one series, and its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.errors import DayClosed, NoSuchDay
from callcenter.forecasting.models import (
    AddingUp,
    Adjustment,
    Forecast,
    TotalPlan,
)
from callcenter.forecasting.services.forecasts.adjusting import (
    change_day,
    require_draft,
)
from callcenter.forecasting.services.forecasts.days import grid_of, slot_passes
from callcenter.forecasting.services.forecasts.reading import (
    Ground,
    Past,
    Window,
    calendar_of,
)
from callcenter.forecasting.services.forecasts.storing import DayTotals, QueueResult
from callcenter.forecasting.services.forecasts.weighing import weigh_again
from callcenter.kernel.db import db
from callcenter.projects.models import Direction, Queue

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """One queue in the total: the history it was forecast from, and its figures.

    ``result`` has events on top, ``before_events`` are its day totals without.
    """

    queue: Queue
    past: Past
    history: engine.History
    before_events: Floats
    result: QueueResult


@dataclass(frozen=True, slots=True)
class DaySums:
    """Inbound queues summed by day, over the days of a window.

    ``volume`` is NaN where one of them is unknown; ``lift`` is what events make of the
    days of the forecast.
    """

    volume: Floats
    is_open: NDArray[np.bool_]
    lift: Floats


def forecast_total(ground: Ground, parts: Sequence[Part]) -> DayTotals | None:
    """Forecast the sum of the inbound queues as one series; None for fewer than two.

    A day counts where every queue that had begun by then is known. Events are put on
    top in the proportion in which they move the queues.
    """
    inbound = [part for part in parts if part.queue.direction is Direction.INBOUND]
    if len(inbound) < 2:
        return None
    volume, is_open = _summed(ground, inbound)
    sums = DaySums(volume, is_open, _lift(ground, inbound))
    return total_of(ground.forecast, ground.window, sums)


def total_of(forecast: Forecast, window: Window, sums: DaySums) -> DayTotals | None:
    """Forecast sums of days as one series; None where too little is known."""
    volume, is_open = sums.volume, sums.is_open
    rows = np.flatnonzero(is_open[: window.n_history])
    ahead = window.n_history + np.flatnonzero(is_open[window.n_history :])
    if rows.size < 7 or not ahead.size or not np.isfinite(volume[rows]).any():
        return None
    ones = np.ones((is_open.size, 1), dtype=bool)
    nothing = np.zeros((1, rows.size, 1))
    found = engine.forecast(
        engine.History(
            volume[rows][np.newaxis, :, np.newaxis],
            calendar_of(window, ones[rows], rows),
            nothing,
            nothing,
        ),
        calendar_of(window, ones[ahead], ahead),
        level=forecast.level,
    )
    days = (forecast.first_day - window.first).days + np.arange(forecast.n_days)

    def laid_out(values: Floats) -> Floats:
        whole = np.zeros(is_open.size)
        whole[ahead] = values
        result: Floats = whole[days] * sums.lift
        return result

    return DayTotals(
        laid_out(found.mean[0].sum(axis=1)),
        laid_out(found.total_lower[0]),
        laid_out(found.total_upper[0]),
    )


def _summed(ground: Ground, parts: Sequence[Part]) -> tuple[Floats, NDArray[np.bool_]]:
    """Day totals of all parts, NaN where one of them is unknown; and open days."""
    n_days = ground.window.days.n_days
    volume, is_open = np.zeros(n_days), np.zeros(n_days, dtype=bool)
    for part in parts:
        volume[part.past.places] += day_volume(part)
        is_open |= ground.hours[part.queue.id].any(axis=1)
    return volume, is_open


def day_volume(part: Part) -> Floats:
    """A queue's totals on the days of its history, NaN where something is unknown."""
    offered = part.history.offered[0]
    hours = part.history.calendar.is_open
    unknown = (hours & ~np.isfinite(offered)).any(axis=1)
    return np.where(unknown, np.nan, np.nansum(offered, axis=1))


def _lift(ground: Ground, parts: Sequence[Part]) -> Floats:
    """What events make of the total, by day."""
    passes = slot_passes(grid_of(ground.forecast))
    before = sum(part.before_events for part in parts)
    after = sum((part.result.mean * passes).sum(axis=1) for part in parts)
    return lift_of(np.asarray(before), np.asarray(after))


def lift_of(before: Floats, after: Floats) -> Floats:
    """What events make of day totals, from those without them and with them."""
    return np.where(before > 0.0, after / np.maximum(before, 1e-9), 1.0)


def add_up(
    parts: Sequence[Part], total: DayTotals | None, how: AddingUp, passes: Floats
) -> dict[int, QueueResult]:
    """The parts' figures, changed so that they add up to the total as asked."""
    results = {part.queue.id: part.result for part in parts}
    inbound = [part for part in parts if part.queue.direction is Direction.INBOUND]
    if total is None or how is AddingUp.BOTTOM_UP:
        return results
    days = np.stack([(part.result.mean * passes).sum(axis=1) for part in inbound])
    widths = [_width(part.result, own) for part, own in zip(inbound, days, strict=True)]
    factor = factors(how, total, days, widths)
    for part, scale in zip(inbound, factor, strict=True):
        results[part.queue.id] = scaled(part.result, scale)
    return results


def factors(
    how: AddingUp, total: DayTotals, days: Floats, widths: Sequence[float]
) -> Floats:
    """What each queue's days are multiplied by, so that they add up as asked.

    Day totals have a row for each queue; the widths are their bands' on average.
    """
    if how is AddingUp.BOTTOM_UP:
        return np.ones_like(days)
    wanted = (
        engine.split_by_parts(np.where(days.sum(axis=0) > 0.0, total.mean, 0.0), days)
        if how is AddingUp.TOP_DOWN
        else _reconciled(widths, days, total)
    )
    return np.where(days > 0.0, wanted / np.maximum(days, 1e-9), 1.0)


def _width(result: QueueResult, days: Floats) -> float:
    """How wide the band of a queue's totals is on average."""
    lower, upper = result.total_lower, result.total_upper
    if lower is None or upper is None:
        return float(days.mean())
    return float((upper - lower).mean())


def _reconciled(widths: Sequence[float], days: Floats, total: DayTotals) -> Floats:
    """Parts and total changed as little as the width of their bands allows."""
    n = len(widths)
    is_open = days.sum(axis=0) > 0.0
    summing = np.vstack([np.ones(n), np.eye(n)])
    width = [float((total.upper - total.lower)[is_open].mean()), *widths]
    base = np.vstack([np.where(is_open, total.mean, 0.0), days])
    spread = np.maximum(width, 1e-6)
    wanted: Floats = engine.reconcile(base, summing, spread=spread)[1:]
    return np.where(days > 0.0, wanted, 0.0)


_BY_SLOT = ("mean", "lower", "upper")
_BY_DAY = ("total_lower", "total_upper")


def scaled(result: QueueResult, factor: Floats) -> QueueResult:
    """A queue's volumes times a factor by day, bands and all methods in proportion."""
    cells = factor[:, np.newaxis]
    changed = {name: getattr(result, name) * cells for name in _BY_SLOT}
    for name in _BY_DAY:
        values = getattr(result, name)
        changed[name] = None if values is None else values * factor
    by_method = {name: each * cells for name, each in result.by_method.items()}
    return replace(result, by_method=by_method, **changed)


def plan_total(forecast: Forecast, how: AddingUp) -> None:
    """Say how the queues of a forecast are to add up; it counts when worked out."""
    require_draft(forecast)
    row = queries.find_total_plan(forecast.id)
    if row is None:
        row = TotalPlan(forecast_id=forecast.id, adding_up=how)
        db.session.add(row)
    row.adding_up = how
    db.session.flush()


def set_total(
    forecast: Forecast,
    day: date,
    total: float,
    *,
    comment: str = "",
    by: int | None = None,
) -> list[Adjustment]:
    """Set the inbound total of a day, split over its queues by their forecast.

    Each queue whose part changes gets a change of its own. Raises `ForecastClosed`,
    `NoSuchDay`, or `DayClosed` where no queue expects anybody.
    """
    require_draft(forecast)
    present = inbound_totals(forecast, day)
    if not present:
        raise NoSuchDay(day=day)
    parts = np.array(list(present.values()))
    if parts.sum() <= 0.0:
        raise DayClosed(day=day)
    wanted = engine.split_by_parts(np.float64(total), parts)
    changes = [
        change_day(
            forecast, queue_id, day, round(float(each), 6), comment=comment, by=by
        )
        for queue_id, each, before in zip(present, wanted, parts, strict=True)
        if before > 0.0 and abs(each - before) > 1e-6
    ]
    weigh_again(forecast)
    return changes


def inbound_totals(forecast: Forecast, day: date) -> Mapping[int, float]:
    """What the inbound queues of a forecast expect on a day, changes included."""
    inbound = {
        row.queue_id
        for row in forecast.queues
        if row.queue.direction is Direction.INBOUND
    }
    found = {}
    for queue_id in sorted(inbound):
        row = queries.find_day(forecast.id, queue_id, day)
        if row is not None:
            found[queue_id] = row.total
    return found
