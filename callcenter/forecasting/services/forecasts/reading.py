"""What a forecast is calculated from: days, hours, facts, what planners know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.engine.intervals import day_grid
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NoHistory
from callcenter.forecasting.models import CampaignPlan, Event, Forecast, Likeness
from callcenter.forecasting.services.knowledge.decisions import Rulings, mend, rulings
from callcenter.forecasting.services.knowledge.events import calm
from callcenter.kernel import clock
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Spans = Mapping[int, tuple[date, date]]

HISTORY_DAYS = 2 * 364
_NOTHING_CHOSEN = rulings(())


@dataclass(frozen=True, slots=True)
class Window:
    """The days from the first of the history to the last of the horizon."""

    first: date
    n_history: int
    days: project_queries.SpecialDays

    @property
    def last_known(self) -> date:
        """The last day of the history."""
        return self.first + timedelta(days=self.n_history - 1)

    def day(self, place: int) -> date:
        """The day in that row."""
        return self.first + timedelta(days=place)


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a forecast's queues are calculated from, but their facts.

    ``lenders`` are further queues of which a young one may take early days.
    """

    forecast: Forecast
    window: Window
    hours: Mapping[int, Bools]
    spans: Spans
    rulings: Mapping[int, Rulings]
    events: Sequence[Event]
    likeness: Mapping[int, Likeness]
    campaigns: Mapping[int, Sequence[CampaignPlan]]
    lenders: Sequence[Queue] = field(default_factory=tuple)

    def events_of(self, queue: Queue) -> list[Event]:
        """The events that move a queue; those of another project move none."""
        return [
            event
            for event in self.events
            if event.project_id == queue.project_id and event.moves(queue.id)
        ]


@dataclass(frozen=True, slots=True)
class Past:
    """One queue's history as counted and as planners mended it.

    ``places`` are the rows of the window; ``days`` their dates.
    """

    counted: engine.History
    mended: engine.History
    places: Ints
    days: list[date]

    @property
    def n_known(self) -> int:
        """Days of which anything is known after what planners decided."""
        return int(np.isfinite(self.mended.offered[0]).any(axis=1).sum())


def lay_ground(
    forecast: Forecast,
    queues: Sequence[Queue],
    *,
    until: date | None = None,
    lenders: Sequence[Queue] = (),
) -> Ground:
    """Read what is known of the queues of a forecast and of those that may lend.

    Raises `NoHistory` when no queue has facts, an expected total or a campaign.
    """
    everyone = [*queues, *lenders]
    ids = [queue.id for queue in everyone]
    spans = queries.fact_span(ids)
    own = [queue.id for queue in queues]
    likeness = queries.likenesses(own)
    end = forecast.first_day + timedelta(days=forecast.n_days - 1)
    campaigns = queries.campaigns_within(own, forecast.first_day, end)
    is_told = any(each.weekly_total is not None for each in likeness.values())
    known = [spans[each] for each in ids if each in spans]
    if not any(each in spans for each in own) and not is_told and not campaigns:
        raise NoHistory
    window = window_of(forecast, known, until=until)
    chosen = queries.ruling_choices(ids)
    return Ground(
        forecast=forecast,
        window=window,
        hours=project_queries.open_intervals(
            everyone, window.days, forecast.interval_s
        ),
        spans=spans,
        rulings={queue_id: rulings(rows) for queue_id, rows in chosen.items()},
        events=queries.events_felt(forecast.project_id, window.first, end),
        likeness=likeness,
        campaigns=campaigns,
        lenders=tuple(lenders),
    )


def window_of(
    forecast: Forecast,
    spans: Sequence[tuple[date, date]],
    *,
    until: date | None = None,
) -> Window:
    """The days to look at; a single one of history where there are no facts.

    Raises `NoHistory` when all facts lie after the days to forecast.
    """
    yesterday = clock.today(forecast.tz) - timedelta(days=1)
    before = min(forecast.first_day - timedelta(days=1), yesterday)
    last = min(max((last for _f, last in spans), default=before), before)
    last = until or last
    first = min((first for first, _l in spans), default=last)
    if first > last:
        raise NoHistory
    first = max(first, last - timedelta(days=HISTORY_DAYS - 1))
    end = forecast.first_day + timedelta(days=forecast.n_days)
    days = project_queries.special_days(forecast.project, first, (end - first).days)
    return Window(first, (last - first).days + 1, days)


def read_past(ground: Ground, queue: Queue, *, like: Queue | None = None) -> Past:
    """A queue's history from its first fact on.

    With ``like``, the days and hours are those of that queue over the whole window,
    and days before the first fact are unknown: so histories of two can be compared.
    """
    window = ground.window
    is_open = ground.hours[(like or queue).id][: window.n_history]
    span = ground.spans.get(queue.id)
    first = 0 if like or span is None else max(0, (span[0] - window.first).days)
    first = min(first, window.n_history - 1)
    grid = day_grid(
        window.day(first),
        window.n_history - first,
        zone=ground.forecast.tz,
        interval_s=ground.forecast.interval_s,
    )
    past = is_open[first:] & grid.exists
    facts = queries.queue_facts(queue, grid, past)
    rows = np.flatnonzero(past.any(axis=1))
    places = first + rows
    days = [window.day(int(place)) for place in places]
    unknown = np.array([not _within(span, day) for day in days], dtype=bool)
    offered = np.where(unknown[:, np.newaxis], np.nan, facts.offered[rows])
    counted = engine.History(
        offered=offered[np.newaxis],
        calendar=calendar_of(window, past[rows], places),
        handled=facts.handled[rows][np.newaxis],
        handle_s=facts.handle_s[rows][np.newaxis],
    )
    mended = mend(counted, days, ground.rulings.get(queue.id, _NOTHING_CHOSEN))
    return Past(counted, mended, places, days)


def calmed(ground: Ground, queue: Queue, past: Past) -> engine.History:
    """A queue's mended history with what events did taken off."""
    return calm(past.mended, past.days, ground.events_of(queue))


def _within(span: tuple[date, date] | None, day: date) -> bool:
    return span is not None and span[0] <= day


def calendar_of(window: Window, is_open: Bools, which: Ints) -> engine.Calendar:
    """The engine's calendar of some rows of a window."""
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


def with_series(
    history: engine.History, others: Sequence[engine.History]
) -> engine.History:
    """Histories on one calendar as one of several series, the first one leading."""
    together = [history, *others]
    return replace(
        history,
        offered=np.concatenate([each.offered for each in together]),
        handled=np.concatenate([each.handled for each in together]),
        handle_s=np.concatenate([each.handle_s for each in together]),
    )
