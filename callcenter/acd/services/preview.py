"""What a file looks like before it is imported: its format and its first rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callcenter.acd.connectors import ReadOptions, connector
from callcenter.acd.connectors.mapping import (
    folded,
    sniff_delimiter,
    suggest_columns,
)
from callcenter.acd.connectors.records import (
    NO_TIME,
    Batch,
    ContactBatch,
    IntervalBatch,
    Outcome,
    RowError,
    StateBatch,
)
from callcenter.acd.connectors.sources import (
    SourceRefusedError,
    read_head,
    sniff_encoding,
)
from callcenter.acd.services.imports import refusal_of

SHOWN_ROWS = 10
_MARKS = (
    ("ConversationId", "genesys-conversation"),
    ("conversationId", "genesys-conversation"),
    ("AgentARN", "amazon-connect-agent-events"),
    ("ContactId", "amazon-connect-ctr"),
)


@dataclass(slots=True)
class Preview:
    """The first rows as they would be stored, and what is wrong with others."""

    header: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def guess_format(path: Path) -> str:
    """The format that the beginning of a file shows; CSV of contacts when in doubt.

    Raises `FileRefused` for an empty or binary file.
    """
    try:
        head = read_head(path)
    except SourceRefusedError as error:
        raise refusal_of(error) from error
    text = head.decode(sniff_encoding(head), errors="replace")
    if text.lstrip()[:1] in {"{", "["}:
        for mark, name in _MARKS:
            if f'"{mark}"' in text:
                return name
    first = text.lstrip("\ufeff").splitlines()[0]
    if first.count("|") >= 4 and first.partition("|")[0].isdigit():
        return "asterisk-queue-log"
    headers = {folded(header) for header in headers_of_text(text)}
    if {"vru line", "call id"} <= {header.replace("+", " ") for header in headers}:
        return "anonymous-bank"
    if headers & {"interval", "interval start", "starttime", "interval s"}:
        return "intervals-csv"
    return "contacts-csv"


def headers_of(path: Path) -> list[str]:
    """The column headers of a CSV file, empty for anything else."""
    try:
        head = read_head(path)
    except SourceRefusedError:
        return []
    return headers_of_text(head.decode(sniff_encoding(head), errors="replace"))


def headers_of_text(text: str) -> list[str]:
    """The column headers of the first line."""
    first = text.lstrip("\ufeff").splitlines()[0]
    parts = first.split(sniff_delimiter(first))
    return [part.strip().strip('"') for part in parts][:100]


def suggested_columns(path: Path) -> dict[str, str]:
    """A guess of which header holds which field."""
    return suggest_columns(headers_of(path))


def preview(format_name: str, paths: Sequence[Path], options: ReadOptions) -> Preview:
    """The first rows of the files. Raises `FileRefused`."""
    found = Preview()
    try:
        for batch in connector(format_name).read(paths[:1], options):
            found.errors += batch.errors[:SHOWN_ROWS]
            if len(batch):
                _show(batch, found)
                break
    except SourceRefusedError as error:
        raise refusal_of(error) from error
    return found


def _show(batch: Batch, found: Preview) -> None:
    n = min(SHOWN_ROWS, len(batch))
    if isinstance(batch, ContactBatch):
        found.header = ["queue", "offered_at", "outcome", "agent", "wait_s", "talk_s"]
        found.header += ["hold_s", "wrap_s"]
        found.rows = [_contact(batch, place) for place in range(n)]
    elif isinstance(batch, StateBatch):
        found.header = ["agent", "at", "state", "reason"]
        found.rows = [
            [
                batch.agent[place],
                _instant(int(batch.at[place])),
                batch.state[place],
                batch.reason[place],
            ]
            for place in range(n)
        ]
    elif isinstance(batch, IntervalBatch):
        found.header = ["queue", "interval_start", "offered", "answered", "abandoned"]
        found.rows = [
            [
                batch.queue[place],
                _instant(int(batch.interval_start[place])),
                int(batch.offered[place]),
                int(batch.answered[place]),
                int(batch.abandoned[place]),
            ]
            for place in range(n)
        ]


def _contact(batch: ContactBatch, place: int) -> list[Any]:
    seconds = [
        round(float(getattr(batch, name)[place]))
        for name in ("wait_s", "talk_s", "hold_s", "wrap_s")
    ]
    return [
        batch.queue[place],
        _instant(int(batch.offered_at[place])),
        Outcome(int(batch.outcome[place])),
        batch.agent[place],
        *seconds,
    ]


def _instant(seconds: int) -> datetime | None:
    return None if seconds == NO_TIME else datetime.fromtimestamp(seconds, UTC)
