"""What search finds in this room."""

from collections.abc import Iterable

from flask import url_for
from sqlalchemy import or_

from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _
from callcenter.projects import queries
from callcenter.projects.models import Project, Queue
from callcenter.projects.permissions import Permission
from callcenter.web.search import Hit


def find(words: str, most: int) -> Iterable[Hit]:
    """Projects and queues whose name or code holds the words, within reach."""
    actor = current_actor()
    if not actor.may(Permission.VIEW_PROJECTS):
        return []
    scope = actor.scope(Permission.VIEW_PROJECTS)
    projects = db.session.scalars(
        queries.visible_projects(scope)
        .where(
            or_(
                Project.name.icontains(words, autoescape=True),
                Project.code.icontains(words, autoescape=True),
            )
        )
        .limit(most)
    ).all()
    queues = db.session.scalars(
        queries.visible_queues(scope)
        .where(
            or_(
                Queue.name.icontains(words, autoescape=True),
                Queue.code.icontains(words, autoescape=True),
            )
        )
        .limit(most)
    ).all()
    return [
        *(
            Hit(
                row.name,
                url_for("projects.project", project_id=row.id),
                row.client.name,
                "briefcase",
            )
            for row in projects
        ),
        *(
            Hit(
                row.name,
                url_for("projects.queue", queue_id=row.id),
                _("Queue of %(project)s", project=row.project.name),
                "headset",
            )
            for row in queues
        ),
    ]
