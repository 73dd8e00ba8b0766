"""Clock times of a source, whole columns at once, turned into seconds since 1970 UTC.

A wall time that occurs twice (clocks set back) is taken as its *first* occurrence,
unless that would put it before an instant it must follow. A wall time that never
occurs (clocks set forward) is read with the offset before the jump, so 02:30 becomes
03:30. Both are what PEP 495 calls ``fold=0``.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.records import NO_TIME, IntColumn

_DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLASHED = re.compile(
    r"(\d{1,4})[/.](\d{1,2})[/.](\d{1,4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?:\.\d+)?\s*([AaPp][Mm])?)?$"
)
UTC_ZONE = ZoneInfo("UTC")


@lru_cache(maxsize=64)
def _offset_changes(zone: ZoneInfo, year: int) -> list[tuple[int, int, int]]:
    """Instants in a year at which the zone's offset changes, with both offsets."""
    changes = []
    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    stop = int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())
    for day in range(start, stop, _DAY_S):
        low, high = day, day + _DAY_S
        before, after = _offset_at(zone, low), _offset_at(zone, high)
        if before == after:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _offset_at(zone, middle) == before:
                low = middle
            else:
                high = middle
        changes.append((high, before, after))
    return changes


def _offset_at(zone: ZoneInfo, instant: int) -> int:
    moment = datetime.fromtimestamp(instant, zone)
    return int((moment.utcoffset() or timedelta()).total_seconds())


def _offsets(local: IntColumn, zone: ZoneInfo, *, later: bool) -> IntColumn:
    """The offset of each wall time; ``later`` picks the second of two occurrences."""
    first, last = int(local.min()) - _DAY_S, int(local.max()) + _DAY_S
    years = range(_year(first), _year(last) + 1)
    changes = [change for year in years for change in _offset_changes(zone, year)]
    start = _offset_at(zone, first)
    if not changes:
        return np.full(len(local), start, np.int64)
    pick = min if later else max
    walls = np.array([at + pick(before, after) for at, before, after in changes])
    offsets = np.array([changes[0][1], *(after for _, _, after in changes)], np.int64)
    return offsets[np.searchsorted(walls, local, side="right")]


def _year(instant: int) -> int:
    return min(max((_EPOCH + timedelta(seconds=instant)).year, 2), 9998)


def to_utc(
    local: IntColumn, zone: ZoneInfo, *, not_before: IntColumn | None = None
) -> IntColumn:
    """Wall times (seconds since 1970 on the wall clock) as instants.

    Where ``not_before`` is given and the first occurrence of an ambiguous wall time
    precedes it, the second occurrence is taken.
    """
    known = local != NO_TIME
    if zone.key == "UTC" or not known.any():
        return local
    instants = local.copy()
    walls = local[known]
    instants[known] = walls - _offsets(walls, zone, later=False)
    if not_before is not None:
        floor = not_before[known]
        second = walls - _offsets(walls, zone, later=True)
        early = (instants[known] < floor) & (second >= floor)
        instants[known] = np.where(early, second, instants[known])
    return instants


def both_occurrences(local: IntColumn, zone: ZoneInfo) -> tuple[IntColumn, IntColumn]:
    """First and second instant of each wall time; they differ where it recurs."""
    if not len(local):
        return local, local
    first = local - _offsets(local, zone, later=False)
    return first, np.maximum(first, local - _offsets(local, zone, later=True))


