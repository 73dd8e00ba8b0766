"""A dump that any of our databases can take in: each table as lines of JSON.

Personal data stays encrypted in it, as the columns are read without decrypting.
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Enum,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from callcenter.kernel.db import Amount, Model, UtcDateTime

BATCH = 1000


def dump_tables(connection: Connection, folder: Path) -> dict[str, int]:
    """Write every table into the folder; returns the number of rows of each."""
    folder.mkdir(parents=True)
    counts = {}
    for table in Model.metadata.sorted_tables:
        plain = plain_table(table)
        path = folder / f"{table.name}.jsonl.gz"
        with gzip.open(path, "wt", encoding="utf-8", compresslevel=5) as file:
            counts[table.name] = _dump(connection, table, plain, file.write)
    return counts


def _dump(
    connection: Connection, table: Table, plain: Table, write: Callable[[str], object]
) -> int:
    write(_line([column.name for column in plain.columns]))
    keys = [plain.c[column.name] for column in table.primary_key]
    rows = connection.execution_options(yield_per=BATCH).execute(
        select(plain).order_by(*keys)
    )
    n_rows = 0
    for row in rows:
        write(_line([_encoded(value) for value in row]))
        n_rows += 1
    return n_rows


def load_tables(connection: Connection, folder: Path) -> dict[str, int]:
    """Fill the empty tables from the folder; returns the number of rows of each."""
    counts = {}
    for table in Model.metadata.sorted_tables:
        path = folder / f"{table.name}.jsonl.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as file:
                counts[table.name] = _load(connection, table, file)
    for table in Model.metadata.sorted_tables:
        path = folder / f"{table.name}.jsonl.gz"
        if path.exists() and _late_columns(table):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                _complete(connection, table, file)
    if connection.dialect.name == "postgresql":
        _advance_sequences(connection)
    return counts


def _load(connection: Connection, table: Table, lines: Iterable[str]) -> int:
    """Insert the rows, leaving open what points at rows that come later."""
    plain, late = plain_table(table), _late_columns(table)
    n_rows = 0
    for rows in _batches(plain, lines):
        for row in rows:
            row.update(dict.fromkeys(late))
        connection.execute(insert(plain), rows)
        n_rows += len(rows)
    return n_rows


def _complete(connection: Connection, table: Table, lines: Iterable[str]) -> None:
    """Fill in what was left open."""
    plain, late = plain_table(table), _late_columns(table)
    keys = [column.name for column in table.primary_key]
    statement = (
        update(plain)
        .where(*(plain.c[key] == bindparam(f"key_{key}") for key in keys))
        .values({name: bindparam(f"value_{name}") for name in late})
    )
    for rows in _batches(plain, lines):
        values = [
            {f"key_{key}": row[key] for key in keys}
            | {f"value_{name}": row[name] for name in late}
            for row in rows
            if any(row[name] is not None for name in late)
        ]
        if values:
            connection.execute(statement, values)


def _late_columns(table: Table) -> list[str]:
    """Columns that point at the table itself or at one that is filled later."""
    order = {t.name: n for n, t in enumerate(Model.metadata.sorted_tables)}
    here = order[table.name]
    return sorted(
        column.name
        for key in table.foreign_key_constraints
        for column in key.columns
        if order[key.referred_table.name] >= here
    )


def plain_table(table: Table) -> Table:
    """The table with its values as they are stored: encrypted, enumerations as text."""
    columns = [Column(c.name, _plain_type(c.type)) for c in table.columns]
    return Table(table.name, MetaData(), *columns)


def _plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, TypeDecorator) and not isinstance(kind, Amount | UtcDateTime):
        return kind.impl_instance
    return String() if isinstance(kind, Enum) else kind


def _line(values: list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _encoded(value: Any) -> Any:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _decoder(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Amount):
        return Decimal
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    try:
        python_type = kind.python_type
    except NotImplementedError:
        return None
    decoders: dict[type, Callable[[Any], Any]] = {
        date: date.fromisoformat,
        time: time.fromisoformat,
        Decimal: Decimal,
    }
    return decoders.get(python_type)


def _batches(plain: Table, lines: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
    """The rows of a dump as dictionaries, a thousand at a time."""
    source = iter(lines)
    names: list[str] = json.loads(next(source))
    decoders = [_decoder(plain.c[name].type) for name in names]
    while batch := list(islice(source, BATCH)):
        yield [
            {
                name: decode(value) if decode and value is not None else value
                for name, decode, value in zip(
                    names, decoders, json.loads(line), strict=True
                )
            }
            for line in batch
        ]


def _advance_sequences(connection: Connection) -> None:
    """Let the next ids follow the restored ones."""
    for table in Model.metadata.sorted_tables:
        keys = list(table.primary_key)
        if len(keys) != 1 or keys[0].foreign_keys:
            continue
        key = keys[0].name
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :key)"),
            {"table": table.name, "key": key},
        )
        newest = connection.scalar(select(func.max(table.c[key])))
        if sequence is not None and newest is not None:
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :newest)"),
                {"sequence": sequence, "newest": newest},
            )
