"""Opening, deciding and withdrawing requests."""

from datetime import datetime
from typing import Any

from callcenter.kernel import clock
from callcenter.kernel.actor import Actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.workflow import queries
from callcenter.workflow.errors import AlreadyDecided, NotYours, ReasonNeeded
from callcenter.workflow.events import decided, opened
from callcenter.workflow.models import (
    KINDS,
    TRANSITIONS,
    Decision,
    Request,
    RequestKind,
    RequestState,
    Verdict,
)


def register_kind(kind: RequestKind) -> None:
    """Make a kind of request known; each room does it once when it starts."""
    KINDS[kind.code] = kind


def open_request(
    kind: str,
    *,
    subject: str,
    by: int,
    employee_id: int | None = None,
    team_id: int | None = None,
    site_id: int | None = None,
    project_id: int | None = None,
    due_at: datetime | None = None,
    details: dict[str, Any] | None = None,
) -> Request:
    """Ask for a decision about a subject; the first step's deciders see it at once.

    Raises `Invalid` for a kind that nobody registered.
    """
    if kind not in queries.kinds():
        raise Invalid(kind)
    request = Request(
        kind=kind,
        subject=subject,
        requester_id=by,
        employee_id=employee_id,
        team_id=team_id,
        site_id=site_id,
        project_id=project_id,
        due_at=due_at,
        details=details or {},
        decisions=[],
    )
    db.session.add(request)
    db.session.flush()
    opened.send(request)
    return request


def decide(
    request: Request, *, verdict: Verdict, actor: Actor, note: str = ""
) -> Request:
    """Approve or reject the present step; the last approval decides the request.

    Raises `AlreadyDecided`, `NotYours` for own requests and those out of reach,
    and `ReasonNeeded` for a rejection without a note.
    """
    if request.state is not RequestState.OPEN:
        raise AlreadyDecided(request=request)
    if not may_decide(request, actor):
        raise NotYours(request=request)
    if verdict is Verdict.REJECT and not note.strip():
        raise ReasonNeeded(field="note")
    request.decisions.append(
        Decision(
            step=request.step,
            user_id=actor.user_id or 0,
            verdict=verdict,
            note=note.strip()[:400],
        )
    )
    if verdict is Verdict.REJECT:
        _end(request, RequestState.REJECTED)
    elif request.step + 1 < len(queries.kind_of(request).steps):
        request.step += 1
    else:
        _end(request, RequestState.APPROVED)
    return request


def may_decide(request: Request, actor: Actor) -> bool:
    """Whether the present step is the actor's to decide, and not the own request."""
    if request.state is not RequestState.OPEN or request.requester_id == actor.user_id:
        return False
    step = queries.kind_of(request).steps[request.step]
    return actor.may(step.permission) and request.is_within(
        actor.scope(step.permission)
    )


def withdraw(request: Request, *, actor: Actor) -> Request:
    """Take an own request back; what was already granted is undone by its owner.

    Raises `NotYours` and `AlreadyDecided`.
    """
    if request.requester_id != actor.user_id:
        raise NotYours(request=request)
    _end(request, RequestState.WITHDRAWN)
    return request


def _end(request: Request, state: RequestState) -> None:
    if state not in TRANSITIONS[request.state]:
        raise AlreadyDecided(request=request)
    request.state = state
    request.decided_at = clock.now()
    db.session.flush()
    decided.send(request)
