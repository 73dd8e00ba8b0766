"""Reading candidates: within reach, alike, and what happened to them."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import joinedload, undefer

from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Employee
from callcenter.recruiting.models import (
    Application,
    Candidate,
    HistoryEntry,
    HistoryKind,
    Requisition,
)
from callcenter.recruiting.queries.requisitions import in_scope

WORDS_AT_MOST = 6


def candidate_in_scope(scope: Scope) -> ColumnElement[bool]:
    """The condition that a candidate is within reach: of a site, or for its people."""
    if scope.is_everything:
        return true()
    put_forward = exists().where(
        Application.candidate_id == Candidate.id,
        Application.requisition_id == Requisition.id,
        in_scope(scope),
    )
    here = Candidate.site_id.in_(scope.site_ids) if scope.site_ids else false()
    return or_(here, put_forward)


def visible_candidates(scope: Scope) -> Select[Candidate]:
    """The living candidates within a scope, by name."""
    return (
        select(Candidate)
        .options(joinedload(Candidate.site), joinedload(Candidate.channel))
        .where(Candidate.merged_into_id.is_(None), candidate_in_scope(scope))
        .order_by(Candidate.name_sort, Candidate.id)
    )


def get_candidate(candidate_id: int, scope: Scope) -> Candidate:
    """The candidate with phone and identity number; raises `NotFound`.

    What was merged is found under its old number too, as the one that lives on.
    """
    merged = select(Candidate.merged_into_id).where(Candidate.id == candidate_id)
    living = db.session.scalar(merged) or candidate_id
    found = db.session.scalar(
        visible_candidates(scope)
        .where(Candidate.id == living)
        .options(
            joinedload(Candidate.event),
            joinedload(Candidate.referrer),
            undefer(Candidate.phone),
            undefer(Candidate.identity_number),
            undefer(Candidate.email),
        )
    )
    if found is None:
        raise NotFound(candidate_id=candidate_id)
    return found


def named_like(words: str) -> ColumnElement[bool]:
    """The condition that every word is in the name, its spelling, school or skills."""
    found = [_holds(word) for word in words.split()[:WORDS_AT_MOST]]
    return and_(true(), *found)


def _holds(word: str) -> ColumnElement[bool]:
    folded = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    said = (Candidate.name, Candidate.school, Candidate.skills)
    return or_(
        Candidate.name_sort.contains(plain, autoescape=True),
        *(each.icontains(word, autoescape=True) for each in said),
    )


def find_by_numbers(
    phone_digest: str | None, identity_digest: str | None, *, but: int | None = None
) -> Candidate | None:
    """The living candidate of that phone or identity number, wherever, or None."""
    same = []
    if phone_digest:
        same.append(Candidate.phone_digest == phone_digest)
    if identity_digest:
        same.append(Candidate.identity_digest == identity_digest)
    statement = (
        select(Candidate)
        .options(joinedload(Candidate.site))
        .where(
            Candidate.merged_into_id.is_(None),
            Candidate.id != (but or 0),
            or_(false(), *same),
        )
        .order_by(Candidate.id)
    )
    return db.session.scalars(statement.limit(1)).first()


def alike(candidate: Candidate, scope: Scope) -> Sequence[Candidate]:
    """Other living candidates within reach whose name is spelled the same."""
    return db.session.scalars(
        visible_candidates(scope)
        .where(Candidate.id != candidate.id, Candidate.name_key == candidate.name_key)
        .limit(5)
    ).all()


def is_within(candidate_id: int, scope: Scope) -> bool:
    """Whether a scope reaches the candidate."""
    statement = select(Candidate.id).where(
        Candidate.id == candidate_id, candidate_in_scope(scope)
    )
    return db.session.scalar(statement) is not None


def history_of_candidate(candidate_id: int) -> Sequence[HistoryEntry]:
    """What happened to the candidate, newest first."""
    return db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.candidate_id == candidate_id)
        .options(joinedload(HistoryEntry.by))
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(100)
    ).all()


def has_signed_up(candidate_id: int, event_id: int) -> bool:
    """Whether the candidate signed up for that event."""
    statement = select(HistoryEntry.id).where(
        HistoryEntry.candidate_id == candidate_id,
        HistoryEntry.event_id == event_id,
        HistoryEntry.kind == HistoryKind.SIGNED_UP,
    )
    return db.session.scalars(statement.limit(1)).first() is not None


def signed_up_for(event_id: int) -> ColumnElement[bool]:
    """The condition that a candidate signed up for that event."""
    return exists().where(
        HistoryEntry.candidate_id == Candidate.id,
        HistoryEntry.event_id == event_id,
        HistoryEntry.kind == HistoryKind.SIGNED_UP,
    )


def talent_for(requisition: Requisition, scope: Scope) -> Select[Candidate]:
    """Who of the talent pool could be put forward: of its site, not yet there."""
    there = select(Application.candidate_id).where(
        Application.requisition_id == requisition.id
    )
    return (
        visible_candidates(scope)
        .where(
            Candidate.is_in_pool,
            Candidate.site_id == requisition.site_id,
            or_(
                Candidate.wanted_kind.is_(None),
                Candidate.wanted_kind == requisition.employment_kind,
            ),
            Candidate.id.not_in(there),
        )
        .order_by(None)
        .order_by(Candidate.created_at.desc(), Candidate.id.desc())
    )


def find_employee_by_number(number: str) -> Employee | None:
    """The employee of that number, who referred somebody, or None."""
    return db.session.scalar(select(Employee).where(Employee.number == number))