def instant_of(text: str, zone: ZoneInfo) -> int:
    """One ISO 8601 time as an instant; a time without offset is read in the zone.

    Raises `ValueError` when the text is no time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int((moment - _EPOCH) // timedelta(seconds=1))


def parse_times(
    texts: list[str], time_format: str = "auto"
) -> tuple[IntColumn, NDArray[np.bool_], NDArray[np.bool_]]:
    """Parse a column: the values, which of them are wall times, and which are wrong.

    Values that carry an offset (``Z``, ``+08:00``, epoch numbers) are instants
    already; the others still have to go through `to_utc`. Blanks are `NO_TIME`.
    """
    n = len(texts)
    values = np.full(n, NO_TIME, np.int64)
    given = np.fromiter(map(bool, texts), np.bool_, n)
    filled = texts if given.all() else [text for text in texts if text]
    if time_format == "auto" and filled:
        quick = _parse_iso_block(filled)
        if quick is not None:
            values[given] = quick[0]
            is_local = np.full(n, quick[1]) & given
            return values, is_local, np.zeros(n, np.bool_)
    is_local, wrong = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for index in np.flatnonzero(given):
        try:
            values[index], is_local[index] = _parse_one(texts[index], time_format)
        except (ValueError, OverflowError):
            wrong[index] = True
    return values, is_local, wrong


def _parse_iso_block(texts: list[str]) -> tuple[IntColumn, bool] | None:
    """All texts as ``YYYY-MM-DD HH:MM:SS`` (or ``T``, ``/``, closing ``Z``), or None.

    Every text must have the width of the first. If one had not, the text after it
    would start in the wrong column and fail the checks of the separators.
    """
    joined = "".join(texts)
    width = len(texts[0])
    if width not in (19, 20) or len(joined) != width * len(texts):
        return None
    if not joined.isascii():
        return None
    cells = np.frombuffer(joined.encode(), np.uint8)
    return parse_iso_cells(cells.reshape(len(texts), width))


def parse_iso_cells(cells: NDArray[np.uint8]) -> tuple[IntColumn, bool] | None:
    """Times of one form, a row of bytes each: the values, and whether of wall clocks.

    The form is ``YYYY-MM-DD HH:MM:SS``, also with ``T``, ``/`` or a closing ``Z``. None
    when any row is of another form.
    """
    if cells.shape[1] not in (19, 20):
        return None
    zulu = cells.shape[1] == 20
    if zulu and not (cells[:, 19] == ord("Z")).all():
        return None
    seconds = _iso_seconds(cells)
    return None if seconds is None else (seconds, not zulu)


def _iso_seconds(cells: NDArray[np.uint8]) -> IntColumn | None:
    gap = cells[:, 10]
    is_form = (
        ((gap == ord(" ")) | (gap == ord("T")))
        & (cells[:, 13] == ord(":"))
        & (cells[:, 16] == ord(":"))
    )
    clock = [_two_digits(cells, place) for place in (11, 14, 17)]
    if not is_form.all() or any(part is None for part in clock):
        return None
    hour, minute, second = (part for part in clock if part is not None)
    if hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        return None
    # Rows come mostly in the order of time: a day is read once for all that follow.
    days = np.ascontiguousarray(cells[:, :10]).view("S10")[:, 0]
    first = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
    midnights = _iso_midnights(cells[first, :10])
    if midnights is None:
        return None
    instants = np.repeat(midnights, np.diff(np.append(first, len(days))))
    instants += hour * np.int64(3600) + minute * np.int64(60) + second
    return instants


def _two_digits(cells: NDArray[np.uint8], place: int) -> NDArray[np.int64] | None:
    tens, ones = cells[:, place] - np.uint8(48), cells[:, place + 1] - np.uint8(48)
    if int(tens.max()) > 9 or int(ones.max()) > 9:
        return None
    return (tens * np.uint8(10) + ones).astype(np.int64)


def _iso_midnights(cells: NDArray[np.uint8]) -> IntColumn | None:
    dash = cells[:, 4]
    is_form = ((dash == ord("-")) | (dash == ord("/"))) & (cells[:, 7] == dash)
    digits = cells[:, [0, 1, 2, 3, 5, 6, 8, 9]] - np.uint8(ord("0"))
    if not is_form.all() or (digits > 9).any():
        return None
    d = digits.astype(np.int64).T
    year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3]
    month, day = d[4] * 10 + d[5], d[6] * 10 + d[7]
    months = ((year - 1970) * 12 + month - 1).view("datetime64[M]")
    start = months.astype("datetime64[D]").view(np.int64)
    length = (months + 1).astype("datetime64[D]").view(np.int64) - start
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= length) & (year >= 1900)
    midnights: IntColumn = (start + day - 1) * _DAY_S
    return midnights if good.all() else None


def wall_date(text: str, order: str = "auto") -> int:
    """Midnight of a date on the wall clock, in seconds. Raises `ValueError`."""
    moment = _parse_shown(text.strip(), order)
    return _in_range(int((moment.replace(tzinfo=UTC) - _EPOCH).total_seconds()))


def _parse_one(text: str, time_format: str) -> tuple[int, bool]:
    """The seconds of one time, and whether they are on the wall clock."""
    text = text.strip()
    if not text:
        return NO_TIME, False
    if time_format == "epoch-ms":
        return _in_range(int(float(text) // 1000)), False
    if time_format == "epoch" or (time_format == "auto" and _is_epoch(text)):
        return _in_range(int(float(text))), False
    if time_format in {"auto", "day-first", "month-first"}:
        moment = _parse_shown(text, time_format)
    else:
        moment = datetime.strptime(text, time_format)  # noqa: DTZ007 - zone comes later
    if moment.tzinfo is not None:
        return _in_range(int((moment - _EPOCH) // timedelta(seconds=1))), False
    wall = moment.replace(tzinfo=UTC)
    return _in_range(int((wall - _EPOCH) // timedelta(seconds=1))), True


def _is_epoch(text: str) -> bool:
    whole, _, fraction = text.partition(".")
    return whole.isdecimal() and 9 <= len(whole) <= 11 and (fraction or "0").isdecimal()


def _in_range(seconds: int) -> int:
    if not -2_208_988_800 <= seconds < 7_258_118_400:  # 1900 to 2200
        raise ValueError(seconds)
    return seconds


def _parse_shown(text: str, order: str) -> datetime:
    match = _SLASHED.match(text)
    if match is None:
        return datetime.fromisoformat(text)
    a, b, c = (int(match[i]) for i in (1, 2, 3))
    if len(match[1]) == 4:
        year, month, day = a, b, c
    elif order == "day-first" or (order == "auto" and match[0][len(match[1])] == "."):
        year, month, day = c, b, a
    else:
        year, month, day = c, a, b
    hour, minute, second = (int(match[i] or 0) for i in (4, 5, 6))
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
    year += 2000 if year < 100 else 0
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - wall time
