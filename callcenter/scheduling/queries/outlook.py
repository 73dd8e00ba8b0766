"""Reading ahead: how well the coming days are covered, and what is not published."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import case, func, select

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.scheduling.models import CoverageInterval, Schedule, ScheduleStatus
from callcenter.scheduling.queries.coverage import Totals
from callcenter.scheduling.queries.schedules import in_scope, visible_schedules

_QUARTER_H = 0.25


class Outlook(NamedTuple):
    """What published schedules of one name ask for and lack within some time.

    ``schedule_id`` is the first of them: week follows week under the same name.
    """

    schedule_id: int
    name: str
    site_id: int
    zone: str
    required_h: float
    missing_h: float

    @property
    def covered(self) -> float:
        """The share of the required time that is covered, from 0 to 1."""
        return 1.0 - self.missing_h / self.required_h


def outlook(
    scope: Scope, starts_at: datetime, ends_at: datetime, *, most: int
) -> list[Outlook]:
    """What asks for somebody then, by site and name, the shortest first."""
    required, scheduled = (
        CoverageInterval.required_agents,
        CoverageInterval.scheduled_agents,
    )
    missing = func.sum(case((required > scheduled, required - scheduled), else_=0.0))
    statement = (
        select(
            func.min(Schedule.id),
            Schedule.name,
            Schedule.site_id,
            Schedule.zone,
            func.sum(required) * _QUARTER_H,
            missing * _QUARTER_H,
        )
        .join(CoverageInterval, CoverageInterval.schedule_id == Schedule.id)
        .where(
            in_scope(scope),
            Schedule.status == ScheduleStatus.PUBLISHED,
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
        .group_by(Schedule.name, Schedule.site_id, Schedule.zone)
        .having(func.sum(required) > 0.0)
        .order_by(missing.desc(), func.min(Schedule.id))
        .limit(most)
    )
    return [Outlook(*row) for row in db.session.execute(statement)]


def totals_ahead(outlook: Outlook, starts_at: datetime, ends_at: datetime) -> Totals:
    """Agents required and scheduled by quarter, all its schedules together."""
    statement = (
        select(
            CoverageInterval.interval_start,
            func.sum(CoverageInterval.required_agents),
            func.sum(CoverageInterval.scheduled_agents),
        )
        .join(Schedule, Schedule.id == CoverageInterval.schedule_id)
        .where(
            Schedule.name == outlook.name,
            Schedule.site_id == outlook.site_id,
            Schedule.status == ScheduleStatus.PUBLISHED,
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
        .group_by(CoverageInterval.interval_start)
        .order_by(CoverageInterval.interval_start)
    )
    return [(at, float(r), float(s)) for at, r, s in db.session.execute(statement)]


def drafts(scope: Scope, today: date, *, most: int) -> Sequence[Schedule]:
    """Drafts of days that are not over yet, the next one first."""
    statement = (
        visible_schedules(scope)
        .where(Schedule.status == ScheduleStatus.DRAFT, Schedule.last_day >= today)
        .order_by(None)
        .order_by(Schedule.first_day, Schedule.id)
        .limit(most)
    )
    return db.session.scalars(statement).all()
