"""Interval statistics as CSV: sums or averages a switch has counted already.

Reads the columns of the Avaya CMS table ``hsplit`` (``row_date``, ``starttime``,
``intrvl``, ``split``, ``acdcalls``, ...), the headings of its printed interval report,
and the columns that ``callcenter acd facts`` writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import gcd
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
)
from callcenter.acd.connectors.csv_rows import Block, CsvBlocks, texts_of
from callcenter.acd.connectors.mapping import (
    folded,
    sniff_delimiter,
    suggest_time_format,
)
from callcenter.acd.connectors.records import (
    NO_TIME,
    FloatColumn,
    IntColumn,
    IntervalBatch,
    RowError,
    Severity,
    excerpt,
)
from callcenter.acd.connectors.sources import (
    MAX_TEXT,
    SourceRefusedError,
    read_head,
    sniff_encoding,
)
from callcenter.acd.connectors.times import both_occurrences, parse_times, wall_date

HEADERS = {
    "queue": "queue|split|split/skill|skill|vdn|队列|技能组",
    "interval_start": "interval_start|interval start|start|datetime|时段",
    "date": "row_date|date|日期",
    "time": "starttime|start time|time|时间",
    "interval_min": "intrvl|interval|interval minutes",
    "offered": "offered|callsoffered|calls offered|acd offered",
    "answered": "answered|acdcalls|acd calls|handled",
    "abandoned": "abandoned|abncalls|aban calls|abandoned calls",
    "answered_in_threshold": "answered_in_threshold|acceptable",
    "talk_s": "talk_s|acdtime|acd time|talk time",
    "hold_s": "hold_s|holdtime|hold time",
    "wrap_s": "wrap_s|acwtime|acw time|total after call",
    "wait_answered_s": "wait_answered_s|anstime|ans time",
    "avg_talk_s": "avg acd time|avg talk time|avg talk",
    "avg_hold_s": "avg hold time|avg hold",
    "avg_wrap_s": "avg acw time",
    "avg_wait_s": "avg speed ans|asa",
}
_AVERAGES = {
    "talk_s": "avg_talk_s",
    "hold_s": "avg_hold_s",
    "wrap_s": "avg_wrap_s",
    "wait_answered_s": "avg_wait_s",
}
LONGEST_INTERVAL_S = 86_400
_LONGEST_GUESS_S = 3_600
_WRONG = NO_TIME


class IntervalsCsv:
    """Reads interval sums per queue; averages are multiplied by their counts."""

    name: ClassVar[str] = "intervals-csv"
    redelivers: ClassVar[bool] = False

    def read(
        self, paths: Sequence[Path], options: ReadOptions
    ) -> Iterator[IntervalBatch]:
        """Yield the intervals of these files."""
        for path in paths:
            head = read_head(path)
            encoding = sniff_encoding(head)
            first = head.decode(encoding, "replace").partition("\n")[0]
            blocks = CsvBlocks(
                path, encoding=encoding, delimiter=sniff_delimiter(first)
            )
            reader: _IntervalReader | None = None
            for block in blocks:
                if reader is None:
                    places = _places(blocks.headers, path.name, options.default_queue)
                    reader = _IntervalReader(places, options, path.name)
                    block.errors += reader.opening_notices()
                yield reader.intervals(block)


def _places(headers: list[str], source: str, default_queue: str) -> dict[str, int]:
    """Which column holds each figure.

    Raises `SourceRefusedError` with ``missing-columns`` when the file shows no queue,
    no start or no answered calls.
    """
    at = {folded(header): place for place, header in enumerate(headers)}
    places = {}
    for name, words in HEADERS.items():
        found = (at[folded(word)] for word in words.split("|") if folded(word) in at)
        place = next(found, None)
        if place is not None:
            places[name] = place
    has_start = "interval_start" in places or {"date", "time"} <= places.keys()
    needs = [] if has_start else ["interval_start or row_date and starttime"]
    needs += [] if "queue" in places or default_queue else ["queue"]
    needs += [] if "answered" in places else ["acdcalls"]
    if needs:
        shown = [excerpt(header) for header in headers[:40]]
        raise SourceRefusedError(
            "missing-columns", file=source, needs=needs, headers=shown
        )
    return places


@dataclass
class _IntervalReader:
    """Turns blocks of one file into interval sums."""

    places: dict[str, int]
    options: ReadOptions
    source: str
    date_order: str = ""
    interval_s: int = 0
    block: Block = field(default_factory=lambda: Block([], np.empty(0, np.int64)))
    keep: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, np.bool_))
    durations: Cache[float] = field(default_factory=lambda: Cache(duration))
    counts: Cache[int] = field(default_factory=lambda: Cache(_whole_count))
    clocks: Cache[int] = field(default_factory=lambda: Cache(_clock))
    seen: set[tuple[str, int]] = field(default_factory=set)

    def opening_notices(self) -> list[RowError]:
        """What the file cannot tell, said once."""
        if "answered_in_threshold" in self.places:
            return []
        name = "answered_in_threshold"
        return [
            RowError(1, name, "no-column-counts-0", "", self.source, Severity.NOTICE)
        ]

    def intervals(self, block: Block) -> IntervalBatch:
        """The intervals of a block, without the rows that are refused."""
        self.block, self.keep = block, np.ones(len(block), np.bool_)
        queue = self._queues()
        wall, is_local = self._starts()
        length = self._lengths(wall)
        answered, abandoned = self._counts("answered"), self._counts("abandoned")
        offered = self._counts("offered")
        if "offered" not in self.places:
            offered = answered + abandoned
        in_time = self._counts("answered_in_threshold")
        self._refuse(in_time > answered, "answered_in_threshold", "more-than-answered")
        sums = {name: self._sum_column(name, answered) for name in _AVERAGES}
        keep = self.keep
        kept_queues = [q for q, k in zip(queue, keep.tolist(), strict=True) if k]
        return IntervalBatch(
            queue=kept_queues,
            interval_start=self._instants(kept_queues, wall[keep], is_local[keep]),
            interval_s=length[keep],
            offered=offered[keep],
            answered=answered[keep],
            abandoned=abandoned[keep],
            answered_in_threshold=in_time[keep],
            talk_s=sums["talk_s"][keep],
            hold_s=sums["hold_s"][keep],
            wrap_s=sums["wrap_s"][keep],
            wait_answered_s=sums["wait_answered_s"][keep],
            line=block.lines[keep],
            source=self.source,
            errors=block.errors,
        )

    def _column(self, name: str) -> list[str] | None:
        place = self.places.get(name)
        return None if place is None else texts_of(self.block.columns[place])

    def _refuse(self, wrong: NDArray[np.bool_], name: str, rule: str) -> None:
        texts = self._column(name)
        for index in np.flatnonzero(wrong & self.keep):
            shown = excerpt(texts[index]) if texts else ""
            line = int(self.block.lines[index])
            self.block.errors.append(RowError(line, name, rule, shown, self.source))
        self.keep &= ~wrong

    def _queues(self) -> list[str]:
        texts = self._column("queue")
        if texts is None:
            return [self.options.default_queue] * len(self.block)
        queues = [text.strip() or self.options.default_queue for text in texts]
        self._refuse(np.array([not q for q in queues], np.bool_), "queue", "required")
        long = np.array([len(q) > MAX_TEXT for q in queues], np.bool_)
        self._refuse(long, "queue", "too-long")
        return queues

    def _starts(self) -> tuple[IntColumn, NDArray[np.bool_]]:
        texts = self._column("interval_start")
        if texts is not None:
            order = self._order(texts)
            values, is_local, wrong = parse_times(texts, order)
            self._refuse(wrong, "interval_start", "not-a-time")
            self._refuse(values == NO_TIME, "interval_start", "required")
            return values, is_local
        dates, times = self._column("date") or [], self._column("time") or []
        order = self._order(dates)
        known: Cache[int] = Cache(lambda text: _date(text, order))
        days = np.array([known[text] for text in dates], np.int64)
        clock = np.array([self.clocks[text] for text in times], np.int64)
        self._refuse(days == _WRONG, "date", "not-a-date")
        self._refuse(clock == _WRONG, "time", "not-a-time")
        whole = np.where(self.keep, days, 0) + np.where(self.keep, clock, 0)
        return whole, np.ones(len(self.block), np.bool_)

    def _order(self, texts: list[str]) -> str:
        if not self.date_order:
            self.date_order = suggest_time_format(texts)
        return self.date_order

    def _lengths(self, starts: IntColumn) -> IntColumn:
        """The length of each interval; guessed from the starts where it is not told."""
        texts = self._column("interval_min")
        if texts is not None:
            minutes = np.array([self.counts[text] for text in texts], np.int64)
            lengths: IntColumn = minutes * 60
            wrong = (lengths <= 0) | (lengths > LONGEST_INTERVAL_S)
            self._refuse(wrong, "interval_min", "not-a-length")
            return lengths
        if not self.interval_s and len(starts):
            known = starts[self.keep].tolist()
            self.interval_s = min(gcd(86_400, *known), _LONGEST_GUESS_S)
        return np.full(len(starts), self.interval_s, np.int64)

    def _instants(
        self, queues: list[str], wall: IntColumn, is_local: NDArray[np.bool_]
    ) -> IntColumn:
        """UTC starts; a queue's second row for a repeated hour is the later one."""
        zone: ZoneInfo = self.options.zone()
        instants = wall.copy()
        first, second = both_occurrences(wall[is_local], zone)
        instants[is_local] = first
        doubtful = np.flatnonzero(is_local)[first != second]
        later = dict(zip(np.flatnonzero(is_local).tolist(), second, strict=True))
        for index in doubtful.tolist():
            cell = (queues[index], int(wall[index]))
            if cell in self.seen:
                instants[index] = later[index]
            self.seen.add(cell)
        return instants

    def _counts(self, name: str) -> IntColumn:
        texts = self._column(name)
        if texts is None:
            return np.zeros(len(self.block), np.int64)
        values = np.fromiter(map(self.counts.__getitem__, texts), np.int64, len(texts))
        self._refuse(values < 0, name, "not-a-count")
        return values

    def _sum_column(self, name: str, counts: IntColumn) -> FloatColumn:
        times: FloatColumn | None = None
        if name not in self.places:
            name, times = _AVERAGES[name], counts.astype(np.float64)
        texts = self._column(name)
        if texts is None:
            return np.zeros(len(self.block))
        values = np.fromiter(
            map(self.durations.__getitem__, texts), np.float64, len(texts)
        )
        for mark, rule in DURATION_RULES.items():
            self._refuse(values == mark, name, rule)
        values[values == BLANK] = 0.0
        return values if times is None else values * times


def _whole_count(text: str) -> int:
    text = text.strip()
    whole, _, fraction = text.partition(".")
    return count_of(whole) if not fraction.strip("0") else -1


def _date(text: str, order: str) -> int:
    try:
        return wall_date(text, order)
    except ValueError:
        return _WRONG


def _clock(text: str) -> int:
    """Seconds since midnight of ``930``, ``9:30``, ``09:30:00`` or ``9:30 AM``."""
    word, _, half = text.strip().casefold().partition(" ")
    parts = word.split(":") if ":" in word else [word[:-2] or "0", word[-2:] or "x"]
    if not 2 <= len(parts) <= 3 or not all(part.isdecimal() for part in parts):
        return _WRONG
    hours, minutes, seconds = (*map(int, parts), 0)[:3]
    if half in {"am", "pm"}:
        hours = hours % 12 + (12 if half == "pm" else 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return _WRONG
    return hours * 3600 + minutes * 60 + seconds
