"""Programs push contacts and agent states, and read figures."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import token_key, token_required
from callcenter.acd import queries, services
from callcenter.acd.permissions import Permission
from callcenter.acd.schemas import EventsRefused, read_push
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.web.errors import problem
from callcenter.web.extensions import csrf, limiter

api_bp = Blueprint("acd_api", __name__, url_prefix="/api/v1/acd")
csrf.exempt(api_bp)
EVENTS_PER_MINUTE = "600/minute"
MAX_BODY = 4 * 1024 * 1024


@api_bp.post("/events")
@limiter.limit(EVENTS_PER_MINUTE, key_func=token_key)
@token_required(Permission.PUSH_EVENTS)
def push_events() -> ResponseReturnValue:
    """Store pushed events at once; what came before changes nothing."""
    if (request.content_length or 0) > MAX_BODY:
        return problem(413, "acd.too_large", "At most 4 MB at once.")
    try:
        push = read_push(_body())
    except EventsRefused as refusal:
        return _refused(refusal)
    scope = current_actor().scope(Permission.PUSH_EVENTS)
    with transaction():
        project = queries.get_project_by_code(push.project, scope)
        counts = services.push(project, push.contacts, push.states, source=push.source)
    return jsonify(counts)


def _body() -> Any:
    """What was sent, None for what is no JSON or is nested without an end."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _refused(refusal: EventsRefused) -> Response:
    answer = jsonify(
        type=f"urn:callcenter:{refusal.code}",
        title="Something needs correcting",
        status=422,
        code=refusal.code,
        errors=refusal.context["fields"],
    )
    answer.status_code = 422
    answer.content_type = "application/problem+json"
    return answer
