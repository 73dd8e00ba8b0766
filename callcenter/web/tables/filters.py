"""Filters of lists: each reads its part of the address and narrows the select."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import MultiDict

from callcenter.kernel.db import UtcDateTime
from callcenter.web.filters import day, zone_of
from callcenter.web.tables.columns import Expression, Names

Arguments = MultiDict[str, str]
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class FilterState:
    """A filter as it stands in this request, ready to be drawn."""

    kind: str
    key: str
    label: str
    value: Any
    shown: str = ""
    criterion: ColumnElement[bool] | None = None
    options: Sequence[tuple[Any, object]] = ()
    cleared: dict[str, str | None] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether it narrows the list."""
        return self.criterion is not None


class Filter(ABC):
    """A part of the address that narrows a list."""

    def __init__(self, key: str, label: object) -> None:
        self.key = key
        self.label = label

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names that it takes from the address."""
        return (self.key,)

    @abstractmethod
    def read(self, arguments: Arguments) -> FilterState:
        """The state that the address asks for; nonsense counts as nothing."""


class TextFilter(Filter):
    """Every word typed is found in at least one of the columns, or what matches it."""

    def __init__(
        self,
        key: str,
        label: object,
        *columns: Expression,
        matching: Callable[[str], Any] | None = None,
    ) -> None:
        super().__init__(key, label)
        self.columns = columns
        self.matching = matching or self._in_columns

    def read(self, arguments: Arguments) -> FilterState:
        """The words that were typed."""
        typed = arguments.get(self.key, "").strip()[:200]
        return FilterState(
            "text",
            self.key,
            str(self.label),
            typed,
            typed,
            self.matching(typed) if typed else None,
            cleared={self.key: None},
        )

    def _in_columns(self, typed: str) -> Any:
        """The condition for the words, at most eight of them."""
        return and_(
            *(
                or_(*(each.icontains(word, autoescape=True) for each in self.columns))
                for word in typed.split()[:8]
            )
        )


class ChoiceFilter(Filter):
    """One of a few values; ``narrow`` replaces plain equality with the column.

    With a ``default`` the list starts narrowed, and "All" is a choice of its own.
    """

    def __init__(
        self,
        key: str,
        label: object,
        column: Expression | None,
        choices: Sequence[tuple[Any, object]],
        *,
        narrow: Callable[[Any], ColumnElement[bool]] | None = None,
        default: Any = None,
    ) -> None:
        super().__init__(key, label)
        self.choices = choices
        self.default = default
        self._column = column
        self._narrow = narrow

    def read(self, arguments: Arguments) -> FilterState:
        """The chosen value, if it is one of the choices."""
        asked = arguments.get(self.key)
        if not asked:
            asked = "" if self.default is None else str(self.default)
        chosen = [choice for choice in self.choices if str(choice[0]) == asked]
        options = list(self.choices)
        if self.default is not None:
            options.insert(0, (EVERYTHING, ""))
        value, label = chosen[0] if chosen else (None, "")
        return FilterState(
            "choice",
            self.key,
            str(self.label),
            value if chosen else asked,
            str(label),
            self._criterion(value) if chosen else None,
            options,
            cleared={self.key: None if self.default is None else EVERYTHING},
        )

    def _criterion(self, value: Any) -> ColumnElement[bool]:
        if self._narrow is not None:
            return self._narrow(value)
        if self._column is None:
            raise ValueError(f"the filter {self.key} has neither column nor narrow")
        criterion: ColumnElement[bool] = self._column == value
        return criterion


class StatusFilter(ChoiceFilter):
    """One of the states that a column of badges shows."""

    def __init__(
        self, column: InstrumentedAttribute[Any], label: object, names: Names
    ) -> None:
        choices = [(key, name) for key, (name, _tone) in names.items()]
        super().__init__(column.key, label, column, choices)


class BooleanFilter(Filter):
    """A tick that narrows the list to what the criterion holds for."""

    def __init__(self, key: str, label: object, criterion: ColumnElement[bool]) -> None:
        super().__init__(key, label)
        self.criterion = criterion

    def read(self, arguments: Arguments) -> FilterState:
        """Whether it is ticked."""
        is_ticked = arguments.get(self.key) == "1"
        return FilterState(
            "boolean",
            self.key,
            str(self.label),
            is_ticked,
            "✓",
            self.criterion if is_ticked else None,
            cleared={self.key: None},
        )


class DateRangeFilter(Filter):
    """From one day to another, both included; instants by days of the zone."""

    def __init__(self, key: str, label: object, column: Expression) -> None:
        super().__init__(key, label)
        self.column = column

    @property
    def arguments(self) -> tuple[str, ...]:
        """Both ends."""
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, arguments: Arguments) -> FilterState:
        """The two days; an end that is no date is left open."""
        first, last = (_date_or_none(arguments.get(name)) for name in self.arguments)
        bounds = []
        if first is not None:
            bounds.append(self.column >= self._bound(first))
        if last is not None:
            bounds.append(self.column < self._bound(last + timedelta(days=1)))
        is_open = first is None and last is None
        return FilterState(
            "dates",
            self.key,
            str(self.label),
            (first, last),
            "" if is_open else f"{_shown(first)} – {_shown(last)}",
            and_(*bounds) if bounds else None,
            cleared=dict.fromkeys(self.arguments),
        )

    def _bound(self, value: date) -> date | datetime:
        if isinstance(self.column.type, UtcDateTime):
            return datetime.combine(value, time(), zone_of())
        return value


def _shown(value: date | None) -> str:
    return "…" if value is None else day(value)


def _date_or_none(text: str | None) -> date | None:
    try:
        value = date.fromisoformat(text or "")
    except ValueError:
        return None
    return value if date.min < value < date.max else None


__all__ = [
    "Arguments",
    "BooleanFilter",
    "ChoiceFilter",
    "DateRangeFilter",
    "Filter",
    "FilterState",
    "TextFilter",
]
