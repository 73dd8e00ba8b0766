"""One list: its select, what narrows and orders it, and the answer to a request."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import Response, make_response, render_template, request
from markupsafe import Markup, escape
from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Mapper, lazyload

from callcenter.kernel.db import db
from callcenter.kernel.text import _l
from callcenter.web.components import url_with
from callcenter.web.pages import render
from callcenter.web.reach import may_open
from callcenter.web.tables import exports
from callcenter.web.tables.columns import Column, Empty, Expression, RowAction
from callcenter.web.tables.filters import Filter, FilterState

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
EXPORT_BATCH = 1000
LAST_PAGE = 10**9


class Table:
    """A list over a select, narrowed, ordered and cut as the address says."""

    def __init__(
        self,
        table_id: str,
        statement: Select[Any],
        *,
        caption: object,
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        default_sort: str | None = None,
        default_dir: str = "asc",
        default_size: int = DEFAULT_SIZE,
        row_url: Callable[[Any], str | None] | None = None,
        row_css: Callable[[Any], str | None] | None = None,
        actions: Callable[[Any], Sequence[RowAction]] | None = None,
        empty: Empty | None = None,
        can_export: bool = True,
    ) -> None:
        self.id = table_id
        self.statement = statement
        self.caption = caption
        # Each cell says its column's name, which is therefore translated but once.
        self.all_columns = tuple(
            replace(column, label=str(column.label)) for column in columns
        )
        self.filters = tuple(filters)
        self.default_sort = default_sort
        self.default_dir = default_dir
        self.default_size = default_size
        self.row_url = row_url
        self.row_css = row_css
        self.actions = actions
        self.empty = empty or Empty(
            _l("Nothing here yet"), _l("What is added will show up in this list.")
        )
        self.can_export = can_export

    @cached_property
    def states(self) -> list[FilterState]:
        """The filters as the address sets them."""
        return [each.read(request.args) for each in self.filters]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that are shown: those asked for, else the usual ones."""
        asked = set(request.args.getlist("cols"))
        chosen = [column for column in self.all_columns if column.key in asked]
        usual = [column for column in self.all_columns if not column.is_hidden]
        return chosen or usual

    @cached_property
    def order(self) -> tuple[Column | None, str]:
        """The column to order by, and the direction."""
        sortable = {each.key: each for each in self.all_columns if each.is_sortable}
        asked = request.args.get("sort", "")
        if asked in sortable:
            direction = "desc" if request.args.get("dir") == "desc" else "asc"
            return sortable[asked], direction
        return sortable.get(self.default_sort or ""), self.default_dir

    def narrowed(self) -> Select[Any]:
        """The select with the filters applied, not yet ordered."""
        criteria = [s.criterion for s in self.states if s.criterion is not None]
        return self.statement.where(*criteria)

    def ordered(self) -> Select[Any]:
        """The narrowed select in the order asked for, ties broken by the key."""
        column, direction = self.order
        if column is None:
            return self.narrowed()
        order = [
            each.desc() if direction == "desc" else each.asc()
            for each in (*column.sort_expressions, *self._tie_breakers())
        ]
        return self.narrowed().order_by(None).order_by(*order)

    def _tie_breakers(self) -> tuple[Expression, ...]:
        entity = self.statement.column_descriptions[0].get("entity")
        if entity is None or self.statement._group_by_clauses:  # noqa: SLF001
            return ()
        mapper: Mapper[Any] = inspect(entity, raiseerr=False)
        return tuple(mapper.primary_key) if isinstance(mapper, Mapper) else ()

    @property
    def _yields_entities(self) -> bool:
        described = self.statement.column_descriptions
        entity = described[0].get("entity")
        if entity is None or len(described) > 1:
            return False
        return described[0]["expr"] is entity

    def count(self) -> int:
        """How many rows pass the filters."""
        plain = self.narrowed().order_by(None)
        if self._yields_entities:
            plain = plain.options(lazyload("*"))
        counted = select(func.count()).select_from(plain.subquery())
        return db.session.scalar(counted) or 0

    def page(self) -> "TablePage":
        """The rows of the page asked for, with at most two queries."""
        per = _size(self.default_size)
        page = min(max(1, request.args.get("page", 1, int)), LAST_PAGE)
        rows = self._rows(page, per)
        if page == 1 and len(rows) < per:
            return TablePage(self, rows, len(rows), 1, per)
        total = self.count()
        last = max(1, -(-total // per))
        if page > last:
            page, rows = last, self._rows(last, per)
        return TablePage(self, rows, total, page, per)

    def _rows(self, page: int, per: int) -> Sequence[Any]:
        cut = self.ordered().limit(per).offset((page - 1) * per)
        if self._yields_entities:
            return db.session.scalars(cut).unique().all()
        return db.session.execute(cut).all()

    def every_row(self) -> Iterator[Any]:
        """All filtered rows in order, read in batches."""
        whole = self.ordered().execution_options(yield_per=EXPORT_BATCH)
        if self._yields_entities:
            yield from db.session.scalars(whole)
        else:
            yield from db.session.execute(whole)

    def export(self, file_format: str) -> Response:
        """A file with all filtered rows and the shown columns.

        Raises `ValueError` for a format that is not in `exports.FORMATS`.
        """
        if file_format == "csv":
            write = exports.csv_response
        elif file_format == "xlsx":
            write = exports.xlsx_response
        else:
            raise ValueError(f"no such export format: {file_format}")
        return write(str(self.caption), self.columns, self.every_row())

    def respond(self, template: str, **context: Any) -> Response:
        """The answer to this request: an export, the list alone, or the whole page."""
        wanted = request.args.get("export")
        if self.can_export and wanted in exports.FORMATS:
            return self.export(wanted)
        page = self.page()
        if self._is_asked_alone():
            response = make_response(render_template("web/_table.html", table=page))
        else:
            response = render(template, table=page, **context)
        response.vary.update(("HX-Request", "HX-Target"))
        return response

    def _is_asked_alone(self) -> bool:
        headers = request.headers
        return (
            headers.get("HX-Request") == "true"
            and headers.get("HX-Target") == self.id
            and headers.get("HX-History-Restore-Request") != "true"
        )


def _size(default: int) -> int:
    asked = request.args.get("per", default, int)
    return asked if asked in PAGE_SIZES else default


@dataclass(frozen=True)
class TablePage:
    """One page of a list, ready for the template."""

    table: Table
    rows: Sequence[Any]
    total: int
    page: int
    per: int

    page_sizes = PAGE_SIZES

    @property
    def id(self) -> str:
        """The id of the element that htmx replaces."""
        return self.table.id

    @property
    def caption(self) -> object:
        """What the list holds, for those who hear it."""
        return self.table.caption

    @property
    def columns(self) -> list[Column]:
        """The shown columns."""
        return self.table.columns

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Every column there is."""
        return self.table.all_columns

    @property
    def can_choose_columns(self) -> bool:
        """Whether there are enough columns to choose from."""
        return len(self.table.all_columns) > 3

    @property
    def can_export(self) -> bool:
        """Whether the list may be taken away as a file."""
        return self.table.can_export and bool(self.total)

    @property
    def actions(self) -> Callable[[Any], Sequence[RowAction]] | None:
        """What a row's menu offers."""
        return self.table.actions

    @property
    def empty(self) -> Empty:
        """What to say when there is nothing; a start only for who may make it."""
        empty = self.table.empty
        if empty.action_url is None or may_open(empty.action_url):
            return empty
        return replace(empty, action_url=None)

    @property
    def filters(self) -> list[FilterState]:
        """Every filter as it stands."""
        return self.table.states

    @property
    def active_filters(self) -> list[FilterState]:
        """The filters that narrow the list."""
        return [state for state in self.table.states if state.is_active]

    @property
    def n_pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.per))

    @property
    def first(self) -> int:
        """The number of the first row on this page, from 1."""
        return (self.page - 1) * self.per + 1

    @property
    def last(self) -> int:
        """The number of the last row on this page."""
        return self.first + len(self.rows) - 1

    @property
    def unfiltered_url(self) -> str:
        """The same list with every filter taken off."""
        cleared = {key: v for s in self.table.states for key, v in s.cleared.items()}
        return url_with(page=None, **cleared)

    @property
    def kept_arguments(self) -> list[tuple[str, str]]:
        """What the filter form carries along: all but the filters and the page."""
        own = [name for each in self.table.filters for name in each.arguments]
        return self.arguments_without("page", *own)

    @property
    def swap_attributes(self) -> dict[str, str]:
        """How htmx follows a link of this list without reloading the page."""
        return {
            "hx-boost": "true",
            "hx-target": f"#{self.id}",
            "hx-swap": "outerHTML show:none",
            "hx-push-url": "true",
        }

    def arguments_without(self, *names: str) -> list[tuple[str, str]]:
        """The address's arguments but for the named ones, for hidden inputs."""
        pairs = request.args.items(multi=True)
        return [(key, value) for key, value in pairs if key not in names]

    def order_of(self, column: Column) -> str | None:
        """``asc`` or ``desc`` when the list is ordered by the column, else None."""
        ordered_by, direction = self.table.order
        return direction if ordered_by is column else None

    def sort_url(self, column: Column) -> str:
        """The address that orders by the column, or turns its order round."""
        turned = "desc" if self.order_of(column) == "asc" else "asc"
        return url_with(sort=column.key, dir=turned, page=None)

    def line(self, row: Any) -> Markup:
        """A row with its cells, written here because a page has hundreds of them.

        The element is left open, for the menu of what can be done with the row, until
        `line_end`.
        """
        url = self.table.row_url(row) if self.table.row_url else None
        css = self.table.row_css(row) if self.table.row_css else None
        address = escape(url) if url else ""
        parts = [
            "<tr",
            f' data-row-url="{address}"' if address else "",
            f' class="{escape(css)}"' if css else "",
            ">",
        ]
        for place, (opening, column) in enumerate(self._openings):
            shown = column.cell(row)
            if place == 0 and address and column.html is None:
                shown = Markup(f'<a href="{address}">{shown}</a>')  # noqa: S704
            parts.append(f"{opening}{shown}{'</td>' if place else '</th>'}")
        return Markup("".join(parts))  # noqa: S704 - escaped piece by piece

    line_end = Markup("</tr>")

    @cached_property
    def _openings(self) -> list[tuple[str, Column]]:
        """What each cell of a row begins with; the first names the row."""
        openings = []
        for place, column in enumerate(self.columns):
            css = f' class="{column.css}"' if column.css else ""
            label = f' data-label="{escape(column.label)}"'
            opening = f"<td{css}{label}>" if place else f'<th scope="row"{css}>'
            openings.append((opening, column))
        return openings
