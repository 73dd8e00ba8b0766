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
from callcenter.kernel.text import _l
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

_HANDLED = ("answered", "connected")
_HANDLE_S = ("talk_s", "hold_s", "wrap_s", "outbound_s")
_OF_PEOPLE = ("agent", "time")


def _count(code: str, name: object, better: Better, formula: object, *of: str) -> None:
    catalogue.add(Metric(code, name, Unit.COUNT, better, formula, of))


def _mean(code: str, name: object, formula: object, of: Sequence[str]) -> None:
    catalogue.add(
        Metric(code, name, Unit.SECONDS, Better.LOWER, formula, of, ("answered",))
    )


_count(
    "offered",
    _l("Offered"),
    Better.NEUTRAL,
    _l("Inbound contacts that entered a queue"),
    "offered",
)
_count(
    "handled",
    _l("Handled"),
    Better.HIGHER,
    _l("Inbound contacts answered + outbound contacts connected"),
    *_HANDLED,
)
_count(
    "answered",
    _l("Answered"),
    Better.HIGHER,
    _l("Inbound contacts that an agent took"),
    "answered",
)
_count(
    "abandoned",
    _l("Abandoned"),
    Better.LOWER,
    _l("Inbound contacts that left while waiting"),
    "abandoned",
)
_count(
    "dialled",
    _l("Dialled"),
    Better.NEUTRAL,
    _l("Outbound contacts begun"),
    "dialled",
)
_count(
    "connected",
    _l("Connected"),
    Better.HIGHER,
    _l("Outbound contacts that reached somebody"),
    "connected",
)
_count(
    "transfers",
    _l("Transfers"),
    Better.LOWER,
    _l("Times that handled contacts were passed on"),
    "transfers",
)

catalogue.add(
    Metric(
        "abandon_rate",
        _l("Abandon rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Abandoned / offered"),
        ("abandoned",),
        ("offered",),
    ),
    Metric(
        "answer_rate",
        _l("Answer rate"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered / offered"),
        ("answered",),
        ("offered",),
    ),
    Metric(
        "connect_rate",
        _l("Connect rate"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Connected / dialled"),
        ("connected",),
        ("dialled",),
    ),
    Metric(
        "sl_offered",
        _l("Service level of offered"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered within the threshold / offered"),
        ("answered_in_threshold",),
        ("offered",),
    ),
    Metric(
        "sl_answered",
        _l("Service level of answered"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered within the threshold / answered"),
        ("answered_in_threshold",),
        ("answered",),
    ),
    Metric(
        "sl_excl_short",
        _l("Service level without short abandons"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered within the threshold / (offered − short abandons)"),
        ("answered_in_threshold",),
        ("offered",),
        minus=("short_abandoned",),
    ),
    Metric(
        "asa_s",
        _l("Average speed of answer"),
        Unit.SECONDS,
        Better.LOWER,
        _l("Wait of answered contacts / answered"),
        ("wait_answered_s",),
        ("answered",),
    ),
    Metric(
        "patience_s",
        _l("Average wait before abandoning"),
        Unit.SECONDS,
        Better.NEUTRAL,
        _l("Wait of abandoned contacts / abandoned"),
        ("wait_abandoned_s",),
        ("abandoned",),
    ),
    Metric(
        "aht_s",
        _l("Average handling time"),
        Unit.SECONDS,
        Better.LOWER,
        _l("(Talk + hold + after-call work) / handled"),
        _HANDLE_S,
        _HANDLED,
    ),
)
_mean(
    "talk_avg_s",
    _l("Average talk time"),
    _l("Talk time / answered"),
    ("talk_s",),
)
_mean(
    "hold_avg_s",
    _l("Average hold time"),
    _l("Hold time / answered"),
    ("hold_s",),
)
_mean(
    "wrap_avg_s",
    _l("Average after-call work"),
    _l("After-call work / answered"),
    ("wrap_s",),
)
catalogue.add(
    Metric(
        "hold_rate",
        _l("Hold rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Handled contacts that were put on hold / handled"),
        ("held",),
        _HANDLED,
    ),
    Metric(
        "transfer_rate",
        _l("Transfer rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Transfers / handled"),
        ("transfers",),
        _HANDLED,
    ),
    Metric(
        "repeat_rate",
        _l("Repeat rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Contacts whose customer came again within 7 days / identified contacts"),
        ("repeated",),
        ("identified",),
    ),
    Metric(
        "occupancy",
        _l("Occupancy"),
        Unit.SHARE,
        Better.NEUTRAL,
        _l("Handling time / (handling time + available time)"),
        _HANDLE_S,
        (*_HANDLE_S, "available_s"),
        sources=_OF_PEOPLE,
    ),
    Metric(
        "utilisation",
        _l("Utilisation"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Handling time / time signed in"),
        _HANDLE_S,
        ("login_s",),
        sources=_OF_PEOPLE,
    ),
    Metric(
        "contacts_per_hour",
        _l("Contacts per hour"),
        Unit.RATE,
        Better.HIGHER,
        _l("Handled / hours signed in"),
        _HANDLED,
        ("login_s",),
        scale=3600.0,
        sources=_OF_PEOPLE,
    ),
    Metric(
        "login_h",
        _l("Time signed in"),
        Unit.HOURS,
        Better.NEUTRAL,
        _l("Hours signed in to the switch"),
        ("login_s",),
        scale=1 / 3600,
        sources=("time",),
    ),
    Metric(
        "pause_h",
        _l("Time paused"),
        Unit.HOURS,
        Better.LOWER,
        _l("Hours signed in and on a break"),
        ("pause_s",),
        scale=1 / 3600,
        sources=("time",),
    ),
    Metric(
        "handle_h",
        _l("Handling time"),
        Unit.HOURS,
        Better.NEUTRAL,
        _l("Hours of talk, hold and after-call work"),
        _HANDLE_S,
        scale=1 / 3600,
    ),
)
catalogue.add(
    Metric(
        "fcr",
        _l("First-contact resolution"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Contacts whose customer did not come again within 7 days / identified"),
        ("identified",),
        ("identified",),
        less=("repeated",),
    ),
)
