"""Genesys Cloud conversation details: one document, an array, or one a line.

A conversation may visit several queues, and each visit counts in its own queue. A visit
is a session of a participant with purpose ``acd``; the agent sessions that follow it in
the same queue carry its talk, hold and after-call work. Metrics are milliseconds.
Source: Genesys Cloud Developer Center, "Conversation detail metrics".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from callcenter.acd.connectors.base import BATCH_RECORDS, ReadOptions
from callcenter.acd.connectors.json_documents import (
    FieldError,
    Json,
    amount_of,
    converted,
    list_of,
    part_of,
    text_of,
    time_of,
)
from callcenter.acd.connectors.records import (
    NO_TIME,
    Contact,
    ContactBatch,
    Direction,
    Outcome,
    RowError,
    contact_batch,
)


@dataclass(frozen=True, slots=True)
class _Session:
    """A session of a participant: where, when, and its metrics in seconds."""

    purpose: str
    agent: str
    customer: str
    queue: str
    key: str
    channel: str
    direction: Direction
    begun_at: int
    ended_at: int
    is_transferred: bool
    metrics: dict[str, float]


class GenesysConversation:
    """Reads conversation details from the analytics API or its exports."""

    name: ClassVar[str] = "genesys-conversation"
    redelivers: ClassVar[bool] = True

    def read(
        self, paths: Sequence[Path], options: ReadOptions
    ) -> Iterator[ContactBatch]:
        """Yield every visit to a queue."""
        zone = options.zone()
        contacts: list[Contact] = []
        errors: list[RowError] = []
        found = converted(
            paths, errors, lambda record, line: _contacts(record, line, zone), self.name
        )
        for contact in found:
            if contact is not None:
                contacts.append(contact)
            if len(contacts) + len(errors) >= BATCH_RECORDS:
                yield contact_batch(contacts, errors)
                contacts, errors[:] = [], []
        yield contact_batch(contacts, errors)


def _contacts(record: Json, line: int, zone: ZoneInfo) -> list[Contact]:
    """The visits of one conversation to queues, earliest first."""
    conversation = text_of(
        record.get("conversationId"), "conversationId", required=True
    )
    if "participants" not in record:
        raise FieldError("participants", "required")
    ended_at = time_of(record.get("conversationEnd"), "conversationEnd", zone)
    sessions = sorted(_sessions(record, zone), key=lambda s: s.begun_at)
    customer = next((s.customer for s in sessions if s.customer), "")
    visits = [s for s in sessions if s.purpose == "acd" and _n_offered(s)]
    contacts = []
    for visit in visits:
        later = [v.begun_at for v in visits if v.begun_at > visit.begun_at]
        until = min((at for at in later), default=None)
        served = [s for s in sessions if _serves(s, visit, until)]
        contact = _contact(visit, served, is_over=ended_at != NO_TIME)
        contact.source_key = f"{conversation}/{visit.key}"
        contact.customer = customer
        contact.line = line
        contact.version = 0 if ended_at == NO_TIME else ended_at
        contacts.append(contact)
    return contacts


def _n_offered(session: _Session) -> bool:
    """Whether the session was an offer; very old records have no ``nOffered``."""
    if "nOffered" in session.metrics:
        return session.metrics["nOffered"] > 0
    return bool({"tAcd", "tAbandon", "tFlowOut"} & session.metrics.keys())


def _serves(session: _Session, visit: _Session, until: int | None) -> bool:
    """Whether an agent's session belongs to a visit: same queue, before the next."""
    return (
        session.purpose in {"agent", "user"}
        and session.queue == visit.queue
        and session.begun_at >= visit.begun_at
        and (until is None or session.begun_at < until)
    )


