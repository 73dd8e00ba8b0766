"""What a file looks like before it is imported: its format and its first rows."""

import csv
import io
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
    suggest_time_format,
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
SAMPLE_ROWS = 200
SHOWN_WORDS = 20
UNKNOWN_WORD = "unknown-word"
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
    unknown_outcomes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How a CSV file seems to be written: its columns, delimiter and dates."""

    headers: list[str]
    columns: dict[str, str]
    delimiter: str
    time_format: str


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


def headers_of_text(text: str) -> list[str]:
    """The column headers of the first line."""
    delimiter = sniff_delimiter(_first_line(text))
    return next(iter(_rows_of(text, delimiter)), [])[:100]


def suggest(path: Path | None) -> Suggestion:
    """How a CSV file seems to be written; without headers for anything else."""
    try:
        head = read_head(path) if path else b""
    except SourceRefusedError:
        return Suggestion([], {}, ",", "auto")
    text = head.decode(sniff_encoding(head), errors="replace")
    delimiter = sniff_delimiter(_first_line(text))
    rows = _rows_of(text, delimiter)
    headers = rows[0][:100] if rows else []
    columns = suggest_columns(headers)
    times: list[str] = []
    if "offered_at" in columns:
        place = headers.index(columns["offered_at"])
        times = [row[place] for row in rows[1:] if place < len(row)]
    return Suggestion(headers, columns, delimiter, suggest_time_format(times))


def _first_line(text: str) -> str:
    return next(iter(text.lstrip("\ufeff").splitlines()), "")


def _rows_of(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, quoted fields and all, as far as they can be read."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    try:
        for row in reader:
            rows.append([cell.strip() for cell in row])
            if len(rows) > SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # a field longer than the csv module takes: what was read will do
    return rows


def preview(format_name: str, paths: Sequence[Path], options: ReadOptions) -> Preview:
    """The first rows of the files. Raises `FileRefused`."""
    found = Preview()
    try:
        for batch in connector(format_name).read(paths[:1], options):
            found.errors += batch.errors[:SHOWN_ROWS]
            found.unknown_outcomes += _unknown_outcomes(batch.errors)
            if len(batch):
                _show(batch, found)
                break
    except SourceRefusedError as error:
        raise refusal_of(error) from error
    return found


def _unknown_outcomes(errors: Sequence[RowError]) -> list[str]:
    """The words for an outcome that nobody knows, each once, in their order."""
    words = (e.value for e in errors if (e.field, e.rule) == ("outcome", UNKNOWN_WORD))
    return list(dict.fromkeys(words))[:SHOWN_WORDS]


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
