"""How forecasts came true: additive errors by forecast, queue, day and slot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert

from callcenter.acd.events import FactsChange
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import queries
from callcenter.forecasting.models import (
    Accuracy,
    Forecast,
    ForecastKind,
    Lead,
    SlotAccuracy,
)
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import enqueue
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]
LIKE_DAYS = 6
LOOK_BACK_DAYS = 70
"""How far back the six like weekdays are looked for."""


class Counts(NamedTuple):
    """For whom a forecast of a queue's day counts."""

    as_plan: bool = False
    as_snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """What came in on consecutive days; matrices of days by slots."""

    first: date
    offered: Floats
    handled: Floats
    handle_s: Floats

    def place(self, day: date) -> int:
        """The row of a day."""
        return (day - self.first).days


@dataclass(frozen=True, slots=True)
class Reference:
    """A plain guess of a day, by slot; NaN where no like day was known."""

    offered: Floats
    aht_s: Floats


def request_measuring(change: FactsChange) -> None:
    """Ask for the errors of days whose facts changed, where anything was forecast."""
    days = sorted(change.days)
    if not days or not queries.has_forecasts(change.project_id, days[0], days[-1]):
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
    found = queries.forecasts_covering(forecast.project_id, first, last)
    return measure_days(found, first, last, only=forecast.id)


def measure_days(
    forecasts: Sequence[Forecast],
    first: date,
    last: date,
    on_queue: Progress = lambda _done, _total, _name: None,
    *,
    only: int | None = None,
) -> int:
    """Compare a project's forecasts with what came in on those days.

    ``forecasts`` are all that cover any of the days, with their queues; ``only`` names
    the one to be measured, if not all. Of the weekly snapshots the newest in each
    class of lead is. Returns how many days of queues were measured.
    """
    by_queue: dict[int, tuple[Queue, list[Forecast]]] = {}
    for each in forecasts:
        for row in each.queues:
            by_queue.setdefault(row.queue_id, (row.queue, []))[1].append(each)
    n = 0
    for place, (queue, mine) in enumerate(by_queue.values()):
        on_queue(place, len(by_queue), queue.name)
        n += _measure_queue(queue, mine, counting(mine, first, last), only)
    return n


def _measure_queue(
    queue: Queue,
    forecasts: Sequence[Forecast],
    counts: Mapping[tuple[int, date], Counts],
    only: int | None,
) -> int:
    asked: dict[int, list[date]] = {}
    for forecast_id, day in counts:
        if only in {None, forecast_id}:
            asked.setdefault(forecast_id, []).append(day)
    chosen = [each for each in forecasts if each.id in asked]
    return sum(
        _measure_alike(
            queue,
            [each for each in chosen if (each.zone, each.interval_s) == kind],
            asked,
            counts,
        )
        for kind in {(each.zone, each.interval_s) for each in chosen}
    )


def counting(
    forecasts: Iterable[Forecast], first: date, last: date
) -> dict[tuple[int, date], Counts]:
    """Which forecasts of one queue are measured on which days, and for what they count.

    Whatever a planner or another program made is measured. Of several approved ones,
    and of the weekly snapshots, the newest in each class of lead counts.
    """
    found: dict[tuple[int, date], Counts] = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        covering = [each for each in forecasts if _covers(each, day)]
        plans = _newest([each for each in covering if _ruled(each, day)], day)
        taken = _newest(
            [each for each in covering if each.kind is ForecastKind.REFRESH], day
        )
        for each in covering:
            counts = Counts(each.id in plans, each.id in taken)
            if any(counts) or each.kind is not ForecastKind.REFRESH:
                found[each.id, day] = counts
    return found


def _covers(forecast: Forecast, day: date) -> bool:
    is_within = 0 <= (day - forecast.first_day).days < forecast.n_days
    return is_within and day < clock.today(forecast.tz)


def _ruled(forecast: Forecast, day: date) -> bool:
    starts = forecast.approved_from or forecast.first_day
    return forecast.approved_at is not None and day >= starts


def _newest(forecasts: Iterable[Forecast], day: date) -> set[int]:
    """The ids of those that looked ahead the least in each class of lead."""
    best: dict[Lead, tuple[int, float, int]] = {}
    for each in forecasts:
        ahead = lead_days(each, day)
        at = each.approved_at or each.made_at
        rank = (ahead, -at.timestamp(), each.id)
        lead = Lead.of(ahead)
        if lead not in best or rank < best[lead]:
            best[lead] = rank
    return {forecast_id for _ahead, _at, forecast_id in best.values()}


def lead_days(forecast: Forecast, day: date) -> int:
    """How far ahead a day lay: days since the last that the forecast knew."""
    known = forecast.history_last or forecast.first_day - timedelta(days=1)
    return (day - known).days


