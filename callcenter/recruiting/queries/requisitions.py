"""Reading requisitions: those within reach, and what their forms offer."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import joinedload

from callcenter.access.models import AuditEntry
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee, Post, Site
from callcenter.projects.models import Project
from callcenter.recruiting.models import Requisition, RequisitionState


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a requisition lies within a scope: its site, its project."""
    if scope.is_everything:
        return true()
    return or_(
        Requisition.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Requisition.project_id.in_(scope.project_ids) if scope.project_ids else false(),
    )


def visible_requisitions(scope: Scope) -> Select[Requisition]:
    """The requisitions within a scope with post, project and site, by due day."""
    return (
        select(Requisition)
        .options(
            joinedload(Requisition.site),
            joinedload(Requisition.project),
            joinedload(Requisition.post),
        )
        .where(in_scope(scope))
        .order_by(Requisition.due_on, Requisition.id)
    )


def open_requisitions(scope: Scope) -> Select[Requisition]:
    """Those for which people are recruited now, the soonest due first."""
    return visible_requisitions(scope).where(Requisition.state == RequisitionState.OPEN)


def get_requisition(requisition_id: int, scope: Scope) -> Requisition:
    """The requisition with all that its page shows; raises `NotFound`."""
    found = db.session.scalar(
        visible_requisitions(scope)
        .where(Requisition.id == requisition_id)
        .options(joinedload(Requisition.asked_by), joinedload(Requisition.replaces))
    )
    if found is None:
        raise NotFound(requisition_id=requisition_id)
    return found


def requisitions_by_id(requisition_ids: Collection[int]) -> dict[int, Requisition]:
    """Those of the requisitions that exist, for whoever decides on them."""
    statement = (
        select(Requisition)
        .where(Requisition.id.in_(requisition_ids))
        .options(
            joinedload(Requisition.site),
            joinedload(Requisition.project),
            joinedload(Requisition.post),
            joinedload(Requisition.replaces),
        )
    )
    return {each.id: each for each in db.session.scalars(statement)}


def find_requisition(requisition_id: int) -> Requisition | None:
    """The requisition that a decision is about, or None."""
    return requisitions_by_id([requisition_id]).get(requisition_id)


def offered_sites(scope: Scope) -> list[Site]:
    """The sites that a scope reaches, directly or through a project's reach."""
    statement = select(Site).order_by(Site.name)
    if not scope.is_everything:
        statement = statement.where(Site.id.in_(scope.site_ids))
    return list(db.session.scalars(statement))


def offered_posts(scope: Scope) -> list[Post]:
    """The posts that a requisition can be for: of no site, or of one in reach."""
    statement = (
        select(Post).options(joinedload(Post.site)).order_by(Post.title, Post.id)
    )
    if not scope.is_everything:
        here = or_(Post.site_id.is_(None), Post.site_id.in_(scope.site_ids))
        statement = statement.where(here)
    return list(db.session.scalars(statement))


def find_site_of_post(post_id: int) -> int | None:
    """The site that a post belongs to; None for one of the whole company.

    Raises `NotFound`.
    """
    row = db.session.execute(select(Post.site_id).where(Post.id == post_id)).first()
    if row is None:
        raise NotFound(post_id=post_id)
    site_id: int | None = row[0]
    return site_id


def named(words: str) -> ColumnElement[bool]:
    """The condition that post or project hold the words; both must be joined."""
    columns = (Post.title, Post.title_zh, Project.name)
    return or_(*(each.icontains(words, autoescape=True) for each in columns))


def get_site(site_id: int, scope: Scope) -> Site:
    """The site, when the scope reaches it; raises `NotFound`."""
    found = db.session.get(Site, site_id)
    if found is None or not (scope.is_everything or site_id in scope.site_ids):
        raise NotFound(site_id=site_id)
    return found


def find_leaver(number: str, site_id: int) -> Employee | None:
    """The employee of that number at that site, or None."""
    return db.session.scalar(
        select(Employee).where(Employee.number == number, Employee.site_id == site_id)
    )


def offered_projects(scope: Scope) -> list[Project]:
    """The projects that requisitions within a scope are for, to narrow a list."""
    asked = select(Requisition.project_id).where(in_scope(scope))
    statement = select(Project).where(Project.id.in_(asked)).order_by(Project.name)
    return list(db.session.scalars(statement))


def history_of(requisition_id: int) -> Select[AuditEntry]:
    """What the audit trail holds on the requisition's own row, newest first."""
    return (
        select(AuditEntry)
        .where(
            AuditEntry.subject == Requisition.__tablename__,
            AuditEntry.subject_id == str(requisition_id),
        )
        .order_by(AuditEntry.id.desc())
    )
