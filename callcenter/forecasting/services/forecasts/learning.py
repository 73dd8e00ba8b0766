"""What is learnt at night about how days go, queue by queue and for a project."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete

from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.models import WHOLE_PROJECT, DayModelRow, Forecast
from callcenter.forecasting.services.forecasts.reading import (
    Ground,
    calendar_of,
    calmed,
    lay_ground,
    read_past,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue
from callcenter.projects.models import Project, Queue

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

INTERVAL_S = 900
HISTORY_DAYS = 364
FEWEST_DAYS = 14
LEARN_FROM_HOUR = 1


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt about the days of a queue, or of all of a project's."""

    queue_id: int
    expected: Floats
    model: engine.DayModel


def request_learning() -> list[Job]:
    """Ask for the day models of every project whose day has begun and has none yet."""
    asked = []
    for project in queries.projects_under_way(EVERYTHING):
        local = clock.now().astimezone(project.tz)
        known = queries.find_day_model(project.id, WHOLE_PROJECT)
        if local.hour < LEARN_FROM_HOUR or (known and known.day == local.date()):
            continue
        asked.append(request_learning_of(project))
    return asked


def request_learning_of(project: Project) -> Job:
    """Ask for the day models of one project."""
    return enqueue(
        "forecasting.learn_days",
        {"project_id": project.id},
        subject=f"projects_project:{project.id}",
        unique=True,
    )


def learn_days(
    project: Project, on_queue: Progress = lambda _done, _total, _name: None
) -> list[Learnt]:
    """Learn how the days of a project's active queues go; nothing is written.

    For each queue the forecasts of the evening before are made for 120 past days
    and for today. Raises `NoHistory` where no queue has facts.
    """
    queues = [queue for queue in project.queues if queue.is_active]
    for queue in queues:
        queue.project = project
    today = clock.today(project.tz)
    forecast = Forecast(
        project_id=project.id,
        first_day=today,
        n_days=1,
        interval_s=INTERVAL_S,
        zone=project.zone,
        method=engine.Method.COMBINATION.value,
        level=0.8,
    )
    forecast.project = project
    ground = lay_ground(forecast, queues)
    found, ahead = [], {}
    for place, queue in enumerate(queues):
        on_queue(place, len(queues), queue.name)
        days = _days_ahead(ground, queue)
        if days is not None:
            ahead[queue.id] = days
            model = engine.learn_day(days.forecast, days.actual)
            found.append(Learnt(queue.id, days.coming, model))
    if found:
        found.append(_learn_whole(ahead))
    return found


@dataclass(frozen=True, slots=True)
class _DaysAhead:
    """Forecasts of the evening before and what came, by date."""

    dates: Sequence[date]
    forecast: Floats
    actual: Floats
    coming: Floats


def _days_ahead(ground: Ground, queue: Queue) -> _DaysAhead | None:
    """A queue's forecasts of evenings before; None where too little is known."""
    window = ground.window
    today = (ground.forecast.first_day - window.first).days
    is_open = ground.hours[queue.id][today]
    past = read_past(ground, queue)
    if past.n_known < FEWEST_DAYS:
        return None
    history = _latest(calmed(ground, queue, past), HISTORY_DAYS)
    ahead = calendar_of(window, is_open[np.newaxis], np.array([today]))
    found = engine.day_ahead_forecasts(history, ahead)
    days = past.days[-history.calendar.n_days :]
    return _DaysAhead(
        [days[place] for place in found.days],
        found.forecast,
        found.actual,
        found.coming,
    )


def _latest(history: engine.History, n_days: int) -> engine.History:
    """The last days of a history."""
    calendar = history.calendar
    kept = slice(max(0, calendar.n_days - n_days), None)
    return replace(
        history,
        offered=history.offered[:, kept],
        handled=history.handled[:, kept],
        handle_s=history.handle_s[:, kept],
        calendar=replace(
            calendar,
            weekday=calendar.weekday[kept],
            day_kind=calendar.day_kind[kept],
            event=calendar.event[kept],
            is_open=calendar.is_open[kept],
            day=calendar.day[kept],
        ),
    )


def _learn_whole(ahead: Mapping[int, _DaysAhead]) -> Learnt:
    """All queues together, on the days of which all of them are known.

    A queue that works on fewer weekdays than the others counts as closed on the rest.
    """
    weekdays = {
        queue_id: {day.weekday() for day in days.dates}
        for queue_id, days in ahead.items()
    }
    every = sorted({day for days in ahead.values() for day in days.dates})
    places = {
        queue_id: {day: place for place, day in enumerate(days.dates)}
        for queue_id, days in ahead.items()
    }
    full = [
        day
        for day in every
        if all(
            day in places[queue_id] or day.weekday() not in weekdays[queue_id]
            for queue_id in ahead
        )
    ]
    n_slots = next(iter(ahead.values())).coming.size
    expected, actual = np.zeros((len(full), n_slots)), np.zeros((len(full), n_slots))
    for queue_id, days in ahead.items():
        for row, day in enumerate(full):
            place = places[queue_id].get(day)
            if place is not None:
                expected[row] += days.forecast[place]
                actual[row] += days.actual[place]
    coming = np.sum([days.coming for days in ahead.values()], axis=0)
    return Learnt(WHOLE_PROJECT, coming, engine.learn_day(expected, actual))


def store_day_models(project: Project, found: Sequence[Learnt]) -> None:
    """Keep what was learnt in the place of what was known."""
    db.session.execute(delete(DayModelRow).where(DayModelRow.project_id == project.id))
    today = clock.today(project.tz)
    db.session.add_all(
        DayModelRow(
            project_id=project.id,
            queue_id=each.queue_id,
            day=today,
            interval_s=INTERVAL_S,
            n_days=len(each.model.misses),
            expected=each.expected,
            spread=each.model.spread,
            covariance=each.model.covariance.ravel(),
            misses=each.model.misses.ravel(),
        )
        for each in found
    )
    db.session.flush()


def model_of(row: DayModelRow) -> engine.DayModel:
    """The engine's model of a stored one."""
    n = row.spread.size
    return engine.DayModel(
        row.spread, row.covariance.reshape(n, n), row.misses.reshape(-1, n)
    )
