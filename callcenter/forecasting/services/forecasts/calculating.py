"""Working a forecast out: facts and what planners know in, figures of queues out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NoHistory
from callcenter.forecasting.models import AddingUp, Forecast, ForecastKind, Horizon
from callcenter.forecasting.services.forecasts.days import grid_of, slot_passes
from callcenter.forecasting.services.forecasts.reading import (
    Ground,
    Past,
    calendar_of,
    calmed,
    lay_ground,
    read_past,
)
from callcenter.forecasting.services.forecasts.storing import (
    Calculation,
    LeftForTotal,
    QueueResult,
)
from callcenter.forecasting.services.forecasts.totals import (
    Part,
    add_up,
    day_volume,
    forecast_total,
)
from callcenter.forecasting.services.knowledge import borrowing
from callcenter.forecasting.services.knowledge.campaigns import with_campaigns
from callcenter.forecasting.services.knowledge.events import (
    Uplift,
    touched_days,
    uplift_of,
    with_events,
)
from callcenter.projects.models import Direction, Queue

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[int, int, str], None]
_HORIZONS = (Horizon.DAY, Horizon.WEEK, Horizon.LATER)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the engine found for one queue, and what it rests on."""

    forecast: engine.Forecast
    uplift: Uplift | None
    past: Past
    history: engine.History
    basis: str
    n_history_days: int
    borrowed: tuple[tuple[int, float, int], ...] = ()


def calculate_forecast(
    forecast: Forecast, on_queue: Progress = lambda _done, _total, _name: None
) -> Calculation:
    """Work out a forecast's figures; nothing is written.

    Needs the project and the queues loaded. Raises `NoHistory` when no queue has a
    full day of facts before the forecast, and nobody said what to expect.
    """
    queues = [row.queue for row in forecast.queues]
    ground = lay_ground(forecast, queues, lenders=_lenders(queues))
    parts = []
    for place, queue in enumerate(queues):
        on_queue(place, len(queues), queue.name)
        parts.append(_calculate_queue(ground, queue))
    total = forecast_total(ground, [part for part in parts if part.before_events.any()])
    plan = queries.find_total_plan(forecast.id)
    results = add_up(
        parts,
        total,
        plan.adding_up if plan else AddingUp.BOTTOM_UP,
        slot_passes(grid_of(forecast)),
    )
    return Calculation(
        ground.window.first,
        ground.window.last_known,
        [results[queue.id] for queue in queues],
        total,
    )


def calculate_queue(forecast: Forecast, queue_id: int, *, method: str) -> QueueResult:
    """Work one queue of a forecast out by another method, from the same days.

    Needs the project and the queues loaded; nothing is written. Raises `NoHistory`.
    """
    queue = next(row.queue for row in forecast.queues if row.queue_id == queue_id)
    ground = lay_ground(
        forecast, [queue], until=forecast.history_last, lenders=_lenders([queue])
    )
    return _calculate_queue(ground, queue, method=method).result


def calculate_some(
    forecast: Forecast,
    queue_ids: Collection[int],
    until: date,
    on_queue: Progress = lambda _done, _total, _name: None,
) -> Calculation:
    """Work out some queues of a forecast, each by itself, from the days until that one.

    So several workers share a large project. Queues without history get no figures.
    """
    queues = [row.queue for row in forecast.queues if row.queue_id in queue_ids]
    try:
        ground = lay_ground(forecast, queues, until=until, lenders=_lenders(queues))
    except NoHistory:
        empty = np.zeros((forecast.n_days, forecast.n_slots))
        status = engine.Status.EMPTY.value
        nothing = [
            QueueResult(queue.id, "", status, 0, empty, empty, empty, empty)
            for queue in queues
        ]
        return Calculation(until, until, nothing)
    parts = []
    for place, queue in enumerate(queues):
        on_queue(place, len(queues), queue.name)
        parts.append(_calculate_queue(ground, queue))
    return Calculation(
        ground.window.first,
        ground.window.last_known,
        [part.result for part in parts],
        left=[_left(ground, part) for part in parts if _has_part(part)],
    )


def _has_part(part: Part) -> bool:
    """Whether a queue is one of those that make up the total."""
    is_inbound = part.queue.direction is Direction.INBOUND
    return is_inbound and bool(part.before_events.any())


def _left(ground: Ground, part: Part) -> LeftForTotal:
    window = ground.window
    volume = np.zeros(window.n_history)
    volume[part.past.places] = day_volume(part)
    return LeftForTotal(
        part.queue.id,
        window.first,
        volume,
        np.asarray(ground.hours[part.queue.id].any(axis=1)),
        part.before_events,
    )


def _lenders(queues: Sequence[Queue]) -> list[Queue]:
    """Queues beside those of the forecast that might lend to a young one."""
    spans = queries.fact_span([queue.id for queue in queues])
    young = [
        queue
        for queue in queues
        if queue.id not in spans
        or (spans[queue.id][1] - spans[queue.id][0]).days < borrowing.YOUNG_DAYS
    ]
    if not young:
        return []
    own = {queue.id for queue in queues}
    found = queries.queues_like(young, queries.likenesses([q.id for q in young]))
    return [queue for queue in found if queue.id not in own]


