"""The one query path of figures: any metric, by any dimension, at any grain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, literal_column, select
from sqlalchemy import Date as DateType

from callcenter.acd.errors import UnknownMetric
from callcenter.acd.metrics import Dimension, Metric, Source, catalogue
from callcenter.kernel.actor import EVERYTHING, Scope
from callcenter.kernel.db import db, dialect_name
from callcenter.people.models import Employee, Site, Team
from callcenter.projects.models import Client, Project, Queue

Key = int | str | None
Bucket = date | datetime | None
Sums = dict[tuple[str, str], int]
_PADDING = timedelta(days=2)


class Grain(StrEnum):
    """Into which stretches of time figures are summed."""

    INTERVAL = "interval"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"

    @property
    def is_fine(self) -> bool:
        """Whether it is finer than the day roll-ups."""
        return self in {Grain.INTERVAL, Grain.HOUR}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which metrics, how told apart, when, and of what.

    Days are local days of each project, both ends included; ``zone`` is where the
    hours of the grain `Grain.HOUR` begin.
    """

    metrics: Sequence[Metric]
    first: date
    last: date
    by: Dimension | None = None
    grain: Grain = Grain.TOTAL
    filters: Mapping[Dimension, frozenset[Any]] = field(default_factory=dict)
    zone: tzinfo = UTC
    scope: Scope = EVERYTHING

    @property
    def dimensions(self) -> frozenset[Dimension]:
        """What the sources must be able to tell apart."""
        return frozenset(self.filters) | ({self.by} if self.by else frozenset())

    def shifted(self, first: date, last: date) -> "Question":
        """The same question about other days."""
        return replace(self, first=first, last=last)


@dataclass(slots=True)
class Answer:
    """The sums, by key of the dimension and bucket of time.

    ``plans`` tells for each metric which measure comes from which source; a metric
    without a plan cannot be told apart as asked.
    """

    question: Question
    plans: dict[str, dict[str, str]] = field(default_factory=dict)
    cells: dict[tuple[Key, Bucket], Sums] = field(default_factory=dict)

    def value(self, metric: Metric, key: Key = None, at: Bucket = None) -> float | None:
        """One figure, None where nothing was counted or it cannot be told."""
        sums, plan = self.cells.get((key, at)), self.plans.get(metric.code)
        if sums is None or not plan:
            return None
        return metric.value(
            {name: sums.get((source, name), 0) for name, source in plan.items()}
        )

    def is_known(self, metric: Metric) -> bool:
        """Whether the metric can be told apart as asked."""
        return metric.code in self.plans

    @property
    def keys(self) -> list[Key]:
        """The values of the dimension that occur."""
        return sorted(
            {key for key, _at in self.cells}, key=lambda key: (key is None, key)
        )

    @property
    def buckets(self) -> list[Any]:
        """The stretches of time that occur, earliest first; None for the total."""
        found = {at for _key, at in self.cells if at is not None}
        return sorted(found) if found else [None]


def get_metric(code: str) -> Metric:
    """The metric of that code; raises `UnknownMetric`."""
    try:
        return catalogue.metrics[code]
    except KeyError:
        raise UnknownMetric(code=code) from None


def answer(question: Question) -> Answer:
    """Sum what is asked: one statement per source that is needed.

    Day roll-ups serve the grains from a day up, quarter-hours the finer ones.
    """
    found = Answer(question)
    needed: dict[str, set[str]] = {}
    for metric in question.metrics:
        plan = catalogue.sources_of(metric, question.dimensions)
        names = {name: source for source, all_ in plan.items() for name in all_}
        if names and _is_counted(question, plan):
            found.plans[metric.code] = names
            for source, measures in plan.items():
                needed.setdefault(source, set()).update(measures)
    for source, wanted in needed.items():
        _add(found, catalogue.sources[source], sorted(wanted))
    return found


def _is_counted(question: Question, plan: Mapping[str, frozenset[str]]) -> bool:
    """Whether the sources hold those measures at the grain; repeats only by day."""
    if not question.grain.is_fine:
        return True
    return all(
        measures <= set(catalogue.sources[name].interval.__table__.columns.keys())
        for name, measures in plan.items()
        if catalogue.sources[name].interval is not None
    ) and all(catalogue.sources[name].interval is not None for name in plan)


