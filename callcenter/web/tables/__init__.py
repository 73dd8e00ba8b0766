"""Lists: columns, filters, sorting, pages and exports over one SQLAlchemy select.

The state of a list is its address: ``?q=lin&sort=name&dir=desc&page=2&cols=…``.
`Table.respond` answers with the page, with the fragment that htmx asked for, or
with the export of every filtered row.
"""

from callcenter.web.tables.columns import Column, Empty, RowAction, status_column
from callcenter.web.tables.filters import (
    BooleanFilter,
    ChoiceFilter,
    DateRangeFilter,
    Filter,
    StatusFilter,
    TextFilter,
)
from callcenter.web.tables.table import Table, TablePage

__all__ = [
    "BooleanFilter",
    "ChoiceFilter",
    "Column",
    "DateRangeFilter",
    "Empty",
    "Filter",
    "RowAction",
    "StatusFilter",
    "Table",
    "TablePage",
    "TextFilter",
    "status_column",
]
