"""Many rows at once into one table, as fast as each database takes them.

SQLite gets ``executemany`` on the driver's own connection, PostgreSQL a binary
``COPY`` whose rows are laid out by numpy. Both run inside the open transaction.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Date, SmallInteger, String, Table
from sqlalchemy.types import TypeEngine

from callcenter.acd.services.groups import distinct
from callcenter.kernel.db import UtcDateTime, db, dialect_name

Ints = NDArray[np.int64]
_BATCH = 25_000
_BLOCK_ROWS = 5_000
"""Rows of PostgreSQL's format that are laid out at once, within the cache."""

_ROWS_A_STATEMENT = 100
_EPOCH_DAY = date(1970, 1, 1)
_PG_EPOCH_S = 946_684_800
_PG_EPOCH_DAY = 10_957
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one column; where ``absent`` is true there is none.

    Instants are epoch seconds, days are days since 1970, texts are bytes.
    """

    values: NDArray[Any]
    absent: NDArray[np.bool_] | None = None


Columns = Mapping[str, Column]


def insert(table: Table, columns: Columns) -> None:
    """Insert rows; a key that exists already is an error of the database."""
    if not _length(columns):
        return
    if dialect_name() == "sqlite":
        _insert_sqlite(table, columns)
    else:
        _copy(table.name, table, columns)


def claim(table: Table, columns: Columns) -> bool:
    """Insert rows if none of their keys exists yet; else insert none and say so.

    SQLite gets no savepoint for it: one makes it copy every page that it changes.
    """
    if dialect_name() == "postgresql":
        try:
            with db.session.begin_nested():
                _copy(table.name, table, columns)
        except db.engine.dialect.loaded_dbapi.IntegrityError:
            return False
        return True
    if _insert_sqlite(table, columns, verb="INSERT OR IGNORE") == _length(columns):
        return True
    same = " AND ".join(f"{name} = ?" for name in columns)
    _run_sqlite(f"DELETE FROM {table.name} WHERE {same}", table, columns)  # noqa: S608
    return False


def add(table: Table, columns: Columns, sums: Sequence[str]) -> None:
    """Add to the sums of rows found by primary key; missing rows are inserted.

    Columns that are neither key nor sum take the given value.
    """
    if not _length(columns):
        return
    keys = [column.name for column in table.primary_key]
    others = [name for name in columns if name not in keys and name not in sums]
    changes = [f"{n} = {table.name}.{n} + excluded.{n}" for n in sums]
    changes += [f"{n} = excluded.{n}" for n in others]
    conflict = f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}"
    if dialect_name() == "sqlite":
        _insert_sqlite(table, columns, conflict)
        return
    names = ", ".join(columns)
    _in_staging(
        table,
        columns,
        f"INSERT INTO {table.name} ({names}) "  # noqa: S608 - names of our own tables
        f"SELECT {names} FROM acd_staging{conflict}",
    )


def update(table: Table, columns: Columns, key: str) -> None:
    """Overwrite rows that are found by the unique column ``key``."""
    if not _length(columns):
        return
    others = [name for name in columns if name != key]
    if dialect_name() == "sqlite":
        ordered = {name: columns[name] for name in [*others, key]}
        changes = ", ".join(f"{name} = ?" for name in others)
        statement = f"UPDATE {table.name} SET {changes} WHERE {key} = ?"  # noqa: S608
        _run_sqlite(statement, table, ordered)
        return
    changes = ", ".join(f"{name} = acd_staging.{name}" for name in others)
    _in_staging(
        table,
        columns,
        f"UPDATE {table.name} SET {changes} FROM acd_staging "  # noqa: S608
        f"WHERE {table.name}.{key} = acd_staging.{key}",
    )


def let_log_grow(pages: int) -> None:
    """Let this connection's commits copy SQLite's log back from so many pages on."""
    if dialect_name() == "sqlite":
        connection = db.session.connection()
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {int(pages)}")


def driver_cursor() -> Any:
    """A cursor of the driver, inside the session's open transaction."""
    db.session.flush()
    return db.session.connection().connection.cursor()


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())).values)


