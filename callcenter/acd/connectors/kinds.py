"""One contact, state or sum as a row, and the words for what became of it.

Doors that only name them need no arrays; `records` holds the columns.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

NO_TIME = -(2**63)
"""The instant that is not known; ``.view("datetime64[s]")`` shows it as NaT."""


EXCERPT_LENGTH = 80


class Outcome(IntEnum):
    """How a contact's visit to a queue ended."""

    ANSWERED = 1
    ABANDONED = 2
    TIMED_OUT = 3
    EXITED = 4
    EMPTIED = 5
    FLOWED_OUT = 6
    LOST = 7
    OPEN = 8


class Direction(IntEnum):
    """Who began the contact; only inbound contacts are offered to a queue."""

    INBOUND = 0
    OUTBOUND = 1


class Severity(StrEnum):
    """Whether a row was refused, or left out or completed for a stated reason."""

    ERROR = "error"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class RowError:
    """One row that could not be taken as it stands: where, which field, which rule."""

    line: int
    field: str
    rule: str
    value: str = ""
    source: str = ""
    severity: Severity = Severity.ERROR


def excerpt(value: object) -> str:
    """The beginning of a value, printable, for an error list."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text[: EXCERPT_LENGTH + 1].split())
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return (
        shown
        if len(shown) <= EXCERPT_LENGTH
        else shown[: EXCERPT_LENGTH - 1] + "\u2026"
    )


@dataclass(slots=True)
class Contact:
    """One visit of a contact to a queue, for connectors that meet them one by one."""

    source_key: str
    queue: str
    offered_at: int
    outcome: Outcome
    line: int = 0
    agent: str = ""
    customer: str = ""
    channel: str = "voice"
    direction: Direction = Direction.INBOUND
    answered_at: int = NO_TIME
    ended_at: int = NO_TIME
    wait_s: float = 0.0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_s: float = 0.0
    transfers: int = 0
    version: int = 0


@dataclass(slots=True)
class AgentState:
    """One change of an agent's state, for connectors that meet them one by one."""

    source_key: str
    agent: str
    state: str
    at: int
    line: int = 0
    queue: str = ""
    reason: str = ""
    duration_s: float = 0.0


@dataclass(slots=True)
class IntervalStat:
    """One queue's counted interval, for connectors that meet them one by one."""

    queue: str
    interval_start: int
    interval_s: int
    line: int = 0
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    answered_in_threshold: int = 0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_s: float = 0.0
    wait_answered_s: float = 0.0
