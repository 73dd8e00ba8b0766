"""The shape of pushed events, checked without the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callcenter.acd.connectors.kinds import (
    NO_TIME,
    AgentState,
    Contact,
    Direction,
    Outcome,
)
from callcenter.acd.connectors.sources import is_storable
from callcenter.kernel.errors import Invalid

MAX_EVENTS = 1000
MAX_TEXT = 200
MAX_SECONDS = 31 * 86_400
STATES = (
    "available",
    "logged_in",
    "logged_out",
    "paused",
    "on_contact",
    "on_hold",
    "after_contact",
    "ringing",
)


class EventsRefused(Invalid):
    """Some events break a rule; ``context['fields']`` names each place and rule."""

    code = "acd.events_refused"


@dataclass(frozen=True, slots=True)
class Push:
    """A checked body."""

    project: str
    source: str
    contacts: Sequence[Contact]
    states: Sequence[AgentState]


class _Reader:
    """Reads fields of one event and remembers what is wrong with them."""

    def __init__(self, data: Any, where: str, problems: dict[str, str]) -> None:
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        self.where = where
        self.problems = problems
        if not isinstance(data, Mapping):
            problems[where] = "not-an-object"

    def refuse(self, name: str, rule: str) -> None:
        self.problems[f"{self.where}.{name}"] = rule

    def text(self, name: str, *, required: bool = False) -> str:
        value = self.data.get(name, "")
        is_text = isinstance(value, str) and len(value) <= MAX_TEXT
        if not is_text or not is_storable(value):
            self.refuse(name, "not-a-text")
            return ""
        if required and not value.strip():
            self.refuse(name, "required")
        return value.strip()

    def seconds(self, name: str) -> float:
        value = self.data.get(name, 0)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= MAX_SECONDS:
            self.refuse(name, "not-a-duration")
            return 0.0
        return float(value)

    def whole(self, name: str) -> int:
        value = self.data.get(name, 0)
        if type(value) is not int or not 0 <= value < 2**53:
            self.refuse(name, "not-a-count")
            return 0
        return value

    def instant(self, name: str, *, required: bool = False) -> int:
        value = self.data.get(name)
        if value is None and not required:
            return NO_TIME
        try:
            found = datetime.fromisoformat(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self.refuse(name, "not-a-time")
            return NO_TIME
        if found.tzinfo is None or not 1990 <= found.year <= 2200:
            self.refuse(name, "not-a-time")
            return NO_TIME
        return int(found.timestamp())

    def word(self, name: str, words: Sequence[str], default: str = "") -> str:
        value = self.data.get(name, default)
        if value not in words:
            self.refuse(name, "unknown-word")
            return words[0]
        return str(value)


def read_push(data: Any) -> Push:
    """The contacts and states of a request's body. Raises `EventsRefused`."""
    problems: dict[str, str] = {}
    body = _Reader(data, "body", problems)
    project = body.text("project", required=True)
    source = body.text("source", required=True)
    events = body.data.get("events", [])
    if not isinstance(events, list) or not 0 < len(events) <= MAX_EVENTS:
        problems["body.events"] = f"1-to-{MAX_EVENTS}"
        events = []
    contacts, states = list[Contact](), list[AgentState]()
    for place, event in enumerate(events):
        reader = _Reader(event, f"events[{place}]", problems)
        if reader.word("type", ("contact", "state"), "contact") == "state":
            states.append(_state(reader))
        else:
            contacts.append(_contact(reader))
    if problems:
        raise EventsRefused(fields=dict(list(problems.items())[:50]))
    return Push(project, source, contacts, states)


def _contact(reader: _Reader) -> Contact:
    outcome = reader.word("outcome", [each.name.lower() for each in Outcome])
    direction = reader.word(
        "direction", [each.name.lower() for each in Direction], "inbound"
    )
    return Contact(
        source_key=reader.text("key", required=True),
        queue=reader.text("queue", required=True),
        offered_at=reader.instant("offered_at", required=True),
        outcome=Outcome[outcome.upper()],
        agent=reader.text("agent"),
        customer=reader.text("customer"),
        direction=Direction[direction.upper()],
        wait_s=reader.seconds("wait_s"),
        talk_s=reader.seconds("talk_s"),
        hold_s=reader.seconds("hold_s"),
        wrap_s=reader.seconds("wrap_s"),
        transfers=reader.whole("transfers"),
        version=reader.whole("version"),
    )


def _state(reader: _Reader) -> AgentState:
    return AgentState(
        source_key=reader.text("key", required=True),
        agent=reader.text("agent", required=True),
        state=reader.word("state", STATES),
        at=reader.instant("at", required=True),
        reason=reader.text("reason"),
    )
