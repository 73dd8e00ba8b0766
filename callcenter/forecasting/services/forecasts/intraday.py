"""How today goes: the hours seen, and the rest of the day forecast anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.engine.intervals import DayGrid, day_grid
from callcenter.forecasting import queries
from callcenter.forecasting.events import DutyAsked, duty_wanted
from callcenter.forecasting.models import DayModelRow
from callcenter.forecasting.services.forecasts.learning import INTERVAL_S, model_of
from callcenter.kernel import clock
from callcenter.projects.models import Project, Queue

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[int, int, str], None]

_CURVE_DAYS, _CURVE_POINTS, _FEWEST_POINTS = 7, 40, 12
_BELIEVED_CONTACTS = 60.0
"""So many handled contacts weigh as much as the plan's handling time."""


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """A day as it stands; arrays of shape (n_slots,), NaN where unknown.

    ``expected`` is what `update` moves: the forecast of the evening before, or the
    plan where nothing was learnt for the day (``is_learnt`` is false then). ``plan``
    is what was approved, all NaN without one.
    """

    day: date
    grid: DayGrid
    now_slot: int
    seen: Floats
    expected: Floats
    plan: Floats
    update: engine.DayUpdate
    total: engine.DayTotal
    is_learnt: bool

    @property
    def seen_total(self) -> float:
        """What came so far."""
        return float(np.nansum(self.seen))

    @property
    def has_plan(self) -> bool:
        """Whether anything was approved for the day."""
        return bool(np.isfinite(self.plan).any())

    @property
    def expected_so_far(self) -> float | None:
        """What the plan, or else the forecast, expected until now."""
        known = self.plan if self.has_plan else self.expected
        return float(np.nansum(known[: self.now_slot])) if self.now_slot else None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a project's queues counted today: by queue, arrays of shape (n_slots,).

    ``now_slot`` is the first slot that is not wholly known.
    """

    day: date
    grid: DayGrid
    now_slot: int
    seen_until: datetime | None
    offered: Mapping[int, Floats]
    handled: Mapping[int, Floats]
    handle_s: Mapping[int, Floats]

    @property
    def starts_at(self) -> datetime:
        """When the day begins."""
        return _instant(self.grid.starts[0])

    @property
    def ends_at(self) -> datetime:
        """When the next day begins."""
        return _instant(self.grid.starts[-1]) + timedelta(seconds=INTERVAL_S)


def facts_of_today(project: Project, queues: Sequence[Queue]) -> Facts:
    """What was counted today until the last interval that is over.

    The day is known as far as anything came in: where the facts stop early, so does
    what is seen, and the interval in which they stop counts as cut off.
    """
    day = clock.today(project.tz)
    grid = day_grid(day, 1, zone=project.tz, interval_s=INTERVAL_S)
    starts = {int(each): place for place, each in enumerate(grid.starts.astype(int))}
    edge = _instant(grid.starts[-1]) + timedelta(seconds=INTERVAL_S)
    ids = [queue.id for queue in queues]
    rows = queries.counted_between(ids, _instant(grid.starts[0]), edge)
    n_slots = grid.shape[1]
    found = {
        name: {each: np.zeros(n_slots) for each in ids}
        for name in ("offered", "handled", "handle_s")
    }
    last = -1
    n_over = int((clock.now().timestamp() - grid.starts[0].astype(int)) // INTERVAL_S)
    for row in rows:
        place = starts.get(int(row.interval_start.timestamp()))
        if place is None or place >= n_over:
            continue
        last = max(last, place)
        slot = int(grid.slot[place])
        found["offered"][row.queue_id][slot] += row.offered
        found["handled"][row.queue_id][slot] += row.handled
        found["handle_s"][row.queue_id][slot] += row.handle_s
    if last < min(n_over, grid.starts.size) - 1:
        last -= 1
    until = _instant(grid.starts[last]) + timedelta(seconds=INTERVAL_S)
    return Facts(
        day=day,
        grid=grid,
        now_slot=int(grid.slot[last]) + 1 if last >= 0 else 0,
        seen_until=until if last >= 0 else None,
        offered=found["offered"],
        handled=found["handled"],
        handle_s=found["handle_s"],
    )


def day_so_far(
    facts: Facts,
    queue_ids: Sequence[int],
    row: DayModelRow | None,
    plan: Mapping[int, Any],
    *,
    level: float = 0.8,
) -> DaySoFar | None:
    """A day of some queues as it stands; None where nothing at all was expected.

    ``row`` is what was learnt about them together, ``plan`` the rows that rule by
    queue with the length of their intervals.
    """
    planned = plan_by_slot(plan, queue_ids, "planned")
    is_learnt = row is not None and row.day == facts.day
    if is_learnt and row is not None:
        expected = row.expected
    elif np.isfinite(planned).any():
        expected = np.nan_to_num(planned)
    else:
        return None
    n = facts.grid.shape[1]
    came = np.sum([facts.offered[each] for each in queue_ids], axis=0)
    seen = np.where(np.arange(n) < facts.now_slot, came, np.nan)
    model = (
        model_of(row)
        if row is not None
        else engine.learn_day(np.zeros((0, n)), np.zeros((0, n)))
    )
    return DaySoFar(
        day=facts.day,
        grid=facts.grid,
        now_slot=facts.now_slot,
        seen=seen,
        expected=expected,
        plan=planned,
        update=engine.update_day(expected, seen, model, level=level),
        total=engine.total_of_day(expected, seen, model, level=level),
        is_learnt=is_learnt,
    )


def plan_by_slot(
    plan: Mapping[int, Any], queue_ids: Sequence[int], name: str
) -> Floats:
    """What rules of some queues together, by quarter; NaN where nothing is approved."""
    known = [plan[each] for each in queue_ids if each in plan]
    n = 86400 // INTERVAL_S
    if not known:
        return np.full(n, np.nan)
    return np.sum([_quarters(getattr(row, name), s) for row, s in known], axis=0)


def _quarters(values: Floats, interval_s: int) -> Floats:
    """Contacts of longer intervals, shared evenly by their quarters."""
    times = interval_s // INTERVAL_S
    shared: Floats = np.repeat(values, times) / times
    return shared


def agents_by_slot(facts: Facts, queue_ids: Sequence[int]) -> tuple[Floats, Floats]:
    """Agents required on contacts and on duty, by quarter; NaN where unknown."""
    n = facts.grid.shape[1]
    place = _places(facts.grid)
    required = np.full(n, np.nan)
    for row in queries.required_between(queue_ids, facts.starts_at, facts.ends_at):
        start = int(row.interval_start.timestamp())
        for second in range(start, start + row.interval_s, INTERVAL_S):
            if second in place:
                slot = place[second]
                required[slot] = np.nan_to_num(required[slot]) + row.required_agents
    duty = np.full(n, np.nan)
    asked = DutyAsked(tuple(queue_ids), facts.starts_at, facts.ends_at)
    for _receiver, answer in duty_wanted.send(asked):
        for by_start in answer.values():
            for start, agents in by_start.items():
                slot = place[int(start.timestamp())]
                duty[slot] = np.nan_to_num(duty[slot]) + agents
    return required, duty


def _places(grid: DayGrid) -> dict[int, int]:
    seconds = grid.starts.astype(np.int64).tolist()
    return dict(zip(seconds, grid.slot.tolist(), strict=True))


def need_for_the_rest(
    facts: Facts, queue_id: int, offered: Floats, plan: Mapping[int, Any]
) -> Floats:
    """Agents that a queue needs as the day now goes, by quarter; NaN where unknown.

    What is approved around today tells how many agents the queue is given at which
    load, with its model, targets, margin and part of a pool: that is read off at the
    load now expected. The handling time is that of `aht_for_the_rest`.
    """
    nothing = np.full(offered.size, np.nan)
    aht_s = aht_for_the_rest(facts, queue_id, plan)
    around = timedelta(days=_CURVE_DAYS)
    load, agents = queries.agents_by_load(
        queue_id, facts.starts_at - around, facts.ends_at + around
    )
    if aht_s is None or load.size < _FEWEST_POINTS:
        return nothing
    needed = agents_at(offered * aht_s / INTERVAL_S, load, agents)
    return np.where(offered > 0.0, needed, nothing)


def agents_at(wanted: Floats, load: Floats, agents: Floats) -> Floats:
    """Agents at some loads, read off a curve of those known at others.

    Points of about one load are averaged, and the curve never falls. Above the largest
    load the spare agents grow with its root; below the least they stay.
    """
    order = np.argsort(load)
    parts = np.array_split(order, max(1, min(_CURVE_POINTS, load.size // 2)))
    at = np.array([load[part].mean() for part in parts])
    given = np.maximum.accumulate([agents[part].mean() for part in parts])
    found: Floats = np.interp(wanted, at, given)
    top = at[-1]
    spare = (given[-1] - top) / np.sqrt(top) if top > 0.0 else 0.0
    above = wanted + max(float(spare), 0.0) * np.sqrt(np.maximum(wanted, 0.0))
    return np.where(wanted > top, np.maximum(above, given[-1]), found)


def aht_for_the_rest(
    facts: Facts, queue_id: int, plan: Mapping[int, Any]
) -> Floats | None:
    """The handling times now expected, by quarter; None without a plan.

    The plan's times are multiplied by how much longer contacts took so far; with as
    many handled as `_BELIEVED_CONTACTS` half of that is believed.
    """
    if queue_id not in plan:
        return None
    row, interval_s = plan[queue_id]
    planned = np.nan_to_num(np.repeat(row.aht_s, interval_s // INTERVAL_S))
    handled, handle_s = facts.handled[queue_id], facts.handle_s[queue_id]
    due, n = float((handled * planned).sum()), float(handled.sum())
    if due <= 0.0:
        return planned
    share = n / (n + _BELIEVED_CONTACTS)
    ratio = float(handle_s.sum()) / due
    moved: Floats = planned * (1.0 + share * (ratio - 1.0))
    return moved


def _instant(at: Any) -> datetime:
    return datetime.fromtimestamp(int(at.astype(np.int64)), UTC)
