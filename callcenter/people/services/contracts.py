"""Contracts and skills of a person."""

from datetime import date
from decimal import Decimal

from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _l
from callcenter.people import queries
from callcenter.people.errors import EmploymentOverlap
from callcenter.people.models import (
    Employee,
    EmployeeSkill,
    Employment,
    EmploymentKind,
    PayBasis,
)


def add_employment(
    employee: Employee,
    *,
    kind: EmploymentKind,
    starts_on: date,
    ends_on: date | None,
    weekly_h: float,
    pay_basis: PayBasis,
    pay_rate: Decimal,
    currency: str,
    contract_number: str = "",
) -> Employment:
    """Give somebody a contract for ``[starts_on, ends_on)``, or with an open end.

    Raises `EmploymentOverlap` when another one covers some of its days.
    """
    _require_span(starts_on, ends_on)
    _refuse_overlap(employee.id, starts_on, ends_on)
    employment = Employment(
        employee_id=employee.id,
        kind=kind,
        contract_number=contract_number.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        weekly_h=weekly_h,
        pay_basis=pay_basis,
        pay_rate=pay_rate,
        currency=currency,
    )
    db.session.add(employment)
    db.session.flush()
    return employment


def end_employment(employment: Employment, ends_on: date | None) -> Employment:
    """Set the first day that a contract no longer covers, or open its end again.

    Raises `EmploymentOverlap` when it would then reach into the next one.
    """
    _require_span(employment.starts_on, ends_on)
    _refuse_overlap(
        employment.employee_id, employment.starts_on, ends_on, but=employment.id
    )
    employment.ends_on = ends_on
    return employment


def set_skill(
    employee: Employee,
    *,
    skill_id: int,
    level: int,
    valid_from: date,
    valid_until: date | None = None,
) -> EmployeeSkill:
    """Grant somebody a skill, or change its level and validity.

    ``valid_until`` is the first day on which it no longer counts. Raises `Invalid`
    for a level outside 1 to 5 or days that do not run forward, and `NotFound`.
    """
    if not 1 <= level <= 5:
        raise Invalid(_l("A level is a number from 1 to 5."), field="level")
    if valid_until is not None and valid_until <= valid_from:
        raise Invalid(_l("The end must come after the start."), field="valid_until")
    queries.get_skill(skill_id)
    held = queries.find_employee_skill(employee.id, skill_id)
    if held is None:
        held = EmployeeSkill(employee_id=employee.id, skill_id=skill_id)
        db.session.add(held)
    held.level, held.valid_from, held.valid_until = level, valid_from, valid_until
    db.session.flush()
    return held


def remove_skill(held: EmployeeSkill) -> None:
    """Take a skill away; the audit trail remembers it."""
    db.session.delete(held)
    db.session.flush()


def _require_span(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise Invalid(_l("The end must come after the start."), field="ends_on")


def _refuse_overlap(
    employee_id: int, starts_on: date, ends_on: date | None, but: int | None = None
) -> None:
    clash = queries.find_clashing_employment(employee_id, starts_on, ends_on, but=but)
    if clash is not None:
        raise EmploymentOverlap(clash=clash, field="starts_on")
