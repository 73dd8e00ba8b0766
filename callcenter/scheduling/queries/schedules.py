"""Reading schedules and what was changed in them by hand."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.scheduling.models import (
    Schedule,
    ScheduleQueue,
    ScheduleTeam,
    ShiftChange,
)


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a schedule lies within a scope: its site, or a team of it."""
    if scope.is_everything:
        return true()
    of_teams = select(ScheduleTeam.schedule_id).where(
        ScheduleTeam.team_id.in_(scope.team_ids)
    )
    return or_(
        Schedule.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Schedule.id.in_(of_teams) if scope.team_ids else false(),
    )


def visible_schedules(scope: Scope) -> Select[Schedule]:
    """The schedules within a scope with their sites, latest first."""
    return (
        select(Schedule)
        .options(joinedload(Schedule.site))
        .where(in_scope(scope))
        .order_by(Schedule.first_day.desc(), Schedule.id.desc())
    )


def get_schedule(schedule_id: int, scope: Scope) -> Schedule:
    """The schedule with site, teams and queues; raises `NotFound`."""
    statement = (
        visible_schedules(scope)
        .where(Schedule.id == schedule_id)
        .options(
            selectinload(Schedule.teams).joinedload(ScheduleTeam.team),
            selectinload(Schedule.queues).joinedload(ScheduleQueue.queue),
        )
    )
    schedule = db.session.scalar(statement)
    if schedule is None:
        raise NotFound(schedule_id=schedule_id)
    return schedule


def team_ids_of(schedule: Schedule) -> list[int]:
    """The teams that the schedule covers."""
    return [each.team_id for each in schedule.teams]


def editions_of(schedule: Schedule) -> Sequence[Schedule]:
    """The editions made from this one, and the one it was made from, newest first."""
    related = [Schedule.based_on_id == schedule.id]
    if schedule.based_on_id is not None:
        related.append(Schedule.id == schedule.based_on_id)
        related.append(Schedule.based_on_id == schedule.based_on_id)
    statement = (
        select(Schedule)
        .where(or_(*related), Schedule.id != schedule.id)
        .order_by(Schedule.edition.desc(), Schedule.id.desc())
    )
    return db.session.scalars(statement).all()


def find_last_change(schedule_id: int) -> ShiftChange | None:
    """The latest change by hand that was not taken back, or None."""
    return db.session.scalar(
        select(ShiftChange)
        .where(ShiftChange.schedule_id == schedule_id, ShiftChange.undone_at.is_(None))
        .order_by(ShiftChange.made_at.desc(), ShiftChange.id.desc())
        .limit(1)
    )


def get_change(change_id: int, schedule_id: int) -> ShiftChange:
    """The change of that schedule; raises `NotFound`."""
    change = db.session.get(ShiftChange, change_id)
    if change is None or change.schedule_id != schedule_id:
        raise NotFound(change_id=change_id)
    return change
