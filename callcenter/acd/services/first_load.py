"""The first large import into empty tables of PostgreSQL: rows first, indexes after.

An index that is built over rows in place costs a third of one that grows with them.
The tables are locked while they have none, which nobody notices as long as they are
empty; all of it is the import's one transaction, so a killed process leaves the empty
tables and their indexes as they were.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import PrimaryKeyConstraint, Table, exists, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint, DropIndex

from callcenter.acd.models import INTERVAL_S, AgentInterval, Contact, ContactKey
from callcenter.acd.services.groups import has_equal
from callcenter.acd.services.rows import Rows, join
from callcenter.acd.services.spool import Manifest, Spool
from callcenter.kernel.db import db, dialect_name

Ints = NDArray[np.int64]
FEWEST_ROWS = 200_000
"""Smaller imports gain nothing: an index is soon grown by so many rows."""

SLICE_ROWS = 250_000
_PATIENCE = "5s"
"""How long others may still use the tables; a vacuum gives way within two seconds."""

_SETTINGS = (
    "maintenance_work_mem = '256MB'",
    # Helpers would be sooner done, with more work in all.
    "max_parallel_maintenance_workers = 0",
)
TABLES: Sequence[Table] = tuple(
    model.__table__  # type: ignore[misc]
    for model in (Contact, ContactKey, AgentInterval)
)


def is_worthwhile(manifest: Manifest, spool: Spool) -> bool:
    """Whether an import is large and new enough to be loaded before its indexes."""
    return (
        dialect_name() == "postgresql"
        and manifest.n_rows >= FEWEST_ROWS
        and spool.has_contacts_only(manifest)
        and not any(map(_has_rows, TABLES))
        and not has_equal(spool.figures_of(manifest, "key_hash"))
    )


def _has_rows(table: Table) -> bool:
    return bool(db.session.scalar(select(exists().select_from(table))))


@contextmanager
def without_indexes() -> Iterator[bool]:
    """Take the indexes of the tables away and build them when the block ends.

    Yields whether that was possible: someone else may be at the tables, or may have
    stored rows just now.
    """
    if not _take_tables():
        yield False
        return
    connection = db.session.connection()
    for setting in _SETTINGS:
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    indexes = [
        index
        for table in TABLES
        for index in sorted(table.indexes, key=lambda i: i.name or "")
    ]
    keys: list[PrimaryKeyConstraint] = [table.primary_key for table in TABLES]
    for index in indexes:
        connection.execute(DropIndex(index))
    for key in keys:
        connection.execute(DropConstraint(key))
    yield True
    for key in keys:
        connection.execute(AddConstraint(key, isolate_from_table=False))
    for index in indexes:
        connection.execute(CreateIndex(index))


def _take_tables() -> bool:
    names = ", ".join(table.name for table in TABLES)
    try:
        with db.session.begin_nested() as savepoint:
            connection = db.session.connection()
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
            connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
            if any(map(_has_rows, TABLES)):
                savepoint.rollback()
                return False
    except OperationalError:
        return False
    return True


def slices(manifest: Manifest, spool: Spool) -> Iterator[Rows]:
    """All contacts in the order of time, cut where a quarter-hour begins.

    No two slices touch the same quarter-hour, so each brings new facts only.
    """
    at = spool.figures_of(manifest, "offered_at")
    order = np.argsort(at, kind="stable")
    quarter = at[order] // INTERVAL_S
    low = 0
    while low < len(order):
        high = min(low + SLICE_ROWS, len(order))
        high = int(np.searchsorted(quarter, quarter[high - 1], side="right"))
        yield _gathered(spool, manifest, np.sort(order[low:high]))
        low = high


def _gathered(spool: Spool, manifest: Manifest, chosen: Ints) -> Rows:
    """The chosen contacts, counted through all chunks, from the chunks they are in."""
    parts, begin = [], 0
    for number in range(manifest.n_chunks):
        chunk = spool.mapped(number)
        low, high = np.searchsorted(chosen, [begin, begin + len(chunk)])
        if low < high:
            parts.append(chunk.take(chosen[low:high] - begin))
        begin += len(chunk)
    return join(parts)