def _contact(visit: _Session, served: list[_Session], *, is_over: bool) -> Contact:
    answering = next((s for s in served if "tAnswered" in s.metrics), None)
    contact = Contact(
        source_key="",
        queue=visit.queue,
        offered_at=visit.begun_at,
        outcome=_outcome(visit, answering, is_over=is_over),
        channel=visit.channel,
        direction=visit.direction,
        ended_at=visit.ended_at,
        wait_s=visit.metrics.get("tAcd", visit.metrics.get("tAbandon", 0.0)),
    )
    if contact.outcome is Outcome.ANSWERED:
        contact.talk_s = _total(served, "tTalk")
        contact.hold_s = _total(served, "tHeld")
        contact.wrap_s = _total(served, "tAcw")
        contact.transfers = sum(s.is_transferred for s in served)
        contact.ended_at = max(
            (s.ended_at for s in (*served, visit) if s.ended_at != NO_TIME),
            default=NO_TIME,
        )
    if answering is not None:
        contact.agent = answering.agent
        contact.wait_s = answering.metrics["tAnswered"]
    if contact.outcome is Outcome.ANSWERED:
        contact.answered_at = int(contact.offered_at + contact.wait_s)
    return contact


def _outcome(visit: _Session, answering: _Session | None, *, is_over: bool) -> Outcome:
    if answering is not None or "tAnswered" in visit.metrics:
        return Outcome.ANSWERED
    if "tAbandon" in visit.metrics:
        return Outcome.ABANDONED
    if "tFlowOut" in visit.metrics:
        return Outcome.FLOWED_OUT
    return Outcome.ABANDONED if is_over else Outcome.OPEN


def _total(sessions: list[_Session], metric: str) -> float:
    return sum(session.metrics.get(metric, 0.0) for session in sessions)


def _sessions(record: Json, zone: ZoneInfo) -> Iterator[_Session]:
    for participant in list_of(record, "participants"):
        for session in list_of(participant, "sessions"):
            yield from _session(participant, session, zone)


def _session(participant: Json, session: Json, zone: ZoneInfo) -> Iterator[_Session]:
    segments = list_of(session, "segments")
    metrics = _metrics(session)
    begun = [time_of(s.get("segmentStart"), "segmentStart", zone) for s in segments]
    ended = [time_of(s.get("segmentEnd"), "segmentEnd", zone) for s in segments]
    if not begun or NO_TIME in begun:
        return
    if any(e != NO_TIME and e < b for b, e in zip(begun, ended, strict=True)):
        raise FieldError("segmentEnd", "before-start", session.get("sessionId"))
    queues = [text_of(s.get("queueId"), "queueId") for s in segments]
    purpose = text_of(participant.get("purpose"), "purpose")
    queue = next((queue for queue in queues if queue), "")
    if purpose == "acd" and not queue:
        raise FieldError("queueId", "required", session.get("sessionId"))
    direction = text_of(session.get("direction"), "direction")
    yield _Session(
        purpose=purpose,
        agent=text_of(participant.get("userId"), "userId"),
        customer=_customer(participant, purpose),
        queue=queue,
        key=text_of(session.get("sessionId"), "sessionId", required=True),
        channel=text_of(session.get("mediaType"), "mediaType") or "voice",
        direction=Direction.OUTBOUND if direction == "outbound" else Direction.INBOUND,
        begun_at=min(begun),
        ended_at=NO_TIME if NO_TIME in ended else max(ended),
        is_transferred=segments[-1].get("disconnectType") == "transfer",
        metrics=metrics,
    )


def _customer(participant: Json, purpose: str) -> str:
    if purpose not in {"customer", "external"}:
        return ""
    attributes = part_of(participant, "attributes")
    known = participant.get("externalContactId") or attributes.get("customerId")
    return text_of(known, "externalContactId")


def _metrics(session: Json) -> dict[str, float]:
    """Metrics by name: durations added up in seconds, counts as they are."""
    found: dict[str, float] = {}
    for metric in list_of(session, "metrics"):
        name = text_of(metric.get("name"), "metrics.name", required=True)
        value = amount_of(metric.get("value"), name)
        scaled = value / 1000 if name.startswith("t") else value
        found[name] = found.get(name, 0.0) + scaled
    return found
