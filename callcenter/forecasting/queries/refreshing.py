"""Reading what the weekly refresh rests on and what it made."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.forecasting.models import (
    Adjustment,
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastQueue,
    ForecastStatus,
    Proposal,
    RefreshRule,
    RefreshRun,
)
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue, Stage

Totals = dict[tuple[int, date], float]


class Refreshed(NamedTuple):
    """A refreshed forecast with what it would move."""

    forecast: Forecast
    proposal: Proposal | None


def refreshed_projects(scope: Scope) -> Select[Project]:
    """The projects within a scope that are under way and have an active queue."""
    has_queue = select(Queue.id).where(Queue.project_id == Project.id, Queue.is_active)
    return (
        select(Project)
        .where(
            project_queries.in_scope(scope),
            Project.stage != Stage.CLOSED,
            has_queue.exists(),
        )
        .order_by(Project.name, Project.id)
    )


def refresh_rules(project_ids: Collection[int]) -> dict[int, RefreshRule]:
    """The rule of each project: its own, else a fresh one with what is usual."""
    rows = db.session.scalars(
        select(RefreshRule).where(RefreshRule.project_id.in_(project_ids))
    )
    own = {row.project_id: row for row in rows}
    return {each: own.get(each) or RefreshRule.standard(each) for each in project_ids}


def find_refresh_rule(project_id: int) -> RefreshRule | None:
    """What was set for a project, or None."""
    return db.session.get(RefreshRule, project_id)


def refresh_runs(project_ids: Collection[int]) -> dict[int, RefreshRun]:
    """When the clock last asked for the refresh of each project."""
    rows = db.session.scalars(
        select(RefreshRun).where(RefreshRun.project_id.in_(project_ids))
    )
    return {row.project_id: row for row in rows}


def refreshes_of(project_ids: Collection[int], most: int = 60) -> list[Refreshed]:
    """The refreshed forecasts of projects with their proposals, latest first."""
    rows = db.session.execute(
        select(Forecast, Proposal)
        .outerjoin(Proposal, Proposal.forecast_id == Forecast.id)
        .where(
            Forecast.project_id.in_(project_ids),
            Forecast.kind == ForecastKind.REFRESH,
        )
        .order_by(Forecast.made_at.desc(), Forecast.id.desc())
        .limit(most)
    )
    return [Refreshed(forecast, proposal) for forecast, proposal in rows]


def latest_refreshes(project_ids: Collection[int]) -> dict[int, Refreshed]:
    """The latest refresh of each project, whatever became of it."""
    latest = (
        select(func.max(Forecast.id))
        .where(
            Forecast.project_id.in_(project_ids),
            Forecast.kind == ForecastKind.REFRESH,
        )
        .group_by(Forecast.project_id)
    )
    rows = db.session.execute(
        select(Forecast, Proposal)
        .outerjoin(Proposal, Proposal.forecast_id == Forecast.id)
        .where(Forecast.id.in_(latest))
    )
    return {
        forecast.project_id: Refreshed(forecast, proposal)
        for forecast, proposal in rows
    }


def refresh_under_way(project_id: int) -> Forecast | None:
    """The refresh of a project that is being made, or None."""
    return db.session.scalars(
        select(Forecast)
        .where(
            Forecast.project_id == project_id,
            Forecast.kind == ForecastKind.REFRESH,
            Forecast.status == ForecastStatus.MAKING,
        )
        .options(selectinload(Forecast.queues), joinedload(Forecast.project))
        .order_by(Forecast.id.desc())
        .limit(1)
    ).one_or_none()


def find_proposal(forecast_id: int) -> Proposal | None:
    """What a refreshed forecast would move, or None."""
    return db.session.get(Proposal, forecast_id)


def n_made(forecast_id: int) -> tuple[int, int]:
    """How many queues of a forecast have their figures, and how many it has."""
    row = db.session.execute(
        select(func.count().filter(ForecastQueue.basis != ""), func.count()).where(
            ForecastQueue.forecast_id == forecast_id
        )
    ).one()
    return int(row[0]), int(row[1])


def open_proposals(project_id: int, except_id: int) -> Sequence[Forecast]:
    """Refreshed drafts of a project that nobody approved."""
    return db.session.scalars(
        select(Forecast).where(
            Forecast.project_id == project_id,
            Forecast.kind == ForecastKind.REFRESH,
            Forecast.status == ForecastStatus.DRAFT,
            Forecast.id != except_id,
        )
    ).all()


def snapshots(project_id: int) -> Sequence[Forecast]:
    """Refreshed forecasts that newer ones replaced unapproved, oldest first."""
    return db.session.scalars(
        select(Forecast)
        .where(
            Forecast.project_id == project_id,
            Forecast.kind == ForecastKind.REFRESH,
            Forecast.approved_at.is_(None),
            Forecast.status.in_([ForecastStatus.SUPERSEDED, ForecastStatus.FAILED]),
        )
        .order_by(Forecast.made_at, Forecast.id)
    ).all()


def totals_of(forecast_id: int, first: date, last: date) -> Totals:
    """A forecast's totals by queue and day, from the first day to the last."""
    rows = db.session.execute(
        select(ForecastDay.queue_id, ForecastDay.day, ForecastDay.total).where(
            ForecastDay.forecast_id == forecast_id,
            ForecastDay.day.between(first, last),
        )
    )
    return {(queue_id, day): total for queue_id, day, total in rows}


