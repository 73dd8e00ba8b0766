"""Rows of forecasts and what belongs to them, within a scope."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from callcenter.forecasting.models import (
    Adjustment,
    Assumption,
    Backtest,
    Finding,
    Forecast,
    ForecastDay,
    ForecastQueue,
    ForecastStatus,
    Horizon,
    Note,
)
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue


def visible_forecasts(scope: Scope) -> Select[Forecast]:
    """The forecasts of the projects within a scope, latest first, with project."""
    return (
        select(Forecast)
        .join(Forecast.project)
        .options(joinedload(Forecast.project))
        .where(project_queries.in_scope(scope))
        .order_by(Forecast.made_at.desc(), Forecast.id.desc())
    )


def get_forecast(forecast_id: int, scope: Scope) -> Forecast:
    """The forecast with its project and queues; raises `NotFound`."""
    statement = (
        visible_forecasts(scope)
        .where(Forecast.id == forecast_id)
        .options(joinedload(Forecast.queues).joinedload(ForecastQueue.queue))
    )
    forecast = db.session.scalars(statement).unique().one_or_none()
    if forecast is None:
        raise NotFound(forecast_id=forecast_id)
    return forecast


def forecast_days(
    forecast_id: int,
    queue_id: int,
    first: date | None = None,
    last: date | None = None,
    *,
    is_locked: bool = False,
) -> Sequence[ForecastDay]:
    """The days of one queue of a forecast, in order, with their arrays.

    Locked, nobody else changes them until the transaction ends.
    """
    statement = (
        select(ForecastDay)
        .where(ForecastDay.forecast_id == forecast_id, ForecastDay.queue_id == queue_id)
        .order_by(ForecastDay.day)
    )
    if first is not None:
        statement = statement.where(ForecastDay.day >= first)
    if last is not None:
        statement = statement.where(ForecastDay.day <= last)
    if is_locked:
        statement = statement.with_for_update()
    return db.session.scalars(statement).all()


def find_day(
    forecast_id: int, queue_id: int, day: date, *, is_locked: bool = False
) -> ForecastDay | None:
    """One day of one queue of a forecast, or None."""
    rows = forecast_days(forecast_id, queue_id, day, day, is_locked=is_locked)
    return rows[0] if rows else None


def day_totals(forecast_id: int) -> dict[int, float]:
    """The expected volume of the whole forecast, by queue."""
    rows = db.session.execute(
        select(ForecastDay.queue_id, func.sum(ForecastDay.total))
        .where(ForecastDay.forecast_id == forecast_id)
        .group_by(ForecastDay.queue_id)
    )
    return {queue_id: float(total) for queue_id, total in rows}


class Found(NamedTuple):
    """What was found in a queue's history; see the engine's findings."""

    kind: str
    day: date
    size: float


class Tested(NamedTuple):
    """How much a method missed on a queue's own past, as a fraction of it."""

    method: str
    horizon: Horizon
    wape: float


def evidence(forecast_id: int, queue_id: int) -> tuple[list[Found], list[Tested]]:
    """What a queue's history holds, latest first, and how each method did on it."""
    tested = select(
        literal("tested"),
        Backtest.method,
        Backtest.horizon,
        cast(null(), Date),
        Backtest.wape,
    ).where(Backtest.forecast_id == forecast_id, Backtest.queue_id == queue_id)
    found = select(
        literal("found"), Finding.kind, cast(null(), String), Finding.day, Finding.size
    ).where(Finding.forecast_id == forecast_id, Finding.queue_id == queue_id)
    rows: Sequence[Any] = db.session.execute(union_all(tested, found)).all()
    return (
        sorted(
            (Found(name, day, size) for _what, name, _h, day, size in rows if day),
            key=lambda each: each.day,
            reverse=True,
        ),
        [
            Tested(name, Horizon(horizon), size)
            for _what, name, horizon, _day, size in rows
            if horizon
        ],
    )


def adjustments(forecast_id: int, queue_id: int) -> Sequence[Adjustment]:
    """The corrections of a queue's days, in the order in which they apply.

    Those that were taken back are left out.
    """
    return [
        each
        for each in every_adjustment(forecast_id, queue_id)
        if each.taken_back_at is None
    ]


