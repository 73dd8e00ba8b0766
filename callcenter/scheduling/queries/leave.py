"""Reading leave and what it would cost the schedule."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, or_, select
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


def leaves(leave_ids: Sequence[int]) -> dict[int, Leave]:
    """Those leaves by id, each with the person, site and request."""
    statement = (
        select(Leave)
        .where(Leave.id.in_(leave_ids))
        .options(
            joinedload(Leave.employee).joinedload(Employee.site),
            joinedload(Leave.request),
        )
    )
    return {leave.id: leave for leave in db.session.scalars(statement)}


def count_shifts_in(wanted: Sequence[Leave]) -> dict[int, int]:
    """How many planned shifts lie in each leave, published or still a draft."""
    if not wanted:
        return {}
    statement = (
        select(Shift.employee_id, Shift.starts_at, Shift.ends_at)
        .join(Shift.schedule)
        .where(
            Shift.employee_id.in_({leave.employee_id for leave in wanted}),
            Shift.status == ShiftStatus.PLANNED,
            or_(Shift.is_live, Schedule.status == ScheduleStatus.DRAFT),
            Shift.starts_at < max(leave.ends_at for leave in wanted),
            Shift.ends_at > min(leave.starts_at for leave in wanted),
        )
    )
    found = db.session.execute(statement).all()
    return {
        leave.id: sum(
            row.employee_id == leave.employee_id
            and row.starts_at < leave.ends_at
            and row.ends_at > leave.starts_at
            for row in found
        )
        for leave in wanted
    }


def count_away(wanted: Sequence[Leave]) -> dict[int, int]:
    """How many of the person's team have approved leave on any day of each leave."""
    if not wanted:
        return {}
    statement = (
        select(Employee.team_id, Leave.employee_id, Leave.first_day, Leave.last_day)
        .join(Leave.request)
        .join(Leave.employee)
        .where(
            Employee.team_id.in_({leave.employee.team_id for leave in wanted}),
            Request.state == RequestState.APPROVED,
            Leave.first_day <= max(leave.last_day for leave in wanted),
            Leave.last_day >= min(leave.first_day for leave in wanted),
        )
    )
    found = db.session.execute(statement).all()
    return {
        leave.id: len(
            {
                row.employee_id
                for row in found
                if row.team_id == leave.employee.team_id
                and row.first_day <= leave.last_day
                and row.last_day >= leave.first_day
            }
        )
        for leave in wanted
    }
