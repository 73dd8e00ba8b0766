"""The database: column types, the base of all tables, and the one door for writing.

SQLite runs in WAL with foreign keys on. A reading request begins a plain
transaction; `transaction` begins with ``BEGIN IMMEDIATE``, because a read that
turns into a write half-way loses updates or fails on a busy database
(docs/decisions/0002). PostgreSQL needs none of that and gets none.
"""

import enum
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    Numeric,
    Table,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    declared_attr,
    mapped_column,
    registry,
)
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator, TypeEngine

from callcenter.kernel.errors import Stale

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BUSY_TIMEOUT_S = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: ``timestamptz`` on PostgreSQL, microseconds on SQLite.

    A naive value is refused, because nobody can tell which instant it means.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the database at hand."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive values and turn the rest into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime reached the database: {value!r}")
        if dialect.name == "sqlite":
            return (value - _EPOCH) // _MICROSECOND
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The instant, aware, in UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=value)
        return value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An exact decimal with four places: numeric on PostgreSQL, scaled on SQLite.

    SQLite keeps ``NUMERIC`` as a float, so there the amount is stored as a whole
    number of ten-thousandths; sums stay exact on both.
    """

    impl = Numeric(18, 4)
    cache_ok = True
    _places = Decimal("0.0001")

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the database at hand."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(18, 4))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuse floats and round half to even at four places."""
        if value is None:
            return None
        if not isinstance(value, Decimal | int):
            raise TypeError(f"an amount is a Decimal, not {type(value).__name__}")
        exact = Decimal(value).quantize(self._places, rounding=ROUND_HALF_EVEN)
        return int(exact.scaleb(4)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The exact amount."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(int(value)).scaleb(-4)
        return Decimal(value)


JsonDocument = JSON().with_variant(JSONB(), "postgresql")
BigKey = BigInteger().with_variant(Integer(), "sqlite")

IntPk = Annotated[int, mapped_column(primary_key=True)]
BigPk = Annotated[int, mapped_column(BigKey, primary_key=True)]


class Model(DeclarativeBase):
    """The base of every table.

    ``__audited__ = False`` takes a table out of the audit trail: facts, jobs and
    the trail itself. A column with ``info={"secret": True}`` is audited as
    changed, without its values.
    """

    __abstract__ = True
    __audited__ = True

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            Decimal: Amount(),
            dict[str, Any]: JsonDocument,
            list[Any]: JsonDocument,
            list[str]: JsonDocument,
            list[int]: JsonDocument,
            enum.StrEnum: Enum(
                enum.StrEnum,
                native_enum=False,
                create_constraint=False,
                length=40,
                values_callable=lambda members: [member.value for member in members],
            ),
        },
    )


def table_of(model: type[Model]) -> Table:
    """The table behind a model, for statements that give plain rows.

    Such a row costs a tenth of an object that the session keeps watch over; what every
    request reads, and only reads, is read so.
    """
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - tells the type checker
    return table


class Versioned:
    """A row that people edit together: a save on top of a newer one is refused."""

    version: Mapped[int] = mapped_column(Integer, default=1, sort_order=1000)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class, says SQLAlchemy
        """Tell SQLAlchemy which column counts the versions."""
        return {"version_id_col": cls.version}


db = SQLAlchemy(
    model_class=Model,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_AFTER_COMMIT = "callcenter.after_commit"


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of work: all of it is kept, or none.

    Doors open it; services never commit. Whatever was read before is forgotten,
    so that a decision inside rests on the present state of the database.

    Raises `Stale` when a row changed since it was read, and `RuntimeError` when
    opened inside another or with changes already pending.
    """
    session = db.session()
    if _writing.get():
        raise RuntimeError("one door, one transaction: it is already open")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made before the transaction was opened")
    session.rollback()
    token = _writing.set(True)
    session.info[_AFTER_COMMIT] = []
    try:
        yield
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale from error
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)
        actions = session.info.pop(_AFTER_COMMIT, [])
    for action in actions:
        action()


def after_commit(action: Callable[[], None]) -> None:
    """Run the action once the open transaction is safely stored; never otherwise.

    Raises `RuntimeError` outside a transaction.
    """
    actions = db.session().info.get(_AFTER_COMMIT)
    if actions is None:
        raise RuntimeError("there is no open transaction to wait for")
    actions.append(action)


def is_writing() -> bool:
    """Whether this context is inside `transaction`."""
    return _writing.get()


def dialect_name() -> str:
    """``sqlite`` or ``postgresql``."""
    return db.session().get_bind().dialect.name


def engine_options(url: str) -> dict[str, Any]:
    """What the engine of that database URL needs to behave."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_TIMEOUT_S}}
    return {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "pool_recycle": 1800,
        "connect_args": {"connect_timeout": 5, "options": "-c timezone=UTC"},
    }


def database_url(url: str) -> str:
    """The URL with the driver we install; plain ``postgres://`` URLs are common."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def init_app(app: Flask) -> None:
    """Bind the application to its database."""
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)


def prepare_engine(engine: Engine) -> None:
    """Give a SQLite engine sane transactions; leave others alone."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA cache_size = -2048")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
