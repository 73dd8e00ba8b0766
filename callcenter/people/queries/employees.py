"""Reading people: who is within reach, their contracts, skills and transfers."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import (
    joinedload,
    selectinload,
    undefer,
    with_expression,
)

from callcenter.access.models import AuditEntry, User
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db, table_of
from callcenter.kernel.errors import NotFound
from callcenter.people.models import (
    Employee,
    EmployeeSkill,
    Employment,
    EmploymentKind,
    Move,
    Site,
    Team,
)

WORDS_AT_MOST = 6


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that an employee lies within a scope.

    Projects reach people through the teams assigned to them, which are among
    ``scope.team_ids`` already when the actor is drafted.
    """
    if scope.is_everything:
        return true()
    reached = [
        Employee.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Employee.team_id.in_(scope.team_ids) if scope.team_ids else false(),
        Employee.id == scope.employee_id if scope.employee_id else false(),
    ]
    return or_(*reached)


def visible_employees(scope: Scope) -> Select[Employee]:
    """The employees within a scope, present and former, by name.

    Each comes with site, team and post loaded.
    """
    return (
        select(Employee)
        .options(
            joinedload(Employee.site),
            joinedload(Employee.team),
            joinedload(Employee.post),
        )
        .where(in_scope(scope))
        .order_by(Employee.name_sort, Employee.id)
    )


def employed_on(day: date) -> ColumnElement[bool]:
    """The condition that an employee works here on that day."""
    return and_(
        Employee.hired_on <= day,
        or_(Employee.left_on.is_(None), Employee.left_on > day),
    )


def get_employee(employee_id: int, scope: Scope) -> Employee:
    """The employee with all that the detail page shows; raises `NotFound`."""
    statement = (
        visible_employees(scope)
        .where(Employee.id == employee_id)
        .options(
            selectinload(Employee.employments),
            selectinload(Employee.skills).joinedload(EmployeeSkill.skill),
        )
    )
    employee = db.session.scalar(statement)
    if employee is None:
        raise NotFound(employee_id=employee_id)
    return employee


