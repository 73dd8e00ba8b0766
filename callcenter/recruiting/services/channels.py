"""Channels and events, and the people who sign up for them."""

import secrets
from datetime import timedelta
from typing import Any

from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.text import _l
from callcenter.people.models import EmploymentKind, Site
from callcenter.recruiting import queries
from callcenter.recruiting.errors import AlreadyKnown, CandidateInvalid, SignUpClosed
from callcenter.recruiting.models import (
    Candidate,
    Channel,
    Event,
    HistoryKind,
    RequisitionState,
)
from callcenter.recruiting.services.candidates import (
    CONSENT_VERSION,
    Person,
    note,
    set_pooled,
    write_down,
)
from callcenter.recruiting.services.pipeline import put_forward

OPEN_AFTERWARDS = timedelta(days=7)


def save_channel(channel: Channel, *, site: Site | None, **values: Any) -> Channel:
    """Create or change a channel; the bonus is in the currency of its site."""
    for name, value in values.items():
        setattr(channel, name, value)
    channel.site_id = site.id if site else None
    if site is not None:
        channel.currency = site.currency
    db.session.add(channel)
    db.session.flush()
    return channel


def save_event(event: Event, *, site: Site, **values: Any) -> Event:
    """Create or change an event; a new one gets the address for its sign-up.

    Raises `CandidateInvalid` where it ends before it starts.
    """
    if values["starts_at"] >= values["ends_at"]:
        raise CandidateInvalid(_l("The end must come after the start."), field="until")
    for name, value in values.items():
        setattr(event, name, value)
    event.site_id, event.currency = site.id, site.currency
    if not event.token:
        event.token = secrets.token_urlsafe(12)
    db.session.add(event)
    db.session.flush()
    return event


def takes_sign_ups(event: Event) -> bool:
    """Whether people can still sign up: a week after the event it is over."""
    return event.is_open and clock.now() < event.ends_at + OPEN_AFTERWARDS


def sign_up(
    event: Event,
    *,
    name: str,
    phone: str,
    email: str = "",
    school: str = "",
    wanted_kind: EmploymentKind | None = None,
) -> Candidate:
    """Take down somebody who signed up and agreed; twice is once.

    Whoever is known by the phone keeps the record as it is, since nobody has shown
    who they are. Raises `SignUpClosed` and `CandidateInvalid`.
    """
    if not takes_sign_ups(event):
        raise SignUpClosed
    if not phone.strip():
        raise CandidateInvalid(_l("This is not a phone number."), field="phone")
    person = Person(
        name=name,
        phone=phone,
        email=email,
        school=school,
        wanted_kind=wanted_kind,
        channel_id=event.channel_id,
    )
    candidate = Candidate(event_id=event.id)
    try:
        write_down(candidate, person, site=event.site, has_consent=True)
    except AlreadyKnown as refusal:
        known = db.session.get(Candidate, refusal.context.get("candidate_id"))
        if known is None:
            raise
        candidate = known
        _renew_consent(candidate)
    if not queries.has_signed_up(candidate.id, event.id):
        note(candidate.id, HistoryKind.SIGNED_UP, event_id=event.id, words=event.title)
    _place(candidate, event)
    return candidate


def _renew_consent(candidate: Candidate) -> None:
    if candidate.consent_version != CONSENT_VERSION:
        candidate.consent_at = clock.now()
        candidate.consent_version = CONSENT_VERSION


def _place(candidate: Candidate, event: Event) -> None:
    """Into the pipeline of the event's requisition, else into the talent pool."""
    wanted = event.requisition
    if wanted is None or wanted.state is not RequisitionState.OPEN:
        if not queries.applications_of(candidate.id):
            set_pooled(candidate, is_in_pool=True, words=event.title)
    elif not queries.has_applied(candidate.id, wanted.id):
        put_forward(candidate, wanted)
