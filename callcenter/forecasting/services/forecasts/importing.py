"""A forecast that was made elsewhere, read from rows of text into a draft."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.intervals import DayGrid, day_grid, day_matrix
from callcenter.forecasting import queries
from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.models import Forecast, ForecastKind
from callcenter.forecasting.services.forecasts.making import (
    INTERVALS_S,
    MOST_DAYS,
    draft_forecast,
)
from callcenter.forecasting.services.forecasts.storing import (
    Calculation,
    QueueResult,
    store_forecast,
)
from callcenter.kernel.db import db
from callcenter.projects.models import Project, Queue

Floats = NDArray[np.float64]

MOST_ROWS = 200_000
MOST_FAULTS = 100
_HOUR_S = 3600
COLUMNS = ("series", "interval_start", "offered")
OPTIONAL = ("aht_s", "offered_lo80", "offered_hi80")
_SCATTER = 1.2816
"""Deviations of a count that hold eight of ten outcomes, where no band is given."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that breaks a rule; rows count from 2, the first line holds names."""

    row: int
    field: str
    rule: str
    value: str = ""


@dataclass(slots=True)
class _Series:
    """What the rows of one queue say, in their order."""

    row: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    values: list[tuple[float, float, float, float]] = field(default_factory=list)


def import_forecast(
    project: Project, text: str, *, name: str, by: int | None = None
) -> Forecast:
    """Store rows of ``series,interval_start,offered[,aht_s]`` as a draft.

    A series is the code or the name of an active queue of the project, whose queues
    must be loaded; times without an offset are local. ``offered_lo80`` and
    ``offered_hi80`` are the band; without them it is that of chance alone. Handling
    times that are not given are those of the last eight weeks. Raises `ImportRefused`
    with every `Fault`, and then stores nothing.
    """
    faults: list[Fault] = []
    series = _read(text, project, faults)
    starts = [start for each in series.values() for start in each.start]
    if not faults and not starts:
        faults.append(Fault(2, "series", "no-rows"))
    interval_s = _interval_of(starts) if not faults else INTERVALS_S[0]
    _check_twice(series, faults)
    if not faults and _are_hours(series):
        series = {queue_id: _halved(each) for queue_id, each in series.items()}
    if faults:
        raise _refusal(faults)
    days = [datetime.fromtimestamp(each, project.tz).date() for each in _ends(starts)]
    n_days = (days[1] - days[0]).days + 1
    if n_days > MOST_DAYS:
        raise ImportRefused(
            faults=[Fault(2, "interval_start", f"more-than-{MOST_DAYS}-days")]
        )
    grid = day_grid(days[0], n_days, zone=project.tz, interval_s=interval_s)
    _check_grid(series, grid, faults)
    if faults:
        raise _refusal(faults)
    return _store(project, series, grid, name=name, by=by)


def _refusal(faults: Sequence[Fault]) -> ImportRefused:
    """What is wrong, up to the most that are told at once."""
    return ImportRefused(
        faults=list(faults[:MOST_FAULTS]), is_cut=len(faults) >= MOST_FAULTS
    )


def _ends(starts: Sequence[int]) -> tuple[int, int]:
    return min(starts), max(starts)


def _read(text: str, project: Project, faults: list[Fault]) -> dict[int, _Series]:
    """The rows by queue; what breaks a rule is told and left out."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    names = [str(each).strip() for each in reader.fieldnames or ()]
    reader.fieldnames = names
    missing = [each for each in COLUMNS if each not in names]
    if missing:
        faults.extend(Fault(1, each, "missing-column") for each in missing)
        return {}
    by_name = _queues_by_name(project)
    found: dict[int, _Series] = {}
    try:
        for place, cells in enumerate(reader, start=2):
            if place > MOST_ROWS + 1:
                faults.append(Fault(place, "series", f"more-than-{MOST_ROWS}-rows"))
                break
            _read_row(place, cells, project.tz, by_name, found, faults)
            if len(faults) >= MOST_FAULTS:
                break
    except csv.Error:
        faults.append(Fault(reader.line_num, "series", "not-csv"))
    return found


def _queues_by_name(project: Project) -> Mapping[str, Queue]:
    active = [queue for queue in project.queues if queue.is_active]
    return {
        **{queue.name.casefold(): queue for queue in active},
        **{queue.code.casefold(): queue for queue in active},
    }


def _read_row(
    place: int,
    cells: Mapping[str, str | None],
    zone: ZoneInfo,
    by_name: Mapping[str, Queue],
    found: dict[int, _Series],
    faults: list[Fault],
) -> None:
    before = len(faults)
    name = (cells.get("series") or "").strip()
    queue = by_name.get(name.casefold())
    if queue is None:
        faults.append(Fault(place, "series", "unknown-queue", name[:80]))
    start = _instant(place, cells.get("interval_start") or "", zone, faults)
    values = [
        _number(place, each, cells.get(each), faults, required=each == "offered")
        for each in ("offered", *OPTIONAL)
    ]
    if len(faults) > before or queue is None or start is None:
        return
    series = found.setdefault(queue.id, _Series())
    series.row.append(place)
    series.start.append(start)
    offered, aht_s, low, high = values
    if low > high:
        faults.append(Fault(place, "offered_lo80", "above-offered_hi80"))
    series.values.append((offered, aht_s, low, high))


def _instant(place: int, text: str, zone: ZoneInfo, faults: list[Fault]) -> int | None:
    """Seconds since 1970; a time that the clocks skip does not exist."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        faults.append(Fault(place, "interval_start", "not-a-time", text[:40]))
        return None
    if not 1990 <= at.year <= 2200:
        faults.append(Fault(place, "interval_start", "not-a-time", text[:40]))
        return None
    if at.tzinfo is None:
        local = at.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
            faults.append(Fault(place, "interval_start", "skipped-hour", text[:40]))
            return None
        at = local
    return int(at.timestamp())


