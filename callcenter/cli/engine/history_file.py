"""A history in a CSV file, checked row by row and laid out by local day and time."""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Sequence
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

Floats = NDArray[np.float64]
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
class _Row:
    series: int
    moment: _Moment
    offered: float
    aht_s: float


def read_history(
    path: Path, zone: tzinfo | None, *, absent_is_zero: bool = False
) -> HistoryFile:
    """Read and check a history.

    Raises `EngineInputError` that names row, field and rule of up to 20 mistakes.
    """
    reader = _Reader(path.name, zone)
    with path.open(newline="", encoding="utf-8-sig") as lines:
        try:
            table = csv.DictReader(lines)
            fields = tuple(table.fieldnames or ())
            missing = [name for name in NEEDED if name not in fields]
            if missing:
                names = ", ".join(missing)
                raise EngineInputError(
                    f"{path.name}: the column {names} is missing; needed are"
                    " series,interval_start,offered and, when known, aht_s"
                )
            rows = [reader.row(line, row) for line, row in enumerate(table, start=2)]
        except (csv.Error, UnicodeDecodeError) as error:
            raise EngineInputError(f"{path.name}: {error}") from error
    reader.finish()
    read = [row for row in rows if row is not None]
    if not read:
        raise EngineInputError(f"{path.name}: there is no row below the header")
    return _lay_out(
        reader, read, has_aht="aht_s" in fields, absent_is_zero=absent_is_zero
    )


class _Reader:
    """Collects what is wrong, row by row."""

    def __init__(self, name: str, zone: tzinfo | None) -> None:
        self.name, self.zone = name, zone
        self.mistakes: list[str] = []
        self.n_mistakes = 0
        self.notes: list[str] = []
        self.series: dict[str, int] = {}
        self.moments: dict[tuple[str, bool], _Moment | str] = {}
        self.seen: dict[tuple[int, int], int] = {}
        self.n_without_time = 0

    def row(self, line: int, row: dict[str, str]) -> _Row | None:
        """The numbers of a row, or None when something is wrong with it."""
        before = self.n_mistakes
        name = (row.get("series") or "").strip()
        if not name:
            self._note(line, "series", "must not be empty")
        series = self.series.setdefault(name, len(self.series))
        offered = self._number(line, "offered", row.get("offered"))
        aht = self._number(line, "aht_s", row.get("aht_s"))
        if aht == 0.0:
            self.n_without_time += offered > 0.0
            aht = math.nan
        moment = self._moment(line, series, (row.get("interval_start") or "").strip())
        if moment is None or self.n_mistakes > before:
            return None
        return _Row(series, moment, offered, aht)

    def finish(self) -> None:
        """Raise `EngineInputError` when anything was wrong."""
        if self.n_mistakes:
            more = self.n_mistakes - len(self.mistakes)
            also = [f"and {more} more"] if more else []
            raise EngineInputError("\n".join([*self.mistakes, *also]))
        if self.n_without_time:
            self.notes.append(
                f"{self.n_without_time} intervals have contacts and an aht_s of 0:"
                " they say nothing about handling time and are left out of it"
            )

    def _note(self, line: int, name: str, rule: str) -> None:
        self.n_mistakes += 1
        if len(self.mistakes) < _MOST_SHOWN:
            self.mistakes.append(f"{self.name}, row {line}, {name}: {rule}")

    def _number(self, line: int, name: str, text: str | None) -> float:
        """A count or a time; an empty field is one that nobody knows."""
        if text is None or not text.strip():
            return math.nan
        try:
            value = float(text)
        except ValueError:
            self._note(line, name, f"{text!r} is not a number")
            return math.nan
        if not math.isfinite(value):
            self._note(line, name, f"must be finite, not {text}")
        elif value < 0.0:
            self._note(line, name, f"must not be negative, as {text} is")
        return value

    def _moment(self, line: int, series: int, text: str) -> _Moment | None:
        moment = self._read(text, is_second=False)
        if isinstance(moment, str):
            self._note(line, "interval_start", moment)
            return None
        first = self.seen.setdefault((series, moment.instant_s), line)
        if first == line:
            return moment
        again = self._read(text, is_second=True)
        if isinstance(again, _Moment) and again.instant_s != moment.instant_s:
            first = self.seen.setdefault((series, again.instant_s), line)
            moment = again
        if first != line:
            rule = f"{text} occurs twice in this series: row {first} has it too"
            self._note(line, "interval_start", rule)
        return moment

    def _read(self, text: str, *, is_second: bool) -> _Moment | str:
        """The moment, or what is wrong; the second pass of a repeated hour if asked."""
        found = self.moments.get((text, is_second))
        if found is None:
            found = _moment(text, self.zone, is_second=is_second)
            self.moments[text, is_second] = found
        return found


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


def _lay_out(
    reader: _Reader, rows: Sequence[_Row], *, has_aht: bool, absent_is_zero: bool
) -> HistoryFile:
    interval_s = _interval(reader, rows)
    series = np.array([row.series for row in rows])
    day = np.array([row.moment.day for row in rows])
    slot = np.array([row.moment.second for row in rows]) // interval_s
    first, last = int(day.min()), int(day.max())
    shape = (len(reader.series), last - first + 1, _DAY_S // interval_s)
    place = (series, day - first, slot)
    offered = _means(shape, place, np.array([row.offered for row in rows]))
    aht = _means(shape, place, np.array([row.aht_s for row in rows]))
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
        aht_s=aht,
        is_open=is_open,
        exists=exists,
        has_aht=has_aht,
        notes=reader.notes,
    )


def _interval(reader: _Reader, rows: Sequence[_Row]) -> int:
    """The length of all intervals: the commonest gap between neighbours."""
    starts: dict[int, list[int]] = {}
    for row in rows:
        starts.setdefault(row.series, []).append(row.moment.instant_s)
    gaps: Counter[int] = Counter()
    for each in starts.values():
        gaps.update(np.diff(np.sort(np.array(each))).tolist())
    if not gaps:
        raise EngineInputError(f"{reader.name}: one row does not tell its interval")
    length = gaps.most_common(1)[0][0]
    if length not in _LENGTHS_S:
        raise EngineInputError(
            f"{reader.name}, interval_start: intervals last {length / 60:g} minutes;"
            " they must last 15, 30 or 60"
        )
    for line, row in enumerate(rows, start=2):
        if row.moment.second % length:
            raise EngineInputError(
                f"{reader.name}, row {line}, interval_start: does not start at a"
                f" multiple of {length // 60} minutes, as most rows do"
            )
    return length


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


def _zone(reader: _Reader, rows: Sequence[_Row]) -> tzinfo:
    if reader.zone is not None:
        return reader.zone
    latest = max(rows, key=lambda row: row.moment.instant_s).moment
    if len({row.moment.offset_s for row in rows}) > 1:
        reader.notes.append(
            "the rows carry several offsets from universal time; days are cut by each"
            " row's own, the forecast keeps the last; --timezone knows later changes"
        )
    return timezone(timedelta(seconds=latest.offset_s))


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
