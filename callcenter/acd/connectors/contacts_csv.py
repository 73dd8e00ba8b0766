"""Contacts as CSV with a mapping: one row is one visit of a contact to a queue.

See ``docs/guide/acd-formats.md`` for the fields and how missing ones are derived.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from hashlib import blake2b
from itertools import compress
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.base import ReadOptions
from callcenter.acd.connectors.cells import (
    BLANK,
    DURATION_RULES,
    Cache,
    count_of,
    duration,
    whole_numbers,
)
from callcenter.acd.connectors.csv_rows import Block, Column, CsvBlocks, texts_of
from callcenter.acd.connectors.mapping import (
    DURATION_UNITS,
    TIME_FIELDS,
    CsvMapping,
    direction_of,
    suggest_mapping,
)
from callcenter.acd.connectors.packed import (
    ByteTexts,
    CodedTexts,
    PackedColumn,
    WordBook,
)
from callcenter.acd.connectors.records import (
    NO_TIME,
    ByteColumn,
    ContactBatch,
    FloatColumn,
    IntColumn,
    Outcome,
    RowError,
    excerpt,
)
from callcenter.acd.connectors.sources import (
    MAX_TEXT,
    SourceRefusedError,
    read_head,
    sniff_encoding,
)
from callcenter.acd.connectors.times import parse_iso_cells, parse_times, to_utc

_UNKNOWN_WORD = 255


class ContactsCsv:
    """CSV of contacts, read through a mapping that is given or suggested."""

    name: ClassVar[str] = "contacts-csv"
    redelivers: ClassVar[bool] = False

    def read(
        self, paths: Sequence[Path], options: ReadOptions
    ) -> Iterator[ContactBatch]:
        """Yield the contacts of these files, tens of thousands a batch."""
        for path in paths:
            head = read_head(path)
            mapping = options.mapping or suggested_mapping(
                path, default_queue=options.default_queue
            )
            encoding = mapping.encoding or sniff_encoding(head)
            blocks = CsvBlocks(
                path, encoding=encoding, delimiter=mapping.delimiter, packs=True
            )
            reader: _RowReader | None = None
            for block in blocks:
                reader = reader or _RowReader(blocks, mapping, options.zone())
                yield reader.contacts(block)


def suggested_mapping(path: Path, *, default_queue: str = "") -> CsvMapping:
    """The mapping that a file's own headers suggest.

    Raises `SourceRefusedError` when the headers do not show when a contact arrived.
    """
    head = read_head(path)
    text = head.decode(sniff_encoding(head), errors="replace")
    return suggest_mapping(text, default_queue=default_queue)


class _RowReader:
    """Turns blocks of one file into contacts."""

    def __init__(self, blocks: CsvBlocks, mapping: CsvMapping, zone: ZoneInfo) -> None:
        self._mapping = mapping
        self._zone = zone
        self._source = blocks.path.name
        self._places = _places(blocks, mapping)
        unit = DURATION_UNITS[mapping.duration_unit]
        self._durations = Cache(lambda text: duration(text, unit))
        self._texts = Cache(str.strip)
        self._outcomes = Cache(self._outcome)
        self._directions = Cache(_direction)
        self._counts = Cache(count_of)
        self._books: dict[str, WordBook] = defaultdict(WordBook)
        self._errors: list[RowError] = []
        self._keep: NDArray[np.bool_] = np.ones(0, np.bool_)
        self._block = Block([], np.empty(0, np.int64))

    def contacts(self, block: Block) -> ContactBatch:
        """The contacts of a block, without the rows that are refused."""
        self._block, self._errors = block, block.errors
        self._keep = np.ones(len(block), np.bool_)
        times = self._all_times()
        figures = {
            name: self._duration_column(name)
            for name in ("wait_s", "talk_s", "hold_s", "wrap_s")
        }
        agent = self._text_column("agent")
        outcome = self._outcome_column(times, figures, agent)
        _complete(times, figures, outcome)
        batch = ContactBatch(
            source_key=self._keys(),
            queue=self._queues(),
            agent=agent,
            customer=self._text_column("customer"),
            channel=self._text_column("channel", "voice"),
            direction=self._word_column("direction", self._directions),
            outcome=outcome,
            offered_at=times["offered_at"],
            answered_at=times["answered_at"],
            ended_at=times["ended_at"],
            wait_s=figures["wait_s"],
            talk_s=figures["talk_s"],
            hold_s=figures["hold_s"],
            wrap_s=figures["wrap_s"],
            transfers=self._transfers(),
            version=np.zeros(len(block), np.int64),
            line=block.lines,
            errors=self._errors,
        )
        return batch if self._keep.all() else _kept(batch, self._keep)

    def _column(self, name: str) -> Column | None:
        place = self._places.get(name)
        return None if place is None else self._block.columns[place]

    def _coded(self, name: str, column: Column) -> CodedTexts | None:
        """The column as numbered texts, if it was not split into texts."""
        if isinstance(column, list) or not len(column):
            return None
        return self._books[name].coded(column)

    def _refuse(self, wrong: NDArray[np.bool_], name: str, rule: str) -> None:
        if not wrong.any():
            return
        texts = self._column(name)
        for index in np.flatnonzero(wrong & self._keep).tolist():
            shown = excerpt(texts[index]) if texts else ""
            line = int(self._block.lines[index])
            self._errors.append(RowError(line, name, rule, shown, self._source))
        self._keep &= ~wrong

    def _all_times(self) -> dict[str, IntColumn]:
        times: dict[str, IntColumn] = {}
        for name in TIME_FIELDS:
            floor = times.get("offered_at")
            times[name] = self._time_column(name, floor)
        offered = times["offered_at"]
        self._refuse(offered == NO_TIME, "offered_at", "required")
        for name in ("answered_at", "ended_at"):
            early = (times[name] != NO_TIME) & (times[name] < offered)
            self._refuse(early, name, "before-offered")
        return times

    def _time_column(self, name: str, floor: IntColumn | None) -> IntColumn:
        column = self._column(name)
        if column is None:
            return np.full(len(self._block), NO_TIME, np.int64)
        values, is_local, wrong = _times(column, self._mapping.time_format)
        self._refuse(wrong, name, "not-a-time")
        if is_local.all():
            return to_utc(values, self._zone, not_before=floor)
        if is_local.any():
            part = None if floor is None else floor[is_local]
            values[is_local] = to_utc(values[is_local], self._zone, not_before=part)
        return values

    def _duration_column(self, name: str) -> FloatColumn:
        column = self._column(name)
        if column is None:
            return np.full(len(self._block), BLANK)
        is_plain = self._mapping.duration_unit == "s"
        whole = _whole(column, blank=int(BLANK)) if is_plain else None
        if whole is not None:
            return whole.astype(np.float64)
        texts = texts_of(column)
        values = np.fromiter(
            map(self._durations.__getitem__, texts), np.float64, len(texts)
        )
        if values.min(initial=0.0) < BLANK:
            for mark, rule in DURATION_RULES.items():
                self._refuse(values == mark, name, rule)
        return values

    def _text_column(self, name: str, default: str = "") -> Sequence[str]:
        column = self._column(name)
        if column is None:
            return [default] * len(self._block)
        # Nearly every customer is another one: numbering them would gain nothing.
        coded = None if name == "customer" else self._coded(name, column)
        if coded is not None:
            coded.names = [text or default for text in coded.names]
            return coded
        clean = list(map(self._texts.__getitem__, texts_of(column)))
        if max(map(len, clean), default=0) > MAX_TEXT:
            too_long = np.array([len(text) > MAX_TEXT for text in clean])
            self._refuse(too_long, name, "too-long")
        if default and "" in clean:
            return [text or default for text in clean]
        return clean

    def _queues(self) -> Sequence[str]:
        queues = self._text_column("queue", self._mapping.default_queue)
        if "" in (queues.names if isinstance(queues, CodedTexts) else queues):
            blank = np.array([not queue for queue in queues])
            self._refuse(blank, "queue", "required")
        return queues

    def _keys(self) -> Sequence[str]:
        column = self._column("source_key")
        if column is None:
            rows = zip(*map(texts_of, self._block.columns), strict=True)
            return [_digest(row) for row in rows]
        if isinstance(column, PackedColumn) and column.is_clean(MAX_TEXT):
            return ByteTexts(column.bytes_cells())
        keys = list(map(str.strip, texts_of(column)))
        if "" in keys:
            self._refuse(np.array([not key for key in keys]), "source_key", "required")
        if max(map(len, keys), default=0) > MAX_TEXT:
            too_long = np.array([len(key) > MAX_TEXT for key in keys])
            self._refuse(too_long, "source_key", "too-long")
        return keys

    def _word_column(self, name: str, words: Cache[int]) -> ByteColumn:
        column = self._column(name)
        if column is None:
            return np.zeros(len(self._block), np.uint8)
        coded = self._coded(name, column)
        if coded is not None:
            meaning = np.array([words[text] for text in coded.names], np.uint8)
            codes = coded.mapped(meaning)
        else:
            texts = texts_of(column)
            codes = np.fromiter(map(words.__getitem__, texts), np.uint8, len(texts))
        self._refuse(codes == _UNKNOWN_WORD, name, "unknown-word")
        return codes

    def _transfers(self) -> IntColumn:
        column = self._column("transfers")
        if column is None:
            return np.zeros(len(self._block), np.int64)
        whole = _whole(column, blank=0)
        if whole is not None:
            return whole
        texts = texts_of(column)
        counts = np.fromiter(map(self._counts.__getitem__, texts), np.int64, len(texts))
        self._refuse(counts < 0, "transfers", "not-a-count")
        return counts

    def _outcome(self, text: str) -> int:
        if not text.strip():
            return 0
        found = self._mapping.outcome_of(text)
        return _UNKNOWN_WORD if found is None else int(found)

    def _outcome_column(
        self,
        times: dict[str, IntColumn],
        figures: dict[str, FloatColumn],
        agent: Sequence[str],
    ) -> ByteColumn:
        """The outcome as the file states it, else as the other columns show it."""
        outcome = self._word_column("outcome", self._outcomes)
        open_ = outcome == 0
        if not open_.any():
            return outcome
        answered = (times["answered_at"] != NO_TIME) | (figures["talk_s"] > 0)
        if "answered_at" not in self._places and "talk_s" not in self._places:
            answered |= np.fromiter(map(bool, agent), np.bool_, len(agent))
        shown = np.where(answered, Outcome.ANSWERED, Outcome.ABANDONED)
        outcome[open_] = shown[open_]
        return outcome


def _whole(column: Column, *, blank: int) -> IntColumn | None:
    """The column as whole numbers, or None if it holds anything else."""
    if isinstance(column, list):
        return whole_numbers(column)
    return column.whole_numbers(blank)


def _times(
    column: Column, time_format: str
) -> tuple[IntColumn, NDArray[np.bool_], NDArray[np.bool_]]:
    """What `parse_times` finds, without making texts of times of the usual form."""
    if isinstance(column, list) or time_format != "auto":
        return parse_times(texts_of(column), time_format)
    cells = column.filled().matrix()
    quick = None if cells is None else parse_iso_cells(cells)
    if quick is None:
        return parse_times(column.texts(), time_format)
    given = column.lengths > 0
    values = np.full(len(column), NO_TIME, np.int64)
    values[given] = quick[0]
    return values, given & quick[1], np.zeros(len(column), np.bool_)


def _places(blocks: CsvBlocks, mapping: CsvMapping) -> dict[str, int]:
    """Which column of the file holds each field.

    Raises `SourceRefusedError` with ``missing-columns`` naming the headers not there.
    """
    at = {header: place for place, header in enumerate(blocks.headers)}
    missing = [header for header in mapping.columns.values() if header not in at]
    if missing:
        raise SourceRefusedError(
            "missing-columns",
            file=blocks.path.name,
            needs=missing,
            headers=[excerpt(header) for header in blocks.headers[:40]],
        )
    return {name: at[header] for name, header in mapping.columns.items()}


def _complete(
    times: dict[str, IntColumn], figures: dict[str, FloatColumn], outcome: ByteColumn
) -> None:
    """Fill waits, talks and instants that the file leaves out from the others."""
    offered, answered, ended = (times[name] for name in TIME_FIELDS)
    is_answered = outcome == Outcome.ANSWERED
    for name in ("hold_s", "wrap_s"):
        np.maximum(figures[name], 0.0, out=figures[name])
    left_queue = np.where(is_answered, answered, ended)
    wait = figures["wait_s"]
    derived = np.where(left_queue == NO_TIME, 0, left_queue - offered)
    np.copyto(wait, derived, where=wait < 0)
    answered = np.where(
        is_answered & (answered == NO_TIME), offered + wait.astype(np.int64), answered
    )
    talk, hold = figures["talk_s"], figures["hold_s"]
    spoken = np.where(is_answered & (ended != NO_TIME), ended - answered - hold, 0.0)
    np.copyto(talk, np.maximum(spoken, 0.0), where=talk < 0)
    over = np.where(is_answered, answered, offered) + np.where(
        is_answered, talk + hold, wait
    ).astype(np.int64)
    times["answered_at"] = answered
    times["ended_at"] = np.where(ended == NO_TIME, over, ended)


def _kept(batch: ContactBatch, keep: NDArray[np.bool_]) -> ContactBatch:
    """The batch without the refused rows."""
    chosen = keep.tolist()
    columns = {}
    for column in fields(batch):
        values = getattr(batch, column.name)
        if column.name == "errors":
            columns["errors"] = values
        elif isinstance(values, CodedTexts | ByteTexts):
            columns[column.name] = values.take(keep)
        elif isinstance(values, list):
            columns[column.name] = list(compress(values, chosen))
        else:
            columns[column.name] = values[keep]
    return ContactBatch(**columns)


def _direction(text: str) -> int:
    if not text.strip():
        return 0
    found = direction_of(text)
    return _UNKNOWN_WORD if found is None else int(found)


def _digest(row: tuple[str, ...]) -> str:
    return blake2b("\x1f".join(row).encode(), digest_size=16).hexdigest()
