"""Reading what binds people before a schedule is made: shifts, leave, pins."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, literal, select, union_all
from sqlalchemy.orm import selectinload

from callcenter.kernel.db import db
from callcenter.people.models import Absence, Commitment, CommitmentKind
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


# These take people off the floor inside a shift; all others keep shifts away.
INSIDE_A_SHIFT = (
    CommitmentKind.MEETING,
    CommitmentKind.TRAINING,
    CommitmentKind.INTERVIEW,
)


class TakenTime(NamedTuple):
    """Time of a person that is taken: away, or off the floor inside a shift."""

    employee_id: int
    is_inside_a_shift: bool
    starts_at: datetime
    ends_at: datetime


def taken_time(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[TakenTime]:
    """Commitments and absences of those people that touch the time, earliest first."""

    def touching(
        row: type[Commitment | Absence], is_inside: ColumnElement[bool]
    ) -> Select[int, bool, datetime, datetime]:
        return select(row.employee_id, is_inside, row.starts_at, row.ends_at).where(
            row.employee_id.in_(employee_ids),
            row.starts_at < ends_at,
            row.ends_at > starts_at,
        )

    both = union_all(
        touching(Commitment, Commitment.kind.in_(INSIDE_A_SHIFT)),
        touching(Absence, literal(value=False)),
    ).order_by("starts_at")
    return [TakenTime._make(row) for row in db.session.execute(both)]
