"""What a forecast requires: read, staffed and laid out in order of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.intervals import DayGrid, day_grid, flatten
from callcenter.forecasting import queries
from callcenter.forecasting.models import (
    Assumption,
    Forecast,
    ForecastDay,
    ForecastStatus,
)
from callcenter.forecasting.services.requirements.loads import Load, Question
from callcenter.forecasting.services.requirements.pooling import groups_of, staff_groups
from callcenter.forecasting.services.requirements.staffing import Staffing
from callcenter.forecasting.services.studies.premises import (
    premises_of,
    row_premises,
)
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue, ServiceTarget

_MONEY = frozenset({"paid_hour_cost", "missed_day_penalty"})
_MOST_KEPT, _MOST_KEPT_CELLS = 32, 8000
_kept: dict[str, list[list[Staffing]]] = {}


@dataclass(frozen=True, slots=True)
class QueueRequirement:
    """A queue's requirement on consecutive days, in order of time.

    ``is_open`` has the shape of the other arrays, (n_intervals,).
    """

    grid: DayGrid
    load: Load
    staffing: Staffing
    is_open: NDArray[np.bool_]

    @property
    def starts(self) -> list[datetime]:
        """The start of each interval."""
        seconds = self.grid.starts.astype(np.int64).tolist()
        return [datetime.fromtimestamp(each, UTC) for each in seconds]

    def matrix(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the intervals as days by slots; NaN where the queue is closed."""
        found = np.full(self.grid.shape, np.nan)
        kept = np.flatnonzero(self.is_open)
        found[self.grid.day[kept], self.grid.slot[kept]] = values[kept]
        return found


@dataclass(frozen=True, slots=True)
class Premises:
    """Assumptions and targets of all queues of a forecast on some days, by queue."""

    assumptions: dict[int, Assumption]
    targets: Mapping[int, Sequence[ServiceTarget]]

    @classmethod
    def read(cls, forecast: Forecast, first: date, last: date) -> "Premises":
        """What holds now on those days."""
        everyone = [row.queue for row in forecast.queues]
        ids = [queue.id for queue in everyone]
        return cls(
            queries.assumptions_of(everyone),
            project_queries.targets_touching(ids, first, last),
        )

    @classmethod
    def of(cls, forecast: Forecast) -> "Premises":
        """What holds now on all days of a forecast."""
        last = forecast.first_day + timedelta(days=forecast.n_days - 1)
        return cls.read(forecast, forecast.first_day, last)

    def targets_on(self, queue: Queue, day: date) -> list[ServiceTarget]:
        """The targets of a queue that hold on one day."""
        return [
            each
            for each in self.targets.get(queue.id, ())
            if each.starts_on <= day and (each.ends_on is None or each.ends_on > day)
        ]


def staffing_premises(forecast: Forecast, given: Premises | None = None) -> str:
    """A digest of the targets and assumptions that requirements of a forecast rest on.

    ``given`` are those of all its days, where they were read already. What an hour
    costs changes no requirement.
    """
    given = given or Premises.of(forecast)
    digest = blake2b(digest_size=16)
    for row in forecast.queues:
        own = given.assumptions[row.queue_id]
        facts = [*given.targets.get(row.queue_id, ()), own, *own.spans]
        values = [row_premises(each, _MONEY) for each in facts]
        digest.update(repr((row.queue_id, values)).encode())
    return digest.hexdigest()


def work_out(
    forecast: Forecast,
    queues: Sequence[Queue],
    first: date,
    n_days: int,
    *,
    carried_days: int = 0,
) -> Iterator[tuple[Queue, QueueRequirement]]:
    """What queues of a forecast need on some of its days, one queue after the other.

    The days must lie within the forecast. Queues that are staffed together come
    together; the others of their pool count though nobody asked for them. On the first
    ``carried_days`` the state of the queues is carried over from interval to interval;
    that takes a job and not a page.
    """
    asked = {queue.id for queue in queues}
    groups = questions_of(forecast, queues, first, n_days)
    for queue, need in answers_to(forecast, groups, carried_days=carried_days):
        if queue.id in asked:
            yield queue, need


