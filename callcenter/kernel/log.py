"""Structured log lines: who and which request, never content."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from callcenter.kernel.actor import current_actor, request_id


def configure(level: str, *, as_json: bool) -> None:
    """Log at that level, as JSON for machines or in colours for people."""
    logging.basicConfig(format="%(message)s", level=level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    renderer: Any = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            _who_and_which,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if as_json else _unchanged,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level, logging.INFO)
        ),
        # Standard output belongs to the commands; looked up late, tests replace it.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _who_and_which(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if request_id():
        event.setdefault("request_id", request_id())
    if current_actor().user_id is not None:
        event.setdefault("user_id", current_actor().user_id)
    return event


def _unchanged(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return event
