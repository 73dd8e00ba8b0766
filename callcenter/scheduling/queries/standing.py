"""The shifts beside a schedule: those that it replaces, and those that stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, not_, or_, select, true

from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.scheduling.models import (
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
    ScheduleTeam,
    Shift,
    ShiftStatus,
)

# No shift is longer, so that an index on the start finds all that reach into a time.
LONGEST_SHIFT = timedelta(days=1)

ShiftSpan = Row[int, int, datetime, datetime]


def is_around(schedule: Schedule) -> ColumnElement[bool]:
    """Whether a shift begins near the schedule's days: what an index finds quickly."""
    return Shift.starts_at.between(
        schedule.starts_at - LONGEST_SHIFT, schedule.ends_at + LONGEST_SHIFT
    )


def is_planned_in(schedule: Schedule) -> ColumnElement[bool]:
    """Whether a shift is one that the schedule plans."""
    return and_(Shift.schedule_id == schedule.id, Shift.status == ShiftStatus.PLANNED)


def is_replaced_by(schedule: Schedule) -> ColumnElement[bool]:
    """Whether a published shift gives way to this schedule when it is published."""
    rostered = select(Shift.employee_id).where(is_planned_in(schedule))
    teams = select(ScheduleTeam.team_id).where(ScheduleTeam.schedule_id == schedule.id)
    of_teams = select(Employee.id).where(Employee.team_id.in_(teams))
    return and_(
        Shift.is_live.is_(True),
        is_around(schedule),
        Shift.schedule_id != schedule.id,
        Shift.day.between(schedule.first_day, schedule.last_day),
        or_(Shift.employee_id.in_(rostered), Shift.employee_id.in_(of_teams)),
    )


def shift_spans(schedule_id: int, since: datetime, until: datetime) -> list[ShiftSpan]:
    """What a schedule plans in a time: shift, person, start and end."""
    return _spans(Shift.schedule_id == schedule_id, since=since, until=until)


def standing_shifts(
    schedule: Schedule, since: datetime, until: datetime
) -> list[ShiftSpan]:
    """Published shifts of other schedules that serve the schedule's queues in a time.

    A night shift of the week before that runs into its first morning is one, and so
    is all that other teams do for the same queues. What a draft is to replace is none.
    """
    is_draft = schedule.status is not ScheduleStatus.PUBLISHED
    return _spans(
        Shift.is_live.is_(True),
        Shift.schedule_id != schedule.id,
        Shift.schedule_id.in_(_sharing(schedule)),
        not_(is_replaced_by(schedule)) if is_draft else true(),
        since=since,
        until=until,
    )


def _sharing(schedule: Schedule) -> Select[int]:
    mine = select(ScheduleQueue.queue_id).where(
        ScheduleQueue.schedule_id == schedule.id
    )
    return select(ScheduleQueue.schedule_id).where(ScheduleQueue.queue_id.in_(mine))


def _spans(
    *conditions: ColumnElement[bool], since: datetime, until: datetime
) -> list[ShiftSpan]:
    statement = select(
        Shift.id, Shift.employee_id, Shift.starts_at, Shift.ends_at
    ).where(
        *conditions,
        Shift.status == ShiftStatus.PLANNED,
        Shift.starts_at > since - LONGEST_SHIFT,
        Shift.starts_at < until,
        Shift.ends_at > since,
    )
    return list(db.session.execute(statement))


def schedules_sharing(
    schedule: Schedule, since: datetime, until: datetime
) -> Sequence[Schedule]:
    """Other drafts and published schedules that serve the same queues in a time."""
    edge = timedelta(days=1)
    found = db.session.scalars(
        select(Schedule)
        .where(
            Schedule.id != schedule.id,
            Schedule.id.in_(_sharing(schedule)),
            Schedule.status.in_((ScheduleStatus.DRAFT, ScheduleStatus.PUBLISHED)),
            Schedule.last_day >= since.date() - edge,
            Schedule.first_day <= until.date() + edge,
        )
        .order_by(Schedule.id)
    ).all()
    return [each for each in found if each.starts_at < until and each.ends_at > since]
