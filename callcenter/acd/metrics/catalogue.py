"""The catalogue of figures: each is a numerator over a denominator, both additive.

A *measure* is a column of facts. A *source* is a pair of tables (quarter-hours, days)
that hold measures, with the dimensions by which they can be told apart. A *metric* is
made of measures. Other rooms register sources and metrics of their own at start-up,
and the explorer, the dictionary and every scorecard know them at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, true

from callcenter.acd.models import (
    AgentDay,
    AgentInterval,
    AgentTimeDay,
    AgentTimeInterval,
    QueueDay,
    QueueInterval,
)
from callcenter.kernel.actor import Scope
from callcenter.people.models import Employee
from callcenter.projects.models import Project, Queue
from callcenter.projects.queries import in_scope


class Unit(StrEnum):
    """What a figure is counted in; each is also a way to write it."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    HOURS = "hours"
    RATE = "rate"


class Better(StrEnum):
    """In which direction a figure improves."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Dimension(StrEnum):
    """By what figures are told apart."""

    CLIENT = "client"
    PROJECT = "project"
    QUEUE = "queue"
    CHANNEL = "channel"
    SITE = "site"
    TEAM = "team"
    AGENT = "agent"


PEOPLE = frozenset({Dimension.SITE, Dimension.TEAM, Dimension.AGENT})


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. Its measures come from the sources named, the first that fits.

    It is (``numerator`` − ``less``) / (``denominator`` − ``minus``) × ``scale``.
    """

    code: str
    name: object
    unit: Unit
    better: Better
    formula: object
    numerator: Sequence[str]
    denominator: Sequence[str] = ()
    minus: Sequence[str] = ()
    less: Sequence[str] = ()
    scale: float = 1.0
    sources: Sequence[str] = ("queue", "agent")

    @property
    def measures(self) -> frozenset[str]:
        """Every column it needs."""
        return frozenset((*self.numerator, *self.less, *self.denominator, *self.minus))

    def value(self, sums: Mapping[str, float]) -> float | None:
        """The figure from summed measures; None where nothing was counted."""
        above = sum(sums.get(name, 0) for name in self.numerator)
        above -= sum(sums.get(name, 0) for name in self.less)
        if not self.denominator:
            return above if self.scale == 1 else above * self.scale
        below = sum(sums.get(name, 0) for name in self.denominator)
        below -= sum(sums.get(name, 0) for name in self.minus)
        return above / below * self.scale if below > 0 else None


@dataclass(frozen=True, slots=True)
class Source:
    """Tables that hold measures, and how their rows are told apart and reached."""

    name: str
    day: Any
    interval: Any
    measures: frozenset[str]
    dimensions: Mapping[Dimension, ColumnElement[Any] | Any]
    join: Callable[[Select[Any], Any], Select[Any]]
    reach: Callable[[Scope], ColumnElement[bool]]


@dataclass(slots=True)
class Catalogue:
    """Every source and metric of the installed rooms."""

    sources: dict[str, Source] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)

    def add_source(self, source: Source) -> None:
        """Make a source known; the same name replaces it."""
        self.sources[source.name] = source

    def add(self, *metrics: Metric) -> None:
        """Make metrics known; the same code replaces one."""
        self.metrics |= {metric.code: metric for metric in metrics}

    def sources_of(
        self, metric: Metric, dimensions: frozenset[Dimension]
    ) -> dict[str, frozenset[str]]:
        """Which measures to read from which source; empty when it cannot be told."""
        wanted, plan = set(metric.measures), dict[str, frozenset[str]]()
        for name in metric.sources:
            source = self.sources[name]
            found = wanted & source.measures
            if found and dimensions <= source.dimensions.keys():
                plan[name] = frozenset(found)
                wanted -= found
        return {} if wanted else plan


def _join_queue(statement: Select[Any], model: Any) -> Select[Any]:
    return statement.join(Queue, Queue.id == model.queue_id).join(
        Project, Project.id == Queue.project_id
    )


def _join_agent(statement: Select[Any], model: Any) -> Select[Any]:
    return _join_queue(statement, model).join(Employee, Employee.id == model.agent_id)


def _join_person(statement: Select[Any], model: Any) -> Select[Any]:
    return statement.join(Employee, Employee.id == model.agent_id)


def people_in_scope(scope: Scope) -> ColumnElement[bool]:
    """Whether an employee is reached by site, team or as oneself."""
    if scope.is_everything:
        return true()
    return or_(
        Employee.team_id.in_(scope.team_ids) if scope.team_ids else false(),
        Employee.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Employee.id == scope.employee_id if scope.employee_id else false(),
    )


def _agents_in_scope(scope: Scope) -> ColumnElement[bool]:
    """People in scope, wherever they work, and everybody's work for own projects."""
    if scope.is_everything:
        return true()
    own = Project.id.in_(scope.project_ids) if scope.project_ids else false()
    return or_(people_in_scope(scope), own)


_QUEUE_DIMENSIONS: dict[Dimension, Any] = {
    Dimension.CLIENT: Project.client_id,
    Dimension.PROJECT: Project.id,
    Dimension.QUEUE: Queue.id,
    Dimension.CHANNEL: Queue.channel,
}
_PEOPLE_DIMENSIONS: dict[Dimension, Any] = {
    Dimension.SITE: Employee.site_id,
    Dimension.TEAM: Employee.team_id,
    Dimension.AGENT: Employee.id,
}
_KEYS = {"queue_id", "agent_id", "day", "interval_start", "threshold_s"}


def _columns(model: Any) -> frozenset[str]:
    return frozenset(column.name for column in model.__table__.columns) - _KEYS


catalogue = Catalogue()
catalogue.add_source(
    Source(
        "queue",
        QueueDay,
        QueueInterval,
        _columns(QueueDay),
        _QUEUE_DIMENSIONS,
        _join_queue,
        in_scope,
    )
)
catalogue.add_source(
    Source(
        "agent",
        AgentDay,
        AgentInterval,
        _columns(AgentDay),
        _QUEUE_DIMENSIONS | _PEOPLE_DIMENSIONS,
        _join_agent,
        _agents_in_scope,
    )
)
catalogue.add_source(
    Source(
        "time",
        AgentTimeDay,
        AgentTimeInterval,
        _columns(AgentTimeDay),
        _PEOPLE_DIMENSIONS,
        _join_person,
        people_in_scope,
    )
)
