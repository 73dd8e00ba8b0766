"""Rows of clients, projects, queues, targets, hours and the calendar."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Site, Team
from callcenter.projects.models import (
    CalendarDay,
    Client,
    OpeningHours,
    Project,
    Queue,
    ServiceTarget,
    TeamAssignment,
)


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a project lies within a scope.

    A project is reached by name, or through a team or a site that works on it.
    """
    if scope.is_everything:
        return true()
    reached = [Project.id.in_(scope.project_ids) if scope.project_ids else false()]
    if scope.team_ids:
        reached.append(
            Project.id.in_(
                select(TeamAssignment.project_id).where(
                    TeamAssignment.team_id.in_(scope.team_ids)
                )
            )
        )
    if scope.site_ids:
        reached.append(
            Project.id.in_(
                select(TeamAssignment.project_id)
                .join(Team, Team.id == TeamAssignment.team_id)
                .where(Team.site_id.in_(scope.site_ids))
            )
        )
    return or_(*reached)


def visible_projects(scope: Scope) -> Select[Project]:
    """The projects within a scope with their clients, by name."""
    return (
        select(Project)
        .options(joinedload(Project.client))
        .where(in_scope(scope))
        .order_by(Project.name, Project.id)
    )


def visible_queues(scope: Scope) -> Select[Queue]:
    """The queues of the projects within a scope, by project and code."""
    return (
        select(Queue)
        .join(Queue.project)
        .options(joinedload(Queue.project), joinedload(Queue.skill))
        .where(in_scope(scope))
        .order_by(Project.name, Queue.code)
    )


def project_names() -> dict[int, str]:
    """Every project's name, by name."""
    rows = db.session.execute(select(Project.id, Project.name).order_by(Project.name))
    return dict(rows.all())


def get_project(project_id: int, scope: Scope) -> Project:
    """The project with client and queues; raises `NotFound`."""
    statement = (
        visible_projects(scope)
        .where(Project.id == project_id)
        .options(selectinload(Project.queues).joinedload(Queue.skill))
    )
    project = db.session.scalar(statement)
    if project is None:
        raise NotFound(project_id=project_id)
    return project


def get_queue(queue_id: int, scope: Scope) -> Queue:
    """The queue with project and skill; raises `NotFound`."""
    queue = db.session.scalar(visible_queues(scope).where(Queue.id == queue_id))
    if queue is None:
        raise NotFound(queue_id=queue_id)
    return queue


def team_ids_of_projects(project_ids: Collection[int], day: date) -> frozenset[int]:
    """The teams assigned to any of the projects on that day."""
    if not project_ids:
        return frozenset()
    return frozenset(
        db.session.scalars(
            select(TeamAssignment.team_id).where(
                TeamAssignment.project_id.in_(project_ids), assignment_holds(day)
            )
        )
    )


def assignment_holds(day: date) -> ColumnElement[bool]:
    """The condition that a team's assignment covers that day."""
    return and_(
        TeamAssignment.starts_on <= day,
        or_(TeamAssignment.ends_on.is_(None), TeamAssignment.ends_on > day),
    )


def targets_on(queue_ids: Collection[int], day: date) -> dict[int, ServiceTarget]:
    """The service target that holds for each queue on that day, by queue."""
    rows = db.session.scalars(
        select(ServiceTarget)
        .where(
            ServiceTarget.queue_id.in_(queue_ids),
            ServiceTarget.starts_on <= day,
            or_(ServiceTarget.ends_on.is_(None), ServiceTarget.ends_on > day),
        )
        .order_by(ServiceTarget.starts_on)
    )
    return {target.queue_id: target for target in rows}


def targets_touching(
    queue_ids: Collection[int], first: date, last: date
) -> dict[int, list[ServiceTarget]]:
    """The targets that hold on any of those days, by queue and start."""
    rows = db.session.scalars(
        select(ServiceTarget)
        .where(
            ServiceTarget.queue_id.in_(queue_ids),
            ServiceTarget.starts_on <= last,
            or_(ServiceTarget.ends_on.is_(None), ServiceTarget.ends_on > first),
        )
        .order_by(ServiceTarget.queue_id, ServiceTarget.starts_on)
    )
    found: dict[int, list[ServiceTarget]] = {}
    for target in rows:
        found.setdefault(target.queue_id, []).append(target)
    return found


def opening_hours(queue_ids: Collection[int]) -> Sequence[OpeningHours]:
    """The opening spans of the queues, by queue, weekday and start."""
    return db.session.scalars(
        select(OpeningHours)
        .where(OpeningHours.queue_id.in_(queue_ids))
        .order_by(OpeningHours.queue_id, OpeningHours.weekday, OpeningHours.opens_at)
    ).all()


