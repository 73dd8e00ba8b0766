"""Writing down candidates, recognising them, and making one record out of two."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from callcenter.kernel import clock, crypto
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _l
from callcenter.people import services as people
from callcenter.people.models import EmploymentKind, Site
from callcenter.people.services import names as spelling
from callcenter.recruiting import queries
from callcenter.recruiting.errors import AlreadyKnown, CandidateInvalid, MergeRefused
from callcenter.recruiting.models import (
    Application,
    Candidate,
    HistoryEntry,
    HistoryKind,
    StageKind,
)
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.services.names import name_key

CONSENT_VERSION = "2026-11"
KEPT_BY_MERGE = (
    *("phone", "phone_digest", "identity_number", "identity_digest", "email"),
    *("channel_id", "event_id", "referrer_id", "school", "skills", "wanted_kind"),
    *("available_on", "consent_at", "consent_version"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of a candidate, as somebody typed it.

    ``phone`` and ``identity_number`` that are None stay as they are.
    """

    name: str
    phone: str | None = None
    identity_number: str | None = None
    email: str | None = None
    school: str = ""
    skills: str = ""
    wanted_kind: EmploymentKind | None = None
    available_on: date | None = None
    channel_id: int | None = None
    referrer: str = ""


def write_down(
    candidate: Candidate, person: Person, *, site: Site, has_consent: bool = False
) -> Candidate:
    """Write down somebody new, or correct what is known of somebody.

    Raises `AlreadyKnown` for a phone or identity number of another candidate and
    `CandidateInvalid`, which names the field.
    """
    is_new = candidate.id is None
    with db.session.no_autoflush:
        _describe(candidate, person, site)
        _require_unknown(candidate)
    if has_consent and candidate.consent_at is None:
        candidate.consent_at = clock.now()
        candidate.consent_version = CONSENT_VERSION
    try:
        with db.session.begin_nested():
            db.session.add(candidate)
            db.session.flush()
    except IntegrityError:
        # Another writer was first with this number, and is there to be seen by now.
        _require_unknown(candidate)
        raise
    note(candidate.id, HistoryKind.ADDED if is_new else HistoryKind.CHANGED)
    return candidate


def _describe(candidate: Candidate, person: Person, site: Site) -> None:
    candidate.name = " ".join(person.name.split())
    candidate.name_sort = people.sort_name(candidate.name)
    candidate.name_key = name_key(candidate.name)
    candidate.site_id = site.id
    for name in ("school", "skills", "wanted_kind", "available_on", "channel_id"):
        setattr(candidate, name, getattr(person, name))
    if person.email is not None:
        candidate.email = person.email or None
    if person.phone is not None:
        phone = _normal_phone(person.phone, site.country)
        candidate.phone = phone
        candidate.phone_digest = crypto.digest(phone) if phone else None
    if person.identity_number is not None:
        number = _normal_identity(person.identity_number, site.country)
        candidate.identity_number = number
        candidate.identity_digest = crypto.digest(number) if number else None
    candidate.referrer_id = _referrer(person.referrer)


def _normal_phone(typed: str, country: str) -> str | None:
    if not typed.strip():
        return None
    phone = spelling.normal_phone(typed, country)
    if phone is None:
        raise CandidateInvalid(_l("This is not a phone number."), field="phone")
    return phone


def _normal_identity(typed: str, country: str) -> str | None:
    number = spelling.normal_identity(typed)
    if not number:
        return None
    if not spelling.is_identity_number(number, country):
        raise CandidateInvalid(
            _l("This identity number cannot be right: check its digits."),
            field="identity_number",
        )
    return number


def _referrer(number: str) -> int | None:
    if not number.strip():
        return None
    employee = queries.find_employee_by_number(number.strip())
    if employee is None:
        raise CandidateInvalid(
            _l("Nobody here has that employee number."), field="referrer"
        )
    return employee.id


