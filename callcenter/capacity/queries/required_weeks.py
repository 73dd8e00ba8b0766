"""What requirements and forecasts say of whole weeks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import selectinload

from callcenter.forecasting.models import (
    Accuracy,
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastStatus,
    Requirement,
)
from callcenter.kernel.db import UtcDateTime, db
from callcenter.projects.models import Project

_NEWEST = 2


class StaffedWeek(NamedTuple):
    """A queue's week as it was staffed; hours, before and after shrinkage."""

    queue_id: int
    week: date
    contacts: float
    work_h: float
    agent_h: float
    scheduled_h: float
    open_h: float


@dataclass(frozen=True, slots=True)
class DayVolume:
    """What a forecast expects of a queue's day; ``is_approved`` where it rules."""

    contacts: float
    work_h: float
    is_approved: bool


def staffed_weeks(
    project: Project, queue_ids: Collection[int], first: date, n_weeks: int
) -> list[StaffedWeek]:
    """What approved forecasts require of each queue in each local week."""
    week = _weeks(project, first, n_weeks)
    at = Requirement
    hours = at.interval_s / 3600.0
    rows: Sequence[Any] = db.session.execute(
        select(
            at.queue_id,
            week.c.place,
            func.sum(at.offered),
            func.sum(at.load_erlangs * hours),
            func.sum(at.required_agents * hours),
            func.sum(at.scheduled_agents * hours),
            func.sum(hours),
        )
        .select_from(week)
        .join(
            at,
            (at.interval_start >= week.c.starts_at)
            & (at.interval_start < week.c.ends_at),
        )
        .where(at.queue_id.in_(queue_ids))
        .group_by(at.queue_id, week.c.place)
    ).all()
    return [
        StaffedWeek(queue_id, first + timedelta(weeks=place), *map(float, sums))
        for queue_id, place, *sums in rows
    ]


def _weeks(project: Project, first: date, n_weeks: int) -> Any:
    """A table of the weeks' instants."""
    mondays = [first + timedelta(weeks=each) for each in range(n_weeks + 1)]
    starts = [
        datetime.combine(each, time(), project.tz).astimezone(UTC) for each in mondays
    ]
    rows = [
        select(
            literal(place).label("place"),
            literal(starts[place], UtcDateTime()).label("starts_at"),
            literal(starts[place + 1], UtcDateTime()).label("ends_at"),
        )
        for place in range(n_weeks)
    ]
    return union_all(*rows).cte("weeks")


def day_volumes(
    project_id: int, queue_ids: Collection[int], first: date, last: date
) -> dict[tuple[int, date], DayVolume]:
    """What is expected of each queue and day: approved, else the newest refresh."""
    order = _telling_forecasts(project_id, last)
    by_id = {each.id: each for each in order}
    rank = {each.id: place for place, each in enumerate(order)}
    at = ForecastDay
    rows: Sequence[Any] = db.session.execute(
        select(at.forecast_id, at.queue_id, at.day, at.total, at.workload_s).where(
            at.forecast_id.in_(by_id),
            at.queue_id.in_(queue_ids),
            at.day >= first,
            at.day <= last,
        )
    ).all()
    best: dict[tuple[int, date], tuple[int, DayVolume]] = {}
    for forecast_id, queue_id, day, total, workload_s in rows:
        forecast = by_id[forecast_id]
        rules = forecast.status is ForecastStatus.APPROVED and (
            forecast.approved_from is None or day >= forecast.approved_from
        )
        place = rank[forecast_id] + (len(order) if rules else 0)
        key = (queue_id, day)
        if key not in best or place > best[key][0]:
            volume = DayVolume(float(total), float(workload_s) / 3600.0, rules)
            best[key] = (place, volume)
    return {key: volume for key, (_place, volume) in best.items()}


def _telling_forecasts(project_id: int, last: date) -> list[Forecast]:
    """The approved forecasts and the newest refreshes, what counts less first."""
    ready = select(Forecast).where(
        Forecast.project_id == project_id, Forecast.first_day <= last
    )
    refreshed = db.session.scalars(
        ready.where(
            Forecast.kind == ForecastKind.REFRESH,
            Forecast.status == ForecastStatus.DRAFT,
        )
        .order_by(Forecast.made_at.desc(), Forecast.id.desc())
        .limit(_NEWEST)
    ).all()
    approved = db.session.scalars(
        ready.where(Forecast.status == ForecastStatus.APPROVED).order_by(
            Forecast.approved_at, Forecast.id
        )
    ).all()
    return [*reversed(refreshed), *approved]


def project_with_queues(project_id: int) -> Project:
    """A project with all its queues."""
    return db.session.scalars(
        select(Project)
        .where(Project.id == project_id)
        .options(selectinload(Project.queues))
    ).one()


class WeekError(NamedTuple):
    """How much a forecast missed a week's total, as a share, and how far ahead."""

    lead_weeks: float
    error: float


def week_errors(queue_ids: Collection[int], since: date) -> list[WeekError]:
    """How much forecasts missed whole weeks of the queues together."""
    at = Accuracy
    rows: Sequence[Any] = db.session.execute(
        select(
            func.sum(at.actual),
            func.sum(at.planned),
            func.avg(at.lead_days),
        )
        .where(at.queue_id.in_(queue_ids), at.day >= since)
        .group_by(at.forecast_id, at.week_on)
        .having(func.count(at.day.distinct()) == 7, func.sum(at.planned) > 0)
    ).all()
    return [
        WeekError(float(lead) / 7.0, float(actual) / float(planned) - 1.0)
        for actual, planned, lead in rows
    ]
