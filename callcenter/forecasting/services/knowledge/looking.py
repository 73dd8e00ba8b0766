"""A queue's days without a forecast: as counted, as decided, what events did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.models import Event, HistoryChoice, Treatment
from callcenter.forecasting.services.forecasts.reading import (
    HISTORY_DAYS,
    Window,
    calendar_of,
)
from callcenter.forecasting.services.knowledge.decisions import mend, rulings
from callcenter.forecasting.services.knowledge.events import (
    calm,
    learn_effect,
    touched_days,
)
from callcenter.kernel import clock
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HistoryLook:
    """A queue's open days: totals as counted and as forecasts see them.

    NaN where nothing is known; ``is_felt`` marks days that an event touched.
    """

    days: list[date]
    counted: Floats
    used: Floats
    is_felt: NDArray[np.bool_]
    found: Sequence[queries.Found]


@dataclass(frozen=True, slots=True)
class _Days:
    """A queue's open days with one figure each."""

    days: list[date]
    history: engine.History


def look_at_history(
    queue: Queue, choices: Sequence[HistoryChoice], found: Sequence[queries.Found]
) -> HistoryLook | None:
    """A queue's last two years by day; None without facts.

    ``found`` are the findings of its latest forecast; without any, those of the day
    totals are looked up.
    """
    read = _read_days(queue)
    if read is None:
        return None
    ruling = rulings(choices)
    days, history = read.days, _gaps_scaled(read, ruling.by_day, found)
    events = _events_of(queue, days)
    used = calm(mend(history, days, ruling), days, events)
    touched = touched_days(days, events)
    return HistoryLook(
        days=days,
        counted=read.history.offered[0, :, 0],
        used=used.offered[0, :, 0],
        is_felt=touched,
        found=found or _look_over(read, touched),
    )


def learnt_effect(event: Event, queue: Queue) -> engine.EventEffect | None:
    """What past events of a kind did to a queue, sized like this one.

    None when none lies within its last two years.
    """
    read = _read_days(queue)
    if read is None:
        return None
    chosen = queries.ruling_choices([queue.id]).get(queue.id, [])
    history = mend(read.history, read.days, rulings(chosen))
    return learn_effect(history, read.days, _events_of(queue, read.days), event)


def _read_days(queue: Queue) -> _Days | None:
    today = clock.today(queue.project.tz)
    counts = queries.fact_days(
        queue, today - timedelta(days=HISTORY_DAYS), today - timedelta(days=1)
    )
    if not counts:
        return None
    first, last = min(counts), max(counts)
    n_days = (last - first).days + 1
    special = project_queries.special_days(queue.project, first, n_days)
    hours = project_queries.open_intervals([queue], special, 3600)[queue.id]
    rows = np.flatnonzero(hours.any(axis=1))
    if not rows.size:
        return None
    days = [first + timedelta(days=int(place)) for place in rows]
    total = np.array([counts.get(day, np.nan) for day in days], dtype=np.float64)
    is_open = np.ones((rows.size, 1), dtype=bool)
    calendar = calendar_of(Window(first, n_days, special), is_open, rows)
    nothing = np.zeros((1, rows.size, 1))
    return _Days(
        days,
        engine.History(total[np.newaxis, :, np.newaxis], calendar, nothing, nothing),
    )


def _gaps_scaled(
    read: _Days, by_day: Mapping[date, Treatment], found: Sequence[queries.Found]
) -> engine.History:
    """Days that are to be filled, as if the missing part had been like the rest."""
    missing = {
        each.day: each.size
        for each in found
        if each.kind == engine.FindingKind.GAP and each.size < 1.0
    }
    offered = read.history.offered.copy()
    for place, day in enumerate(read.days):
        if by_day.get(day) is Treatment.FILL and day in missing:
            offered[0, place] /= 1.0 - missing[day]
    return replace(read.history, offered=offered)


def _look_over(read: _Days, touched: NDArray[np.bool_]) -> list[queries.Found]:
    marked = replace(read.history.calendar, event=touched.astype(np.int64))
    found = engine.look_over(replace(read.history, calendar=marked))
    return [
        queries.Found(each.kind.value, read.days[each.day], each.size)
        for each in reversed(found)
    ]


def _events_of(queue: Queue, days: Sequence[date]) -> list[Event]:
    felt = queries.events_felt(queue.project_id, days[0], days[-1])
    return [event for event in felt if event.moves(queue.id)]
