"""What pages show: day totals beside what came in, accuracy, the week so far."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import case, or_, select

from callcenter.access.models import User
from callcenter.acd.models import QueueDay
from callcenter.forecasting.models import (
    Floats,
    Forecast,
    ForecastDay,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Direction, Project, Queue


class DayTotal(NamedTuple):
    """A day of a forecast; its intervals come with the days that are drawn."""

    day: date
    model_total: float
    total: float
    workload_s: float
    total_lower: float | None = None
    total_upper: float | None = None
    mean: Floats | None = None
    planned: Floats | None = None
    lower: Floats | None = None
    upper: Floats | None = None
    aht_s: Floats | None = None
    aht_lower_s: Floats | None = None
    aht_upper_s: Floats | None = None


class WeekSoFar(NamedTuple):
    """What was expected and what came in a project's full days of this week."""

    project_id: int
    name: str
    expected: float
    actual: float
    expected_today: float
    actual_today: float


def day_rows(
    forecast_id: int, queue_id: int, drawn: Collection[date] = ()
) -> list[DayTotal]:
    """The days of one queue, in order, with the intervals of the days to be drawn."""
    at = ForecastDay
    volumes = (at.mean, at.planned, at.lower, at.upper)
    arrays: tuple[Any, ...] = (*volumes, at.aht_s, at.aht_lower_s, at.aht_upper_s)
    curves = [case((at.day.in_(drawn), each)) for each in arrays] if drawn else []
    totals = (at.model_total, at.total, at.workload_s, at.total_lower, at.total_upper)
    rows = db.session.execute(
        select(at.day, *totals, *curves)
        .where(at.forecast_id == forecast_id, at.queue_id == queue_id)
        .order_by(at.day)
    )
    return [DayTotal(*row) for row in rows]


def fact_days(queue: Queue, first: date, last: date) -> dict[date, int]:
    """What came in, by local day; days without facts are left out."""
    is_outbound = queue.direction is Direction.OUTBOUND
    volume: Any = QueueDay.dialled if is_outbound else QueueDay.offered
    rows = db.session.execute(
        select(QueueDay.day, volume)
        .where(QueueDay.queue_id == queue.id, QueueDay.day.between(first, last))
        .order_by(QueueDay.day)
    )
    return {day: int(count) for day, count in rows}


def user_names(user_ids: Collection[int | None]) -> dict[int, str]:
    """The names of those users."""
    wanted = {each for each in user_ids if each is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return dict(rows.all())


def week_so_far(scope: Scope) -> list[WeekSoFar]:
    """Expected and counted contacts of each project's week, in three queries."""
    now = clock.now()
    span = (now.date() - timedelta(days=8), now.date() + timedelta(days=1))
    expected = _ruling_days(scope, *span)
    if not expected:
        return []
    counted = _counted_days({queue_id for _p, queue_id, _d in expected}, *span)
    found = []
    for project_id, (name, zone) in _names({p for p, _q, _d in expected}).items():
        today = now.astimezone(ZoneInfo(zone)).date()
        monday = today - timedelta(days=today.weekday())
        sums = [0.0, 0.0, 0.0, 0.0]
        for (owner, queue_id, day), total in expected.items():
            if owner != project_id or not monday <= day <= today:
                continue
            place = 2 if day == today else 0
            sums[place] += total
            sums[place + 1] += counted.get((queue_id, day), 0)
        found.append(WeekSoFar(project_id, name, *sums))
    return found


def _ruling_days(
    scope: Scope, first: date, last: date
) -> dict[tuple[int, int, date], float]:
    """The totals that rule, by project, queue and day: the last approved wins."""
    at = ForecastDay
    rows = db.session.execute(
        select(
            Forecast.project_id,
            ForecastDay.queue_id,
            ForecastDay.day,
            ForecastDay.total,
        )
        .join(ForecastDay, ForecastDay.forecast_id == Forecast.id)
        .join(Forecast.project)
        .where(
            Forecast.approved_at.is_not(None),
            or_(Forecast.approved_from.is_(None), at.day >= Forecast.approved_from),
            at.day.between(first, last),
            project_queries.in_scope(scope),
        )
        .order_by(Forecast.approved_at)
    )
    return {(project, queue, day): total for project, queue, day, total in rows}


def _counted_days(
    queue_ids: Collection[int], first: date, last: date
) -> dict[tuple[int, date], int]:
    at = QueueDay
    rows = db.session.execute(
        select(at.queue_id, at.day, at.offered + at.dialled).where(
            at.queue_id.in_(queue_ids), at.day.between(first, last)
        )
    )
    return {(queue_id, day): int(count) for queue_id, day, count in rows}


def _names(project_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(Project.id, Project.name, Project.zone)
        .where(Project.id.in_(project_ids))
        .order_by(Project.name)
    )
    return {project_id: (name, zone) for project_id, name, zone in rows}