def answers_to(
    forecast: Forecast,
    groups: Sequence[Sequence[Question]],
    *,
    carried_days: int = 0,
) -> Iterator[tuple[Queue, QueueRequirement]]:
    """What each queue of the groups needs."""
    loads = [question.load for group in groups for question in group]
    if not loads:
        return
    grid = day_grid(
        loads[0].first_day,
        int(loads[0].day[-1]) + 1,
        zone=forecast.tz,
        interval_s=forecast.interval_s,
    )
    answers = _staffed(groups, carried_days)
    for group, staffed in zip(groups, answers, strict=True):
        for question, staffing in zip(group, staffed, strict=True):
            load = question.load
            need = QueueRequirement(grid, load, staffing, load.is_open)
            yield question.queue, need


def _staffed(
    groups: Sequence[Sequence[Question]], carried_days: int
) -> list[list[Staffing]]:
    """The answers, kept for a while where it is as much as a page shows.

    All that they rest on is in the key, so what is kept cannot be out of date: who
    looks at one day of a week after the other has it worked out once.
    """
    n_cells = sum(each.load.offered.size for group in groups for each in group)
    if carried_days or n_cells > _MOST_KEPT_CELLS:
        return staff_groups(groups, carried_days=carried_days)
    shape = [len(group) for group in groups]
    key = premises_of((each for group in groups for each in group), shape)
    found = _kept.get(key)
    if found is None:
        found = staff_groups(groups)
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = found
    return found


def requirement_of(
    forecast: Forecast,
    queue: Queue,
    first: date,
    n_days: int,
    *,
    premises: Premises | None = None,
) -> QueueRequirement:
    """What a queue needs on some days of a forecast, as pages show it.

    Where the forecast rules it is what was approved; else what the quick way finds, by
    the ``premises`` that were read already.
    """
    if forecast.status is ForecastStatus.APPROVED:
        stored = _stored(forecast, queue, first, n_days)
        if stored is not None:
            return stored
    groups = questions_of(forecast, [queue], first, n_days, premises=premises)
    answers = dict(answers_to(forecast, groups))
    return answers[queue]


def pool_required(
    forecast: Forecast, group: Sequence[Queue], day: date, given: Premises
) -> dict[datetime, float]:
    """The agents that queues need together on a day, by the start of the interval.

    Nothing for a queue by itself.
    """
    if len(group) < 2:
        return {}
    found: dict[datetime, float] = {}
    if forecast.status is ForecastStatus.APPROVED:
        start = datetime.combine(day, time(), tzinfo=forecast.tz)
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=forecast.tz)
        ids = [queue.id for queue in group]
        at = queries.required_by_interval(ids, start, end)
        starts = [
            datetime.fromtimestamp(int(each), UTC)
            for each in at.interval_start.astype(np.int64)
        ]
        for each, agents in zip(starts, at.required_agents.tolist(), strict=True):
            _add(found, each, agents)
    if found:
        return found
    groups = questions_of(forecast, group[:1], day, 1, premises=given)
    for _queue, need in answers_to(forecast, groups):
        agents = need.staffing.required_agents.tolist()
        for each, value in zip(need.starts, agents, strict=True):
            _add(found, each, value)
    return found


def _add(found: dict[datetime, float], start: datetime, agents: float) -> None:
    found[start] = found.get(start, 0.0) + agents


