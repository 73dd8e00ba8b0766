"""Reading channels and events."""

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Site
from callcenter.recruiting.models import (
    Channel,
    Event,
    HistoryEntry,
    HistoryKind,
    Requisition,
)


def channel_in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a channel can be used within a scope: its site's, or all's."""
    if scope.is_everything:
        return true()
    here = Channel.site_id.in_(scope.site_ids) if scope.site_ids else false()
    return or_(Channel.site_id.is_(None), here)


def visible_channels(scope: Scope) -> Select[Channel]:
    """The channels of use within a scope, by name."""
    return (
        select(Channel)
        .options(joinedload(Channel.site))
        .where(channel_in_scope(scope))
        .order_by(Channel.name, Channel.id)
    )


def get_channel(channel_id: int, scope: Scope) -> Channel:
    """The channel, to change it: the company's own need the whole company's reach.

    Raises `NotFound`.
    """
    found = db.session.scalar(visible_channels(scope).where(Channel.id == channel_id))
    if found is None or (found.site_id is None and not scope.is_everything):
        raise NotFound(channel_id=channel_id)
    return found


def visible_events(scope: Scope) -> Select[Event]:
    """The events at the sites of a scope with channel and site, latest first."""
    statement = (
        select(Event)
        .join(Event.channel)
        .join(Event.site)
        .options(contains_eager(Event.channel), contains_eager(Event.site))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    if scope.is_everything:
        return statement
    here = Event.site_id.in_(scope.site_ids) if scope.site_ids else false()
    return statement.where(here)


def _whole_event() -> Select[Event]:
    requisition = joinedload(Event.requisition)
    return select(Event).options(
        joinedload(Event.channel),
        joinedload(Event.site),
        requisition.joinedload(Requisition.post),
        requisition.joinedload(Requisition.project),
        requisition.joinedload(Requisition.site),
    )


def get_event(event_id: int, scope: Scope) -> Event:
    """The event with all that its page shows; raises `NotFound`."""
    statement = _whole_event().where(Event.id == event_id)
    if not scope.is_everything:
        here = Event.site_id.in_(scope.site_ids) if scope.site_ids else false()
        statement = statement.where(here)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(event_id=event_id)
    return found


def get_event_by_token(token: str) -> Event:
    """The event that an address leads to, for whoever holds it; raises `NotFound`."""
    found = db.session.scalar(_whole_event().where(Event.token == token))
    if found is None:
        raise NotFound
    return found


def count_sign_ups(event_id: int) -> int:
    """How many people signed up for the event."""
    counted = select(func.count(HistoryEntry.candidate_id.distinct())).where(
        HistoryEntry.event_id == event_id, HistoryEntry.kind == HistoryKind.SIGNED_UP
    )
    return db.session.scalar(counted) or 0


def sites_by_id(scope: Scope) -> dict[int, Site]:
    """The sites of a scope by id, by name."""
    statement = select(Site).order_by(Site.name)
    if not scope.is_everything:
        statement = statement.where(Site.id.in_(scope.site_ids))
    return {each.id: each for each in db.session.scalars(statement)}
