"""A history in a CSV file, checked row by row and laid out by local day and time."""

import csv
import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.intervals import day_grid

NEEDED = ("series", "interval_start", "offered")
_MOST_SHOWN = 20
_DAY_S = 86_400
_LENGTHS_S = (900, 1800, 3600)

_NAN = math.nan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class HistoryFile:
    """Volumes by series, local day and time of day.

    Attributes
    ----------
    names : tuple of str, the series in the order of the file
    zone : tzinfo in which days are cut
    first_day : date of the first row of the arrays
    interval_s : int, seconds
    offered, aht_s : ndarray of float, shape (n_series, n_days, n_slots), NaN unknown
    is_open : ndarray of bool, shape (n_series, 7, n_slots), by weekday
    exists : ndarray of bool, shape (n_days, n_slots), False where the clock skips
    has_aht : bool, whether the file tells handling times
    notes : list of str, what a reader should know though nothing is wrong

    """

    names: tuple[str, ...]
    zone: tzinfo
    first_day: date
    interval_s: int
    offered: Floats
    aht_s: Floats
    is_open: Bools
    exists: Bools
    has_aht: bool
    notes: list[str] = field(default_factory=list)

    @property
    def n_days(self) -> int:
        """Days from the first to the last row."""
        return int(self.offered.shape[1])


@dataclass(frozen=True)
class _Moment:
    """A start as its row gives it."""

    instant_s: int
    day: int  # days since 1970, local
    second: int  # of the local day
    offset_s: int


@dataclass(frozen=True)
class _Rows:
    """All rows by column, shape (n_rows,)."""

    line: Ints
    series: Ints
    instant_s: Ints
    day: Ints
    second: Ints
    offset_s: Ints
    offered: Floats
    aht_s: Floats


