"""Reading what binds people before a schedule is made: shifts, leave, pins."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from callcenter.kernel.db import db
from callcenter.people.models import Absence
from callcenter.scheduling.models import Shift, ShiftStatus


def live_shifts_touching(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> Select[Shift]:
    """The published shifts of those people that touch the time, earliest first."""
    return (
        select(Shift)
        .where(
            Shift.employee_id.in_(employee_ids),
            Shift.is_live,
            Shift.starts_at < ends_at,
            Shift.ends_at > starts_at,
        )
        .order_by(Shift.starts_at)
    )


def pinned_shifts(schedule_id: int) -> Sequence[Shift]:
    """The shifts of a schedule that a new solve must keep, with activities."""
    return db.session.scalars(
        select(Shift)
        .where(
            Shift.schedule_id == schedule_id,
            Shift.is_pinned,
            Shift.status == ShiftStatus.PLANNED,
        )
        .options(selectinload(Shift.activities))
        .order_by(Shift.starts_at)
    ).all()


def absences_touching(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> Select[Absence]:
    """The absences of those people that touch the time, earliest first."""
    return (
        select(Absence)
        .where(
            Absence.employee_id.in_(employee_ids),
            Absence.starts_at < ends_at,
            Absence.ends_at > starts_at,
        )
        .order_by(Absence.starts_at)
    )
