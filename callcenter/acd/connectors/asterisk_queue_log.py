"""Asterisk ``queue_log``: events put together into visits of calls to queues.

Files of one log are read as one stream, oldest first, so a call that is open at
midnight is completed from the next file. Where an entry lies before the first file, it
is computed back from the durations that the closing event carries.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from callcenter.acd.connectors.asterisk_events import (
    COMPLETED,
    CONNECTED,
    ENTERED,
    EXITS,
    STARTED,
    STATES,
    TRANSFERS,
    Event,
    by_second,
    hold_and_talk,
    in_order,
    parse_line,
    ring_seconds,
    wait_before_exit,
)
from callcenter.acd.connectors.base import BATCH_RECORDS, ReadOptions
from callcenter.acd.connectors.records import (
    NO_TIME,
    AgentState,
    Batch,
    Contact,
    Outcome,
    RowError,
    Severity,
    contact_batch,
    excerpt,
    state_batch,
)
from callcenter.acd.connectors.sources import (
    SourceRefusedError,
    read_head,
    text_lines,
)

_REMEMBERED = 100_000
_FORGOTTEN_S = 2 * 86_400
"""A call whose end is not logged for two days will not be completed any more."""

_Visit = tuple[str, str]


@dataclass(slots=True)
class _Open:
    contact: Contact
    source: str
    entered: bool
    last: int
    restarted: int = NO_TIME


@dataclass(slots=True)
class _Closed:
    entered: int
    ended: int
    ordinal: int


class AsteriskQueueLog:
    """Reads queue logs of Asterisk 1.2 and later, plain or rotated."""

    name: ClassVar[str] = "asterisk-queue-log"
    redelivers: ClassVar[bool] = False

    def read(self, paths: Sequence[Path], options: ReadOptions) -> Iterator[Batch]:
        """Yield visits and agent states; times in the log are epoch seconds."""
        del options  # nothing in the log depends on a zone or a mapping
        errors: list[RowError] = []
        visits = _Visits(errors)
        for group in by_second(_events(_oldest_first(paths), errors)):
            for event in in_order(group, visits.open_visits(group)):
                visits.take(event)
                errors += event.errors
            if visits.is_full or len(errors) >= BATCH_RECORDS:
                visits.forget(group[0].second)
                yield from visits.batches()
        visits.finish()
        yield from visits.batches()


def _oldest_first(paths: Sequence[Path]) -> list[Path]:
    """The files by their first time stamp, since rotated logs sort the other way.

    Raises `SourceRefusedError` with ``wrong-format`` for a file without any event.
    """
    begun = []
    for place, path in enumerate(paths):
        lines = read_head(path).decode("utf-8", "replace").splitlines()
        parsed = (parse_line(i, line, path.name) for i, line in enumerate(lines))
        first = next((event for event in parsed if isinstance(event, Event)), None)
        if first is None:
            raise SourceRefusedError(
                "wrong-format",
                file=path.name,
                format=AsteriskQueueLog.name,
                head=excerpt(lines[0]),
            )
        begun.append((first.second, place, path))
    return [path for _, _, path in sorted(begun)]


def _events(paths: Sequence[Path], errors: list[RowError]) -> Iterator[Event]:
    for path in paths:
        for line, text in text_lines(path, errors=errors):
            event = parse_line(line, text, path.name)
            if isinstance(event, Event):
                yield event
            else:
                errors.append(event)


class _Visits:
    """Visits under way, and what has come of those that are over."""

    def __init__(self, errors: list[RowError]) -> None:
        self._errors = errors
        self._open: dict[_Visit, _Open] = {}
        self._closed: OrderedDict[_Visit, _Closed] = OrderedDict()
        self._contacts: list[Contact] = []
        self._states: list[AgentState] = []

    @property
    def is_full(self) -> bool:
        """Whether enough has come together for a batch."""
        return len(self._contacts) + len(self._states) >= BATCH_RECORDS

    def open_visits(self, group: list[Event]) -> set[_Visit]:
        """Those visits of a group of events that are under way."""
        if len(group) == 1:
            return set()  # nothing to put in order
        return {(e.call, e.queue) for e in group} & self._open.keys()

    def batches(self) -> Iterator[Batch]:
        """What has come together since the last time."""
        errors = self._errors[:]
        self._errors.clear()
        if self._contacts or errors:
            yield contact_batch(self._contacts, errors)
        if self._states:
            yield state_batch(self._states)
        self._contacts, self._states = [], []

    def take(self, event: Event) -> None:
        """Follow one event."""
        if event.name == ENTERED:
            self._enter(event)
        elif event.name == CONNECTED:
            self._connect(event)
        elif event.name in COMPLETED:
            self._complete(event)
        elif event.name in EXITS:
            self._leave(event)
        elif event.name in STATES:
            self._change_state(event)
        elif event.name == STARTED:
            for visit in self._open.values():
                visit.restarted = event.second

    def forget(self, now: int) -> None:
        """Give up visits that a restart cut off, or that have no end, long ago."""
        for visit, under_way in list(self._open.items()):
            if under_way.last < now - _FORGOTTEN_S:
                self._give_up(visit, under_way)

    def finish(self) -> None:
        """Give up all visits that are still under way at the end of the last file."""
        for visit, under_way in list(self._open.items()):
            self._give_up(visit, under_way)

    def _enter(self, event: Event) -> None:
        visit = (event.call, event.queue)
        caller = event.parameters[1].strip() if len(event.parameters) > 1 else ""
        closed = self._closed.get(visit)
        if visit in self._open:
            under_way = self._open[visit]
            if not under_way.entered:
                under_way.contact.offered_at = event.second
                under_way.entered = True
                under_way.contact.customer = caller
            return
        if closed is not None and (
            event.second < closed.ended or event.second == closed.entered
        ):
            return
        self._begin(event, event.second, entered=True).customer = caller

    def _begin(self, event: Event, at: float, *, entered: bool) -> Contact:
        visit = (event.call, event.queue)
        ordinal = self._closed[visit].ordinal + 1 if visit in self._closed else 1
        contact = Contact(
            source_key="/".join(visit) + (f"/{ordinal}" if ordinal > 1 else ""),
            queue=event.queue,
            offered_at=int(at),
            outcome=Outcome.OPEN,
            line=event.line,
        )
        self._open[visit] = _Open(contact, event.source, entered, event.second)
        return contact

    def _find(self, event: Event, before_s: float) -> Contact | None:
        """The visit an event belongs to; None when it is over and done with."""
        visit = (event.call, event.queue)
        under_way = self._open.get(visit)
        if under_way is not None:
            under_way.last = max(under_way.last, event.second)
            under_way.restarted = NO_TIME
            return under_way.contact
        if visit in self._closed:
            return None
        self._notice(event.line, "entered-before-file", event.call, event.source)
        return self._begin(event, event.second - before_s, entered=False)

    def _connect(self, event: Event) -> None:
        hold_s = event.seconds(0)
        contact = self._find(event, hold_s or 0)
        if contact is None:
            return
        waited = event.second - contact.offered_at
        contact.wait_s = hold_s if hold_s is not None else max(waited, 0)
        contact.outcome = Outcome.ANSWERED
        contact.answered_at = event.second
        contact.agent = event.agent

    def _complete(self, event: Event) -> None:
        hold_s, talk_s = hold_and_talk(event)
        contact = self._find(event, (hold_s or 0) + (talk_s or 0))
        if contact is None:
            return
        if contact.answered_at == NO_TIME:
            waited = event.second - contact.offered_at - (talk_s or 0)
            contact.wait_s = hold_s if hold_s is not None else max(waited, 0)
            contact.answered_at = int(contact.offered_at + contact.wait_s)
        spoken = event.second - contact.answered_at
        contact.talk_s = talk_s if talk_s is not None else max(spoken, 0)
        contact.outcome = Outcome.ANSWERED
        contact.agent = event.agent
        contact.transfers = int(event.name in TRANSFERS)
        self._end(event)

    def _leave(self, event: Event) -> None:
        wait_s = wait_before_exit(event)
        contact = self._find(event, wait_s or 0)
        if contact is None:
            return
        waited = event.second - contact.offered_at
        contact.wait_s = wait_s if wait_s is not None else max(waited, 0)
        contact.outcome = EXITS[event.name]
        self._end(event)

    def _end(self, event: Event) -> None:
        visit = (event.call, event.queue)
        self._open[visit].contact.ended_at = event.second
        self._close(visit, self._open[visit])

    def _close(self, visit: _Visit, under_way: _Open) -> None:
        contact = under_way.contact
        del self._open[visit]
        contact.version = under_way.last
        self._contacts.append(contact)
        ordinal = self._closed[visit].ordinal + 1 if visit in self._closed else 1
        self._closed[visit] = _Closed(contact.offered_at, under_way.last, ordinal)
        self._closed.move_to_end(visit)
        if len(self._closed) > _REMEMBERED:
            self._closed.popitem(last=False)

    def _give_up(self, visit: _Visit, under_way: _Open) -> None:
        contact = under_way.contact
        rule = "open-at-end"
        if under_way.restarted != NO_TIME:
            rule = "cut-by-restart"
            contact.ended_at = under_way.restarted
            if contact.outcome == Outcome.OPEN:
                contact.outcome = Outcome.LOST
        self._notice(contact.line, rule, contact.source_key, under_way.source)
        self._close(visit, under_way)

    def _change_state(self, event: Event) -> None:
        reason = event.parameters[0].strip() if event.parameters else ""
        is_ring = STATES[event.name] == "ring_no_answer"
        parts = (str(event.second), event.name, event.queue, event.agent, event.call)
        self._states.append(
            AgentState(
                source_key="/".join(parts),
                agent=event.agent,
                state=STATES[event.name],
                at=event.second,
                line=event.line,
                queue="" if event.queue in {"NONE", "ALL"} else event.queue,
                reason="" if is_ring else reason,
                duration_s=ring_seconds(event) if is_ring else 0.0,
            )
        )

    def _notice(self, line: int, rule: str, value: str, source: str) -> None:
        self._errors.append(
            RowError(line, "event", rule, excerpt(value), source, Severity.NOTICE)
        )
