"""Making a forecast: facts and calendar in, the engine's answer out, stored by day."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NoHistory
from callcenter.forecasting.models import (
    Forecast,
    ForecastKind,
    ForecastQueue,
    Horizon,
)
from callcenter.forecasting.services.days import grid_of
from callcenter.forecasting.services.storing import (
    Calculation,
    QueueResult,
    store_forecast,
)
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import Job, enqueue
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[int, int, str], None]

MOST_DAYS = 64 * 7
HISTORY_DAYS = 2 * 364
INTERVALS_S = (900, 1800)
_HORIZONS = (Horizon.DAY, Horizon.WEEK, Horizon.LATER)


@dataclass(frozen=True, slots=True)
class _Window:
    """The days from the first of the history to the last of the horizon."""

    first: date
    n_history: int
    days: project_queries.SpecialDays

    @property
    def last_known(self) -> date:
        return self.first + timedelta(days=self.n_history - 1)


def make_forecast(
    queues: Sequence[Queue],
    first_day: date,
    n_days: int,
    *,
    name: str = "",
    interval_s: int = 900,
    method: str = engine.Method.COMBINATION,
    level: float = 0.8,
    by: int | None = None,
) -> tuple[Forecast, Job]:
    """Ask for a forecast of a project's queues; a job makes it.

    Raises `Invalid` for no queue, queues of several projects, or an impossible span.
    """
    forecast = draft_forecast(
        queues,
        first_day,
        n_days,
        name=name,
        interval_s=interval_s,
        method=method,
        level=level,
        by=by,
    )
    job = enqueue(
        "forecasting.forecast",
        {"forecast_id": forecast.id},
        subject=f"forecasting_forecast:{forecast.id}",
        unique=True,
    )
    return forecast, job


def draft_forecast(
    queues: Sequence[Queue],
    first_day: date,
    n_days: int,
    *,
    name: str = "",
    interval_s: int = 900,
    method: str = engine.Method.COMBINATION,
    level: float = 0.8,
    by: int | None = None,
) -> Forecast:
    """Lay down a forecast whose figures are still to be made; see `make_forecast`."""
    _check(queues, n_days, interval_s, method)
    project = queues[0].project
    forecast = Forecast(
        project_id=project.id,
        name=name or project.name,
        first_day=first_day,
        n_days=n_days,
        interval_s=interval_s,
        zone=project.zone,
        method=str(method),
        level=level,
        made_by_id=by,
        queues=[ForecastQueue(queue_id=queue.id) for queue in queues],
    )
    forecast.project = project
    for row, queue in zip(forecast.queues, queues, strict=True):
        row.queue = queue
    db.session.add(forecast)
    db.session.flush()
    return forecast


def forecast_at_once(
    queues: Sequence[Queue],
    first_day: date,
    n_days: int,
    *,
    name: str = "",
    interval_s: int = 900,
    by: int | None = None,
) -> Forecast:
    """Draft, calculate and store a forecast here and now, for commands and the demo.

    Raises `NoHistory` when there is nothing to forecast from.
    """
    forecast = draft_forecast(
        queues, first_day, n_days, name=name, interval_s=interval_s, by=by
    )
    store_forecast(forecast, calculate_forecast(forecast))
    return forecast


def _check(queues: Sequence[Queue], n_days: int, interval_s: int, method: str) -> None:
    if not queues:
        raise Invalid(_("Choose at least one queue."), fields=("queues",))
    if len({queue.project_id for queue in queues}) > 1:
        raise Invalid(_("The queues belong to several projects."), fields=("queues",))
    if not 1 <= n_days <= MOST_DAYS:
        raise Invalid(
            _("A forecast covers 1 to %(most)s days.", most=MOST_DAYS),
            fields=("n_days",),
        )
    if interval_s not in INTERVALS_S:
        raise Invalid(_("Intervals last 15 or 30 minutes."), fields=("interval_s",))
    if method not in set(engine.METHODS):
        raise Invalid(_("There is no such method."), fields=("method",))


def calculate_forecast(
    forecast: Forecast,
    on_queue: Progress = lambda _done, _total, _name: None,
    *,
    queue_ids: Collection[int] | None = None,
) -> Calculation:
    """Work out a forecast's figures, or those of some queues; nothing is written.

    Needs the project and the queues loaded. Raises `NoHistory` when no queue has a
    full day of facts before the forecast.
    """
    queues = [row.queue for row in forecast.queues]
    spans = queries.fact_span([queue.id for queue in queues])
    if queue_ids is not None:
        queues = [queue for queue in queues if queue.id in queue_ids]
    window = _window(forecast, spans)
    hours = project_queries.open_intervals(queues, window.days, forecast.interval_s)
    results = []
    for place, queue in enumerate(queues):
        on_queue(place, len(queues), queue.name)
        first, _last = spans.get(queue.id, (forecast.first_day, forecast.first_day))
        results.append(
            _calculate_queue(forecast, queue, window, hours[queue.id], first)
        )
    return Calculation(window.first, window.last_known, results)


def calculate_queue(forecast: Forecast, queue_id: int, *, method: str) -> QueueResult:
    """Work one queue of a forecast out by another method, from the same days.

    Needs the project and the queues loaded; nothing is written. Raises `NoHistory`.
    """
    queue = next(row.queue for row in forecast.queues if row.queue_id == queue_id)
    spans = queries.fact_span([queue_id])
    window = _window(forecast, spans, until=forecast.history_last)
    hours = project_queries.open_intervals([queue], window.days, forecast.interval_s)
    first, _last = spans[queue_id]
    return _calculate_queue(
        forecast, queue, window, hours[queue_id], first, method=method
    )


def _window(
    forecast: Forecast,
    spans: dict[int, tuple[date, date]],
    *,
    until: date | None = None,
) -> _Window:
    yesterday = clock.today(forecast.tz) - timedelta(days=1)
    before = min(forecast.first_day - timedelta(days=1), yesterday)
    last = min(max((last for _f, last in spans.values()), default=date.min), before)
    last = until if until and spans else last
    first = min((first for first, _l in spans.values()), default=date.max)
    if first > last:
        raise NoHistory
    first = max(first, last - timedelta(days=HISTORY_DAYS - 1))
    end = forecast.first_day + timedelta(days=forecast.n_days)
    days = project_queries.special_days(forecast.project, first, (end - first).days)
    return _Window(first, (last - first).days + 1, days)


def _calculate_queue(
    forecast: Forecast,
    queue: Queue,
    window: _Window,
    is_open: Bools,
    first_fact: date,
    *,
    method: str = "",
) -> QueueResult:
    start = max(0, (first_fact - window.first).days)
    n_history = window.n_history - start
    if n_history < 1:
        return _nothing(forecast, queue)
    grid = day_grid(
        window.first + timedelta(days=start),
        n_history,
        zone=forecast.tz,
        interval_s=forecast.interval_s,
    )
    past = is_open[start : window.n_history] & grid.exists
    facts = queries.queue_facts(queue, grid, past)
    known = np.flatnonzero(past.any(axis=1))
    ahead = np.flatnonzero(is_open[window.n_history :].any(axis=1))
    if not known.size or not ahead.size:
        return _nothing(forecast, queue)
    history = engine.History(
        offered=facts.offered[known][np.newaxis],
        calendar=_calendar(window, past[known], start + known),
        handled=facts.handled[known][np.newaxis],
        handle_s=facts.handle_s[known][np.newaxis],
    )
    coming = window.n_history + ahead
    found = engine.forecast(
        history,
        _calendar(window, is_open[coming], coming),
        method=method or _method_for(forecast, queue),
        level=forecast.level,
        keep_methods=forecast.kind is not ForecastKind.REFRESH,
    )
    days = [grid.first_day + timedelta(days=int(each)) for each in known]
    return _result(forecast, queue, found, coming - window.n_history, days, window)


def _method_for(forecast: Forecast, queue: Queue) -> str:
    """What a planner insists on for the queue, else what the forecast asks for."""
    for row in forecast.queues:
        if row.queue_id == queue.id and row.chosen_method:
            return row.chosen_method
    return forecast.method


def _calendar(
    window: _Window, is_open: Bools, which: NDArray[np.int64]
) -> engine.Calendar:
    days = window.days
    kinds = np.full(days.n_days, int(engine.DayKind.NORMAL))
    kinds[days.is_eve] = engine.DayKind.EVE
    kinds[days.is_working_day] = engine.DayKind.MAKEUP_WORKDAY
    kinds[days.is_holiday] = engine.DayKind.HOLIDAY
    names = sorted({name for name in days.events if name})
    label = {"": 0, **{name: place for place, name in enumerate(names, start=1)}}
    events = np.array([label[name] for name in days.events], dtype=np.int64)
    weekday = (days.first_day.weekday() + np.arange(days.n_days)) % 7
    date_of = np.datetime64(days.first_day, "D") + np.arange(days.n_days)
    return engine.make_calendar(
        weekday[which],
        is_open.shape[1],
        day_kind=kinds[which],
        event=events[which],
        is_open=is_open,
        day=date_of[which],
    )


def _result(
    forecast: Forecast,
    queue: Queue,
    found: engine.Forecast,
    ahead: NDArray[np.int64],
    days: Sequence[date],
    window: _Window,
) -> QueueResult:
    """The engine's answer, cut to the days of the forecast."""
    lead = (forecast.first_day - window.last_known).days - 1
    n_days = lead + forecast.n_days
    exists = grid_of(forecast).exists

    def days_laid_out(values: Floats) -> Floats:
        whole = np.zeros((n_days, *values.shape[1:]))
        whole[ahead] = values
        return whole[lead:]

    def laid_out(values: Floats) -> Floats:
        return np.where(exists, days_laid_out(values[0]), 0.0)

    return QueueResult(
        queue_id=queue.id,
        method=found.method[0].value,
        basis=found.status[0].value,
        n_history_days=len(days),
        mean=laid_out(found.mean),
        lower=laid_out(found.lower),
        upper=laid_out(found.upper),
        aht_s=laid_out(_known_aht(found.aht_s, found.mean)),
        findings=[(f.kind.value, days[f.day], f.size) for f in found.findings[0]],
        wape=[
            (method.value, horizon, float(found.wape[0, h, m]))
            for h, horizon in enumerate(_HORIZONS)
            for m, method in enumerate(engine.METHODS)
            if np.isfinite(found.wape[0, h, m])
        ],
        total_lower=days_laid_out(found.total_lower[0]),
        total_upper=days_laid_out(found.total_upper[0]),
        aht_lower_s=laid_out(np.nan_to_num(found.aht_lower_s)),
        aht_upper_s=laid_out(np.nan_to_num(found.aht_upper_s)),
        by_method=_by_method(found, laid_out),
    )


def _by_method(
    found: engine.Forecast, laid_out: Callable[[Floats], Floats]
) -> dict[str, Floats]:
    if found.by_method is None:
        return {}
    return {
        method.value: laid_out(found.by_method[:, place])
        for place, method in enumerate(engine.METHODS)
    }


def _known_aht(aht_s: Floats, mean: Floats) -> Floats:
    """Handling times with the queue's mean where none is known."""
    known = np.isfinite(aht_s)
    weight = np.where(known, mean, 0.0).sum()
    usual = (np.nan_to_num(aht_s) * mean).sum() / weight if weight else 0.0
    return np.where(known, aht_s, usual)


def _nothing(forecast: Forecast, queue: Queue) -> QueueResult:
    zero = np.zeros((forecast.n_days, forecast.n_slots))
    return QueueResult(
        queue.id, "", engine.Status.EMPTY.value, 0, zero, zero, zero, zero
    )
