"""``callcenter engine forecast``: from a history in a file to what will come in."""

import csv
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import numpy as np
from numpy.typing import NDArray

from callcenter.cli.engine.durations import DURATION
from callcenter.cli.engine.history_file import HistoryFile, read_history, shown
from callcenter.cli.engine.places import OutputPath
from callcenter.cli.engine.special_days import SpecialDays, read_days
from callcenter.cli.engine.totals import adding_up, with_total
from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import (
    METHODS,
    Calendar,
    FindingKind,
    Forecast,
    History,
    Method,
    Status,
    borrow_early_days,
    make_history,
    repair,
)
from callcenter.engine.forecasting import (
    forecast as forecast_each,
)
from callcenter.engine.intervals import DayGrid, day_grid, flatten
from callcenter.kernel.options import ZoneType

_DAY_S = 86_400
_MOST_DAYS = 64 * 7
_FEWEST_DAYS = 7
_MENDABLE = {"outliers": FindingKind.OUTLIER, "shifts": FindingKind.LEVEL_SHIFT}
Floats = NDArray[np.float64]


@click.command()
@click.argument("history", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--horizon", type=DURATION, default="28d", help="28d, up to 448d.")
@click.option("--out", default="-", type=OutputPath(), help="Where to write; - prints.")
@click.option("--timezone", type=ZoneType(), help="Zone in which days are cut.")
@click.option(
    "--days",
    "days_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of special days: date,kind[,name]; holiday, eve, workday, event.",
)
@click.option("--level", type=float, default=0.8, help="Share that bands hold, 0.8.")
@click.option(
    "--method",
    type=click.Choice([each.value for each in METHODS]),
    default=Method.COMBINATION.value,
    help="Insist on one method.",
)
@click.option(
    "--absent",
    type=click.Choice(["unknown", "zero"]),
    default="unknown",
    help="What an interval without a row means.",
)
@click.option(
    "--repair",
    "mended",
    multiple=True,
    type=click.Choice(list(_MENDABLE)),
    help="Mend what is found before forecasting; may be given twice.",
)
@click.option(
    "--total",
    help="Also forecast the sum of all series, by this name, and let them add up.",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
def forecast(
    history: Path,
    horizon: float,
    out: str,
    timezone: ZoneInfo | None,
    days_file: Path | None,
    level: float,
    method: str,
    absent: str,
    mended: tuple[str, ...],
    total: str | None,
    workers: int,
) -> None:
    """Forecast contacts and handling times of each series in HISTORY.

    HISTORY has the columns series,interval_start,offered and, when known, aht_s. Times
    carry their offset from universal time, or --timezone says where they are. OUT has
    the same columns for the days that follow, with bands.
    """
    n_ahead = _days_ahead(horizon)
    try:
        file = read_history(history, timezone, absent_is_zero=absent == "zero")
        if total:
            file = with_total(file, total)
        special = read_days(days_file) if days_file else SpecialDays()
        task = _Task(file, special, n_ahead, method, level, mended)
        found = task.all(workers)
        if total:
            found = adding_up(found)
    except EngineInputError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    for line in shown(dict.fromkeys([*file.notes, *task.notes(found)])):
        click.echo(f"Note: {line}", err=True)
    with click.open_file(out, "w", encoding="utf-8", lazy=False) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_header(level))
        writer.writerows(task.rows(found))


def _days_ahead(horizon: float) -> int:
    days, rest = divmod(horizon, _DAY_S)
    if rest or not 1 <= days <= _MOST_DAYS:
        raise click.BadParameter(
            f"the horizon must be whole days, 1d to {_MOST_DAYS}d", param_hint="horizon"
        )
    return int(days)


def _header(level: float) -> list[str]:
    name = f"{100 * level:g}".replace(".", "_")
    bands = [f"{what}_{side}{name}" for what in ("offered", "aht_s") for side in _SIDES]
    return ["series", "interval_start", "offered", "aht_s", *bands]


_SIDES = ("lo", "hi")


class _Task:
    """One command's work: the same for each series of the file."""

    def __init__(
        self,
        file: HistoryFile,
        special: SpecialDays,
        n_ahead: int,
        method: str,
        level: float,
        mended: tuple[str, ...],
    ) -> None:
        self.file, self.method, self.level = file, method, level
        self.mended = frozenset(_MENDABLE[each] for each in mended)
        n = file.n_days
        every = [file.first_day + timedelta(days=i) for i in range(n + n_ahead)]
        self.grid: DayGrid = day_grid(
            every[n], n_ahead, zone=file.zone, interval_s=file.interval_s
        )
        exists = np.concatenate([file.exists, self.grid.exists])
        self.past, self.ahead = [], []
        for is_open in file.is_open:
            weekday = np.array([day.weekday() for day in every])
            hours = is_open[weekday] & exists
            calendar = special.calendar(every, hours)
            self.past.append(_cut(calendar, slice(0, n)))
            self.ahead.append(_cut(calendar, slice(n, None)))
        known = np.isfinite(file.offered).any(axis=2)
        self.n_known = known.sum(axis=1)
        borrowed = borrow_early_days(
            make_history(file.offered, self.past[0], aht_s=file.aht_s)
        )
        self.lent = borrowed.n_days
        self.offered = borrowed.history.offered
        self._refuse_short()

    def _refuse_short(self) -> None:
        for name, days, lent in zip(
            self.file.names, self.n_known, self.lent, strict=True
        ):
            if days + lent < _FEWEST_DAYS:
                raise EngineInputError(
                    f"series {name}: {days} days are known; a forecast needs at least"
                    f" {_FEWEST_DAYS}, so that each weekday was seen once, or another"
                    " series with 40 days to borrow from"
                )

    def all(self, workers: int) -> list[Forecast]:
        """The forecasts of all series, by several processes if asked."""
        places = range(len(self.file.names))
        if workers == 1 or len(places) == 1:
            return [self.one(place) for place in places]
        n = min(workers, os.cpu_count() or 1)
        with ProcessPoolExecutor(n, initializer=_adopt, initargs=(self,)) as pool:
            return list(pool.map(_one_adopted, places, chunksize=4))

    def one(self, place: int) -> Forecast:
        """The forecast of one series."""
        past = self.past[place]
        began = int(np.isfinite(self.offered[place]).any(axis=1).argmax())
        kept = _cut(past, slice(began, None))
        history = make_history(
            np.where(past.is_open, self.offered[place], np.nan)[began:],
            kept,
            aht_s=self.file.aht_s[place, began:],
        )
        if self.mended:
            history = self._repaired(history, self.ahead[place])
        return forecast_each(
            history, self.ahead[place], method=self.method, level=self.level
        )

    def _repaired(self, history: History, ahead: Calendar) -> History:
        findings = forecast_each(history, ahead).findings[0]
        return repair(history, [f for f in findings if f.kind in self.mended])

    def notes(self, found: list[Forecast]) -> Iterator[str]:
        """What was seen on the way, series by series."""
        for place, one in enumerate(found):
            name = self.file.names[place]
            if self.lent[place]:
                yield f"{name}: {self.lent[place]} early days are borrowed from others"
            if one.status[0] is Status.EMPTY:
                yield f"{name}: nobody ever called; the forecast is 0"
            elif one.status[0] is Status.SHORT:
                yield (
                    f"{name}: the history is too short to be tested; bands rest on"
                    " the noise of days and of counting"
                )
            yield from self._found(place, one)

    def _found(self, place: int, one: Forecast) -> Iterator[str]:
        began = int(np.isfinite(self.offered[place]).any(axis=1).argmax())
        for finding in one.findings[0]:
            day = self.file.first_day + timedelta(days=began + finding.day)
            where = f"{self.file.names[place]}, {day.isoformat()}"
            if finding.kind is FindingKind.OUTLIER:
                yield f"{where}: {finding.size:.2f} of what was to be expected"
            elif finding.kind is FindingKind.LEVEL_SHIFT:
                yield f"{where}: from here on {finding.size:.2f} of the level before"

    def rows(self, found: list[Forecast]) -> Iterator[list[str]]:
        """The rows of the file to write."""
        starts = [_local(start, self.file) for start in self.grid.starts]
        for place, one in enumerate(found):
            name = self.file.names[place]
            values = [
                flatten(self.grid, each[0])
                for each in (
                    one.mean,
                    one.aht_s,
                    one.lower,
                    one.upper,
                    one.aht_lower_s,
                    one.aht_upper_s,
                )
            ]
            cells = np.flatnonzero(flatten(self.grid, self.ahead[place].is_open) > 0.0)
            columns = [_texts(each[cells]) for each in values]
            for cell, *texts in zip(cells.tolist(), *columns, strict=True):
                yield [name, starts[cell], *texts]


_adopted: list[_Task] = []  # of a worker process, which gets the arrays but once


def _adopt(task: _Task) -> None:
    _adopted[:] = [task]


def _one_adopted(place: int) -> Forecast:
    return _adopted[0].one(place)


def _cut(calendar: Calendar, days: slice) -> Calendar:
    return Calendar(
        calendar.weekday[days],
        calendar.day_kind[days],
        calendar.event[days],
        calendar.is_open[days],
        calendar.day[days],
    )


def _local(start: np.datetime64, file: HistoryFile) -> str:
    at = datetime.fromtimestamp(int(start.astype(np.int64)), tz=UTC)
    return at.astimezone(file.zone).isoformat()


def _texts(values: Floats) -> list[str]:
    """Numbers as they are written; an unknown one is empty."""
    return ["" if isnan(value) else f"{value:.3f}" for value in values.tolist()]