def find_employee_of_user(user_id: int) -> Employee | None:
    """The employee who signs in as that user, with site loaded, or None."""
    return db.session.scalar(
        select(Employee)
        .where(Employee.user_id == user_id)
        .options(joinedload(Employee.site))
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Who a user is in the company: which employee, in which zone, of which teams."""

    employee_id: int
    zone: str
    led_team_ids: frozenset[int]


# Every request asks this, so it is made once, and gives plain rows.
_PERSON, _SITE, _TEAM = table_of(Employee).c, table_of(Site).c, table_of(Team).c
_PLACE = (
    select(_PERSON.id, _SITE.zone, _TEAM.id)
    .select_from(
        table_of(Employee)
        .join(table_of(Site), _PERSON.site_id == _SITE.id)
        .outerjoin(
            table_of(Team),
            and_(_TEAM.supervisor_id == _PERSON.id, _TEAM.is_active),
        )
    )
    .where(_PERSON.user_id == bindparam("user_id"))
)


def find_place(user_id: int) -> Place | None:
    """Who signs in as that user, with the teams that they lead; None for nobody."""
    rows = db.session.execute(_PLACE, {"user_id": user_id}).all()
    if not rows:
        return None
    employee_id, zone, _team_id = rows[0]
    team_ids = frozenset(row[2] for row in rows if row[2] is not None)
    return Place(employee_id, zone, team_ids)


def agents_with_skills(skill_ids: Collection[int], day: date) -> Select[Employee]:
    """Employees at work on that day who hold any of the skills then, by name.

    Each comes with employments and skills loaded.
    """
    holds = (
        select(EmployeeSkill.employee_id)
        .where(EmployeeSkill.skill_id.in_(skill_ids), skill_is_valid(day))
        .distinct()
    )
    return (
        select(Employee)
        .where(Employee.id.in_(holds), employed_on(day))
        .options(selectinload(Employee.employments), selectinload(Employee.skills))
        .order_by(Employee.name_sort, Employee.id)
    )


def skill_is_valid(day: date) -> ColumnElement[bool]:
    """The condition that a person's skill counts on that day."""
    return and_(
        EmployeeSkill.valid_from <= day,
        or_(EmployeeSkill.valid_until.is_(None), EmployeeSkill.valid_until > day),
    )


def find_latest_move_day(employee_id: int) -> date | None:
    """The day of the person's latest transfer, or None."""
    latest = select(func.max(Move.moved_on)).where(Move.employee_id == employee_id)
    return db.session.scalar(latest)


def moves_of(employee_id: int) -> Sequence[Move]:
    """The person's transfers, latest first."""
    return db.session.scalars(
        select(Move)
        .where(Move.employee_id == employee_id)
        .options(
            joinedload(Move.from_team),
            joinedload(Move.to_team),
            joinedload(Move.from_post),
            joinedload(Move.to_post),
        )
        .order_by(Move.moved_on.desc(), Move.id.desc())
    ).all()


def listed_employees(scope: Scope, day: date) -> Select[Employee]:
    """The employees within a scope with the kind of their contract on that day."""
    covering = (
        select(Employment.kind)
        .where(
            Employment.employee_id == Employee.id,
            Employment.starts_on <= day,
            or_(Employment.ends_on.is_(None), Employment.ends_on > day),
        )
        .limit(1)
        .correlate(Employee)
        .scalar_subquery()
    )
    return visible_employees(scope).options(
        with_expression(Employee.current_kind, covering)
    )


def detailed_employee(employee_id: int, scope: Scope) -> Employee:
    """The employee with contracts, skills and sign-in; raises `NotFound`."""
    statement = (
        visible_employees(scope)
        .where(Employee.id == employee_id)
        .options(
            joinedload(Employee.user),
            selectinload(Employee.employments),
            selectinload(Employee.skills).joinedload(EmployeeSkill.skill),
            undefer(Employee.phone),
            undefer(Employee.identity_number),
        )
    )
    employee = db.session.scalar(statement)
    if employee is None:
        raise NotFound(employee_id=employee_id)
    return employee


def exported_employees(scope: Scope) -> Select[Employee]:
    """The employees within a scope with all that a spreadsheet holds of them."""
    return visible_employees(scope).options(
        selectinload(Employee.employments),
        selectinload(Employee.skills).joinedload(EmployeeSkill.skill),
        undefer(Employee.phone),
        undefer(Employee.identity_number),
    )


def get_reachable(employee_id: int, scope: Scope) -> Employee:
    """The employee with site, team and post, to change them; raises `NotFound`."""
    statement = visible_employees(scope).where(Employee.id == employee_id)
    employee = db.session.scalar(statement)
    if employee is None:
        raise NotFound(employee_id=employee_id)
    return employee


def get_with_personal_data(employee_id: int, scope: Scope) -> Employee:
    """The employee with phone and identity number; raises `NotFound`."""
    statement = (
        visible_employees(scope)
        .where(Employee.id == employee_id)
        .options(undefer(Employee.phone), undefer(Employee.identity_number))
        .execution_options(populate_existing=True)
    )
    employee = db.session.scalar(statement)
    if employee is None:
        raise NotFound(employee_id=employee_id)
    return employee


def matching(words: str) -> ColumnElement[bool]:
    """The condition that every word is in the name, its spelling or the number.

    Latin words are looked for in the spelling, which holds Latin names too.
    """
    found = [_holds(word) for word in words.split()[:WORDS_AT_MOST]]
    return and_(true(), *found)


def _holds(word: str) -> ColumnElement[bool]:
    if word.isascii():
        spelled = Employee.name_sort.contains(word.lower(), autoescape=True)
        return or_(spelled, Employee.number.icontains(word, autoescape=True))
    folded = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    named = Employee.name.contains(word, autoescape=True)
    return or_(named, Employee.name_sort.contains(plain, autoescape=True))


def employed_as(kind: EmploymentKind, day: date) -> ColumnElement[bool]:
    """The condition that a contract of that kind covers the day."""
    return exists().where(
        Employment.employee_id == Employee.id,
        Employment.kind == kind,
        Employment.starts_on <= day,
        or_(Employment.ends_on.is_(None), Employment.ends_on > day),
    )


def holding_skill(skill_id: int, day: date) -> ColumnElement[bool]:
    """The condition that the person holds the skill on that day."""
    return exists().where(
        EmployeeSkill.employee_id == Employee.id,
        EmployeeSkill.skill_id == skill_id,
        skill_is_valid(day),
    )


def find_by_number(number: str) -> Employee | None:
    """The employee of that number, or None."""
    return db.session.scalar(select(Employee).where(Employee.number == number))


def find_by_acd_login(login: str) -> Employee | None:
    """The employee who signs in to the telephone system so, or None."""
    return db.session.scalar(select(Employee).where(Employee.acd_login == login))


def names_of(employee_ids: Collection[int]) -> dict[int, str]:
    """The names of those employees, by name."""
    rows = db.session.execute(
        select(Employee.id, Employee.name)
        .where(Employee.id.in_(employee_ids))
        .order_by(Employee.name_sort)
    )
    return dict(rows.all())


def supervisors() -> Select[int, str, str]:
    """Id, name and number of everybody who may lead a team: who has not left."""
    return (
        select(Employee.id, Employee.name, Employee.number)
        .where(Employee.left_on.is_(None))
        .order_by(Employee.name_sort)
    )


def find_user(user_id: int) -> User | None:
    """The sign-in of that id, or None."""
    return db.session.get(User, user_id)


def users_without_employee() -> Select[int, str, str]:
    """Id, name and address of the sign-ins that belong to no employee."""
    linked = select(Employee.user_id).where(Employee.user_id.is_not(None))
    return (
        select(User.id, User.name, User.email)
        .where(User.id.not_in(linked), User.is_enabled)
        .order_by(User.name)
    )


def every_number() -> dict[str, int]:
    """Every employee's id by number."""
    rows = db.session.execute(select(Employee.number, Employee.id))
    return dict(rows.all())


def employees_by_number(numbers: Collection[str]) -> dict[str, Employee]:
    """Those of the numbers that exist, with contracts and skills loaded."""
    statement = (
        select(Employee)
        .where(Employee.number.in_(numbers))
        .options(selectinload(Employee.employments), selectinload(Employee.skills))
    )
    return {each.number: each for each in db.session.scalars(statement)}


def owners_of_logins() -> dict[str, str]:
    """Whose each sign-in to the telephone system is: number by login."""
    rows = db.session.execute(
        select(Employee.acd_login, Employee.number).where(
            Employee.acd_login.is_not(None)
        )
    )
    return {login: number for login, number in rows if login is not None}


def history_of(employee_id: int) -> Select[AuditEntry]:
    """What the audit trail holds on the person's own row, newest first."""
    return (
        select(AuditEntry)
        .where(
            AuditEntry.subject == Employee.__tablename__,
            AuditEntry.subject_id == str(employee_id),
        )
        .order_by(AuditEntry.id.desc())
    )


def departures_due(day: date) -> Select[Employee]:
    """Who has left by that day and still signs in or leads a team, with the site."""
    leads = exists().where(Team.supervisor_id == Employee.id)
    return (
        select(Employee)
        .options(joinedload(Employee.site))
        .where(Employee.left_on <= day, or_(Employee.user_id.is_not(None), leads))
    )
