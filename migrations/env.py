"""How migrations meet the database: one transaction each, on SQLite and PostgreSQL."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection, Enum, text
from sqlalchemy.types import TypeDecorator, TypeEngine

from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import Amount, Model, UtcDateTime

# Any constant will do; it lets one process at a time change the schema.
LOCK = 0x0A0D18
OWN_TYPES = (Amount, EncryptedText, UtcDateTime)


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column types by name, and enumerations as plain text."""
    if kind != "type":
        return False
    if isinstance(item, OWN_TYPES):
        name = type(item).__name__
        autogen_context.imports.add(f"from {type(item).__module__} import {name}")
        return f"{name}()"
    if isinstance(item, TypeDecorator):
        # A room's own type is a matter of the code; the table has what lies below.
        return f"sa.{item.impl_instance!r}"
    if isinstance(item, JSON):
        autogen_context.imports.add("from callcenter.kernel.db import JsonDocument")
        return "JsonDocument"
    if isinstance(item, Enum):
        return f"sa.String({item.length})"
    return False


def compare_type(
    _context: Any,
    _inspected: Any,
    _column: Any,
    _inspected_type: TypeEngine[Any],
    metadata_type: TypeEngine[Any],
) -> bool | None:
    """Whether a column's type differs; None leaves the answer to Alembic."""
    return False if isinstance(metadata_type, EncryptedText) else None


def include_object(
    item: Any, name: str | None, kind: str, _is_reflected: object, _other: object
) -> bool:
    """With ``-x room=people``, only the tables of that room."""
    room = context.get_x_argument(as_dictionary=True).get("room")
    if room is None:
        return True
    table = name if kind == "table" else item.table.name
    return str(table).startswith(f"{room}_")


def run(connection: Connection) -> None:
    """Run what was asked for on that connection."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=compare_type,
        include_object=include_object,
        # Our SQLite engine begins transactions itself, so schema changes roll back.
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite(connection: Connection) -> None:
    """Run with foreign keys off, as tables are copied; then look whether all hold."""
    raw: Any = connection.connection.dbapi_connection
    raw.cursor().execute("PRAGMA foreign_keys = OFF")
    try:
        run(connection)
        connection.rollback()
        broken = raw.cursor().execute("PRAGMA foreign_key_check").fetchmany(5)
        if broken:
            raise RuntimeError(f"rows refer to nothing after the migration: {broken}")
    finally:
        raw.cursor().execute("PRAGMA foreign_keys = ON")


def run_on_postgresql(connection: Connection) -> None:
    """Run while no other process changes the schema."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    try:
        run(connection)
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()


engine = current_app.extensions["migrate"].db.engine
with engine.connect() as opened:
    if engine.dialect.name == "sqlite":
        run_on_sqlite(opened)
    else:
        run_on_postgresql(opened)
