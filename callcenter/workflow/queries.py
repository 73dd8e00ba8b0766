"""Reading requests and decisions."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from callcenter.kernel.actor import Actor, Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.workflow.models import (
    KINDS,
    Decision,
    Request,
    RequestKind,
    RequestState,
)


def kinds() -> Mapping[str, RequestKind]:
    """The registered kinds of request, by code."""
    return KINDS


def kind_of(request: Request) -> RequestKind:
    """The kind of a request; raises `NotFound` when its room is not installed."""
    try:
        return kinds()[request.kind]
    except KeyError:
        raise NotFound(kind=request.kind) from None


def _with_requester() -> Select[Request]:
    return select(Request).options(joinedload(Request.requester))


def _whole() -> Select[Request]:
    decisions = selectinload(Request.decisions).joinedload(Decision.user)
    return _with_requester().options(decisions)


def waiting_for(actor: Actor, *, with_decisions: bool = True) -> Select[Request]:
    """The open requests on which the actor may decide now, oldest first."""
    steps = [
        and_(
            Request.kind == kind.code,
            Request.step == number,
            _reaches(actor.scope(step.permission)),
        )
        for kind in kinds().values()
        for number, step in enumerate(kind.steps)
        if actor.may(step.permission)
    ]
    whole = _whole() if with_decisions else _with_requester()
    return whole.where(
        Request.state == RequestState.OPEN,
        Request.requester_id != actor.user_id,
        or_(false(), *steps),
    ).order_by(Request.created_at, Request.id)


def _reaches(scope: Scope) -> ColumnElement[bool]:
    if scope.is_everything:
        return true()
    return or_(
        false(),
        Request.site_id.in_(scope.site_ids) if scope.site_ids else false(),
        Request.team_id.in_(scope.team_ids) if scope.team_ids else false(),
        Request.project_id.in_(scope.project_ids) if scope.project_ids else false(),
    )


def count_waiting_for(actor: Actor) -> int:
    """How many requests wait for the actor."""
    waiting = waiting_for(actor).order_by(None).with_only_columns(func.count())
    return db.session.scalar(waiting) or 0


def requests_by(user_id: int) -> Select[Request]:
    """What the user asked for, newest first."""
    return (
        _whole()
        .where(Request.requester_id == user_id)
        .order_by(Request.created_at.desc(), Request.id.desc())
    )


def get_request(request_id: int, actor: Actor) -> Request:
    """The request, if the actor made it or its matter lies in reach.

    Raises `NotFound`.
    """
    found = db.session.scalar(_whole().where(Request.id == request_id))
    if found is None or not may_see(found, actor):
        raise NotFound(request_id=request_id)
    return found


def may_see(request: Request, actor: Actor) -> bool:
    """Whether the actor made the request or may decide on any of its steps."""
    return request.requester_id == actor.user_id or any(
        actor.may(step.permission) and request.is_within(actor.scope(step.permission))
        for step in kind_of(request).steps
    )


def find_request_about(subject: str) -> Request | None:
    """The newest request about that subject, or None."""
    statement = _whole().where(Request.subject == subject).order_by(Request.id.desc())
    return db.session.scalars(statement.limit(1)).first()