def every_adjustment(forecast_id: int, queue_id: int) -> Sequence[Adjustment]:
    """The corrections of a queue's days, those that were taken back among them."""
    return db.session.scalars(
        select(Adjustment)
        .where(Adjustment.forecast_id == forecast_id, Adjustment.queue_id == queue_id)
        .order_by(Adjustment.id)
    ).all()


def get_adjustment(forecast_id: int, adjustment_id: int) -> Adjustment:
    """One correction of a forecast; raises `NotFound`."""
    found = db.session.get(Adjustment, adjustment_id)
    if found is None or found.forecast_id != forecast_id:
        raise NotFound(adjustment_id=adjustment_id)
    return found


def notes(forecast_id: int, queue_id: int | None = None) -> Sequence[Note]:
    """What people had to say about a forecast, latest first.

    With a queue, what was said of other queues is left out.
    """
    statement = select(Note).where(Note.forecast_id == forecast_id)
    if queue_id is not None:
        statement = statement.where(
            or_(Note.queue_id.is_(None), Note.queue_id == queue_id)
        )
    return db.session.scalars(statement.order_by(Note.id.desc())).all()


def approved_forecasts(project_id: int) -> Sequence[Forecast]:
    """The forecasts of a project that rule on some days, oldest approval first."""
    return db.session.scalars(
        select(Forecast)
        .where(
            Forecast.project_id == project_id,
            Forecast.status == ForecastStatus.APPROVED,
        )
        .order_by(Forecast.approved_at, Forecast.id)
    ).all()


def forecasts_covering(project_id: int, first: date, last: date) -> Sequence[Forecast]:
    """The forecasts with figures for any of those days, with their queues."""
    rows = db.session.scalars(
        select(Forecast)
        .where(
            Forecast.project_id == project_id,
            Forecast.first_day <= last,
            Forecast.status.not_in([ForecastStatus.MAKING, ForecastStatus.FAILED]),
        )
        .options(
            joinedload(Forecast.project),
            selectinload(Forecast.queues).joinedload(ForecastQueue.queue),
        )
    ).all()
    return [row for row in rows if (first - row.first_day).days < row.n_days]


def assumptions_of(queues: Collection[Queue]) -> dict[int, Assumption]:
    """What the requirement of each queue rests on: its own, else its project's.

    Queues without either get a fresh row with the defaults, not stored.
    """
    projects = {queue.project_id for queue in queues}
    statement = (
        select(Assumption)
        .where(
            Assumption.project_id.in_(projects),
            or_(
                Assumption.queue_id.is_(None),
                Assumption.queue_id.in_([queue.id for queue in queues]),
            ),
        )
        .options(joinedload(Assumption.spans))
    )
    rows = db.session.scalars(statement).unique().all()
    by_queue = {row.queue_id: row for row in rows if row.queue_id is not None}
    by_project = {row.project_id: row for row in rows if row.queue_id is None}
    return {
        queue.id: by_queue.get(queue.id)
        or by_project.get(queue.project_id)
        or Assumption.standard(queue.project_id)
        for queue in queues
    }


def visible_assumptions(scope: Scope) -> Select[Assumption]:
    """The assumptions that were set for projects within a scope, with their owners."""
    return (
        select(Assumption)
        .join(Assumption.project)
        .outerjoin(Assumption.queue)
        .options(
            joinedload(Assumption.project),
            joinedload(Assumption.queue),
            selectinload(Assumption.spans),
        )
        .where(project_queries.in_scope(scope))
        .order_by(Project.name, Queue.name)
    )


def find_assumption(project_id: int, queue_id: int | None) -> Assumption | None:
    """What was set for the queue itself, or for the project; None when nothing was."""
    own = (
        Assumption.queue_id.is_(None)
        if queue_id is None
        else Assumption.queue_id == queue_id
    )
    return db.session.scalar(
        select(Assumption)
        .where(Assumption.project_id == project_id, own)
        .options(selectinload(Assumption.spans))
    )