def _require_unknown(candidate: Candidate) -> None:
    known = queries.find_by_numbers(
        candidate.phone_digest, candidate.identity_digest, but=candidate.id
    )
    if known is None:
        return
    actor = current_actor()
    is_reached = actor.may(Permission.VIEW_CANDIDATES) and queries.is_within(
        known.id, actor.scope(Permission.VIEW_CANDIDATES)
    )
    is_phone = known.phone_digest == candidate.phone_digest
    raise AlreadyKnown(
        candidate_id=known.id,
        name=known.name,
        site=known.site.name,
        is_reached=is_reached,
        field="phone" if is_phone and known.phone_digest else "identity_number",
    )


def note(candidate_id: int, kind: HistoryKind, **values: Any) -> HistoryEntry:
    """Add to what happened to a candidate; ``words`` are cut to what is kept."""
    values["words"] = str(values.get("words", "")).strip()[:400]
    entry = HistoryEntry(
        candidate_id=candidate_id, kind=kind, by_id=current_actor().user_id, **values
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def set_pooled(candidate: Candidate, *, is_in_pool: bool, words: str = "") -> None:
    """Put somebody into the talent pool, or take them out; twice is once."""
    if candidate.is_in_pool is is_in_pool:
        return
    candidate.is_in_pool = is_in_pool
    kind = HistoryKind.POOLED if is_in_pool else HistoryKind.UNPOOLED
    note(candidate.id, kind, words=words)


def merge_candidates(kept: Candidate, other: Candidate) -> Candidate:
    """Make one record out of two of the same person; nothing of either is lost.

    What ``kept`` lacks comes from ``other``, whose applications and history move
    over; where both stand before one requisition, the one that is further stays the
    candidate's and the other remains with the merged record.

    Raises `MergeRefused` for one and the same, and where two identity numbers differ.
    """
    if kept.id == other.id:
        raise MergeRefused(_l("These are one and the same record already."))
    numbers = {kept.identity_digest, other.identity_digest} - {None}
    if len(numbers) > 1:
        raise MergeRefused(
            _l("Their identity numbers differ: these are two different people.")
        )
    other.merged_into_id = kept.id
    db.session.flush()
    for name in KEPT_BY_MERGE:
        if not getattr(kept, name):
            setattr(kept, name, getattr(other, name))
    kept.is_in_pool = kept.is_in_pool or other.is_in_pool
    db.session.flush()
    n_moved = _hand_over(kept, other)
    db.session.execute(
        update(HistoryEntry)
        .where(HistoryEntry.candidate_id == other.id)
        .values(candidate_id=kept.id)
        .execution_options(synchronize_session=False)
    )
    words = f"#{other.id} {other.name} ({n_moved})"
    note(kept.id, HistoryKind.MERGED, words=words)
    return kept


def _hand_over(kept: Candidate, other: Candidate) -> int:
    """Give the applications of one to the other; how many went over."""
    mine = {each.requisition_id: each for each in queries.applications_of(kept.id)}
    n_moved = 0
    for theirs in queries.applications_of(other.id):
        own = mine.get(theirs.requisition_id)
        if own is None:
            theirs.candidate_id = kept.id
            n_moved += 1
        elif _reach(theirs) > _reach(own):
            _swap(own, theirs)
            n_moved += 1
        db.session.flush()
    return n_moved


def _reach(application: Application) -> tuple[bool, int]:
    return (
        application.state not in Application.ENDED,
        StageKind(application.stage).position,
    )


def _swap(own: Application, theirs: Application) -> None:
    """Give each the other's place, so that one requisition has each only once."""
    for name in (
        *("stage", "state", "entered_at", "due_at", "refusal_reason"),
        *("refusal_note", "recruiter_id", "applied_at", "ended_at"),
    ):
        mine, other = getattr(own, name), getattr(theirs, name)
        setattr(own, name, other)
        setattr(theirs, name, mine)
