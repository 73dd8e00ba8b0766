"""Amazon Connect agent event stream, one JSON object a line.

Heartbeats say nothing new and are passed over; of one ``EventId`` the first counts.
Source: Amazon Connect Administrator Guide, "Agent event streams data model".
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from callcenter.acd.connectors.base import BATCH_RECORDS, ReadOptions
from callcenter.acd.connectors.json_documents import (
    FieldError,
    Json,
    converted,
    list_of,
    part_of,
    text_of,
    time_of,
)
from callcenter.acd.connectors.records import (
    NO_TIME,
    AgentState,
    RowError,
    StateBatch,
    state_batch,
)

_KINDS = {"STATE_CHANGE", "HEART_BEAT", "LOGIN", "LOGOUT"}
_BUSY = {
    "CONNECTED": "on_contact",
    "CONNECTED_ONHOLD": "on_hold",
    "CONNECTING": "ringing",
    "INCOMING": "ringing",
    "PENDING": "ringing",
    "PAUSED": "on_hold",
    "ENDED": "after_contact",
    "ERROR": "after_contact",
    "MISSED": "ring_no_answer",
    "REJECTED": "ring_no_answer",
}
_FIRST_OF = (
    "on_contact",
    "on_hold",
    "after_contact",
    "ringing",
    "ring_no_answer",
)
_STATUS = {"ROUTABLE": "available", "OFFLINE": "logged_out"}


class AmazonAgentEvents:
    """Reads agent states as Kinesis delivers them."""

    name: ClassVar[str] = "amazon-connect-agent-events"
    redelivers: ClassVar[bool] = True

    def read(self, paths: Sequence[Path], options: ReadOptions) -> Iterator[StateBatch]:
        """Yield changes of state in the order of the files."""
        zone = options.zone()
        states: list[AgentState] = []
        errors: list[RowError] = []
        found = converted(
            paths, errors, lambda record, line: _found(record, line, zone), self.name
        )
        for state in found:
            if state is not None:
                states.append(state)
            if len(states) + len(errors) >= BATCH_RECORDS:
                yield state_batch(states, errors)
                states, errors[:] = [], []
        yield state_batch(states, errors)


def _found(record: Json, line: int, zone: ZoneInfo) -> list[AgentState]:
    state = _state(record, line, zone)
    return [] if state is None else [state]


def _state(record: Json, line: int, zone: ZoneInfo) -> AgentState | None:
    kind = text_of(record.get("EventType"), "EventType", required=True)
    if kind not in _KINDS:
        raise FieldError("EventType", "unknown-word", kind)
    key = text_of(record.get("EventId"), "EventId", required=True)
    at = time_of(record.get("EventTimestamp"), "EventTimestamp", zone)
    if at == NO_TIME:
        raise FieldError("EventTimestamp", "required")
    if kind == "HEART_BEAT":
        return None
    snapshot = part_of(record, "CurrentAgentSnapshot")
    status = part_of(snapshot, "AgentStatus")
    state, queue = _what_the_agent_does(snapshot, status)
    if kind == "LOGOUT":
        state = "logged_out"
    return AgentState(
        source_key=key,
        agent=_agent(record, snapshot),
        state=state,
        at=at,
        line=line,
        queue=queue,
        reason=text_of(status.get("Name"), "AgentStatus.Name"),
    )


def _agent(record: Json, snapshot: Json) -> str:
    configuration = part_of(snapshot, "Configuration")
    name = text_of(configuration.get("Username"), "Configuration.Username")
    return (
        name
        or text_of(record.get("AgentARN"), "AgentARN", required=True).rpartition("/")[2]
    )


def _what_the_agent_does(snapshot: Json, status: Json) -> tuple[str, str]:
    """The state, contacts before status, and the queue of the contact."""
    found: dict[str, str] = {}
    for contact in list_of(snapshot, "Contacts"):
        state = _BUSY.get(text_of(contact.get("State"), "Contacts.State"))
        if state is not None:
            queue = text_of(contact.get("QueueARN"), "Contacts.QueueARN")
            found.setdefault(state, queue.rpartition("/")[2])
    for state in _FIRST_OF:
        if state in found:
            return state, found[state]
    kind = text_of(status.get("Type"), "AgentStatus.Type")
    if kind:
        return _STATUS.get(kind, "paused"), ""
    name = text_of(status.get("Name"), "AgentStatus.Name").casefold()
    return {"available": "available", "offline": "logged_out"}.get(name, "paused"), ""