def _add(found: Answer, source: Source, measures: Sequence[str]) -> None:
    question = found.question
    model = source.interval if question.grain.is_fine else source.day
    bucket = _bucket(model, question.grain)
    by = source.dimensions[question.by] if question.by else None
    groups = [part for part in (by, bucket) if part is not None]
    sums = [func.sum(getattr(model, name)) for name in measures]
    statement = select(*groups, *sums).select_from(model)
    statement = _narrowed(source.join(statement, model), source, model, question)
    # Plain rows: there may be tens of thousands, and none is an object of ours.
    rows = db.session.connection().execute(statement.group_by(*groups)).all()
    names = [(source.name, name) for name in measures]
    n_groups = len(groups)
    for row in rows:
        if row[n_groups] is None:
            continue  # a sum over no rows at all
        key = row[0] if by is not None else None
        at = row[n_groups - 1] if bucket is not None else None
        if at is not None and type(at) is not date:
            at = _folded(at, question)
        _put(found, (key, at), names, [int(value or 0) for value in row[n_groups:]])


def _narrowed(
    statement: Select[Any], source: Source, model: Any, question: Question
) -> Select[Any]:
    statement = statement.where(
        model.day.between(question.first, question.last), source.reach(question.scope)
    )
    if question.grain.is_fine:
        starts_at = datetime.combine(question.first, datetime.min.time(), UTC)
        ends_at = datetime.combine(question.last, datetime.min.time(), UTC)
        statement = statement.where(
            model.interval_start.between(starts_at - _PADDING, ends_at + _PADDING)
        )
    for dimension, values in question.filters.items():
        statement = statement.where(source.dimensions[dimension].in_(values))
    return statement


def _bucket(model: Any, grain: Grain) -> ColumnElement[Any] | Any | None:
    if grain is Grain.TOTAL:
        return None
    if grain.is_fine:
        return model.interval_start
    if grain is Grain.DAY:
        return model.day
    if dialect_name() == "postgresql":
        return cast(
            func.date_trunc(literal_column(f"'{grain.value}'"), model.day), DateType
        )
    if grain is Grain.MONTH:
        return func.date(model.day, literal_column("'start of month'"))
    # The Monday on or before the day.
    return func.date(
        model.day, literal_column("'-6 days'"), literal_column("'weekday 1'")
    )


def _folded(at: Any, question: Question) -> Bucket:
    """The bucket as a day or an instant."""
    if isinstance(at, str):
        return date.fromisoformat(at)
    if question.grain is Grain.HOUR and isinstance(at, datetime):
        local = at.astimezone(question.zone)
        return (local - timedelta(minutes=local.minute)).astimezone(UTC)
    return at


def _put(
    found: Answer,
    cell: tuple[Key, Bucket],
    names: Sequence[tuple[str, str]],
    values: Iterable[int],
) -> None:
    sums = found.cells.get(cell)
    if sums is None:
        found.cells[cell] = dict(zip(names, values, strict=True))
        return
    for name, value in zip(names, values, strict=True):
        sums[name] = sums.get(name, 0) + value


_NAMES: dict[Dimension, tuple[Any, Any]] = {
    Dimension.CLIENT: (Client.id, Client.name),
    Dimension.PROJECT: (Project.id, Project.name),
    Dimension.QUEUE: (Queue.id, Queue.name),
    Dimension.SITE: (Site.id, Site.name),
    Dimension.TEAM: (Team.id, Team.name),
    Dimension.AGENT: (Employee.id, Employee.name),
}


def names_of(dimension: Dimension, keys: Iterable[Key]) -> dict[Key, str]:
    """What the values of a dimension are called; a channel is its own name."""
    wanted = [key for key in keys if key is not None]
    if dimension not in _NAMES:
        return {key: str(key) for key in wanted}
    identity, name = _NAMES[dimension]
    rows = db.session.execute(select(identity, name).where(identity.in_(wanted)))
    return {key: called for key, called in rows}  # noqa: C416 - rows, not pairs
