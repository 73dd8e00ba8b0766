"""What approved leave does to the schedule: shifts go or are cut, seats are freed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.scheduling.events import shift_changed
from callcenter.scheduling.models import (
    ActivityKind,
    ChangeKind,
    Schedule,
    ScheduleStatus,
    Shift,
    ShiftActivity,
    ShiftStatus,
)
from callcenter.scheduling.services.changes import note_change, snapshot
from callcenter.scheduling.services.coverage import recount_coverage
from callcenter.scheduling.services.proposals import as_proposal

# What would be left of a shift is not worth coming in for below this.
SHORTEST = timedelta(hours=2)


def remove_shifts_for_leave(
    employee: Employee, starts_at: datetime, ends_at: datetime
) -> list[Shift]:
    """Take a person off the schedule for a time, published or still a draft.

    A shift inside the time is cancelled and its seat freed; one that reaches into
    it is cut, unless less than two hours would be left; one that lies around it keeps
    its ends and gets leave as a part. Coverage is counted again. Returns the shifts
    that changed.
    """
    changed = []
    for shift in _affected(employee.id, starts_at, ends_at):
        before = snapshot(shift)
        touched = shift.starts_at, shift.ends_at
        _take_off(shift, starts_at, ends_at)
        note_change(shift, ChangeKind.CUT_FOR_LEAVE, before)
        recount_coverage(shift.schedule, *touched)
        shift_changed.send(shift, was=before)
        changed.append(shift)
    return changed


def _affected(
    employee_id: int, starts_at: datetime, ends_at: datetime
) -> Sequence[Shift]:
    return db.session.scalars(
        select(Shift)
        .join(Shift.schedule)
        .where(
            Shift.employee_id == employee_id,
            Shift.status == ShiftStatus.PLANNED,
            or_(Shift.is_live, Schedule.status == ScheduleStatus.DRAFT),
            Shift.starts_at < ends_at,
            Shift.ends_at > starts_at,
        )
        .options(
            joinedload(Shift.schedule),
            joinedload(Shift.template),
            selectinload(Shift.activities),
        )
        .order_by(Shift.starts_at)
    ).all()


def _take_off(shift: Shift, starts_at: datetime, ends_at: datetime) -> None:
    before = starts_at - shift.starts_at
    after = shift.ends_at - ends_at
    if before >= SHORTEST and after >= SHORTEST:
        _keep_parts(shift, starts_at, ends_at)
        shift.activities.append(
            ShiftActivity(kind=ActivityKind.LEAVE, starts_at=starts_at, ends_at=ends_at)
        )
    elif before >= SHORTEST:
        shift.ends_at = starts_at
        _keep_parts(shift, starts_at, ends_at)
    elif after >= SHORTEST:
        shift.starts_at = ends_at
        shift.day = ends_at.astimezone(shift.schedule.tz).date()
        _keep_parts(shift, starts_at, ends_at)
    else:
        shift.status, shift.is_live = ShiftStatus.CANCELLED, False
        shift.seat_id = None
    db.session.flush()
    shift.paid_min = as_proposal(shift).paid_min
    db.session.flush()


def _keep_parts(shift: Shift, starts_at: datetime, ends_at: datetime) -> None:
    """Drop the breaks that fall into the leave or outside what is left."""
    shift.activities = [
        each
        for each in shift.activities
        if (each.ends_at <= starts_at or each.starts_at >= ends_at)
        and each.starts_at >= shift.starts_at
        and each.ends_at <= shift.ends_at
    ]
