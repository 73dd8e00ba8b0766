"""What every connector yields: batches of contacts, agent states or interval sums.

A batch holds columns, never one object per row: texts as sequences (of numbered
texts, where a connector has them so), figures as arrays. Instants are whole seconds
since 1970 UTC in int64 with `NO_TIME` for "not known"; durations are seconds in
float64, because some sources count milliseconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.kinds import (
    EXCERPT_LENGTH,
    NO_TIME,
    AgentState,
    Contact,
    Direction,
    IntervalStat,
    Outcome,
    RowError,
    Severity,
    excerpt,
)

__all__ = [
    "EXCERPT_LENGTH",
    "NO_TIME",
    "AgentState",
    "Batch",
    "ByteColumn",
    "Contact",
    "ContactBatch",
    "Direction",
    "FloatColumn",
    "IntColumn",
    "IntervalBatch",
    "IntervalStat",
    "Outcome",
    "RowError",
    "Severity",
    "StateBatch",
    "contact_batch",
    "excerpt",
    "interval_batch",
    "state_batch",
]

IntColumn = NDArray[np.int64]
FloatColumn = NDArray[np.float64]
ByteColumn = NDArray[np.uint8]


@dataclass(slots=True)
class ContactBatch:
    """Visits of contacts to queues, column by column; all columns are equally long.

    ``version`` grows when a source sends the same ``source_key`` again (a corrected
    record, a call that has since ended): the highest version is the truth.
    """

    source_key: Sequence[str]
    queue: Sequence[str]
    agent: Sequence[str]
    customer: Sequence[str]
    channel: Sequence[str]
    direction: ByteColumn
    outcome: ByteColumn
    offered_at: IntColumn
    answered_at: IntColumn
    ended_at: IntColumn
    wait_s: FloatColumn
    talk_s: FloatColumn
    hold_s: FloatColumn
    wrap_s: FloatColumn
    transfers: IntColumn
    version: IntColumn
    line: IntColumn
    errors: list[RowError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.source_key)


@dataclass(slots=True)
class StateBatch:
    """Moments at which agents changed state, column by column."""

    source_key: list[str]
    agent: list[str]
    queue: list[str]
    state: list[str]
    reason: list[str]
    at: IntColumn
    duration_s: FloatColumn
    line: IntColumn
    errors: list[RowError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.source_key)


@dataclass(slots=True)
class IntervalBatch:
    """Sums that a switch had already counted per queue and interval."""

    queue: list[str]
    interval_start: IntColumn
    interval_s: IntColumn
    offered: IntColumn
    answered: IntColumn
    abandoned: IntColumn
    answered_in_threshold: IntColumn
    talk_s: FloatColumn
    hold_s: FloatColumn
    wrap_s: FloatColumn
    wait_answered_s: FloatColumn
    line: IntColumn
    source: str = ""
    errors: list[RowError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.queue)


Batch = ContactBatch | StateBatch | IntervalBatch


def _ints(values: Iterable[int], n: int) -> IntColumn:
    return np.fromiter(values, np.int64, n)


def _floats(values: Iterable[float], n: int) -> FloatColumn:
    return np.fromiter(values, np.float64, n)


def contact_batch(
    contacts: Sequence[Contact], errors: Sequence[RowError] = ()
) -> ContactBatch:
    """The columns of these contacts."""
    n = len(contacts)
    return ContactBatch(
        source_key=[c.source_key for c in contacts],
        queue=[c.queue for c in contacts],
        agent=[c.agent for c in contacts],
        customer=[c.customer for c in contacts],
        channel=[c.channel for c in contacts],
        direction=np.fromiter((c.direction for c in contacts), np.uint8, n),
        outcome=np.fromiter((c.outcome for c in contacts), np.uint8, n),
        offered_at=_ints((c.offered_at for c in contacts), n),
        answered_at=_ints((c.answered_at for c in contacts), n),
        ended_at=_ints((c.ended_at for c in contacts), n),
        wait_s=_floats((c.wait_s for c in contacts), n),
        talk_s=_floats((c.talk_s for c in contacts), n),
        hold_s=_floats((c.hold_s for c in contacts), n),
        wrap_s=_floats((c.wrap_s for c in contacts), n),
        transfers=_ints((c.transfers for c in contacts), n),
        version=_ints((c.version for c in contacts), n),
        line=_ints((c.line for c in contacts), n),
        errors=list(errors),
    )


def state_batch(
    states: Sequence[AgentState], errors: Sequence[RowError] = ()
) -> StateBatch:
    """The columns of these changes of state."""
    n = len(states)
    return StateBatch(
        source_key=[s.source_key for s in states],
        agent=[s.agent for s in states],
        queue=[s.queue for s in states],
        state=[s.state for s in states],
        reason=[s.reason for s in states],
        at=_ints((s.at for s in states), n),
        duration_s=_floats((s.duration_s for s in states), n),
        line=_ints((s.line for s in states), n),
        errors=list(errors),
    )


def interval_batch(
    stats: Sequence[IntervalStat], errors: Sequence[RowError] = ()
) -> IntervalBatch:
    """The columns of these interval sums."""
    n = len(stats)
    return IntervalBatch(
        queue=[s.queue for s in stats],
        interval_start=_ints((s.interval_start for s in stats), n),
        interval_s=_ints((s.interval_s for s in stats), n),
        offered=_ints((s.offered for s in stats), n),
        answered=_ints((s.answered for s in stats), n),
        abandoned=_ints((s.abandoned for s in stats), n),
        answered_in_threshold=_ints((s.answered_in_threshold for s in stats), n),
        talk_s=_floats((s.talk_s for s in stats), n),
        hold_s=_floats((s.hold_s for s in stats), n),
        wrap_s=_floats((s.wrap_s for s in stats), n),
        wait_answered_s=_floats((s.wait_answered_s for s in stats), n),
        line=_ints((s.line for s in stats), n),
        errors=list(errors),
    )
