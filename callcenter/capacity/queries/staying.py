"""Who works on a project, who did, and how long they stayed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from callcenter.kernel.db import db
from callcenter.people.models import (
    Absence,
    AbsenceKind,
    Employee,
    Employment,
    PayBasis,
    Post,
)
from callcenter.projects import queries as project_queries
from callcenter.projects.models import TeamAssignment

_LEAVE = (
    AbsenceKind.ANNUAL_LEAVE,
    AbsenceKind.PERSONAL_LEAVE,
    AbsenceKind.PARENTAL_LEAVE,
    AbsenceKind.COMPENSATORY,
)


class Stay(NamedTuple):
    """One person's time with the company, by the project of the last team."""

    project_id: int | None
    hired_on: date
    left_on: date | None


class OwnPerson(NamedTuple):
    """Somebody who works on a project today, with the contract that holds."""

    employee_id: int
    hired_on: date
    weekly_h: float | None
    pay_basis: PayBasis | None
    pay_rate: Decimal | None


def _is_agent() -> Any:
    """People without a post count: small companies do not write posts down."""
    return or_(Employee.post_id.is_(None), Post.is_front_line.is_(True))


def stays() -> list[Stay]:
    """Everybody who ever took contacts here."""
    assigned = db.session.execute(
        select(TeamAssignment.team_id, TeamAssignment.project_id).order_by(
            TeamAssignment.starts_on, TeamAssignment.id
        )
    )
    latest = {row.team_id: row.project_id for row in assigned}
    rows: Sequence[Any] = db.session.execute(
        select(Employee.team_id, Employee.hired_on, Employee.left_on)
        .outerjoin(Post, Post.id == Employee.post_id)
        .where(_is_agent())
    ).all()
    return [Stay(latest.get(team_id), *days) for team_id, *days in rows]


def own_people(project_id: int, day: date) -> list[OwnPerson]:
    """Who takes the project's contacts on that day."""
    teams = project_queries.team_ids_of_projects([project_id], day)
    contract = (Employment.employee_id == Employee.id) & (
        (Employment.starts_on <= day)
        & (or_(Employment.ends_on.is_(None), Employment.ends_on > day))
    )
    rows: Sequence[Any] = db.session.execute(
        select(
            Employee.id,
            Employee.hired_on,
            Employment.weekly_h,
            Employment.pay_basis,
            Employment.pay_rate,
        )
        .outerjoin(Employment, contract)
        .outerjoin(Post, Post.id == Employee.post_id)
        .where(
            Employee.team_id.in_(teams),
            Employee.hired_on <= day,
            or_(Employee.left_on.is_(None), Employee.left_on > day),
            _is_agent(),
        )
        .order_by(Employee.id)
    ).all()
    # Of contracts that overlap by mistake one counts, so that nobody counts twice.
    return list({row.id: OwnPerson(*row) for row in rows}.values())


def leave_days(project_id: int, since: datetime, until: datetime) -> float:
    """Days of leave of the project's present people that began between two instants."""
    teams = project_queries.team_ids_of_projects([project_id], until.date())
    rows: Sequence[Any] = db.session.execute(
        select(Absence.starts_at, Absence.ends_at)
        .join(Employee, Employee.id == Absence.employee_id)
        .where(
            Employee.team_id.in_(teams),
            Absence.kind.in_(_LEAVE),
            Absence.starts_at >= since,
            Absence.starts_at < until,
        )
    ).all()
    length = sum((ends_at - starts_at for starts_at, ends_at in rows), timedelta())
    return length / timedelta(days=1)
