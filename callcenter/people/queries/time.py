"""Reading who is away and who is taken when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Absence, Commitment, Employee
from callcenter.people.queries.employees import in_scope


def commitments_touching(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> Select[Commitment]:
    """What takes those people's time in ``[starts_at, ends_at)``, earliest first."""
    return (
        select(Commitment)
        .where(
            Commitment.employee_id.in_(employee_ids),
            Commitment.starts_at < ends_at,
            Commitment.ends_at > starts_at,
        )
        .order_by(Commitment.starts_at, Commitment.id)
    )


def absences_of(employee_id: int) -> Select[Absence]:
    """The person's absences, latest first."""
    return (
        select(Absence)
        .where(Absence.employee_id == employee_id)
        .order_by(Absence.starts_at.desc())
    )


def find_commitment(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> Commitment | None:
    """The earliest thing that takes any of them in that time, with whom, or None."""
    statement = (
        commitments_touching(employee_ids, starts_at, ends_at)
        .options(joinedload(Commitment.employee))
        .limit(1)
    )
    return db.session.scalar(statement)


def commitments_from(source: str) -> Select[Commitment]:
    """The commitments that were made in that name."""
    return select(Commitment).where(Commitment.source == source)


def commitments_of(employee_id: int, since: datetime) -> Select[Commitment]:
    """What takes the person's time from an instant on, earliest first."""
    return (
        select(Commitment)
        .where(Commitment.employee_id == employee_id, Commitment.ends_at > since)
        .order_by(Commitment.starts_at)
    )


def absences_from(source: str) -> Select[Absence]:
    """The absences that were recorded in that name."""
    return select(Absence).where(Absence.source == source)


def visible_absences(
    scope: Scope, starts_at: datetime, ends_at: datetime
) -> Select[Absence]:
    """Absences that touch ``[starts_at, ends_at)`` within a scope, with whose.

    Each comes with the employee and the team, by name.
    """
    return (
        select(Absence)
        .join(Absence.employee)
        .options(contains_eager(Absence.employee).joinedload(Employee.team))
        .where(
            in_scope(scope), Absence.starts_at < ends_at, Absence.ends_at > starts_at
        )
        .order_by(Employee.name_sort, Absence.starts_at)
    )


def get_absence(absence_id: int, scope: Scope) -> Absence:
    """The absence with whose it is; raises `NotFound` outside the scope."""
    statement = (
        select(Absence)
        .join(Absence.employee)
        .options(contains_eager(Absence.employee))
        .where(Absence.id == absence_id, in_scope(scope))
    )
    absence = db.session.scalar(statement)
    if absence is None:
        raise NotFound(absence_id=absence_id)
    return absence


def absences_within(scope: Scope) -> Select[Absence]:
    """All absences within a scope, with whose, in which team and at which site."""
    whose = contains_eager(Absence.employee)
    return (
        select(Absence)
        .join(Absence.employee)
        .options(whose.joinedload(Employee.team), whose.joinedload(Employee.site))
        .where(in_scope(scope))
    )