def read_history(
    path: Path, zone: tzinfo | None, *, absent_is_zero: bool = False
) -> HistoryFile:
    """Read and check a history.

    Raises `EngineInputError` that names row, field and rule of up to 20 mistakes.
    """
    reader = _Reader(path.name, zone)
    with path.open(newline="", encoding="utf-8-sig") as lines:
        try:
            table = csv.reader(lines)
            reader.header(next(table, []))
            for line, row in enumerate(table, start=2):
                if row:
                    reader.row(line, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise EngineInputError(f"{path.name}: {error}") from error
    rows = reader.rows()
    if not rows.line.size:
        raise EngineInputError(f"{path.name}: there is no row below the header")
    return _lay_out(reader, rows, absent_is_zero=absent_is_zero)


class _Reader:
    """Collects numbers, and what is wrong, row by row."""

    def __init__(self, name: str, zone: tzinfo | None) -> None:
        self.name, self.zone = name, zone
        self.mistakes: list[str] = []
        self.n_mistakes = 0
        self.notes: list[str] = []
        self.series: dict[str, int] = {}
        self.moment_of: dict[str, int] = {}
        self.moments: list[_Moment] = []
        self.texts: list[str] = []
        self.whole, self.real = array("q"), array("d")

    def header(self, fields: list[str]) -> None:
        """Find the columns; raises `EngineInputError` when one is missing."""
        missing = [name for name in NEEDED if name not in fields]
        if missing:
            raise EngineInputError(
                f"{self.name}: the column {', '.join(missing)} is missing; needed are"
                " series,interval_start,offered and, when known, aht_s"
            )
        self.at = [fields.index(name) for name in NEEDED]
        self.aht_at = fields.index("aht_s") if "aht_s" in fields else -1

    @property
    def has_aht(self) -> bool:
        """Whether the file tells handling times."""
        return self.aht_at >= 0

    def row(self, line: int, row: list[str]) -> None:
        """Take the numbers of a row."""
        row += [""] * (max(*self.at, self.aht_at) + 1 - len(row))
        name, start, offered = (row[place].strip() for place in self.at)
        if not name:
            self._note(line, "series", "must not be empty")
        moment = self.moment_of.get(start)
        if moment is None:
            moment = self._moment(line, start)
        volume = self._number(line, "offered", offered)
        aht = self._number(line, "aht_s", row[self.aht_at]) if self.has_aht else _NAN
        series = self.series.setdefault(name, len(self.series))
        self.whole.extend((line, series, moment))
        self.real.extend((volume, aht))

    def rows(self) -> _Rows:
        """All rows; raises `EngineInputError` when anything was wrong."""
        self._refuse()
        line, series, moment = np.array(self.whole, dtype=np.int64).reshape(-1, 3).T
        moment = self._second_passes(line, series, moment)
        self._refuse()
        offered, aht = np.array(self.real).reshape(-1, 2).T
        without = aht == 0.0
        if (without & (offered > 0.0)).any():
            self.notes.append(
                f"{int((without & (offered > 0.0)).sum())} intervals have contacts and"
                " an aht_s of 0: they say nothing about handling time and are left out"
            )
        table = np.array(
            [(m.instant_s, m.day, m.second, m.offset_s) for m in self.moments],
            dtype=np.int64,
        ).reshape(-1, 4)
        instant, day, second, offset = table[moment].T
        aht = np.where(without, np.nan, aht)
        return _Rows(line, series, instant, day, second, offset, offered, aht)

    def _second_passes(self, line: Ints, series: Ints, moment: Ints) -> Ints:
        """Rows that repeat a start: the second pass of an hour, or a mistake."""
        instant = np.array([m.instant_s for m in self.moments], dtype=np.int64)
        moment = moment.copy()
        seen = _repeated(series, instant[moment])
        for row in seen:
            again = _moment(self.texts[moment[row]], self.zone, is_second=True)
            if isinstance(again, _Moment) and again.instant_s != instant[moment[row]]:
                self.moments.append(again)
                self.texts.append(self.texts[moment[row]])
                moment[row] = len(self.moments) - 1
        instant = np.array([m.instant_s for m in self.moments], dtype=np.int64)
        for row in _repeated(series, instant[moment]) if seen.size else ():
            same = (series == series[row]) & (instant[moment] == instant[moment[row]])
            rule = (
                f"{self.texts[moment[row]]} occurs twice in this series: row"
                f" {line[same][0]} has it too"
            )
            self._note(int(line[row]), "interval_start", rule)
        return moment

    def _refuse(self) -> None:
        if self.n_mistakes:
            more = self.n_mistakes - len(self.mistakes)
            also = [f"and {more} more"] if more else []
            raise EngineInputError("\n".join([*self.mistakes, *also]))

    def _note(self, line: int, name: str, rule: str) -> None:
        self.n_mistakes += 1
        if len(self.mistakes) < _MOST_SHOWN:
            self.mistakes.append(f"{self.name}, row {line}, {name}: {rule}")

    def _number(self, line: int, name: str, text: str) -> float:
        """A count or a time; an empty field is one that nobody knows."""
        try:
            value = float(text)
        except ValueError:
            if text.strip():
                self._note(line, name, f"{text!r} is not a number")
            return _NAN
        if not 0.0 <= value < math.inf:
            rule = "not be negative, as" if value < 0.0 else "be finite, not"
            self._note(line, name, f"must {rule} {text} {'is' * (value < 0.0)}".strip())
        return value

    def _moment(self, line: int, text: str) -> int:
        found = _moment(text, self.zone, is_second=False)
        if isinstance(found, str):
            self._note(line, "interval_start", found)
            return -1
        self.moments.append(found)
        self.texts.append(text)
        self.moment_of[text] = len(self.moments) - 1
        return len(self.moments) - 1


def _repeated(series: Ints, instant_s: Ints) -> Ints:
    """Rows whose series and start an earlier row has, in the order of the file."""
    order = np.lexsort((instant_s, series))
    same = (np.diff(series[order]) == 0) & (np.diff(instant_s[order]) == 0)
    return np.sort(order[1:][same])


def _moment(text: str, zone: tzinfo | None, *, is_second: bool) -> _Moment | str:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return f"{text!r} is not a time such as 2026-03-02T09:00:00+08:00"
    if start.tzinfo is None:
        if zone is None:
            return (
                f"{text} carries no offset from universal time; write it as"
                " 2026-03-02T09:00:00+08:00 or give --timezone"
            )
        start = start.replace(tzinfo=zone, fold=int(is_second))
        back = start.astimezone(UTC).astimezone(zone)
        if back.replace(tzinfo=None) != start.replace(tzinfo=None):
            return f"{text} does not exist: clocks skip it in {zone}"
    local = start if zone is None else start.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    instant = int(start.timestamp())
    day, second = divmod(instant + int(offset.total_seconds()), _DAY_S)
    return _Moment(instant, day, second, int(offset.total_seconds()))


def _lay_out(reader: _Reader, rows: _Rows, *, absent_is_zero: bool) -> HistoryFile:
    interval_s = _interval(reader, rows)
    first, last = int(rows.day.min()), int(rows.day.max())
    shape = (len(reader.series), last - first + 1, _DAY_S // interval_s)
    place = (rows.series, rows.day - first, rows.second // interval_s)
    offered = _means(shape, place, rows.offered)
    first_day = date(1970, 1, 1) + timedelta(days=first)
    zone = _zone(reader, rows)
    exists = day_grid(first_day, shape[1], zone=zone, interval_s=interval_s).exists
    weekday = (first_day.weekday() + np.arange(shape[1])) % 7
    is_open = _open_hours(reader, offered, weekday)
    if absent_is_zero:
        began = np.logical_or.accumulate(np.isfinite(offered).any(axis=2), axis=1)
        absent = is_open[:, weekday] & np.isnan(offered) & began[:, :, None]
        offered = np.where(absent & exists, 0.0, offered)
    return HistoryFile(
        names=tuple(reader.series),
        zone=zone,
        first_day=first_day,
        interval_s=interval_s,
        offered=offered,
        aht_s=_means(shape, place, rows.aht_s),
        is_open=is_open,
        exists=exists,
        has_aht=reader.has_aht,
        notes=reader.notes,
    )


def _interval(reader: _Reader, rows: _Rows) -> int:
    """The length of all intervals: the commonest gap between neighbours."""
    order = np.lexsort((rows.instant_s, rows.series))
    is_same = np.diff(rows.series[order]) == 0
    gaps, count = np.unique(np.diff(rows.instant_s[order])[is_same], return_counts=True)
    if not gaps.size:
        raise EngineInputError(f"{reader.name}: one row does not tell its interval")
    length = int(gaps[count.argmax()])
    if length not in _LENGTHS_S:
        raise EngineInputError(
            f"{reader.name}, interval_start: intervals last {length / 60:g} minutes;"
            " they must last 15, 30 or 60"
        )
    _check_one_interval(reader, rows, length)
    off = np.flatnonzero(rows.second % length)
    if off.size:
        raise EngineInputError(
            f"{reader.name}, row {rows.line[off[0]]}, interval_start: does not start"
            f" at a multiple of {length // 60} minutes, as most rows do"
        )
    return length


def _check_one_interval(reader: _Reader, rows: _Rows, length: int) -> None:
    """Refuse a series whose rows follow each other at a longer interval."""
    for series, name in enumerate(reader.series):
        mine = rows.series == series
        gaps, count = np.unique(
            np.diff(np.sort(rows.instant_s[mine])), return_counts=True
        )
        own = int(gaps[count.argmax()]) if gaps.size else length
        if own > length and own in _LENGTHS_S and not (rows.second[mine] % own).any():
            raise EngineInputError(
                f"{reader.name}: the intervals of {name} last {own // 60} minutes, most"
                f" others {length // 60}; give each length a file of its own"
            )


def _means(
    shape: tuple[int, int, int], place: tuple[NDArray[np.int64], ...], values: Floats
) -> Floats:
    """One value a cell: the mean of both passes where the clock repeats an hour."""
    known = np.isfinite(values)
    cells = tuple(each[known] for each in place)
    total, count = np.zeros(shape), np.zeros(shape)
    np.add.at(total, cells, values[known])
    np.add.at(count, cells, 1.0)
    return np.where(count > 0.0, total / np.maximum(count, 1.0), np.nan)


def _zone(reader: _Reader, rows: _Rows) -> tzinfo:
    if reader.zone is not None:
        return reader.zone
    if np.unique(rows.offset_s).size > 1:
        reader.notes.append(
            "the rows carry several offsets from universal time; days are cut by each"
            " row's own, the forecast keeps the last; --timezone knows later changes"
        )
    return timezone(timedelta(seconds=int(rows.offset_s[rows.instant_s.argmax()])))


def _open_hours(
    reader: _Reader, offered: Floats, weekday: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """When each series works on each weekday; one missing interval is no closing."""
    known = np.isfinite(offered)
    is_open = np.stack([known[:, weekday == each].any(axis=1) for each in range(7)], 1)
    padded = np.pad(is_open, ((0, 0), (0, 0), (1, 1)))
    hole = ~is_open & padded[:, :, :-2] & padded[:, :, 2:]
    for series, name in enumerate(reader.series):
        slots = np.flatnonzero(hole[series].any(axis=0))
        for slot in slots:
            at = timedelta(seconds=int(slot) * (_DAY_S // offered.shape[2]))
            reader.notes.append(
                f"{name}: no row ever starts at {_clock(at)}; it is taken to lie"
                " between its neighbours"
            )
    result: Bools = is_open | hole
    return result


def _clock(since_midnight: timedelta) -> str:
    minutes = int(since_midnight.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def shown(lines: Iterable[str], most: int = _MOST_SHOWN) -> list[str]:
    """The first of many lines, and how many more there are."""
    every = list(lines)
    more = len(every) - most
    return [*every[:most], f"and {more} more"] if more > 0 else every