def _measure_alike(
    queue: Queue,
    forecasts: Sequence[Forecast],
    asked: Mapping[int, Sequence[date]],
    counts: Mapping[tuple[int, date], Counts],
) -> int:
    """Measure forecasts that cut their days alike, with one reading of the facts."""
    ids = [each.id for each in forecasts]
    wanted = sorted({day for each in ids for day in asked[each]})
    found = queries.days_to_measure(ids, queue.id, wanted[0], wanted[-1])
    rows = [row for row in found if row.day in asked[row.forecast_id]]
    by_id = {each.id: each for each in forecasts}
    known = [day for each in forecasts if (day := each.history_last)]
    back = min([*known, wanted[0]]) - timedelta(days=LOOK_BACK_DAYS)
    facts = _facts(queue, forecasts[0], back, wanted[-1])
    sums, slots = [], []
    for row in rows:
        key = (row.forecast_id, row.day)
        if not facts.offered[facts.place(row.day)].any():
            continue  # a day without facts says nothing about the forecast
        figures = compare(by_id[row.forecast_id], row, facts)
        own = {"forecast_id": row.forecast_id, "queue_id": queue.id, "day": row.day}
        sums.append({**own, **_sums(by_id[row.forecast_id], row, figures, counts[key])})
        if any(counts[key]):
            slots.append({**own, "figures": figures.ravel()})
    _forget(queue.id, rows)
    if sums:
        db.session.execute(insert(Accuracy), sums)
    if slots:
        db.session.execute(insert(SlotAccuracy), slots)
    return len(sums)


def _facts(queue: Queue, forecast: Forecast, first: date, last: date) -> Days:
    n_days = (last - first).days + 1
    grid = day_grid(first, n_days, zone=forecast.tz, interval_s=forecast.interval_s)
    came = queries.actual_facts(queue, grid)
    return Days(first, came.offered, came.handled, came.handle_s)


def compare(forecast: Forecast, row: Any, facts: Days) -> Floats:
    """What came and what was said of a day, shape (10, n_slots); see `SlotAccuracy`."""
    place = facts.place(row.day)
    came, handled = facts.offered[place], facts.handled[place]
    handle_s = np.where(handled > 0.0, facts.handle_s[place], 0.0)
    naive, median = references(forecast, row.day, facts)
    counted = (row.upper > 0.0) | (came > 0.0)
    inside = (row.lower <= came) & (came <= row.upper) & counted
    planned_s = handled * np.nan_to_num(row.aht_s)
    return np.stack(
        [
            came,
            row.planned,
            naive.offered,
            median.offered,
            counted.astype(np.float64),
            inside.astype(np.float64),
            handle_s,
            planned_s,
            handled * naive.aht_s,
            handled * median.aht_s,
        ]
    )


def references(
    forecast: Forecast, day: date, facts: Days
) -> tuple[Reference, Reference]:
    """The last like weekday and the median of six, as known to the forecast.

    The last is looked for within a week before, the six within ten weeks; days without
    facts are passed over.
    """
    known = forecast.history_last
    n_slots = facts.offered.shape[1]
    nothing = Reference(np.full(n_slots, np.nan), np.full(n_slots, np.nan))
    if known is None:
        return nothing, nothing
    back = (known.weekday() - day.weekday()) % 7
    latest = facts.place(known - timedelta(days=back))
    like = np.arange(latest, max(latest - LOOK_BACK_DAYS, -1), -7)
    like = like[facts.offered[like].any(axis=1)][:LIKE_DAYS]
    if not like.size:
        return nothing, nothing
    aht_s = _aht_of(facts, like)
    median = Reference(np.median(facts.offered[like], axis=0), np.median(aht_s, axis=0))
    if like[0] != latest:
        return nothing, median
    return Reference(facts.offered[latest], aht_s[0]), median


def _aht_of(facts: Days, days: NDArray[np.int64]) -> Floats:
    """Handling times by slot, those of the day where a slot handled nothing."""
    handled, handle_s = facts.handled[days], facts.handle_s[days]
    per_day = handle_s.sum(axis=1) / np.maximum(handled.sum(axis=1), 1.0)
    per_slot = handle_s / np.maximum(handled, 1.0)
    return np.where(handled > 0.0, per_slot, per_day[:, None])


def _sums(
    forecast: Forecast, row: Any, figures: Floats, counts: Counts
) -> dict[str, Any]:
    came, planned, naive, median, counted, inside, *seconds = figures
    handle_s, planned_s, naive_s, median_s = seconds
    ahead = lead_days(forecast, row.day)
    return {
        "horizon": Lead.of(ahead),
        "lead_days": ahead,
        "week_on": row.day - timedelta(days=row.day.weekday()),
        "counts_as_plan": counts.as_plan,
        "counts_as_snapshot": counts.as_snapshot,
        "actual": float(came.sum()),
        "planned": float(planned.sum()),
        "abs_error": float(np.abs(came - planned).sum()),
        "naive": _known(naive.sum()),
        "naive_error": _known(np.abs(came - naive).sum()),
        "median": _known(median.sum()),
        "median_error": _known(np.abs(came - median).sum()),
        "n_in_band": int(inside.sum()),
        "n_intervals": int(counted.sum()),
        "handle_s": float(handle_s.sum()),
        "planned_handle_s": float(planned_s.sum()),
        "aht_error_s": float(np.abs(handle_s - planned_s).sum()),
        "naive_handle_s": _known(naive_s.sum()),
        "naive_aht_error_s": _known(np.abs(handle_s - naive_s).sum()),
        "median_handle_s": _known(median_s.sum()),
        "median_aht_error_s": _known(np.abs(handle_s - median_s).sum()),
    }


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _forget(queue_id: int, rows: Sequence[Any]) -> None:
    """Forget what was measured of the days at hand; of others it stays as it is."""
    days: dict[int, list[date]] = {}
    for row in rows:
        days.setdefault(row.forecast_id, []).append(row.day)
    for table in (Accuracy, SlotAccuracy):
        for forecast_id, known in days.items():
            db.session.execute(
                delete(table).where(
                    table.forecast_id == forecast_id,
                    table.queue_id == queue_id,
                    table.day.in_(known),
                )
            )
