"""How outcomes, states of imports and broken rules are said to people."""

import re

from callcenter.acd.connectors.kinds import Direction, Outcome
from callcenter.acd.models import ImportState
from callcenter.kernel.text import _l

OUTCOME_NAMES = {
    Outcome.ANSWERED: _l("Answered by an agent"),
    Outcome.ABANDONED: _l("Hung up while waiting"),
    Outcome.TIMED_OUT: _l("Waited too long"),
    Outcome.EXITED: _l("Left by key"),
    Outcome.EMPTIED: _l("Queue without agents"),
    Outcome.FLOWED_OUT: _l("Passed to another queue"),
    Outcome.LOST: _l("Lost"),
    Outcome.OPEN: _l("Not over yet"),
}
DIRECTION_NAMES = {
    Direction.INBOUND: _l("Inbound"),
    Direction.OUTBOUND: _l("Outbound"),
}
STATE_LOOKS = {
    ImportState.WAITING: (_l("Waiting"), "neutral"),
    ImportState.READING: (_l("Reading"), "info"),
    ImportState.APPLYING: (_l("Storing"), "info"),
    ImportState.DONE: (_l("Done"), "success"),
    ImportState.REFUSED: (_l("Refused"), "danger"),
    ImportState.FAILED: (_l("Failed"), "danger"),
    ImportState.CANCELLED: (_l("Cancelled"), "neutral"),
}
_REFUSALS = {
    "empty": _l("The file is empty."),
    "not-found": _l("The file is not there any more."),
    "unreadable": _l("The file cannot be read."),
    "binary": _l("This is no text file. Export as text, CSV or JSON lines."),
    "damaged-gzip": _l("The compressed file is damaged. Send it again."),
    "wrong-format": _l("The file is not in this format. Choose another format."),
    "wrong-encoding": _l("The file is neither in UTF-8 nor in GB 18030."),
    "same-columns": _l("Two columns have the same name. Give each its own."),
    "missing-columns": _l("Needed columns are missing. Say which column is which."),
    "interval-too-coarse": _l("The intervals are longer than facts can be split."),
    "bad-mapping": _l("The mapping does not fit: it needs the time and the queue."),
    "counted-otherwise": _l(
        "A queue of this file is counted from another kind of source on these days "
        "already, so nothing was stored."
    ),
    "lost-spool": _l(
        "What was read is gone from the disk. Import the files again: what is stored "
        "already is not counted twice."
    ),
    "killed-while-reading": _l(
        "The import was stopped while it read, and nothing was stored. Import the "
        "files again."
    ),
    "acd.rows_refused": _l(
        "Some rows break a rule, so nothing was stored. Correct them, or keep the "
        "good part."
    ),
}
_RULES = {
    "required": _l("must not be empty"),
    "not-a-time": _l("is not a time"),
    "not-a-duration": _l("is not a length of time"),
    "not-a-count": _l("is not a whole number"),
    "not-text": _l("is not text"),
    "negative": _l("is negative"),
    "too-large": _l("is too large"),
    "too-long": _l("is too long"),
    "before-offered": _l("lies before the contact was offered"),
    "unknown-word": _l("is a word without a known meaning"),
    "too-few-fields": _l("the row has too few fields"),
    "too-many-fields": _l("the row has too many fields"),
    "line-too-long": _l("the line is too long"),
    "broken-quoting": _l("the quotation marks do not match"),
    "not-a-date": _l("is not a date"),
    "not-a-length": _l("is not a length of time"),
    "not-a-text": _l("is not text"),
    "not-an-object": _l("is not an object with fields"),
    "not-a-list": _l("is not a list"),
    "not-json": _l("cannot be read as JSON"),
    "before-start": _l("lies before the start"),
    "unknown-event": _l("is an event that is not known"),
    "more-than-answered": _l("is more than were answered"),
    "interval-too-coarse": _l("the interval is longer than facts can be split"),
    "longer-than-a-shift": _l("is longer than a shift; left out"),
    "open-at-end": _l("was not over at the end of the file"),
    "cut-by-restart": _l("was cut off by a restart of the switch"),
    "entered-before-file": _l("came before the file begins"),
    "no-column-counts-0": _l("the file has no such column; it counts as 0"),
}


def refusal_text(reason: str) -> str:
    """Why a whole file was refused, and the way out."""
    code, _mark, facts = reason.partition(":")
    known = _REFUSALS.get(code.strip())
    if known is None:
        return reason
    facts = _plain(facts)
    return f"{known} ({facts})" if facts else str(known)


def _plain(facts: str) -> str:
    """The facts of a refusal without what only programs read."""
    return re.sub(r"\w+=\[\](, )?|[\[\]']", "", facts).strip(" ,")


def rule_text(rule: str) -> str:
    """What a broken rule says; its code where there are no better words."""
    return str(_RULES.get(rule, rule))
