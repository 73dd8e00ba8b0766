"""Reading one's own shifts, and the calendar that carries them elsewhere."""

import hashlib
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.db import db
from callcenter.people.models import Employee, Floor
from callcenter.scheduling.models import CalendarFeed, Schedule, Seat, Shift


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
