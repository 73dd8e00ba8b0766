"""Reading who has seen the published shifts, and who has to look again."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.people import queries as people
from callcenter.people.models import Employee, Team
from callcenter.scheduling.models import (
    Schedule,
    ScheduleStatus,
    Shift,
    ShiftChange,
)
from callcenter.scheduling.models.acknowledging import Acknowledgement

SEEN, CHANGED, UNSEEN = "seen", "changed", "unseen"


class Unseen(NamedTuple):
    """A published schedule whose shifts the person has to look at."""

    schedule_id: int
    name: str
    first_day: date
    last_day: date
    n_shifts: int
    seen_at: datetime | None

    @property
    def has_changed(self) -> bool:
        """Whether it was seen before, and has changed since."""
        return self.seen_at is not None


def unseen_by(employee_id: int, now: datetime) -> list[Unseen]:
    """The schedules that the person has to look at, earliest first."""
    changed = _last_changes(Shift.employee_id == employee_id)
    seen = and_(
        Acknowledgement.schedule_id == Schedule.id,
        Acknowledgement.employee_id == employee_id,
    )
    rows = db.session.execute(
        select(
            Schedule.id,
            Schedule.name,
            Schedule.first_day,
            Schedule.last_day,
            func.count(),
            func.max(Acknowledgement.seen_at),
        )
        .join(Shift, Shift.schedule_id == Schedule.id)
        .outerjoin(Acknowledgement, seen)
        .outerjoin(changed, changed.c.schedule_id == Schedule.id)
        .where(
            Shift.employee_id == employee_id,
            Shift.is_live,
            Shift.ends_at > now,
            Schedule.status == ScheduleStatus.PUBLISHED,
            or_(
                Acknowledgement.seen_at.is_(None),
                changed.c.changed_at > Acknowledgement.seen_at,
            ),
        )
        .group_by(Schedule.id, Schedule.name, Schedule.first_day, Schedule.last_day)
        .order_by(Schedule.first_day, Schedule.id)
    )
    return [Unseen._make(row) for row in rows]


def _last_changes(*conditions: ColumnElement[bool]) -> Subquery:
    """When shifts were last changed by hand or put back, by schedule and person."""
    put_back = case(
        (ShiftChange.undone_at > ShiftChange.made_at, ShiftChange.undone_at),
        else_=ShiftChange.made_at,
    )
    return (
        select(
            Shift.schedule_id,
            Shift.employee_id,
            func.max(put_back).label("changed_at"),
        )
        .join(Shift, Shift.id == ShiftChange.shift_id)
        .where(*conditions)
        .group_by(Shift.schedule_id, Shift.employee_id)
        .subquery()
    )


def find_acknowledgement(schedule_id: int, employee_id: int) -> Acknowledgement | None:
    """That the person has seen the schedule, or None."""
    return db.session.get(Acknowledgement, (schedule_id, employee_id))


def has_live_shift(schedule_id: int, employee_id: int) -> bool:
    """Whether the schedule has a published shift for the person."""
    found = db.session.scalar(
        select(literal(1))
        .where(
            Shift.schedule_id == schedule_id,
            Shift.employee_id == employee_id,
            Shift.is_live,
        )
        .limit(1)
    )
    return found is not None


def readers_of(schedule_id: int, scope: Scope) -> Subquery:
    """Who has published shifts in a schedule, and whether they have seen them.

    Its columns are ``employee_id name name_sort team n_shifts seen_at state``, the last
    one of seen, changed, unseen.
    """
    changed = _last_changes(Shift.schedule_id == schedule_id)
    seen = and_(
        Acknowledgement.schedule_id == schedule_id,
        Acknowledgement.employee_id == Employee.id,
    )
    counted = (
        select(Shift.employee_id, func.count().label("n_shifts"))
        .where(Shift.schedule_id == schedule_id, Shift.is_live)
        .group_by(Shift.employee_id)
        .subquery()
    )
    return (
        select(
            Employee.id.label("employee_id"),
            Employee.name.label("name"),
            Employee.name_sort.label("name_sort"),
            Team.name.label("team"),
            counted.c.n_shifts,
            Acknowledgement.seen_at,
            _state_of(changed).label("state"),
        )
        .join(counted, counted.c.employee_id == Employee.id)
        .outerjoin(Team, Team.id == Employee.team_id)
        .outerjoin(Acknowledgement, seen)
        .outerjoin(changed, changed.c.employee_id == Employee.id)
        .where(people.in_scope(scope))
        .subquery()
    )


def _state_of(changed: Subquery) -> ColumnElement[str]:
    return case(
        (Acknowledgement.seen_at.is_(None), UNSEEN),
        (changed.c.changed_at > Acknowledgement.seen_at, CHANGED),
        else_=SEEN,
    )


def people_who_must_look(schedule_id: int, employee_ids: Collection[int]) -> list[int]:
    """Those of the people who have seen the schedule, but not its last change."""
    changed = _last_changes(Shift.schedule_id == schedule_id)
    return list(
        db.session.scalars(
            select(Acknowledgement.employee_id)
            .join(changed, changed.c.employee_id == Acknowledgement.employee_id)
            .where(
                Acknowledgement.schedule_id == schedule_id,
                Acknowledgement.employee_id.in_(employee_ids),
                changed.c.changed_at > Acknowledgement.seen_at,
            )
        )
    )


def count_readers(schedule_id: int, scope: Scope) -> dict[str, int]:
    """How many have seen the schedule, have to look again, or have not seen it."""
    readers = readers_of(schedule_id, scope)
    rows = db.session.execute(
        select(readers.c.state, func.count()).group_by(readers.c.state)
    )
    return {SEEN: 0, CHANGED: 0, UNSEEN: 0} | dict(rows.all())


def unseen_addresses(schedule_id: int, scope: Scope) -> Sequence[str]:
    """The e-mail addresses of those who have to look, where they have one."""
    readers = readers_of(schedule_id, scope)
    found = db.session.scalars(
        select(Employee.email)
        .join(readers, readers.c.employee_id == Employee.id)
        .where(readers.c.state != SEEN, Employee.email.is_not(None))
        .order_by(Employee.id)
    )
    return [each for each in found if each is not None]