def _stored(
    forecast: Forecast, queue: Queue, first: date, n_days: int
) -> QueueRequirement | None:
    """The requirements that rule, if all of those days are of this forecast."""
    grid = day_grid(first, n_days, zone=forecast.tz, interval_s=forecast.interval_s)
    start = datetime.fromtimestamp(int(grid.starts[0].astype(np.int64)), UTC)
    length = timedelta(seconds=forecast.interval_s)
    end = start + grid.starts.size * length
    rows = queries.requirement_columns(queue.id, start, end)
    whose = {row.forecast_id for row in rows}
    if whose != {forecast.id} or {row.interval_s for row in rows} != {
        forecast.interval_s
    }:
        return None
    place = np.array([(row.interval_start - start) // length for row in rows])

    columns = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))

    def laid_out(name: str, closed: float = np.nan) -> NDArray[np.float64]:
        values = np.full(grid.starts.size, closed)
        values[place] = np.array(columns[name], dtype=np.float64)
        return values

    offered, erlangs = laid_out("offered", 0.0), laid_out("load_erlangs", 0.0)
    handled_s = erlangs * forecast.interval_s * max(1, queue.concurrency)
    is_open = np.zeros(grid.starts.size, dtype=bool)
    is_open[place] = True
    unknown = ("required_c", "required_a", "sl", "asa_s", "abandon_rate", "backlog")
    known = ("required_agents", "safety_agents", "scheduled_agents", "occupancy")
    load = Load(
        first_day=first,
        day=grid.day,
        slot=grid.slot,
        offered=offered,
        aht_s=np.divide(
            handled_s, offered, out=np.zeros_like(offered), where=offered > 0.0
        ),
        interval_s=forecast.interval_s,
        is_open=is_open,
        concurrency=max(1, queue.concurrency),
    )
    staffing = Staffing(
        model=rows[0].model,
        load_erlangs=erlangs,
        **{name: laid_out(name) for name in unknown},
        **{name: laid_out(name, 0.0) for name in known},
    )
    return QueueRequirement(grid, load, staffing, is_open)


def questions_of(
    forecast: Forecast,
    queues: Sequence[Queue],
    first: date,
    n_days: int,
    *,
    premises: Premises | None = None,
) -> list[list[Question]]:
    """The queues with all that they are staffed together with, group by group."""
    last = first + timedelta(days=n_days - 1)
    given = premises or Premises.read(forecast, first, last)
    queues = with_their_pools(forecast, queues, given.assumptions)
    ids = [queue.id for queue in queues]
    grid = day_grid(first, n_days, zone=forecast.tz, interval_s=forecast.interval_s)
    days = project_queries.special_days(forecast.project, first, n_days)
    hours = project_queries.open_intervals(queues, days, forecast.interval_s)
    known = queries.days_of_queues(forecast.id, ids, first, last)
    return [
        [
            Question(
                queue,
                _load(forecast, queue, grid, known[queue.id], hours[queue.id]),
                given.targets.get(queue.id, ()),
                given.assumptions[queue.id],
            )
            for queue in group
        ]
        for group in groups_of(queues, given.assumptions)
    ]


def with_their_pools(
    forecast: Forecast, queues: Sequence[Queue], assumptions: dict[int, Assumption]
) -> list[Queue]:
    """The queues and all that share agents with them."""
    everyone = [row.queue for row in forecast.queues]
    asked = {queue.id for queue in queues}
    return [
        queue
        for group in groups_of(everyone, assumptions)
        if not asked.isdisjoint(each.id for each in group)
        for queue in group
    ]


def _load(
    forecast: Forecast,
    queue: Queue,
    grid: DayGrid,
    rows: Sequence[ForecastDay],
    is_open: NDArray[np.bool_],
) -> Load:
    offered = flatten(grid, np.stack([row.planned for row in rows]))
    return Load(
        first_day=grid.first_day,
        day=grid.day,
        slot=grid.slot,
        offered=offered,
        aht_s=np.nan_to_num(flatten(grid, np.stack([row.aht_s for row in rows]))),
        interval_s=forecast.interval_s,
        is_open=is_open[grid.day, grid.slot] | (offered > 0.0),
        concurrency=max(1, queue.concurrency),
    )
