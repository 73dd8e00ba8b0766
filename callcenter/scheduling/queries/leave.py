"""Reading leave and what it would cost the schedule."""

from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee
from callcenter.scheduling.models import Leave, Schedule, ScheduleStatus, Shift
from callcenter.scheduling.models.roster import ShiftStatus
from callcenter.workflow.models import Request, RequestState

STANDING = (RequestState.OPEN, RequestState.APPROVED)


def leave_of(employee_id: int) -> Select[Leave]:
    """What the person asked for, latest first, each with its request."""
    return (
        select(Leave)
        .where(Leave.employee_id == employee_id)
        .options(joinedload(Leave.request))
        .order_by(Leave.first_day.desc(), Leave.id.desc())
    )


def get_leave(leave_id: int) -> Leave:
    """The leave with the person, site and request; raises `NotFound`."""
    statement = (
        select(Leave)
        .where(Leave.id == leave_id)
        .options(
            joinedload(Leave.employee).joinedload(Employee.site),
            joinedload(Leave.request),
        )
    )
    leave = db.session.scalar(statement)
    if leave is None:
        raise NotFound(leave_id=leave_id)
    return leave


def find_standing_leave(
    employee_id: int, first_day: date, last_day: date
) -> Leave | None:
    """The person's earliest leave on those days that waits or was approved."""
    return db.session.scalars(
        select(Leave)
        .join(Leave.request)
        .options(contains_eager(Leave.request))
        .where(
            Leave.employee_id == employee_id,
            Request.state.in_(STANDING),
            Leave.first_day <= last_day,
            Leave.last_day >= first_day,
        )
        .order_by(Leave.first_day)
        .limit(1)
    ).first()


def count_shifts_in(leave: Leave) -> int:
    """How many planned shifts lie in the leave, published or still a draft."""
    statement = (
        select(func.count())
        .select_from(Shift)
        .join(Shift.schedule)
        .where(
            Shift.employee_id == leave.employee_id,
            Shift.status == ShiftStatus.PLANNED,
            or_(Shift.is_live, Schedule.status == ScheduleStatus.DRAFT),
            Shift.starts_at < leave.ends_at,
            Shift.ends_at > leave.starts_at,
        )
    )
    return db.session.scalar(statement) or 0


def count_away(team_id: int | None, first_day: date, last_day: date) -> int:
    """How many others of the team have approved leave on any of those days."""
    if team_id is None:
        return 0
    statement = (
        select(func.count(func.distinct(Leave.employee_id)))
        .join(Leave.request)
        .join(Leave.employee)
        .where(
            Employee.team_id == team_id,
            Request.state == RequestState.APPROVED,
            Leave.first_day <= last_day,
            Leave.last_day >= first_day,
        )
    )
    return db.session.scalar(statement) or 0
