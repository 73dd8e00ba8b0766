"""Special days in a CSV file: holidays, eves, make-up workdays and events."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import Calendar, DayKind, make_calendar

_KINDS = {
    "holiday": DayKind.HOLIDAY,
    "eve": DayKind.EVE,
    "workday": DayKind.MAKEUP_WORKDAY,
    "event": DayKind.NORMAL,
}


@dataclass
class SpecialDays:
    """Kinds and names of days; an event is told from others by its name."""

    kinds: dict[date, DayKind] = field(default_factory=dict)
    events: dict[date, str] = field(default_factory=dict)

    def calendar(self, days: Sequence[date], is_open: NDArray[np.bool_]) -> Calendar:
        """The calendar of some days with their hours."""
        names = sorted(set(self.events.values()))
        label = {name: i for i, name in enumerate(names, start=1)}
        return make_calendar(
            [day.weekday() for day in days],
            is_open.shape[1],
            day_kind=[int(self.kinds.get(day, DayKind.NORMAL)) for day in days],
            event=[label.get(self.events.get(day, ""), 0) for day in days],
            is_open=is_open,
            day=np.array(days, dtype="datetime64[D]"),
        )


def read_days(path: Path) -> SpecialDays:
    """Read and check a file of special days.

    Raises `EngineInputError` that names row, field and rule of the first mistake.
    """
    found = SpecialDays()
    with path.open(newline="", encoding="utf-8-sig") as lines:
        table = csv.DictReader(lines)
        missing = {"date", "kind"} - set(table.fieldnames or ())
        if missing:
            names = ", ".join(sorted(missing))
            raise EngineInputError(f"{path.name}: the column {names} is missing")
        for line, row in enumerate(table, start=2):
            _read(found, f"{path.name}, row {line}", row)
    return found


def _read(found: SpecialDays, where: str, row: dict[str, str]) -> None:
    text, kind = (row["date"] or "").strip(), (row["kind"] or "").strip().lower()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        message = f"{where}, date: {text!r} is not a date such as 2026-10-01"
        raise EngineInputError(message) from error
    if kind not in _KINDS:
        names = ", ".join(_KINDS)
        raise EngineInputError(f"{where}, kind: {kind!r} is none of {names}")
    name = (row.get("name") or "").strip()
    if kind == "event":
        if not name:
            raise EngineInputError(f"{where}, name: an event needs a name")
        found.events[day] = name
    elif day in found.kinds:
        raise EngineInputError(f"{where}, date: {text} occurs twice")
    else:
        found.kinds[day] = _KINDS[kind]