def day_sums(forecast_id: int, first: date) -> dict[date, tuple[float, int]]:
    """A forecast's total of all queues by day from that day on, and of how many."""
    at = ForecastDay
    rows = db.session.execute(
        select(at.day, func.sum(at.total), func.count())
        .where(at.forecast_id == forecast_id, at.day >= first)
        .group_by(at.day)
    )
    return {day: (float(total), int(n_queues)) for day, total, n_queues in rows}


def ruling_totals(
    project_id: int, first: date, last: date, queue_ids: Collection[int] | None = None
) -> Totals:
    """What approved forecasts say by queue and day; the last approved wins."""
    at = ForecastDay
    statement = (
        select(at.queue_id, at.day, at.total)
        .join(Forecast, Forecast.id == at.forecast_id)
        .where(*_rules(project_id), at.day.between(first, last))
        .order_by(Forecast.approved_at, Forecast.id)
    )
    if queue_ids is not None:
        statement = statement.where(at.queue_id.in_(queue_ids))
    rows = db.session.execute(statement)
    return {(queue_id, day): total for queue_id, day, total in rows}


def ruling_days(
    project_id: int, day: date, queue_ids: Collection[int]
) -> dict[int, tuple[Any, int]]:
    """The row that rules on a day and the length of its intervals, by queue."""
    rows = db.session.execute(
        select(ForecastDay, Forecast.interval_s)
        .join(Forecast, Forecast.id == ForecastDay.forecast_id)
        .where(
            *_rules(project_id),
            ForecastDay.day == day,
            ForecastDay.queue_id.in_(queue_ids),
        )
        .order_by(Forecast.approved_at, Forecast.id)
    )
    return {row.queue_id: (row, interval_s) for row, interval_s in rows}


def _rules(project_id: int) -> tuple[Any, ...]:
    return (
        Forecast.project_id == project_id,
        Forecast.approved_at.is_not(None),
        or_(
            Forecast.approved_from.is_(None),
            ForecastDay.day >= Forecast.approved_from,
        ),
    )


def ruling_adjustments(project_id: int, first: date) -> list[tuple[Adjustment, int]]:
    """What planners changed on days of approved forecasts, with their intervals.

    Of several forecasts of a queue's day only the last approved one counts.
    """
    rows = db.session.execute(
        select(Adjustment, Forecast.interval_s, Forecast.id)
        .join(Forecast, Forecast.id == Adjustment.forecast_id)
        .where(
            Forecast.project_id == project_id,
            Forecast.status == ForecastStatus.APPROVED,
            Adjustment.taken_back_at.is_(None),
            Adjustment.day >= first,
        )
        .order_by(Adjustment.id)
    ).all()
    if not rows:
        return []
    days = {(row.queue_id, row.day) for row, _i, _f in rows}
    ruling = _ruling_ids(project_id, min(day for _q, day in days))
    return [
        (row, interval_s)
        for row, interval_s, forecast_id in rows
        if ruling.get((row.queue_id, row.day)) == forecast_id
    ]


def _ruling_ids(project_id: int, first: date) -> dict[tuple[int, date], int]:
    at = ForecastDay
    rows = db.session.execute(
        select(at.queue_id, at.day, at.forecast_id)
        .join(Forecast, Forecast.id == at.forecast_id)
        .where(*_rules(project_id), at.day >= first)
        .order_by(Forecast.approved_at, Forecast.id)
    )
    return {(queue_id, day): forecast_id for queue_id, day, forecast_id in rows}
