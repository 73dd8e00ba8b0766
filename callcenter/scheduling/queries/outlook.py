"""Reading ahead: how well the coming days are covered, and what is not published."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import case, func, select

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.scheduling.models import CoverageInterval, Schedule, ScheduleStatus
from callcenter.scheduling.queries.schedules import in_scope, visible_schedules

_QUARTER_H = 0.25


class Outlook(NamedTuple):
    """What a published schedule asks for and lacks within some time, in hours."""

    schedule_id: int
    name: str
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
    """The published schedules that ask for somebody then, the shortest first."""
    required, scheduled = (
        CoverageInterval.required_agents,
        CoverageInterval.scheduled_agents,
    )
    missing = func.sum(case((required > scheduled, required - scheduled), else_=0.0))
    statement = (
        select(
            Schedule.id,
            Schedule.name,
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
        .group_by(Schedule.id, Schedule.name, Schedule.zone)
        .having(func.sum(required) > 0.0)
        .order_by(missing.desc(), Schedule.id)
        .limit(most)
    )
    return [Outlook(*row) for row in db.session.execute(statement)]


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
