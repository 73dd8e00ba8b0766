"""Booking people's time and giving it back; absences, which are booked time too."""

from collections.abc import Collection
from datetime import datetime
from typing import overload

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from callcenter.access import audit
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.overlap import is_broken
from callcenter.kernel.text import _l
from callcenter.people import queries
from callcenter.people.errors import AlreadyTaken
from callcenter.people.events import absence_withdrawn, absent
from callcenter.people.models import (
    NO_DOUBLE_COMMITMENT,
    Absence,
    AbsenceKind,
    Commitment,
    CommitmentKind,
    Employee,
)

_LEAVE = {
    AbsenceKind.ANNUAL_LEAVE,
    AbsenceKind.PERSONAL_LEAVE,
    AbsenceKind.PARENTAL_LEAVE,
    AbsenceKind.COMPENSATORY,
}


@overload
def book_time(
    whom: int,
    *,
    kind: CommitmentKind,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    source: str,
) -> Commitment: ...


@overload
def book_time(
    whom: Collection[int],
    *,
    kind: CommitmentKind,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    source: str,
) -> list[Commitment]: ...


def book_time(
    whom: int | Collection[int],
    *,
    kind: CommitmentKind,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    source: str,
) -> Commitment | list[Commitment]:
    """Take the time ``[starts_at, ends_at)`` of an employee, or of all of several.

    ``source`` names the row that asks (``leave:17``) and gives the time back later.
    Raises `AlreadyTaken` for whoever is booked first, also when another writer was
    faster, and `Invalid` when the time does not run forward; then nothing is booked.
    """
    if starts_at >= ends_at:
        raise Invalid(_l("The end must come after the start."), field="ends_at")
    employee_ids = [whom] if isinstance(whom, int) else sorted(set(whom))
    _refuse_taken(employee_ids, starts_at, ends_at)
    booked = [
        Commitment(
            employee_id=employee_id,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            title=title[:120],
            source=source,
        )
        for employee_id in employee_ids
    ]
    try:
        with db.session.begin_nested():
            db.session.add_all(booked)
    except DBAPIError as error:
        if not is_broken(error, NO_DOUBLE_COMMITMENT):
            raise
        _refuse_taken(employee_ids, starts_at, ends_at)
        names = queries.names_of(employee_ids)
        raise AlreadyTaken(name=", ".join(names.values()), title=None) from error
    return booked[0] if isinstance(whom, int) else booked


def release_time(source: str) -> int:
    """Give back all the time that was taken in that name; how many entries went."""
    taken = db.session.scalars(queries.commitments_from(source)).all()
    for each in taken:
        db.session.delete(each)
    db.session.flush()
    return len(taken)


def record_absence(
    employee: Employee,
    *,
    kind: AbsenceKind,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    source: str | None = None,
) -> Absence:
    """Note that somebody is away and take their time.

    ``source`` names the request behind it, where there is one. Raises
    `AlreadyTaken` when something else has the time, and `Invalid` when the time
    does not run forward.
    """
    if starts_at >= ends_at:
        raise Invalid(_l("The end must come after the start."), field="ends_at")
    absence = Absence(
        employee_id=employee.id,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip(),
        source=source or "",
    )
    _refuse_taken([employee.id], starts_at, ends_at)
    db.session.add(absence)
    db.session.flush()
    absence.source = source or f"absence:{absence.id}"
    book_time(
        employee.id,
        kind=CommitmentKind.LEAVE if kind in _LEAVE else CommitmentKind.UNAVAILABLE,
        starts_at=starts_at,
        ends_at=ends_at,
        title=kind.value,
        source=absence.source,
    )
    absent.send(employee, absence=absence)
    return absence


def withdraw_absence(absence: Absence) -> None:
    """Take an absence back and give its time back."""
    employee_id, source = absence.employee_id, absence.source
    starts_at, ends_at = absence.starts_at, absence.ends_at
    own = queries.commitments_from(source).where(
        Commitment.employee_id == employee_id,
        Commitment.starts_at == starts_at,
        Commitment.ends_at == ends_at,
    )
    for each in db.session.scalars(own):
        db.session.delete(each)
    db.session.delete(absence)
    db.session.flush()
    absence_withdrawn.send(absence)


def release_from(employee: Employee, instant: datetime) -> int:
    """Give back all of somebody's time from an instant on, as when they leave."""
    statement = delete(Commitment).where(
        Commitment.employee_id == employee.id, Commitment.starts_at >= instant
    )
    n_released = db.session.execute(statement).rowcount  # type: ignore[attr-defined]
    if n_released:
        audit.record("released", "people_employee", employee.id, entries=n_released)
    return int(n_released)


def _refuse_taken(
    employee_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> None:
    clash = queries.find_commitment(employee_ids, starts_at, ends_at)
    if clash is None:
        return
    raise AlreadyTaken(
        employee_id=clash.employee_id,
        name=clash.employee.name,
        title=clash.shown_title,
        starts_at=clash.starts_at,
        ends_at=clash.ends_at,
    )
