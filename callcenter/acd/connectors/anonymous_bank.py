"""The Technion "Anonymous Bank" call-by-call files of 1999 (tab separated).

A call is offered when it enters the queue, or, when an agent was free, when it leaves
the voice response unit. Calls that never left that unit and PHANTOM records are not
offered. Service begins up to two seconds before the queue is left on the record; the
record's own counts of seconds (``q_time``, ``ser_time``) are the truth.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from callcenter.acd.connectors.base import BATCH_RECORDS, ReadOptions
from callcenter.acd.connectors.csv_rows import Block, CsvBlocks
from callcenter.acd.connectors.records import (
    NO_TIME,
    Contact,
    ContactBatch,
    Outcome,
    RowError,
    Severity,
    contact_batch,
    excerpt,
)
from callcenter.acd.connectors.sources import MAX_TEXT, SourceRefusedError, read_head
from callcenter.acd.connectors.times import to_utc

FIELDS = [
    "vru+line",
    "call_id",
    "customer_id",
    "priority",
    "type",
    "date",
    "vru_entry",
    "vru_exit",
    "vru_time",
    "q_start",
    "q_exit",
    "q_time",
    "outcome",
    "ser_start",
    "ser_exit",
    "ser_time",
    "server",
]
HOME_ZONE = ZoneInfo("Asia/Jerusalem")
LONGEST_SERVICE_S = 8 * 3600
"""Longer than a shift: a line left open, not a conversation (one in August 1999)."""
_DAY_S = 86_400
_NO_CLOCK = "0:00:00"


class _FieldError(ValueError):
    def __init__(self, field: str, rule: str, value: str) -> None:
        super().__init__(rule)
        self.field, self.rule, self.value = field, rule, value


class AnonymousBank:
    """Reads the months that were published call by call."""

    name: ClassVar[str] = "anonymous-bank"
    redelivers: ClassVar[bool] = False

    def read(
        self, paths: Sequence[Path], options: ReadOptions
    ) -> Iterator[ContactBatch]:
        """Yield the calls that reached the queue or an agent."""
        zone = options.zone(HOME_ZONE)
        for path in paths:
            head = read_head(path).decode("latin-1").splitlines()[0]
            if head.strip("\ufeff\xef\xbb\xbf").split("\t") != FIELDS:
                raise SourceRefusedError(
                    "wrong-format", file=path.name, format=self.name, head=excerpt(head)
                )
            blocks = CsvBlocks(path, encoding="utf-8-sig", delimiter="\t")
            for block in blocks:
                for start in range(0, max(len(block), 1), BATCH_RECORDS):
                    part = slice(start, start + BATCH_RECORDS)
                    yield _contacts(block, part, zone, path.name)
                    block.errors = []


def _contacts(block: Block, part: slice, zone: ZoneInfo, source: str) -> ContactBatch:
    contacts: list[Contact] = []
    errors = list(block.errors)
    rows = zip(*(column[part] for column in block.columns), strict=True)
    for line, values in zip(block.lines[part].tolist(), rows, strict=True):
        try:
            contact = _contact(dict(zip(FIELDS, values, strict=True)), line)
        except _FieldError as error:
            errors.append(_row_error(error, line, source))
            continue
        if contact is not None:
            contacts.append(contact)
    batch = contact_batch(contacts, errors)
    batch.offered_at = to_utc(batch.offered_at, zone)
    waited = batch.offered_at + batch.wait_s.astype(np.int64)
    answered = batch.outcome == Outcome.ANSWERED
    batch.answered_at = np.where(answered, waited, NO_TIME)
    batch.ended_at = waited + batch.talk_s.astype(np.int64)
    return batch


def _row_error(error: _FieldError, line: int, source: str) -> RowError:
    implausible = error.rule == "longer-than-a-shift"
    severity = Severity.NOTICE if implausible else Severity.ERROR
    value = excerpt(error.value)
    return RowError(line, error.field, error.rule, value, source, severity)


def _contact(row: dict[str, str], line: int) -> Contact | None:
    """One call with wall-clock times, or None when it was never offered."""
    for field in ("vru+line", "call_id", "customer_id", "type", "server"):
        if len(row[field]) > MAX_TEXT // 4:
            raise _FieldError(field, "too-long", row[field])
    outcome = row["outcome"].strip()
    if outcome == "PHANTOM":
        return None
    if outcome not in {"AGENT", "HANG"}:
        raise _FieldError("outcome", "unknown-word", outcome)
    wait_s, talk_s = _seconds(row, "q_time"), _seconds(row, "ser_time")
    left_unit, queued = _clock(row, "vru_exit"), _clock(row, "q_start")
    was_queued = wait_s > 0 or row["q_start"].strip() != _NO_CLOCK
    answered = outcome == "AGENT"
    if not answered and not was_queued:
        return None
    if answered and talk_s > LONGEST_SERVICE_S:
        raise _FieldError("ser_time", "longer-than-a-shift", row["ser_time"])
    at = queued if was_queued else left_unit
    if at < _clock(row, "vru_entry") - _DAY_S // 2:
        at += _DAY_S
    server, customer = row["server"].strip(), row["customer_id"].strip()
    key = "-".join((row["date"], row["vru+line"], row["call_id"]))
    return Contact(
        source_key=key,
        queue=row["type"].strip(),
        offered_at=_midnight(row["date"]) + at,
        outcome=Outcome.ANSWERED if answered else Outcome.ABANDONED,
        line=line,
        agent="" if server == "NO_SERVER" or not answered else server,
        customer="" if customer == "0" else customer,
        wait_s=wait_s,
        talk_s=talk_s if answered else 0,
    )


def _seconds(row: dict[str, str], field: str) -> int:
    text = row[field].strip()
    try:
        value = int(text)
    except ValueError:
        raise _FieldError(field, "not-a-duration", text) from None
    if value < 0:
        raise _FieldError(field, "negative", text)
    return value


def _clock(row: dict[str, str], field: str) -> int:
    """Seconds since midnight of ``h:mm:ss``."""
    text = row[field]
    try:
        hours, minutes, seconds = map(int, text.split(":"))
    except ValueError:
        raise _FieldError(field, "not-a-time", text) from None
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise _FieldError(field, "not-a-time", text)
    return hours * 3600 + minutes * 60 + seconds


def _midnight(text: str) -> int:
    try:
        day = datetime.strptime(text.strip(), "%y%m%d").replace(tzinfo=UTC)
    except ValueError:
        raise _FieldError("date", "not-a-date", text) from None
    return int(day.timestamp())
