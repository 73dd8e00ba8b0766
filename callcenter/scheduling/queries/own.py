"""Reading one's own shifts, and the calendar that carries them elsewhere."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.db import db, table_of
from callcenter.people.models import Absence, AbsenceKind, Employee, Floor, Site
from callcenter.scheduling.models import (
    ActivityKind,
    CalendarFeed,
    Schedule,
    Seat,
    Shift,
    ShiftActivity,
    ShiftTemplate,
)

AHEAD = timedelta(days=35)
LONGEST_SHIFT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class OwnActivity:
    """A part of a shift that is not plain work."""

    kind: ActivityKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OwnShift:
    """A published shift as its agent reads it on the phone."""

    id: int
    day: date
    starts_at: datetime
    ends_at: datetime
    paid_min: int
    zone: str
    colour: str | None
    seat_code: str | None
    floor_name: str | None
    site_name: str | None
    activities: list[OwnActivity] = field(default_factory=list)

    @property
    def paid_h(self) -> float:
        """Paid hours."""
        return self.paid_min / 60


# A whole shift change opens this page at once: one statement, made once, plain rows.
_SHIFT, _ACTIVITY = table_of(Shift).c, table_of(ShiftActivity).c
_SEAT, _FLOOR, _SITE = table_of(Seat).c, table_of(Floor).c, table_of(Site).c
_NEXT = (
    select(_SHIFT.id)
    .where(
        _SHIFT.employee_id == bindparam("employee_id"),
        _SHIFT.is_live,
        _SHIFT.starts_at > bindparam("next_earliest"),
        _SHIFT.starts_at < bindparam("next_latest"),
        _SHIFT.ends_at > bindparam("now"),
    )
    .order_by(_SHIFT.starts_at)
    .limit(1)
    .scalar_subquery()
)
_OWN = (
    select(
        _SHIFT.id,
        _SHIFT.day,
        _SHIFT.starts_at,
        _SHIFT.ends_at,
        _SHIFT.paid_min,
        table_of(Schedule).c.zone,
        table_of(ShiftTemplate).c.colour,
        _SEAT.code,
        _FLOOR.name,
        _SITE.name,
        _ACTIVITY.kind,
        _ACTIVITY.starts_at,
        _ACTIVITY.ends_at,
    )
    .select_from(
        table_of(Shift)
        .join(table_of(Schedule), table_of(Schedule).c.id == _SHIFT.schedule_id)
        .outerjoin(
            table_of(ShiftTemplate), table_of(ShiftTemplate).c.id == _SHIFT.template_id
        )
        .outerjoin(table_of(Seat), _SEAT.id == _SHIFT.seat_id)
        .outerjoin(table_of(Floor), _FLOOR.id == _SEAT.floor_id)
        .outerjoin(table_of(Site), _SITE.id == _FLOOR.site_id)
        .outerjoin(table_of(ShiftActivity), _ACTIVITY.shift_id == _SHIFT.id)
    )
    .where(
        _SHIFT.employee_id == bindparam("employee_id"),
        _SHIFT.is_live,
        _SHIFT.starts_at > bindparam("earliest"),
        _SHIFT.starts_at < bindparam("latest"),
        or_(
            and_(
                _SHIFT.starts_at < bindparam("ends_at"),
                _SHIFT.ends_at > bindparam("starts_at"),
            ),
            _SHIFT.id == _NEXT,
        ),
    )
    .order_by(_SHIFT.starts_at, _SHIFT.id, _ACTIVITY.starts_at)
)


def next_and_within(
    employee_id: int, now: datetime, starts_at: datetime, ends_at: datetime
) -> list[OwnShift]:
    """A person's published shifts that touch the time, and the next one, in order.

    The next one is under way or begins within five weeks.
    """
    rows = db.session.execute(
        _OWN,
        {
            "employee_id": employee_id,
            "now": now,
            "next_earliest": now - LONGEST_SHIFT,
            "next_latest": now + AHEAD,
            "earliest": min(starts_at, now) - LONGEST_SHIFT,
            "latest": max(ends_at, now + AHEAD),
            "starts_at": starts_at,
            "ends_at": ends_at,
        },
    )
    return _gathered(rows)


def find_next_shift(employee_id: int, now: datetime) -> OwnShift | None:
    """The person's shift under way, or the first to come within five weeks."""
    return next(iter(next_and_within(employee_id, now, now, now)), None)


def _gathered(rows: Iterable[Any]) -> list[OwnShift]:
    """The shifts, each with its activities; there is one row for each of these."""
    shifts: dict[int, OwnShift] = {}
    for row in rows:
        shift = shifts.get(row[0])
        if shift is None:
            shift = shifts[row[0]] = OwnShift(*row[:10])
        if row[10] is not None:
            shift.activities.append(OwnActivity(*row[10:]))
    return list(shifts.values())


@dataclass(frozen=True, slots=True)
class OwnAbsence:
    """Time away as its person reads it."""

    kind: AbsenceKind
    starts_at: datetime
    ends_at: datetime


_AWAY = table_of(Absence).c


def own_absences(
    employee_id: int, starts_at: datetime, ends_at: datetime
) -> list[OwnAbsence]:
    """The person's leave and other time away that touches the time, in order."""
    rows = db.session.execute(
        select(_AWAY.kind, _AWAY.starts_at, _AWAY.ends_at)
        .where(
            _AWAY.employee_id == employee_id,
            _AWAY.starts_at < ends_at,
            _AWAY.ends_at > starts_at,
        )
        .order_by(_AWAY.starts_at)
    )
    return [OwnAbsence(*row) for row in rows]


_FEED = (
    select(table_of(CalendarFeed).c.created_at)
    .where(
        table_of(CalendarFeed).c.employee_id == bindparam("employee_id"),
        table_of(CalendarFeed).c.revoked_at.is_(None),
    )
    .order_by(table_of(CalendarFeed).c.id.desc())
    .limit(1)
)


def find_feed_since(employee_id: int) -> datetime | None:
    """Since when the person's calendar answers, or None where there is none."""
    since: datetime | None = db.session.execute(
        _FEED, {"employee_id": employee_id}
    ).scalar()
    return since


def own_shifts(
    employee_id: int, starts_at: datetime, ends_at: datetime
) -> Select[Shift]:
    """A person's published shifts that touch the time, with seat and activities."""
    return (
        select(Shift)
        .where(
            Shift.employee_id == employee_id,
            Shift.is_live,
            Shift.starts_at < ends_at,
            Shift.ends_at > starts_at,
        )
        .options(
            joinedload(Shift.seat).joinedload(Seat.floor).joinedload(Floor.site),
            joinedload(Shift.schedule).joinedload(Schedule.site),
            joinedload(Shift.template),
            selectinload(Shift.activities),
        )
        .order_by(Shift.starts_at)
    )


def token_digest(token: str) -> str:
    """What is kept of a calendar's secret; tokens are long and random already."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_feed(token: str) -> CalendarFeed | None:
    """The calendar of that secret with its person and site, unless revoked."""
    return db.session.scalar(
        select(CalendarFeed)
        .where(
            CalendarFeed.token_digest == token_digest(token),
            CalendarFeed.revoked_at.is_(None),
        )
        .options(joinedload(CalendarFeed.employee).joinedload(Employee.site))
    )


def find_feed_of(employee_id: int) -> CalendarFeed | None:
    """The person's calendar that still answers, or None."""
    return db.session.scalar(
        select(CalendarFeed)
        .where(
            CalendarFeed.employee_id == employee_id, CalendarFeed.revoked_at.is_(None)
        )
        .order_by(CalendarFeed.id.desc())
        .limit(1)
    )