def calendar_days(
    country: str | ScalarSelect[str] | None,
    project_id: int | None,
    first: date,
    last: date,
) -> Sequence[CalendarDay]:
    """The days that differ for a country or a project, both ends included."""
    mine = or_(
        CalendarDay.country == country if country is not None else false(),
        CalendarDay.project_id == project_id if project_id else false(),
    )
    return db.session.scalars(
        select(CalendarDay)
        .where(mine, CalendarDay.day.between(first, last))
        .order_by(CalendarDay.day)
    ).all()


def clients() -> Select[Client]:
    """All clients, by name."""
    return select(Client).order_by(Client.name)


def visible_clients(scope: Scope) -> Select[Client]:
    """The clients with a project within the scope, by name; all of them for everything.

    A client without any project is seen by those who see everything.
    """
    if scope.is_everything:
        return clients()
    owners = select(Project.client_id).where(in_scope(scope))
    return clients().where(Client.id.in_(owners))


def get_client(client_id: int, scope: Scope) -> Client:
    """The client; raises `NotFound`."""
    client = db.session.scalar(visible_clients(scope).where(Client.id == client_id))
    if client is None:
        raise NotFound(client_id=client_id)
    return client


def has_project(project_id: int, scope: Scope) -> bool:
    """Whether the project lies within the scope."""
    found = select(Project.id).where(Project.id == project_id, in_scope(scope))
    return scope.is_everything or db.session.scalar(found) is not None


def n_queues_by_project(project_ids: Collection[int]) -> dict[int, int]:
    """How many active queues each of those projects has."""
    rows = db.session.execute(
        select(Queue.project_id, func.count())
        .where(Queue.project_id.in_(project_ids), Queue.is_active)
        .group_by(Queue.project_id)
    )
    return dict(rows.all())


def targets_of(queue_id: int) -> Sequence[ServiceTarget]:
    """All that a queue promised and promises, latest first."""
    return db.session.scalars(
        select(ServiceTarget)
        .where(ServiceTarget.queue_id == queue_id)
        .order_by(ServiceTarget.starts_on.desc())
    ).all()


def get_target(queue_id: int, target_id: int) -> ServiceTarget:
    """One target of a queue; raises `NotFound`."""
    target = db.session.get(ServiceTarget, target_id)
    if target is None or target.queue_id != queue_id:
        raise NotFound(target_id=target_id)
    return target


def assignments(project_id: int) -> Sequence[TeamAssignment]:
    """The teams on a project, with the team and its site, present ones first."""
    return db.session.scalars(
        select(TeamAssignment)
        .join(TeamAssignment.team)
        .options(contains_eager(TeamAssignment.team).joinedload(Team.site))
        .where(TeamAssignment.project_id == project_id)
        .order_by(TeamAssignment.ends_on.is_not(None), Team.name)
    ).all()


def get_assignment(project_id: int, assignment_id: int) -> TeamAssignment:
    """One team's work on a project; raises `NotFound`."""
    row = db.session.get(TeamAssignment, assignment_id)
    if row is None or row.project_id != project_id:
        raise NotFound(assignment_id=assignment_id)
    return row


def countries_in(scope: Scope) -> list[str]:
    """The countries of the projects and sites that a scope reaches, sorted."""
    sites = select(Site.country)
    if not scope.is_everything:
        teams = (
            select(TeamAssignment.team_id)
            .join(TeamAssignment.project)
            .where(in_scope(scope))
        )
        sites = sites.where(
            or_(
                Site.id.in_(scope.site_ids) if scope.site_ids else false(),
                Site.id.in_(select(Team.site_id).where(Team.id.in_(teams))),
            )
        )
    own = select(Project.country).where(Project.country.is_not(None), in_scope(scope))
    found = {*db.session.scalars(sites), *db.session.scalars(own)}
    return sorted(country for country in found if country)


def days_of_owner(
    country: str | None, project_id: int | None, first: date, last: date
) -> Sequence[CalendarDay]:
    """The days of one calendar alone, a country's or a project's, both ends in."""
    owner = (
        CalendarDay.country == country
        if project_id is None
        else CalendarDay.project_id == project_id
    )
    return db.session.scalars(
        select(CalendarDay)
        .where(owner, CalendarDay.day.between(first, last))
        .order_by(CalendarDay.day, CalendarDay.name)
    ).all()


def get_day(day_id: int, *, lock: bool = False) -> CalendarDay:
    """One day of the calendar, held against others if asked; raises `NotFound`."""
    row = db.session.get(CalendarDay, day_id, with_for_update=lock)
    if row is None:
        raise NotFound(day_id=day_id)
    return row
