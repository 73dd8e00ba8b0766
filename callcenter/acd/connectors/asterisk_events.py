"""One line of an Asterisk ``queue_log``: what it says, and in which order to read it.

Layout: ``time|call id|queue|agent|event|parameter|...``. The number of parameters
grew from version to version; `hold_and_talk` and `wait_before_exit` know where they
are. Source: Asterisk documentation, "Queue Logs", and ``app_queue.c`` 1.2 to 20.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite

from callcenter.acd.connectors.records import Outcome, RowError, excerpt
from callcenter.acd.connectors.sources import MAX_TEXT

ENTERED = "ENTERQUEUE"
CONNECTED = "CONNECT"
STARTED = "QUEUESTART"
TRANSFERS = frozenset({"TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
COMPLETED = frozenset({"COMPLETEAGENT", "COMPLETECALLER"}) | TRANSFERS
EXITS = {
    "ABANDON": Outcome.ABANDONED,
    "EXITWITHTIMEOUT": Outcome.TIMED_OUT,
    "EXITWITHKEY": Outcome.EXITED,
    "EXITEMPTY": Outcome.EMPTIED,
    "SYSCOMPAT": Outcome.LOST,
}
STATES = {
    "ADDMEMBER": "logged_in",
    "AGENTLOGIN": "logged_in",
    "AGENTCALLBACKLOGIN": "logged_in",
    "REMOVEMEMBER": "logged_out",
    "AGENTLOGOFF": "logged_out",
    "AGENTCALLBACKLOGOFF": "logged_out",
    "PAUSE": "paused",
    "PAUSEALL": "paused",
    "UNPAUSE": "available",
    "UNPAUSEALL": "available",
    "RINGNOANSWER": "ring_no_answer",
    "RINGCANCELED": "ring_no_answer",
}
IGNORED = frozenset(
    {"AGENTDUMP", "CALLSTATUS", "CONFIGRELOAD", "DID", "FULL", "HOLD", "INFO"}
    | {"JOINEMPTY", "MEMBERPENALTY", "PENALTY", "QUEUEPENALTY", "QUEUESTOP"}
    | {"TRANSFERRED", "UNHOLD"}
)
KNOWN = (
    {ENTERED, CONNECTED, STARTED} | COMPLETED | EXITS.keys() | STATES.keys() | IGNORED
)
NEWEST_INSTANT = 7_258_118_400
"""The year 2200: a later time stamp is a mistake."""


@dataclass(slots=True)
class Event:
    """One line; ``second`` is the instant, ``parameters`` what follows the event."""

    line: int
    second: int
    call: str
    queue: str
    agent: str
    name: str
    parameters: list[str]
    source: str
    errors: list[RowError] = field(default_factory=list)

    def seconds(self, place: int) -> float | None:
        """A parameter as seconds; None, and an error, when it is none or missing."""
        if not -len(self.parameters) <= place < len(self.parameters):
            return None
        text = self.parameters[place].strip()
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if isfinite(value) and value >= 0:
            return value
        rule = "negative" if value < 0 else "not-a-duration"
        self.refuse(f"data{place % len(self.parameters) + 1}", rule, text)
        return None

    def refuse(self, field_name: str, rule: str, value: str) -> None:
        """Note an error of this line."""
        self.errors.append(
            RowError(self.line, field_name, rule, excerpt(value), self.source)
        )


def parse_line(line: int, text: str, source: str) -> Event | RowError:
    """The event of a line, or the error that stands in its way."""
    parts = text.split("|")
    if len(parts) < 5:
        return RowError(line, "", "too-few-fields", excerpt(text), source)
    try:
        second = int(float(parts[0]))
    except (ValueError, OverflowError):
        second = -1
    if not 0 <= second < NEWEST_INSTANT:
        return RowError(line, "time", "not-a-time", excerpt(parts[0]), source)
    if len(text) > MAX_TEXT and max(map(len, parts)) > MAX_TEXT:
        return RowError(line, "", "too-long", excerpt(text), source)
    name = parts[4].strip()
    if name not in KNOWN:
        return RowError(line, "event", "unknown-event", excerpt(name), source)
    return Event(line, second, parts[1], parts[2], parts[3], name, parts[5:], source)


def hold_and_talk(event: Event) -> tuple[float | None, float | None]:
    """How long a completed call waited and talked, where its event says so.

    ``COMPLETE*``: hold, talk, original position. ``TRANSFER`` and ``BLINDTRANSFER``:
    extension, context, hold, talk, and from 1.6 on the position. ``ATTENDEDTRANSFER``:
    any number of words about the target, then hold, talk, position.
    """
    if event.name == "ATTENDEDTRANSFER":
        return event.seconds(-3), event.seconds(-2)
    first = 2 if event.name in TRANSFERS else 0
    return event.seconds(first), event.seconds(first + 1)


def wait_before_exit(event: Event) -> float | None:
    """How long a caller waited before leaving, where the version logs it."""
    return event.seconds(3 if event.name == "EXITWITHKEY" else 2)


def ring_seconds(event: Event) -> float:
    """How long an agent's phone rang unanswered.

    New versions count milliseconds and old ones seconds. No phone rings a thousand
    seconds, so from 1000 up the figure is read as milliseconds.
    """
    value = event.seconds(0) or 0.0
    return value / 1000 if value >= 1000 else value


def by_second(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Neighbouring events of one second together, since their order means nothing."""
    group: list[Event] = []
    for event in events:
        if group and group[0].second != event.second:
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def in_order(group: list[Event], is_open: set[tuple[str, str]]) -> list[Event]:
    """The events of one second in the order in which they must have happened.

    A restart comes first. A visit that is open ends before the same call enters the
    same queue again; otherwise a call enters, is connected, and ends.
    """
    if len(group) == 1:
        return group
    visits: dict[tuple[str, str], list[Event]] = {}
    for event in group:
        visits.setdefault((event.call, event.queue), []).append(event)
    ordered: list[Event] = []
    for visit, events in visits.items():
        ordered += _one_visit_in_order(events, is_open=visit in is_open)
    return sorted(ordered, key=lambda event: event.name != STARTED)


def _one_visit_in_order(events: list[Event], *, is_open: bool) -> list[Event]:
    if len(events) == 1:
        return events
    ranks = [_rank(event) for event in events]
    if is_open and 0 in ranks:
        ends = ranks.index(2) if 2 in ranks else len(ranks)
        if ends < ranks.index(0):
            return events
        return sorted(events, key=lambda event: (_rank(event) + 1) % 3)
    return sorted(events, key=_rank)


def _rank(event: Event) -> int:
    if event.name == ENTERED:
        return 0
    return 2 if event.name in COMPLETED or event.name in EXITS else 1
