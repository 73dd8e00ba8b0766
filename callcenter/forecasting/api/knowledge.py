"""Programs read and enter what planners know: events and campaigns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from callcenter.access.guards import token_required
from callcenter.forecasting import queries
from callcenter.forecasting.api.arguments import (
    day_arg,
    next_page,
    project_named,
    read_scope,
)
from callcenter.forecasting.api.blueprint import api_bp
from callcenter.forecasting.api.forecasts import MOST, limited, refused
from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.models import CampaignPlan, Event
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.services import knowledge as entering
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project
from callcenter.web.pages import whole_number_arg


@api_bp.get("/events")
@limited
@token_required(Permission.VIEW_FORECASTS)
def events() -> ResponseReturnValue:
    """The special events within reach by id; ``next`` leads to the following.

    ``limit`` (at most 100), ``cursor``, ``project`` (code), ``from`` and ``to`` (days
    that an event touches). Shares are in percent.
    """
    rows, following = _page(queries.visible_events(read_scope()), Event)
    items = [
        {"id": row.id, "project": row.project.code}
        | dict(entering.event_record(row, [each.queue for each in row.queues]))
        for row in rows
    ]
    return jsonify(items=items, next=next_page("events", following))


@api_bp.get("/campaigns")
@limited
@token_required(Permission.VIEW_FORECASTS)
def campaigns() -> ResponseReturnValue:
    """The campaign plans within reach by id; ``next`` leads to the following.

    ``limit`` (at most 100), ``cursor``, ``project`` (code), ``from`` and ``to`` (days
    that a campaign touches). Shares are in percent.
    """
    rows, following = _page(queries.visible_campaigns(read_scope()), CampaignPlan)
    items = [
        {"id": row.id, "project": row.project.code}
        | dict(entering.campaign_record(row, {row.queue_id: row.queue.code}))
        for row in rows
    ]
    return jsonify(items=items, next=next_page("campaigns", following))


def _page(statement: Select[Any], kind: Any) -> tuple[Sequence[Any], int | None]:
    """A page of rows, and the cursor of the following one."""
    limit = whole_number_arg("limit", 50, low=1, high=MOST)
    after = whole_number_arg("cursor", 0, low=0, high=2**31 - 1)
    statement = statement.where(
        kind.id > after,
        kind.last_day >= day_arg("from", date.min),
        kind.first_day <= day_arg("to", date.max),
    )
    if request.args.get("project"):
        statement = statement.where(Project.code == request.args["project"])
    found = db.session.scalars(
        statement.order_by(None).order_by(kind.id).limit(limit + 1)
    ).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


@api_bp.post("/events")
@limited
@token_required(Permission.ADJUST_FORECAST)
def enter_events() -> ResponseReturnValue:
    """Enter special events of a project, or change those of the same name and day.

    The body names ``project`` (code) and ``events``: objects as reading gives them,
    with ``kind``, ``name`` and ``first_day`` at least. All or none are stored; what
    breaks a rule is named by its place, field and rule.
    """
    return _enter("events", entering.enter_events)


@api_bp.post("/campaigns")
@limited
@token_required(Permission.ADJUST_FORECAST)
def enter_campaigns() -> ResponseReturnValue:
    """Enter campaign plans of a project, or change those of the same name and day.

    The body names ``project`` (code) and ``campaigns``: objects as reading gives
    them. All or none are stored; what breaks a rule is named by its place, field and
    rule.
    """
    return _enter("campaigns", entering.enter_campaigns)


def _enter(name: str, enter: Callable[..., Mapping[str, int]]) -> ResponseReturnValue:
    body = request.get_json(silent=True)
    records = body.get(name) if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(records, list):
        raise Invalid(name, field=name)
    actor = current_actor()
    try:
        with transaction():
            scope = actor.scope(Permission.ADJUST_FORECAST)
            project = project_named(body.get("project"), scope)
            project = project_queries.get_project(project.id, scope)
            counts = enter(project, records, by=actor.user_id, first_row=1)
    except ImportRefused as refusal:
        return refused(refusal)
    return jsonify(counts)
