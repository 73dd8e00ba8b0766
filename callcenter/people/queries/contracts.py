"""Reading the contracts and skills of people."""

from datetime import date

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee, EmployeeSkill, Employment
from callcenter.people.queries.employees import employed_on, in_scope


def get_employment(
    employee: Employee, employment_id: int, *, lock: bool = False
) -> Employment:
    """One of the person's contracts, held if asked; raises `NotFound`."""
    statement = select(Employment).where(
        Employment.id == employment_id, Employment.employee_id == employee.id
    )
    if lock:
        statement = statement.with_for_update()
    employment = db.session.scalar(statement)
    if employment is None:
        raise NotFound(employment_id=employment_id)
    return employment


def find_clashing_employment(
    employee_id: int, starts_on: date, ends_on: date | None, *, but: int | None = None
) -> Employment | None:
    """The person's earliest other contract in ``[starts_on, ends_on)``, or None."""
    statement = select(Employment).where(
        Employment.employee_id == employee_id,
        or_(Employment.ends_on.is_(None), Employment.ends_on > starts_on),
    )
    if ends_on is not None:
        statement = statement.where(Employment.starts_on < ends_on)
    if but is not None:
        statement = statement.where(Employment.id != but)
    return db.session.scalars(statement.order_by(Employment.starts_on)).first()


def contracts_ending(scope: Scope, first: date, last: date) -> Select[Employment]:
    """Contracts of present people that end within the days, with whose they are.

    A contract that another one follows does not count.
    """
    follower = Employment.__table__.alias("follower")
    is_followed = exists().where(
        follower.c.employee_id == Employment.employee_id,
        follower.c.starts_on >= Employment.ends_on,
    )
    return (
        select(Employment)
        .join(Employment.employee)
        .options(joinedload(Employment.employee).joinedload(Employee.team))
        .where(
            in_scope(scope),
            employed_on(first),
            Employment.ends_on >= first,
            Employment.ends_on <= last,
            ~is_followed,
        )
        .order_by(Employment.ends_on, Employee.name_sort)
    )


def contracts_from(employee_id: int, day: date) -> list[Employment]:
    """The person's contracts that cover the day or start after it."""
    statement = select(Employment).where(
        Employment.employee_id == employee_id,
        or_(Employment.ends_on.is_(None), Employment.ends_on > day),
    )
    return list(db.session.scalars(statement))


def get_employee_skill(employee: Employee, skill_id: int) -> EmployeeSkill:
    """The person's skill; raises `NotFound` when not held."""
    held = find_employee_skill(employee.id, skill_id)
    if held is None:
        raise NotFound(skill_id=skill_id)
    return held


def find_employee_skill(employee_id: int, skill_id: int) -> EmployeeSkill | None:
    """The person's skill, or None."""
    return db.session.scalar(
        select(EmployeeSkill).where(
            EmployeeSkill.employee_id == employee_id,
            EmployeeSkill.skill_id == skill_id,
        )
    )