def _number(
    place: int,
    name: str,
    text: str | None,
    faults: list[Fault],
    *,
    required: bool,
) -> float:
    """A number of at least zero; NaN where none is given."""
    plain = (text or "").strip()
    if not plain:
        if required:
            faults.append(Fault(place, name, "required"))
        return float("nan")
    try:
        value = float(plain)
    except ValueError:
        value = float("inf")
    if not isfinite(value) or value > 1e7:
        faults.append(Fault(place, name, "not-a-number", plain[:40]))
        return float("nan")
    if value < 0:
        faults.append(Fault(place, name, "negative", plain[:40]))
    return value


def _interval_of(starts: Sequence[int]) -> int:
    """Half-hours when nothing ever starts on an odd quarter."""
    is_coarse = len(starts) > 1 and all(start % 1800 == 0 for start in starts)
    return INTERVALS_S[1] if is_coarse else INTERVALS_S[0]


def _are_hours(series: Mapping[int, _Series]) -> bool:
    """Whether rows follow each other by the hour and never closer."""
    steps = [
        step
        for each in series.values()
        for step in np.diff(sorted(each.start)).tolist()
    ]
    starts = (start for each in series.values() for start in each.start)
    return (
        bool(steps) and min(steps) == _HOUR_S and not any(s % _HOUR_S for s in starts)
    )


def _halved(hours: _Series) -> _Series:
    """Two half-hours for each hour, each with half of its contacts."""
    halves = _Series()
    for row, start, values in zip(hours.row, hours.start, hours.values, strict=True):
        offered, aht_s, low, high = values
        for part in (start, start + _HOUR_S // 2):
            halves.row.append(row)
            halves.start.append(part)
            halves.values.append((offered / 2, aht_s, low / 2, high / 2))
    return halves


def _check_twice(series: Mapping[int, _Series], faults: list[Fault]) -> None:
    for each in series.values():
        seen: dict[int, int] = {}
        for row, start in zip(each.row, each.start, strict=True):
            if start in seen:
                rule = f"twice-see-row-{seen[start]}"
                faults.append(Fault(row, "interval_start", rule))
            seen.setdefault(start, row)


def _check_grid(
    series: Mapping[int, _Series], grid: DayGrid, faults: list[Fault]
) -> None:
    """Refuse what does not start where an interval does."""
    on_grid = set(grid.starts.astype(np.int64).tolist())
    rule = f"not-on-{grid.interval_s // 60}-minutes"
    for each in series.values():
        for row, start in zip(each.row, each.start, strict=True):
            if start not in on_grid:
                faults.append(Fault(row, "interval_start", rule))


def _store(
    project: Project,
    series: Mapping[int, _Series],
    grid: DayGrid,
    *,
    name: str,
    by: int | None,
) -> Forecast:
    queues = [queue for queue in project.queues if queue.id in series]
    for queue in queues:
        queue.project = project
    forecast = draft_forecast(
        queues,
        grid.first_day,
        int(grid.shape[0]),
        name=name,
        interval_s=grid.interval_s,
        by=by,
    )
    forecast.kind = ForecastKind.IMPORTED
    usual = queries.usual_aht([queue.id for queue in queues], grid.first_day)
    results = [
        _result(queue.id, series[queue.id], grid, usual.get(queue.id, 0.0))
        for queue in queues
    ]
    # Nobody knows what it was made from; it lies a day ahead of its first day.
    before = grid.first_day - timedelta(days=1)
    store_forecast(forecast, Calculation(before, before, results))
    forecast.history_first = None
    db.session.flush()
    return forecast


def _result(
    queue_id: int, series: _Series, grid: DayGrid, usual_aht_s: float
) -> QueueResult:
    starts = np.array(series.start, dtype="datetime64[s]")
    columns = np.array(series.values, dtype=np.float64).T
    offered, aht_s, low, high = (day_matrix(grid, starts, each) for each in columns)
    mean = np.nan_to_num(offered)
    reach = _SCATTER * np.sqrt(mean)
    return QueueResult(
        queue_id=queue_id,
        method="",
        basis="imported",
        n_history_days=0,
        mean=mean,
        lower=_known(low, np.maximum(mean - reach, 0.0)),
        upper=_known(high, mean + reach),
        aht_s=_known(aht_s, np.full(mean.shape, usual_aht_s)),
    )


def _known(values: Floats, otherwise: Floats) -> Floats:
    return np.where(np.isfinite(values), values, otherwise)


def forecast_rows(
    forecast: Forecast,
    first: date | None = None,
    last: date | None = None,
    *,
    only: int | None = None,
) -> Iterator[tuple[Queue, datetime, float, float, float, float]]:
    """A forecast's intervals: queue, start, offered, seconds each, and the band.

    Queue by queue, in order of time, for files and programs; what an import takes.
    ``only`` names one queue by id.
    """
    for row in forecast.queues:
        if only not in {None, row.queue_id}:
            continue
        days = queries.forecast_days(forecast.id, row.queue_id, first, last)
        for day in days:
            grid = day_grid(
                day.day, 1, zone=forecast.tz, interval_s=forecast.interval_s
            )
            aht_s = np.nan_to_num(day.aht_s)
            for start, slot in zip(
                grid.starts.astype(np.int64).tolist(), grid.slot.tolist(), strict=True
            ):
                yield (
                    row.queue,
                    datetime.fromtimestamp(start, UTC),
                    round(float(day.planned[slot]), 4),
                    round(float(aht_s[slot]), 2),
                    round(float(day.lower[slot]), 4),
                    round(float(day.upper[slot]), 4),
                )
