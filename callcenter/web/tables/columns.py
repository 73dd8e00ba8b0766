"""What one column of a list shows, sorts by and exports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from callcenter.web.filters import show

Getter = Callable[[Any], Any]
Names = Mapping[Any, tuple[object, str]]
Expression = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``value`` defaults to the row's attribute of the same name as the key; ``style``
    names a filter of `callcenter.web.filters`; ``html`` gives ready markup for the
    screen, while exports still take ``export`` or ``value``. A ``link`` leads from
    the cell to what it names. Columns of ``align="end"`` are figures.
    """

    key: str
    label: object
    sort: Expression | Sequence[Expression] | None = None
    value: Getter | None = None
    style: str | None = None
    html: Callable[[Any], Markup] | None = None
    link: Callable[[Any], str | None] | None = None
    export: Getter | None = None
    align: str = "start"
    is_hidden: bool = False

    @property
    def css(self) -> str:
        """The class of its cells."""
        return "num" if self.align == "end" else ""

    @property
    def is_sortable(self) -> bool:
        """Whether the list can be ordered by it."""
        return self.sort is not None

    @property
    def sort_expressions(self) -> tuple[Expression, ...]:
        """What the database orders by, most important first."""
        if self.sort is None:
            return ()
        return tuple(self.sort) if isinstance(self.sort, Sequence) else (self.sort,)

    def read(self, row: Any) -> Any:
        """The value itself."""
        return self.value(row) if self.value else attrgetter(self.key)(row)

    def cell(self, row: Any) -> Markup:
        """What the screen shows, escaped."""
        if self.html is not None:
            return self.html(row)
        value = self.read(row)
        # Most cells are plain text, and a list has many.
        is_text = self.style is None and isinstance(value, str) and value != ""
        shown = escape(value if is_text else show(value, self.style))
        url = self.link(row) if self.link else None
        if url is None:
            return shown
        return Markup('<a href="{}">{}</a>').format(url, shown)

    def exported(self, row: Any) -> Any:
        """What the export holds: the bare value, not its spelling."""
        return self.export(row) if self.export else self.read(row)


def status_column(
    attribute: InstrumentedAttribute[Any], label: object, names: Names
) -> Column:
    """A column of states, each shown as a badge with its name and tone."""
    key = attribute.key

    def badge(row: Any) -> Markup:
        name, tone = names[getattr(row, key)]
        return Markup('<span class="badge tone-{}">{}</span>').format(tone, name)

    def name_of(row: Any) -> str:
        return str(names[getattr(row, key)][0])

    return Column(key, label, sort=attribute, value=name_of, html=badge)


@dataclass(frozen=True, slots=True)
class RowAction:
    """One entry in the menu of a row: a link, or a POST."""

    label: object
    url: str
    icon: str | None = None
    is_post: bool = False
    is_danger: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: what belongs here, and what starts it."""

    title: object
    text: object
    action_label: object | None = None
    action_url: str | None = None
    icon: str = "inbox"