def _calculate_queue(ground: Ground, queue: Queue, *, method: str = "") -> Part:
    forecast, window = ground.forecast, ground.window
    is_open = ground.hours[queue.id]
    ahead = np.flatnonzero(is_open[window.n_history :].any(axis=1))
    past = read_past(ground, queue)
    if not ahead.size:
        return _without_history(queue, past, _nothing(forecast, queue, past))
    coming = window.n_history + ahead
    calendar = calendar_of(window, is_open[coming], coming)
    found = _find(ground, queue, past, calendar, method or _method_for(ground, queue))
    plans = ground.campaigns.get(queue.id, ())
    if found is None:
        result = _nothing(forecast, queue, past)
        if plans:
            result = with_campaigns(forecast, queue, plans, result)
        return _without_history(queue, past, result)
    days = [window.day(int(place)) for place in coming]
    plain = _day_totals(ground, found.forecast, ahead)
    found = _with_events(ground, queue, found, days)
    result = _result(ground, queue, found, ahead)
    if plans:
        result = with_campaigns(forecast, queue, plans, result)
    return Part(queue, found.past, found.history, plain, result)


def _without_history(queue: Queue, past: Past, result: QueueResult) -> Part:
    return Part(queue, past, past.mended, result.mean.sum(axis=1), result)


def _day_totals(ground: Ground, found: engine.Forecast, ahead: Ints) -> Floats:
    """The engine's totals by day of the forecast, before any event."""
    forecast = ground.forecast
    lead = (forecast.first_day - ground.window.last_known).days - 1
    whole = np.zeros((lead + forecast.n_days, forecast.n_slots))
    whole[ahead] = found.mean[0]
    totals: Floats = (whole[lead:] * slot_passes(grid_of(forecast))).sum(axis=1)
    return totals


def _find(
    ground: Ground, queue: Queue, past: Past, ahead: engine.Calendar, method: str
) -> _Found | None:
    """The engine's forecast without events; None where nothing can be said."""
    told = ground.likeness.get(queue.id)
    n_own = past.n_known
    if n_own < borrowing.FEWEST_DAYS and told and told.weekly_total is not None:
        guess = borrowing.expect(ground, queue, ahead, told=told)
        return _Found(guess, None, past, past.mended, "expected", n_own)
    loan = None
    if n_own < borrowing.YOUNG_DAYS:
        loan = borrowing.borrow(ground, queue, past)
    if n_own < borrowing.FEWEST_DAYS and loan is None:
        return None
    used = loan.past if loan else past
    history = calmed(ground, queue, used)
    found = engine.forecast(
        history,
        ahead,
        method=method,
        level=ground.forecast.level,
        keep_methods=ground.forecast.kind is not ForecastKind.REFRESH,
    )
    return _Found(
        forecast=found,
        uplift=None,
        past=used,
        history=history,
        basis="borrowed" if loan else found.status[0].value,
        n_history_days=len(past.days),
        borrowed=tuple(
            (lender_id, share, loan.n_days) for lender_id, share in loan.shares
        )
        if loan
        else (),
    )


def _method_for(ground: Ground, queue: Queue) -> str:
    """What a planner insists on for the queue, else what the forecast asks for."""
    for row in ground.forecast.queues:
        if row.queue_id == queue.id and row.chosen_method:
            return row.chosen_method
    return ground.forecast.method


def _with_events(
    ground: Ground, queue: Queue, found: _Found, ahead: Sequence[date]
) -> _Found:
    """The same with events on top, and bands that grant what is not sure."""
    history = found.past.mended
    events = ground.events_of(queue)
    if events:
        uplift = uplift_of(history, found.past.days, ahead, events)
    else:
        uplift = Uplift(np.ones(len(ahead)), np.zeros(len(ahead)))
    if found.basis == "expected":
        guess = borrowing.guess_spread(len(ahead))
        uplift = Uplift(uplift.factor, np.hypot(uplift.spread, guess))
    lifted = with_events(found.forecast, uplift, level=ground.forecast.level)
    return replace(found, forecast=lifted, uplift=uplift)


def _result(ground: Ground, queue: Queue, of: _Found, ahead: Ints) -> QueueResult:
    """The engine's answer, cut to the days of the forecast."""
    forecast, found = ground.forecast, of.forecast
    lead = (forecast.first_day - ground.window.last_known).days - 1
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
        basis=of.basis,
        n_history_days=of.n_history_days,
        mean=laid_out(found.mean),
        lower=laid_out(found.lower),
        upper=laid_out(found.upper),
        aht_s=laid_out(_known_aht(found.aht_s, found.mean)),
        findings=_findings(ground, queue, of),
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
        borrowed=of.borrowed,
    )


def _findings(
    ground: Ground, queue: Queue, of: _Found
) -> list[tuple[str, date, float]]:
    """What is odd about the days as they were counted.

    The engine saw the history as planners mended it and without its events. What was
    mended is found in the counts again, so that it can be decided anew; what an event
    explains is not odd.
    """
    span, days = ground.spans.get(queue.id), of.past.days
    if span is None or not days:
        return []
    found, ruling = of.forecast.findings[0], ground.rulings.get(queue.id)
    touched = touched_days(days, ground.events_of(queue))
    if touched.any() or (ruling and not ruling.is_empty) or of.basis == "expected":
        counted = of.past.counted
        event = np.where(touched, 1, counted.calendar.event)
        marked = replace(counted.calendar, event=event)
        found = engine.look_over(replace(counted, calendar=marked))
    return [
        (each.kind.value, days[each.day], each.size)
        for each in found
        if days[each.day] >= span[0]
    ]


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


def _nothing(forecast: Forecast, queue: Queue, past: Past) -> QueueResult:
    """No figures: the queue never opens, or too little is known of it."""
    zero = np.zeros((forecast.n_days, forecast.n_slots))
    is_short = 0 < past.n_known < borrowing.FEWEST_DAYS
    basis = "few" if is_short else engine.Status.EMPTY.value
    return QueueResult(queue.id, "", basis, past.n_known, zero, zero, zero, zero)
