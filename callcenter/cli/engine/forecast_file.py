"""A forecast in a CSV file: every mistake in it is named, columns can be added."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError

NEEDED = ("series", "interval_start", "offered", "aht_s")
_MOST_SHOWN = 20

Floats = NDArray[np.float64]
Row = dict[str, str]


@dataclass(frozen=True)
class ForecastFile:
    """The rows of a forecast and their numbers, all of shape (n_rows,).

    `series` and `start_s` (seconds of universal time) are those of each row.
    """

    fields: tuple[str, ...]
    rows: list[Row]
    series: list[str]
    start_s: NDArray[np.int64]
    offered: Floats
    aht_s: Floats
    interval_s: float

    @classmethod
    def read(
        cls, path: Path, interval_s: float | None, zone: tzinfo | None = None
    ) -> "ForecastFile":
        """Read and check a file; `zone` is where times without an offset are.

        Without it they are taken for universal time.

        Raises `EngineInputError` that names row, field and rule of up to 20 mistakes.
        """
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            fields = tuple(reader.fieldnames or ())
            missing = [name for name in NEEDED if name not in fields]
            if missing:
                raise EngineInputError(
                    f"{path.name}: the column {', '.join(missing)} is missing"
                )
            try:
                rows = list(reader)
            except (csv.Error, UnicodeDecodeError) as error:
                raise EngineInputError(f"{path.name}: {error}") from error
        if not rows:
            raise EngineInputError(f"{path.name}: there is no row below the header")
        checks = _Checks(path.name, zone)
        read = [checks.row(line, row) for line, row in enumerate(rows, start=2)]
        checks.finish()
        series, starts, offered, aht = zip(*read, strict=True)
        start_s = np.array(starts, dtype=np.int64)
        return cls(
            fields,
            rows,
            list(series),
            start_s,
            np.array(offered),
            np.array(aht),
            _interval(path.name, list(series), start_s, interval_s),
        )

    def write(self, out: str, columns: dict[str, list[str]]) -> None:
        """Write the rows as they were with the columns added or replaced."""
        fields = [*self.fields, *(name for name in columns if name not in self.fields)]
        added: Iterable[tuple[str, ...]] = zip(*columns.values(), strict=True)
        with ExitStack() as stack:
            stream = stack.enter_context(
                click.open_file(out, "w", encoding="utf-8", lazy=False)
            )
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(fields)
            for row, values in zip(self.rows, added, strict=True):
                row.update(zip(columns, values, strict=True))
                writer.writerow([row.get(name) or "" for name in fields])


class _Checks:
    """Collects what is wrong, row by row."""

    def __init__(self, name: str, zone: tzinfo | None) -> None:
        self.name, self.zone = name, zone
        self.mistakes: list[str] = []
        self.seen: dict[tuple[str, int], int] = {}
        self.has_zone: bool | None = None

    def row(self, line: int, row: Row) -> tuple[str, int, float, float]:
        """The series, start, contacts and handling time of a row."""
        series = (row.get("series") or "").strip()
        if not series:
            self._note(line, "series", "must not be empty")
        if None in row:
            self._note(line, "", "has more fields than the header has columns")
        start = self._new_start(line, series, (row.get("interval_start") or "").strip())
        offered = self._number(line, "offered", row.get("offered"))
        text = (row.get("aht_s") or "").strip()
        aht = self._number(line, "aht_s", text) if text or offered > 0.0 else 0.0
        if offered > 0.0 and aht == 0.0:
            rule = "must be greater than zero where contacts are offered"
            self._note(line, "aht_s", rule)
        return series, start, offered, aht

    def finish(self) -> None:
        """Raise `EngineInputError` when anything was wrong."""
        if not self.mistakes:
            return
        shown = self.mistakes[:_MOST_SHOWN]
        more = len(self.mistakes) - len(shown)
        if more:
            shown.append(f"and {more} more")
        raise EngineInputError("\n".join(shown))

    def _note(self, line: int, field: str, rule: str) -> None:
        where = (
            f"{self.name}, row {line}, {field}" if field else f"{self.name}, row {line}"
        )
        self.mistakes.append(f"{where}: {rule}")

    def _number(self, line: int, field: str, text: str | None) -> float:
        try:
            value = float((text or "").strip())
        except ValueError:
            said = f"{text!r} is not a number" if text else "must not be empty"
            self._note(line, field, said)
            return math.nan
        if not math.isfinite(value):
            self._note(line, field, f"must be finite, not {text}")
        elif value < 0.0:
            self._note(line, field, f"must not be negative, as {text} is")
        return value

    def _new_start(self, line: int, series: str, text: str) -> int:
        """Seconds of universal time that this series did not have before."""
        start = self._start(line, text)
        if start is None:
            return 0
        before = self.seen.setdefault((series, _seconds(start)), line)
        if before == line:
            return _seconds(start)
        again = start.replace(fold=1)
        if self.seen.setdefault((series, _seconds(again)), line) == line:
            return _seconds(again)
        rule = f"occurs twice in series {series}: row {before} has it too"
        if not self.has_zone and self.zone is None:
            rule += "; if clocks went back there, give --timezone or each time's offset"
        self._note(line, "interval_start", rule)
        return 0

    def _start(self, line: int, text: str) -> datetime | None:
        """The instant of a text; None, and noted, where there is none."""
        try:
            start = datetime.fromisoformat(text)
        except ValueError:
            rule = f"{text!r} is not a time such as 2026-03-02T09:00:00Z"
            self._note(line, "interval_start", rule)
            return None
        has_zone = start.tzinfo is not None
        if self.has_zone is None:
            self.has_zone = has_zone
        if has_zone != self.has_zone:
            rule = "has a zone where other rows have none, or the other way round"
            self._note(line, "interval_start", rule)
            return None
        if has_zone:
            return start
        start = start.replace(tzinfo=self.zone or UTC)
        if start.astimezone(UTC).astimezone(start.tzinfo) != start:
            rule = f"{text} does not exist: clocks skip it in {self.zone}"
            self._note(line, "interval_start", rule)
            return None
        return start


def _seconds(start: datetime) -> int:
    """Seconds of universal time."""
    return int(start.timestamp())


def _interval(
    name: str, series: Sequence[str], start_s: NDArray[np.int64], given: float | None
) -> float:
    """The length of all intervals: what is given, or the least gap in any series."""
    codes = np.unique(np.asarray(series), return_inverse=True)[1]
    order = np.lexsort((start_s, codes))
    is_same = codes[order][1:] == codes[order][:-1]
    gaps = np.diff(start_s[order])[is_same]
    if given is not None:
        if given <= 0.0:
            raise EngineInputError("--interval must be greater than zero")
        if gaps.size and gaps.min() < given:
            raise EngineInputError(
                f"{name}: intervals start {gaps.min()} s apart, less than --interval"
            )
        return given
    if not gaps.size:
        raise EngineInputError(
            f"{name}: one interval in each series does not tell how long it is;"
            " say it with --interval 15m"
        )
    return float(gaps.min())


def runs_of(file: ForecastFile) -> Iterator[NDArray[np.intp]]:
    """Rows of consecutive open intervals, runs of one length as one matrix.

    Intervals without contacts belong to no run: a queue closes there.
    """
    codes = np.unique(np.asarray(file.series), return_inverse=True)[1]
    order = np.lexsort((file.start_s, codes))
    order = order[file.offered[order] > 0.0]
    step = np.diff(file.start_s[order])
    is_next = (np.diff(codes[order]) == 0) & (step == file.interval_s)
    runs = np.split(order, np.flatnonzero(~is_next) + 1) if order.size else []
    for length in sorted({run.size for run in runs}):
        yield np.stack([run for run in runs if run.size == length])
