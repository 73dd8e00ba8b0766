"""What this room shows elsewhere: on first pages, and in the search from anywhere."""

from collections.abc import Iterable

from flask import url_for

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _n
from callcenter.people.models import Post
from callcenter.projects.models import Project
from callcenter.recruiting import queries
from callcenter.recruiting.models import Application, Requisition, RequisitionState
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views import words
from callcenter.web import filters
from callcenter.web.home_page import Line, Part
from callcenter.web.search import Hit

LINES = 6


def open_requisitions() -> Part | None:
    """How many people are wanted by when, the soonest first."""
    scope = current_actor().scope(Permission.VIEW_REQUISITIONS)
    rows = db.session.scalars(queries.open_requisitions(scope).limit(LINES + 1)).all()
    if not rows:
        return None
    return Part(
        title=_("People wanted"),
        lines=[_line(row) for row in rows[:LINES]],
        more_label=_("All requisitions"),
        more_url=url_for("recruiting.requisitions"),
    )


def overdue() -> Part | None:
    """Who stays too long in a stage: the longest overdue first."""
    actor = current_actor()
    late = (
        queries.visible_applications(actor.scope(Permission.EDIT_CANDIDATES))
        .where(queries.is_overdue(), Requisition.state == RequisitionState.OPEN)
        .limit(LINES + 1)
    )
    rows = db.session.scalars(late).all()
    if not rows:
        return None
    return Part(
        title=_("Candidates who wait for us"),
        lines=[_late_line(row) for row in rows[:LINES]],
        more_label=_("All who are overdue"),
        more_url=url_for("recruiting.applications", late=1),
    )


def _late_line(row: Application) -> Line:
    day = filters.day(row.due_at, "day_month", row.requisition.site.zone)
    title = words.requisition_title(row.requisition)
    return Line(
        row.candidate.name,
        url_for("recruiting.candidate", candidate_id=row.candidate_id),
        reason=f"{row.stage.label} · {title}",
        badge=_("due %(day)s", day=day),
        tone="danger",
    )


def _line(row: Requisition) -> Line:
    n_days = (row.due_on - clock.today(row.site.tz)).days
    day = filters.day(row.due_on, "day_month")
    if n_days < 0:
        badge, tone = _("overdue"), "danger"
    else:
        badge = _n("in one day", "in %(num)s days", n_days)
        tone = "warning" if n_days <= 14 else "neutral"
    return Line(
        words.requisition_title(row),
        url_for("recruiting.requisition", requisition_id=row.id),
        reason=_(
            "%(people)s by %(day)s",
            people=_n("one person", "%(num)s people", row.headcount),
            day=day,
        ),
        badge=badge,
        tone=tone,
    )


def find(typed: str, most: int) -> Iterable[Hit]:
    """Candidates and requisitions that hold the words, within reach."""
    return [*_candidates(typed, most), *_requisitions(typed, most)]


def _candidates(typed: str, most: int) -> Iterable[Hit]:
    actor = current_actor()
    if not actor.may(Permission.VIEW_CANDIDATES):
        return []
    scope = actor.scope(Permission.VIEW_CANDIDATES)
    rows = db.session.scalars(
        queries.visible_candidates(scope).where(queries.named_like(typed)).limit(most)
    ).all()
    return [
        Hit(
            row.name,
            url_for("recruiting.candidate", candidate_id=row.id),
            _("Candidate, %(site)s", site=row.site.name),
            "person-plus",
        )
        for row in rows
    ]


def _requisitions(typed: str, most: int) -> Iterable[Hit]:
    actor = current_actor()
    if not actor.may(Permission.VIEW_REQUISITIONS):
        return []
    scope = actor.scope(Permission.VIEW_REQUISITIONS)
    rows = db.session.scalars(
        queries.visible_requisitions(scope)
        .join(Post, Post.id == Requisition.post_id)
        .outerjoin(Project, Project.id == Requisition.project_id)
        .where(queries.named(typed))
        .limit(most)
    ).all()
    return [
        Hit(
            words.requisition_title(row),
            url_for("recruiting.requisition", requisition_id=row.id),
            _("Requisition, %(state)s", state=row.state.label),
            "clipboard-check",
        )
        for row in rows
    ]
