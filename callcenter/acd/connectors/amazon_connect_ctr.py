"""Amazon Connect contact records (contact trace records), one JSON object a line.

Records come at least once and out of order; of one ``ContactId`` the record with the
latest ``LastUpdateTimestamp`` counts. A contact is offered when it has a queue; it was
answered when it has an agent. A contact that left its queue for a next contact without
an agent flowed out, it did not abandon; every other queued contact without an agent
abandoned. Source: Amazon Connect Administrator Guide, "Contact records data model".
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from callcenter.acd.connectors.base import BATCH_RECORDS, ReadOptions
from callcenter.acd.connectors.json_documents import (
    FieldError,
    Json,
    amount_of,
    converted,
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

_OUTBOUND = {"OUTBOUND", "EXTERNAL_OUTBOUND"}


class AmazonConnectCtr:
    """Reads contact records as Kinesis or S3 deliver them."""

    name: ClassVar[str] = "amazon-connect-ctr"
    redelivers: ClassVar[bool] = True

    def read(
        self, paths: Sequence[Path], options: ReadOptions
    ) -> Iterator[ContactBatch]:
        """Yield every record that has a queue, versions included."""
        zone = options.zone()
        contacts: list[Contact] = []
        errors: list[RowError] = []
        found = converted(
            paths, errors, lambda record, line: _found(record, line, zone), self.name
        )
        for contact in found:
            if contact is not None:
                contacts.append(contact)
            if len(contacts) + len(errors) >= BATCH_RECORDS:
                yield contact_batch(contacts, errors)
                contacts, errors[:] = [], []
        yield contact_batch(contacts, errors)


def _found(record: Json, line: int, zone: ZoneInfo) -> list[Contact]:
    contact = _contact(record, line, zone)
    return [] if contact is None else [contact]


def _contact(record: Json, line: int, zone: ZoneInfo) -> Contact | None:
    """The visit to a queue that a record describes, or None when it had none."""
    key = text_of(record.get("ContactId"), "ContactId", required=True)
    queue, agent = part_of(record, "Queue"), part_of(record, "Agent")
    if not queue:
        return None
    offered_at = time_of(queue.get("EnqueueTimestamp"), "Queue.EnqueueTimestamp", zone)
    method = text_of(record.get("InitiationMethod"), "InitiationMethod")
    direction = Direction.OUTBOUND if method in _OUTBOUND else Direction.INBOUND
    if offered_at == NO_TIME and direction is Direction.OUTBOUND:
        begun = record.get("InitiationTimestamp")
        offered_at = time_of(begun, "InitiationTimestamp", zone)
    if offered_at == NO_TIME:
        raise FieldError("Queue.EnqueueTimestamp", "required")
    ended_at = time_of(record.get("DisconnectTimestamp"), "DisconnectTimestamp", zone)
    contact = Contact(
        source_key=key,
        queue=_name(queue, "Queue"),
        offered_at=offered_at,
        outcome=_outcome(record, agent, is_over=ended_at != NO_TIME),
        line=line,
        customer=text_of(
            part_of(record, "CustomerEndpoint").get("Address"), "CustomerEndpoint"
        ),
        channel=text_of(record.get("Channel"), "Channel").lower() or "voice",
        direction=direction,
        ended_at=ended_at,
        wait_s=_wait(queue, offered_at, zone),
        version=_version(record, zone),
    )
    if ended_at != NO_TIME and ended_at < offered_at:
        raise FieldError("DisconnectTimestamp", "before-offered", ended_at)
    if agent:
        _add_agent(contact, agent, zone)
        moved = time_of(
            record.get("TransferCompletedTimestamp"), "TransferCompletedTimestamp", zone
        )
        contact.transfers = int(moved != NO_TIME)
    return contact


def _add_agent(contact: Contact, agent: Json, zone: ZoneInfo) -> None:
    contact.agent = text_of(agent.get("Username"), "Agent.Username") or _name(
        agent, "Agent"
    )
    contact.answered_at = time_of(
        agent.get("ConnectedToAgentTimestamp"), "Agent.ConnectedToAgentTimestamp", zone
    )
    contact.talk_s = _agent_seconds(agent, "AgentInteractionDuration")
    contact.hold_s = _agent_seconds(agent, "CustomerHoldDuration")
    contact.wrap_s = _agent_seconds(agent, "AfterContactWorkDuration")


def _agent_seconds(agent: Json, field: str) -> float:
    return amount_of(agent.get(field), f"Agent.{field}")


def _outcome(record: Json, agent: Json, *, is_over: bool) -> Outcome:
    if agent:
        return Outcome.ANSWERED
    if record.get("NextContactId"):
        return Outcome.FLOWED_OUT
    return Outcome.ABANDONED if is_over else Outcome.OPEN


def _wait(queue: Json, offered_at: int, zone: ZoneInfo) -> float:
    if queue.get("Duration") is not None:
        return amount_of(queue["Duration"], "Queue.Duration")
    left_at = time_of(queue.get("DequeueTimestamp"), "Queue.DequeueTimestamp", zone)
    return float(max(left_at - offered_at, 0)) if left_at != NO_TIME else 0.0


def _name(part: Json, field: str) -> str:
    """The name of a queue or agent, else the last part of its ARN."""
    name = text_of(part.get("Name"), f"{field}.Name")
    if name:
        return name
    arn = text_of(part.get("ARN"), f"{field}.ARN", required=True)
    return arn.rpartition("/")[2]


def _version(record: Json, zone: ZoneInfo) -> int:
    updated = record.get("LastUpdateTimestamp")
    at = time_of(updated, "LastUpdateTimestamp", zone)
    return 0 if at == NO_TIME else at