def _insert_sqlite(
    table: Table, columns: Columns, conflict: str = "", *, verb: str = "INSERT"
) -> int:
    """Insert many rows a statement: SQLite then sets up its cursors once for all.

    Returns how many rows were written.
    """
    cursor = driver_cursor()
    into = f"{verb} INTO {table.name} ({', '.join(columns)}) VALUES "
    n_written = 0
    for lists in _plain_batches(table, columns):
        row, varying = _row_text(lists)
        for text, groups in _grouped(cursor, row, varying):
            cursor.executemany(f"{into}{text}{conflict}", groups)
            n_written += max(cursor.rowcount, 0)
    cursor.close()
    return n_written


def _row_text(lists: Sequence[list[Any]]) -> tuple[str, list[list[Any]]]:
    """A row as SQL, and the columns that it has marks for.

    A whole number (or nothing) that is the same in all rows stands in the text.
    """
    cells, varying = [], []
    for values in lists:
        first = values[0]
        is_plain = first is None or type(first) is int
        is_plain = is_plain and values[-1] == first == values[len(values) // 2]
        if is_plain and values.count(first) == len(values):
            cells.append("NULL" if first is None else str(first))
        else:
            cells.append("?")
            varying.append(values)
    if not varying:
        cells[0] = "?"
        varying.append(lists[0])
    return f"({', '.join(cells)})", varying


def _grouped(
    cursor: Any, row: str, varying: Sequence[list[Any]]
) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """Statements with their parameters: many rows each, then the rest one by one."""
    width, n = len(varying), len(varying[0])
    most = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    n_rows = max(1, min(_ROWS_A_STATEMENT, most // width))
    flat: list[Any] = [None] * (n * width)
    for place, values in enumerate(varying):
        flat[place::width] = values
    step, whole = n_rows * width, n // n_rows * n_rows * width
    many = (flat[at : at + step] for at in range(0, whole, step))
    yield ", ".join([row] * n_rows), many
    yield row, (flat[at : at + width] for at in range(whole, len(flat), width))


def _plain_batches(table: Table, columns: Columns) -> Iterator[list[list[Any]]]:
    kinds = [(table.c[name].type, column) for name, column in columns.items()]
    for start in range(0, _length(columns), _BATCH):
        part = slice(start, start + _BATCH)
        yield [_plain(kind, column, part) for kind, column in kinds]


def _run_sqlite(statement: str, table: Table, columns: Columns) -> None:
    cursor = driver_cursor()
    for lists in _plain_batches(table, columns):
        cursor.executemany(statement, zip(*lists, strict=True))
    cursor.close()


def _plain(kind: TypeEngine[Any], column: Column, part: slice) -> list[Any]:
    """The values as SQLite stores them."""
    values = column.values[part]
    if isinstance(kind, UtcDateTime):
        plain = (values * _MILLION).tolist()
    elif isinstance(kind, Date):
        days, inverse = distinct(values)
        texts = [day_of(day).isoformat() for day in days.tolist()]
        plain = [texts[place] for place in inverse.tolist()]
    elif isinstance(kind, String):
        # No text holds a NUL; one decoding for all is three times as fast as one each.
        plain = b"\0".join(values.tolist()).decode().split("\0")
    else:
        plain = values.tolist()
    if column.absent is not None:
        for place in np.flatnonzero(column.absent[part]).tolist():
            plain[place] = None
    return plain


def day_of(number: int) -> date:
    """The day that lies so many days after 1 January 1970."""
    return _EPOCH_DAY + timedelta(days=number)


def number_of(day: date) -> int:
    """How many days after 1 January 1970 the day lies."""
    return (day - _EPOCH_DAY).days


def _in_staging(table: Table, columns: Columns, statement: str) -> None:
    names = ", ".join(columns)
    cursor = driver_cursor()
    cursor.execute("DROP TABLE IF EXISTS acd_staging")
    cursor.execute(
        f"CREATE TEMP TABLE acd_staging ON COMMIT DROP AS "  # noqa: S608
        f"SELECT {names} FROM {table.name} LIMIT 0"
    )
    cursor.close()
    _copy("acd_staging", table, columns)
    cursor = driver_cursor()
    cursor.execute(statement)
    cursor.execute("DROP TABLE acd_staging")
    cursor.close()


def _copy(target: str, table: Table, columns: Columns) -> None:
    names = ", ".join(columns)
    fields = [(table.c[name].type, column) for name, column in columns.items()]
    cursor = driver_cursor()
    with cursor.copy(f"COPY {target} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, _length(columns), _BLOCK_ROWS):
            for block in _blocks(fields, slice(start, start + _BLOCK_ROWS)):
                copy.write(block)
        copy.write(b"\xff\xff")
    cursor.close()


Fields = Sequence[tuple[TypeEngine[Any], Column]]


def _blocks(fields: Fields, part: slice) -> Iterator[bytearray]:
    """Rows in PostgreSQL's binary format, one block per layout.

    A layout is which columns are absent and how long the texts are; there are few,
    and within one every row has the same width, so that an array holds them.
    """
    cut = [(kind, c.values[part], _absent(c, part)) for kind, c in fields]
    layouts = _layouts(cut)
    for layout in np.unique(layouts):
        chosen = np.flatnonzero(layouts == layout)
        cells = [
            (kind, values[chosen], bool(absent[chosen[0]]))
            for kind, values, absent in cut
        ]
        yield _block(cells, len(chosen))


def _absent(column: Column, part: slice) -> NDArray[np.bool_]:
    if column.absent is None:
        return np.zeros(len(column.values[part]), np.bool_)
    return column.absent[part]


def _layouts(cut: Sequence[tuple[TypeEngine[Any], NDArray[Any], Any]]) -> Ints:
    layouts = np.zeros(len(cut[0][1]), np.int64)
    for kind, values, absent in cut:
        layouts = layouts * 2 + absent
        if isinstance(kind, String):
            layouts = layouts * 1024 + np.char.str_len(values)
    return layouts


def _block(
    cells: Sequence[tuple[TypeEngine[Any], NDArray[Any], bool]], n: int
) -> bytearray:
    """So many rows of one layout: the same frame for each, and the values in it."""
    given = [(kind, values) for kind, values, is_absent in cells if not is_absent]
    forms = iter([_form(kind, values) for kind, values in given])
    layout: list[tuple[str, str]] = [("n", ">i2")]
    lengths = {"n": len(cells)}
    filled = []
    for place, (_kind, _values, is_absent) in enumerate(cells):
        form = None if is_absent else np.dtype(next(forms))
        layout.append((f"l{place}", ">i4"))
        lengths[f"l{place}"] = -1 if form is None else form.itemsize
        if form is not None and form.itemsize:
            layout.append((f"v{place}", form.str))
        if form is not None:
            filled.append((place, form.itemsize))
    frame = np.zeros(1, np.dtype(layout))
    for name, length in lengths.items():
        frame[name] = length
    block = bytearray(frame.tobytes() * n)
    rows = np.frombuffer(block, frame.dtype)
    for (place, size), (kind, values) in zip(filled, given, strict=True):
        if size:
            rows[f"v{place}"] = _shifted(kind, values)
    return block


def _form(kind: TypeEngine[Any], values: NDArray[Any]) -> str:
    """How PostgreSQL takes the values; the texts of a block are equally long."""
    if isinstance(kind, String):
        return f"S{int(np.char.str_len(values[:1])[0])}"
    if isinstance(kind, UtcDateTime | BigInteger):
        return ">i8"
    return ">i2" if isinstance(kind, SmallInteger) else ">i4"


def _shifted(kind: TypeEngine[Any], values: NDArray[Any]) -> NDArray[Any]:
    """The values as PostgreSQL counts them, instants and days from the year 2000."""
    if isinstance(kind, UtcDateTime):
        return (values - _PG_EPOCH_S) * _MILLION
    if isinstance(kind, Date):
        return values - _PG_EPOCH_DAY
    return values
