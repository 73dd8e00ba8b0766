"""Rows of a file or of a program, read field by field; what breaks a rule is told.

Values come as text from files and as JSON from programs. A rule is a word, with what
it needs to be understood after colons: ``between:0:3``, ``one-of:learnt,none``.
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.services.forecasts.importing import Fault

MOST_RECORDS = 5_000
MOST_FAULTS = 100
_SHOWN = 40
Word = TypeVar("Word", bound=StrEnum)
Record = Mapping[str, Any]


def rows_of_text(text: str, columns: Sequence[str]) -> list[Record]:
    """The rows of a CSV file; raises `ImportRefused`."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    reader.fieldnames = [str(each).strip() for each in reader.fieldnames or ()]
    missing = [name for name in columns if name not in reader.fieldnames]
    faults = [Fault(1, name, "missing-column") for name in missing]
    rows: list[Record] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_RECORDS:
                faults.append(Fault(len(rows) + 1, "", f"more-than-{MOST_RECORDS}"))
                break
    except csv.Error:
        faults.append(Fault(reader.line_num, "", "not-csv"))
    if not rows and not faults:
        faults.append(Fault(2, "", "no-rows"))
    if faults:
        raise ImportRefused(faults=faults)
    return rows


def _spelt(bound: float) -> str:
    """A bound as people write it, never 1e-06."""
    return f"{bound:.6f}".rstrip("0").rstrip(".")


class Reader:
    """Reads one record; every mistake is noted with its row, field and rule."""

    def __init__(self, row: int, record: Any, faults: list[Fault]) -> None:
        self.row, self.faults = row, faults
        self.record: Record = record if isinstance(record, Mapping) else {}
        self._n_before = len(faults)
        if not isinstance(record, Mapping):
            self.refuse("", "not-an-object", record)

    @property
    def is_well(self) -> bool:
        """Whether nothing was wrong with this record so far."""
        return len(self.faults) == self._n_before

    def refuse(self, name: str, rule: str, value: Any = "") -> None:
        """Note a mistake."""
        shown = "" if value is None else str(value)[:_SHOWN]
        self.faults.append(Fault(self.row, name, rule, shown))

    def plain(self, name: str) -> str:
        """What stands there as text; nothing where nothing is given."""
        value = self.record.get(name)
        if value is None or isinstance(value, bool):
            return ""
        return str(value).strip()

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        """A text of at most so many characters."""
        value = self.plain(name)
        if required and not value:
            self.refuse(name, "required")
        if len(value) > most or any(not each.isprintable() for each in value):
            self.refuse(name, f"text-of-at-most:{most}", value)
            return ""
        return value

    def day(self, name: str, usual: date | None = None) -> date:
        """A day; the usual one, or none, where nothing is given."""
        value = self.plain(name)
        if not value and usual is not None:
            return usual
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or not 1990 <= found.year <= 2200:
            self.refuse(name, "not-a-day" if value else "required", value)
            return date.min
        return found

    def number(
        self, name: str, low: float, high: float, usual: float | None = None
    ) -> float:
        """A number within bounds; the usual one where nothing is given."""
        value = self.plain(name)
        if not value and usual is not None:
            return usual
        return self._number(name, value, low, high)

    def whole(self, name: str, low: int, high: int, usual: int | None = None) -> int:
        """A whole number within bounds; the usual one where nothing is given."""
        value = self.plain(name)
        if not value and usual is not None:
            return usual
        found = self._number(name, value, low, high)
        if found % 1:
            self.refuse(name, "not-a-whole-number", value)
        return int(found)

    def _number(self, name: str, value: str, low: float, high: float) -> float:
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if math.isnan(found):
            self.refuse(name, "not-a-number" if value else "required", value)
            return low
        if not low <= found <= high:
            self.refuse(name, f"between:{_spelt(low)}:{_spelt(high)}", value)
            return low
        return found

    def word(self, name: str, kind: type[Word], usual: Word) -> Word:
        """One word of an enumeration; the usual one where nothing is given."""
        value = self.plain(name)
        if not value:
            return usual
        try:
            return kind(value)
        except ValueError:
            words = ",".join(each.value for each in kind)
            self.refuse(name, f"one-of:{words}", value)
            return usual

    def several(self, name: str) -> list[str]:
        """The parts of a list, or of a text with spaces or semicolons between."""
        value = self.record.get(name)
        if isinstance(value, list):
            return [str(each).strip() for each in value]
        return self.plain(name).replace(";", " ").split()

    def shares(self, name: str, low: float, high: float) -> list[float]:
        """Numbers in percent as factors of one hundred."""
        texts = [each.rstrip("%") for each in self.several(name)]
        return [self._number(name, each, low, high) / 100.0 for each in texts]
