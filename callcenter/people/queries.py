"""Reading people, teams, posts, skills and who is taken when."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import (
    Absence,
    Commitment,
    Employee,
    EmployeeSkill,
    Floor,
    Move,
    Post,
    Site,
    Skill,
    Team,
)

Row = TypeVar("Row", Site, Post, Skill)


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


def supervised_team_ids(employee_id: int) -> frozenset[int]:
    """The teams that the employee supervises."""
    return frozenset(
        db.session.scalars(
            select(Team.id).where(Team.supervisor_id == employee_id, Team.is_active)
        )
    )


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


def sites() -> Select[Site]:
    """All sites, by name."""
    return select(Site).order_by(Site.name)


def get_site(site_id: int) -> Site:
    """The site; raises `NotFound`."""
    return _get(Site, site_id)


def site_names() -> dict[int, str]:
    """Every site's name, by name."""
    rows = db.session.execute(select(Site.id, Site.name).order_by(Site.name))
    return dict(rows.all())


def team_names() -> dict[int, str]:
    """Every active team's name, by name."""
    rows = db.session.execute(
        select(Team.id, Team.name).where(Team.is_active).order_by(Team.name)
    )
    return dict(rows.all())


def floors() -> Select[Floor]:
    """All floors with their sites, by site and name."""
    return (
        select(Floor)
        .join(Floor.site)
        .options(joinedload(Floor.site))
        .order_by(Site.name, Floor.name)
    )


def team_in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a team lies within a scope."""
    if scope.is_everything:
        return true()
    return or_(
        Team.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Team.id.in_(scope.team_ids) if scope.team_ids else false(),
    )


def visible_teams(scope: Scope) -> Select[Team]:
    """The teams within a scope with site and supervisor, by name."""
    return (
        select(Team)
        .options(joinedload(Team.site), joinedload(Team.supervisor))
        .where(team_in_scope(scope))
        .order_by(Team.name, Team.id)
    )


def get_team(team_id: int, scope: Scope) -> Team:
    """The team with site and supervisor; raises `NotFound`."""
    team = db.session.scalar(visible_teams(scope).where(Team.id == team_id))
    if team is None:
        raise NotFound(team_id=team_id)
    return team


def posts() -> Select[Post]:
    """All posts with their sites, by title."""
    return select(Post).options(joinedload(Post.site)).order_by(Post.title, Post.id)


def get_post(post_id: int) -> Post:
    """The post; raises `NotFound`."""
    return _get(Post, post_id)


def skills() -> Select[Skill]:
    """All skills, by name."""
    return select(Skill).order_by(Skill.name)


def get_skill(skill_id: int) -> Skill:
    """The skill; raises `NotFound`."""
    return _get(Skill, skill_id)


def headcount_by_team(day: date) -> dict[int, int]:
    """How many people each team has on that day."""
    rows = db.session.execute(
        select(Employee.team_id, func.count())
        .where(Employee.team_id.is_not(None), employed_on(day))
        .group_by(Employee.team_id)
    )
    return {team_id: n for team_id, n in rows if team_id is not None}


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


def moves_of(employee_id: int) -> Sequence[Move]:
    """The person's transfers, latest first."""
    return db.session.scalars(
        select(Move)
        .where(Move.employee_id == employee_id)
        .order_by(Move.moved_on.desc())
    ).all()


def _get(model: type[Row], key: int) -> Row:
    row = db.session.get(model, key)
    if row is None:
        raise NotFound(id=key)
    return row
