"""Reading coverage: what was asked for, and what the schedules give."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Subquery, func, select

from callcenter.kernel.db import db
from callcenter.scheduling.models import CoverageInterval, Schedule, ScheduleStatus

Totals = list[tuple[datetime, float, float]]
CoverageSelect = Select[int, datetime, float, float]


class HourCoverage(NamedTuple):
    """One hour: the mean of its intervals, in agents."""

    starts_at: datetime
    required_agents: float
    scheduled_agents: float


class QueueInterval(NamedTuple):
    """One interval of a queue over all published schedules."""

    interval_start: datetime
    required_agents: float
    scheduled_agents: float


def coverage_totals(
    schedule_id: int,
    starts_at: datetime,
    ends_at: datetime,
    queue_ids: Collection[int] | None = None,
) -> Totals:
    """Agents required and scheduled by quarter, all queues together or the named."""
    return _totals(schedule_id, starts_at, ends_at, queue_ids)


def by_hour(totals: Totals) -> list[HourCoverage]:
    """The same hour by hour, as means."""
    hours: dict[datetime, list[tuple[float, float]]] = {}
    for at, required, scheduled in totals:
        hour = at.replace(minute=0, second=0, microsecond=0)
        hours.setdefault(hour, []).append((required, scheduled))
    return [
        HourCoverage(
            hour,
            sum(r for r, _s in rows) / len(rows),
            sum(s for _r, s in rows) / len(rows),
        )
        for hour, rows in sorted(hours.items())
    ]


def by_day(
    totals: Totals, zone: ZoneInfo, interval_h: float = 0.25
) -> dict[date, tuple[float, float, float]]:
    """Agent-hours by local day: required, scheduled, and missing."""
    days: dict[date, tuple[float, float, float]] = {}
    for at, required, scheduled in totals:
        day = at.astimezone(zone).date()
        asked, given, short = days.get(day, (0.0, 0.0, 0.0))
        days[day] = (
            asked + required * interval_h,
            given + scheduled * interval_h,
            short + max(0.0, required - scheduled) * interval_h,
        )
    return days


def published_coverage(*conditions: ColumnElement[bool]) -> CoverageSelect:
    """Queue, start, agents required and there, over all published schedules.

    Each of them counts everybody who is there, so they are not added up.
    """
    return (
        select(
            CoverageInterval.queue_id,
            CoverageInterval.interval_start,
            func.max(CoverageInterval.required_agents).label("required_agents"),
            func.max(CoverageInterval.scheduled_agents).label("scheduled_agents"),
        )
        .join(Schedule, Schedule.id == CoverageInterval.schedule_id)
        .where(Schedule.status == ScheduleStatus.PUBLISHED, *conditions)
        .group_by(CoverageInterval.queue_id, CoverageInterval.interval_start)
    )


def in_sum(coverage: Subquery) -> Select[datetime, float, float]:
    """Start, agents required and there: several queues added up."""
    return (
        select(
            coverage.c.interval_start,
            func.sum(coverage.c.required_agents),
            func.sum(coverage.c.scheduled_agents),
        )
        .group_by(coverage.c.interval_start)
        .order_by(coverage.c.interval_start)
    )


def _totals(
    schedule_id: int,
    starts_at: datetime,
    ends_at: datetime,
    queue_ids: Collection[int] | None,
) -> Totals:
    statement = (
        select(
            CoverageInterval.interval_start,
            func.sum(CoverageInterval.required_agents),
            func.sum(CoverageInterval.scheduled_agents),
        )
        .where(
            CoverageInterval.schedule_id == schedule_id,
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
        .group_by(CoverageInterval.interval_start)
        .order_by(CoverageInterval.interval_start)
    )
    if queue_ids is not None:
        statement = statement.where(CoverageInterval.queue_id.in_(queue_ids))
    return [(at, float(r), float(s)) for at, r, s in db.session.execute(statement)]


def coverage_of_queue(
    queue_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    interval: timedelta,
) -> list[QueueInterval]:
    """What published schedules give those queues together, interval by interval.

    A longer interval shows the mean of the quarters in it.
    """
    statement = in_sum(
        published_coverage(
            CoverageInterval.queue_id.in_(queue_ids),
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        ).subquery()
    )
    step = interval.total_seconds()
    slots: dict[int, list[tuple[float, float]]] = {}
    for at, required, scheduled in db.session.execute(statement):
        number = int((at - starts_at).total_seconds() // step)
        slots.setdefault(number, []).append((float(required), float(scheduled)))
    return [
        QueueInterval(
            starts_at + number * interval,
            sum(r for r, _s in rows) / len(rows),
            sum(s for _r, s in rows) / len(rows),
        )
        for number, rows in sorted(slots.items())
    ]


def agents_on_duty(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> dict[int, dict[datetime, float]]:
    """What published schedules give each queue, by the start of the interval."""
    rows = db.session.execute(
        published_coverage(
            CoverageInterval.queue_id.in_(queue_ids),
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
    )
    found: dict[int, dict[datetime, float]] = {}
    for queue_id, at, _required, agents in rows:
        found.setdefault(queue_id, {})[at] = float(agents)
    return found
