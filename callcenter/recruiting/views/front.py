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
from callcenter.recruiting.models import Requisition
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
    """Requisitions whose post or project holds the words, within reach."""
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
