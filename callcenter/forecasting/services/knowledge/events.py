"""Events: what past ones did to a queue, and what planned ones put on its forecast.

The days that past events touched are brought to their usual total before a method
sees them; what the events did is learnt apart, shown, and put on top for planned
ones. So what a planner reads is what the forecast does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.forecasting.models import EffectSource, Event, EventQueue
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _
from callcenter.projects.models import Project

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
LONGEST_EVENT = 62
_OWN_SHAPE = 0.5  # of the usual total, below which a day's shape says nothing
_BY_HAND_SPREAD = 0.1  # logarithm, how far a planner's uplift may miss


@dataclass(frozen=True, slots=True)
class Uplift:
    """What events make of the days ahead: factors, and how sure they are."""

    factor: Floats
    spread: Floats

    @property
    def is_flat(self) -> bool:
        """Whether no event moves anything."""
        return bool((self.factor == 1.0).all() and not self.spread.any())


def save_event(
    event: Event | None, project: Project, queue_ids: Collection[int], **values: Any
) -> Event:
    """Create an event, or change one.

    ``uplift`` holds one factor for all its days, or one for each day from
    ``lead_days`` before it to ``lag_days`` after it. Raises `Invalid`.
    """
    event = event or Event(project_id=project.id, queues=[])
    _check(project, queue_ids, values)
    values["uplift"] = _spelt_out(values)
    for name, value in values.items():
        setattr(event, name, value)
    wanted = set(queue_ids)
    event.queues = [row for row in event.queues if row.queue_id in wanted] + [
        EventQueue(queue_id=each) for each in sorted(wanted - event.queue_ids)
    ]
    db.session.add(event)
    db.session.flush()
    return event


def _check(
    project: Project, queue_ids: Collection[int], values: Mapping[str, Any]
) -> None:
    first, last = values["first_day"], values["last_day"]
    if last < first:
        raise Invalid(_("The last day lies before the first."), fields=("last_day",))
    if (last - first).days >= LONGEST_EVENT:
        raise Invalid(
            _(
                "An event lasts at most %(most)s days. What lasts longer is a new "
                "level, which forecasts find by themselves.",
                most=LONGEST_EVENT,
            ),
            fields=("last_day",),
        )
    if not set(queue_ids) <= {queue.id for queue in project.queues}:
        raise Invalid(_("A queue belongs to another project."), fields=("queue_ids",))
    if values["effect"] is EffectSource.BY_HAND and not values.get("uplift"):
        raise Invalid(_("Say how much it adds, in percent."), fields=("uplift",))


def _spelt_out(values: Mapping[str, Any]) -> list[float] | None:
    """A factor for each day that may feel the event."""
    given = values.get("uplift")
    if values["effect"] is not EffectSource.BY_HAND or not given:
        return None
    lead, lag = values["lead_days"], values["lag_days"]
    if len(given) == 1:
        return [1.0] * lead + list(given) + [1.0] * lag
    if len(given) != lead + 1 + lag:
        raise Invalid(
            _(
                "Give one number, or %(n)s: one for each day before the event, one "
                "for its days, one for each day after it.",
                n=lead + 1 + lag,
            ),
            fields=("uplift",),
        )
    return list(given)


def repeat_event(event: Event, *, every: str, until: date) -> list[Event]:
    """Enter an event again every week, four weeks or month until a day.

    Raises `Invalid` for more than a hundred of them.
    """
    length = event.last_day - event.first_day
    made: list[Event] = []
    for first in _repeats(event.first_day, every, until):
        if len(made) >= _MOST_REPEATS:
            raise Invalid(
                _("That makes more than %(most)s events.", most=_MOST_REPEATS),
                fields=("until",),
            )
        again = Event(
            first_day=first,
            last_day=first + length,
            queues=[EventQueue(queue_id=row.queue_id) for row in event.queues],
            **{name: getattr(event, name) for name in _COPIED},
        )
        made.append(again)
    db.session.add_all(made)
    db.session.flush()
    return made


_MOST_REPEATS = 100
_COPIED = (
    "project_id",
    "kind",
    "name",
    "lead_days",
    "lag_days",
    "size",
    "effect",
    "uplift",
    "comment",
    "made_by_id",
)


def _repeats(first: date, every: str, until: date) -> Iterable[date]:
    if every in {"week", "four_weeks"}:
        step = timedelta(days=7 if every == "week" else 28)
        while (first := first + step) <= until:
            yield first
        return
    year, month = first.year, first.month
    while every == "month":
        year, month = year + month // 12, month % 12 + 1
        following = date(year + month // 12, month % 12 + 1, 1)
        last = (following - timedelta(days=1)).day
        again = date(year, month, min(first.day, last))
        if again > until:
            return
        yield again


def delete_event(event: Event) -> None:
    """Forget an event, past or planned."""
    db.session.delete(event)
    db.session.flush()


def by_days(history: engine.History) -> engine.History:
    """The same with one figure a day, unknown where a part of the day is."""
    calendar = history.calendar
    is_open = calendar.is_open
    unknown = (is_open & ~np.isfinite(history.offered)).any(axis=2)
    total = np.where(unknown, np.nan, np.nansum(history.offered, axis=2))
    nothing = np.zeros((*total.shape, 1))
    daily = replace(calendar, is_open=np.asarray(is_open.any(axis=1))[:, np.newaxis])
    return engine.History(total[..., np.newaxis], daily, nothing, nothing)


def learn_effect(
    history: engine.History,
    days: Sequence[date],
    events: Iterable[Event],
    planned: Event,
) -> engine.EventEffect | None:
    """What past events of one kind did to one series, sized like a planned one.

    ``events`` are those that moved the series. None when none lies within its days.
    """
    label, size = np.zeros(len(days), dtype=np.int64), np.ones(len(days))
    places = {day: place for place, day in enumerate(days)}
    for event in events:
        if event.kind != planned.kind or event.effect is EffectSource.NONE:
            continue
        if event.first_day == planned.first_day and event.id == planned.id:
            continue
        rows = [
            places[day]
            for day in _days(event.first_day, event.last_day)
            if day in places
        ]
        label[rows] = 1
        if event.size and planned.size:
            size[rows] = event.size / planned.size
    if not label.any():
        return None
    daily = by_days(history)
    marked = replace(daily.calendar, event=label)
    return engine.learn_event(replace(daily, calendar=marked), 1, relative_size=size)


def calm(
    history: engine.History, days: Sequence[date], events: Collection[Event]
) -> engine.History:
    """One series' history with the days that events touched at their usual totals.

    They keep their shape, unless so little came that it says nothing.
    """
    touched = touched_days(days, events)
    touched &= np.isfinite(history.offered[0]).any(axis=1)
    if not touched.any() or touched.all():
        return history
    offered = history.offered.copy()
    offered[0, touched] = np.nan
    plain = replace(history.calendar, event=np.zeros_like(history.calendar.event))
    if not np.isfinite(offered).any():
        return history
    usual = engine.usual_days(replace(history, offered=offered, calendar=plain))
    for place in np.flatnonzero(touched):
        came = history.offered[0, place]
        known = np.isfinite(came)
        total, wanted = came[known].sum(), usual[place, known].sum()
        if total > _OWN_SHAPE * wanted:
            offered[0, place] = came * (wanted / total)
        else:
            offered[0, place] = np.where(known, usual[place], np.nan)
    return replace(history, offered=offered)


def touched_days(days: Sequence[date], events: Iterable[Event]) -> Bools:
    """The days on which any of the events is felt."""
    touched = np.zeros(len(days), dtype=bool)
    places = {day: place for place, day in enumerate(days)}
    for event in events:
        for day in _days(event.felt_first, event.felt_last):
            if day in places:
                touched[places[day]] = True
    return touched


def uplift_of(
    history: engine.History,
    days: Sequence[date],
    ahead: Sequence[date],
    events: Collection[Event],
) -> Uplift:
    """What the events make of the days ahead of one series, given its past days."""
    logs, variance = np.zeros(len(ahead)), np.zeros(len(ahead))
    places = {day: place for place, day in enumerate(ahead)}
    learnt: dict[tuple[str, float | None], engine.EventEffect | None] = {}
    for event in events:
        felt = [
            day for day in _days(event.felt_first, event.felt_last) if day in places
        ]
        if not felt or event.effect is EffectSource.NONE:
            continue
        key = (event.kind, event.size)
        if event.effect is EffectSource.LEARNT and key not in learnt:
            learnt[key] = learn_effect(history, days, events, event)
        effect = learnt.get(key)
        for day in felt:
            factor, spread = _factor(event, effect, day)
            logs[places[day]] += np.log(max(factor, 1e-3))
            variance[places[day]] += spread**2
    return Uplift(np.exp(logs), np.sqrt(variance))


def _factor(
    event: Event, effect: engine.EventEffect | None, day: date
) -> tuple[float, float]:
    """What one event makes of a day, and the spread of the logarithm of that."""
    offset = event.offset_on(day)
    if offset is None:
        return 1.0, 0.0
    if event.effect is EffectSource.BY_HAND and event.uplift:
        return event.uplift[offset + event.lead_days], _BY_HAND_SPREAD
    if effect is None:
        return 1.0, 0.0
    place = int(np.flatnonzero(effect.offset == offset)[0])
    return float(effect.factor[place]), float(effect.spread[place])


def with_events(
    found: engine.Forecast, uplift: Uplift, *, level: float
) -> engine.Forecast:
    """A forecast with events on top, its bands widened by what is unsure of them."""
    if uplift.is_flat:
        return found
    lifted = engine.with_uplift(found, uplift.factor)
    reach = _reach(level) * uplift.spread
    day, cell = reach[:, np.newaxis], reach[np.newaxis, :, np.newaxis]
    total = lifted.mean.sum(axis=2)
    return replace(
        lifted,
        lower=_away(lifted.mean, lifted.lower, cell, -1.0),
        upper=_away(lifted.mean, lifted.upper, cell, 1.0),
        total_lower=_away(total, lifted.total_lower, day.T, -1.0),
        total_upper=_away(total, lifted.total_upper, day.T, 1.0),
    )


def _away(middle: Floats, bound: Floats, reach: Floats, sign: float) -> Floats:
    """A bound moved away by independent misses that multiply."""
    apart = np.sqrt((bound - middle) ** 2 + (middle * reach) ** 2)
    return np.maximum(middle + sign * apart, 0.0)


def _reach(level: float) -> float:
    """Deviations of a Gaussian on either side that hold a share of it."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 2.0)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
