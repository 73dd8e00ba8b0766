"""Reading ahead: how well the coming days are covered, and what is not published."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, case, func, select

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.scheduling.models import CoverageInterval, Schedule, ScheduleStatus
from callcenter.scheduling.queries.coverage import Totals, in_sum, published_coverage
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
    coverage = _by_name(in_scope(scope), starts_at=starts_at, ends_at=ends_at)
    required, scheduled = coverage.c.required_agents, coverage.c.scheduled_agents
    missing = func.sum(case((required > scheduled, required - scheduled), else_=0.0))
    first_id = func.min(coverage.c.schedule_id)
    place = (coverage.c.name, coverage.c.site_id, coverage.c.zone)
    statement = (
        select(first_id, *place, func.sum(required) * _QUARTER_H, missing * _QUARTER_H)
        .group_by(*place)
        .having(func.sum(required) > 0.0)
        .order_by(missing.desc(), first_id)
        .limit(most)
    )
    return [Outlook(*row) for row in db.session.execute(statement)]


def totals_ahead(outlook: Outlook, starts_at: datetime, ends_at: datetime) -> Totals:
    """Agents required and scheduled by quarter, all its schedules together."""
    coverage = _by_name(
        Schedule.name == outlook.name,
        Schedule.site_id == outlook.site_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    rows = db.session.execute(in_sum(coverage))
    return [(at, float(r), float(s)) for at, r, s in rows]


def _by_name(
    *conditions: ColumnElement[bool], starts_at: datetime, ends_at: datetime
) -> Subquery:
    """Coverage by queue and quarter of the published schedules of one name and site."""
    place = (Schedule.name, Schedule.site_id, Schedule.zone)
    return (
        published_coverage(
            *conditions,
            CoverageInterval.interval_start >= starts_at,
            CoverageInterval.interval_start < ends_at,
        )
        .add_columns(func.min(Schedule.id).label("schedule_id"), *place)
        .group_by(*place)
        .subquery()
    )


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
