"""The list of events."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from callcenter.forecasting import queries
from callcenter.forecasting.models import Event
from callcenter.forecasting.views.knowledge import knowing
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project
from callcenter.web.tables import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Empty,
    Table,
    TextFilter,
)


def events_table(scope: Scope, projects: Sequence[Any]) -> Table:
    """The events within a scope, to be filtered and ordered."""
    return Table(
        "events",
        queries.visible_events(scope),
        caption=_("Special events"),
        columns=_columns(),
        filters=[
            TextFilter("q", _l("Name"), Event.name, Event.kind),
            ChoiceFilter(
                "project",
                _l("Project"),
                Project.id,
                [(row.id, row.name) for row in projects],
            ),
            DateRangeFilter("day", _l("First day"), Event.first_day),
        ],
        default_sort="first_day",
        default_dir="desc",
        row_url=lambda row: url_for("forecasting.event", event_id=row.id),
        empty=Empty(
            _l("No events yet"),
            _l(
                "Mailings, campaigns, billing days, outages: past ones teach forecasts "
                "what the next ones will do."
            ),
            icon="bell",
        ),
    )


def _columns() -> list[Column]:
    return [
        Column("first_day", _l("First day"), sort=Event.first_day, style="date"),
        Column("last_day", _l("Last day"), sort=Event.last_day, style="date"),
        Column("name", _l("Name"), sort=Event.name),
        Column(
            "kind",
            _l("Kind"),
            sort=Event.kind,
            value=lambda row: knowing.kind_name(row.kind),
        ),
        Column("project", _l("Project"), value=lambda row: row.project.name),
        Column("queues", _l("Queues"), value=_queue_names),
        Column("size", _l("Size"), sort=Event.size, style="number", align="end"),
        Column(
            "effect",
            _l("Effect"),
            value=lambda row: str(knowing.EFFECT_NAMES[row.effect]),
        ),
    ]


def _queue_names(row: Event) -> str:
    names = [each.queue.name for each in row.queues]
    return ", ".join(names) if names else _("all")


def projects_in(scope: Scope) -> Sequence[Any]:
    """The id and name of each project within a scope."""
    return db.session.execute(
        select(Project.id, Project.name)
        .where(project_queries.in_scope(scope))
        .order_by(Project.name)
    ).all()
