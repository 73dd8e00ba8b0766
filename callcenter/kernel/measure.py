"""How much database work a request or job makes, and which statements are slow."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import event

from callcenter.kernel.db import db

log = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """Statements that were run, and the time that the database took for them."""

    n_queries: int = 0
    database_s: float = 0.0


_tally: ContextVar[Tally | None] = ContextVar("tally", default=None)
_STARTED = "callcenter.started"


def init_app(app: Flask, *, slow_query_ms: int) -> None:
    """Watch the application's engines; log what takes longer than that."""
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", _start)
            event.listen(engine, "after_cursor_execute", _finisher(slow_query_ms))


@contextmanager
def tallying() -> Iterator[Tally]:
    """Count the statements of this context."""
    token = _tally.set(Tally())
    try:
        yield present_tally()
    finally:
        _tally.reset(token)


def start_tally() -> None:
    """Count from zero from here on in this context."""
    _tally.set(Tally())


def present_tally() -> Tally:
    """What was counted in this context so far."""
    return _tally.get() or Tally()


def _start(connection: Any, *_details: Any) -> None:
    connection.info[_STARTED] = time.perf_counter()


def _finisher(slow_query_ms: int) -> Any:
    def finish(
        connection: Any, _cursor: Any, statement: str, *_details: object
    ) -> None:
        took_s = time.perf_counter() - connection.info.pop(_STARTED, 0.0)
        tally = _tally.get()
        if tally is not None:
            tally.n_queries += 1
            tally.database_s += took_s
        if took_s * 1000 >= slow_query_ms:
            # The statement without its values: values are content.
            log.warning("slow_query", ms=round(took_s * 1000), sql=_brief(statement))

    return finish


def _brief(statement: str) -> str:
    return " ".join(statement.split())[:2000]
