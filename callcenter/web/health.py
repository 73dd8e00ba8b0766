"""Whether we live, whether we can work, and what we count: for machines that watch.

``/healthz`` answers as long as the process does. ``/readyz`` asks the database.
``/metrics`` speaks Prometheus, to this machine itself or with a token.
"""

import hmac
import time
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from callcenter.kernel import clock, measure, schema
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job, JobState
from callcenter.web.extensions import limiter

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

log = structlog.get_logger()

QUIET = frozenset({"static", "healthz", "readyz", "metrics"})
_REGISTERING = Lock()
LOOPBACK = frozenset({"127.0.0.1", "::1"})
BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


def init_app(app: Flask) -> None:
    """Time every request, and answer those who watch."""
    app.before_request(_start)
    app.after_request(_finish)
    for name, view in (("healthz", alive), ("readyz", ready), ("metrics", metrics)):
        view.__permission__ = None  # type: ignore[attr-defined]
        app.add_url_rule(f"/{name}", name, limiter.exempt(view))


def alive() -> Response:
    """Say that the process answers; asks nothing of the database."""
    return jsonify(status="alive")


def ready() -> Response:
    """Say whether this process can do its work, and what is in the way if not."""
    problem = _problem()
    answer = jsonify(status="not ready" if problem else "ready", problem=problem)
    answer.status_code = 503 if problem else 200
    return answer


def metrics() -> Response:
    """What was counted, in Prometheus' text form.

    Raises `NotFound` for whoever comes from elsewhere and has no token.
    """
    if not _may_read_metrics():
        raise NotFound
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    _request_metrics()
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _problem() -> str | None:
    try:
        db.session.execute(text("SELECT 1"))
        is_current = schema.is_current()
    except SQLAlchemyError:
        db.session.rollback()
        return "the database does not answer"
    return None if is_current else "the database is of another version"


def _may_read_metrics() -> bool:
    """A token always opens; without one only this machine itself, no proxy between."""
    token: str = current_app.extensions["config"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    is_direct = "X-Forwarded-For" not in request.headers
    return not token and is_direct and request.remote_addr in LOOPBACK


def _start() -> None:
    g.started = time.perf_counter()
    measure.start_tally()


def _finish(response: Response) -> Response:
    took_s = time.perf_counter() - g.get("started", time.perf_counter())
    endpoint = request.endpoint or "none"
    n_requests, duration = _request_metrics()
    n_requests.labels(request.method, endpoint, str(response.status_code)).inc()
    duration.labels(endpoint).observe(took_s)
    if endpoint not in QUIET:
        tally = measure.present_tally()
        log.info(
            "request",
            method=request.method,
            path=request.path,
            endpoint=endpoint,
            status=response.status_code,
            ms=round(took_s * 1000, 1),
            n_queries=tally.n_queries,
            database_ms=round(tally.database_s * 1000, 1),
        )
    return response


def _request_metrics() -> "tuple[Counter, Histogram]":
    # Two first requests at once must not both register them.
    with _REGISTERING:
        return _registered_metrics()


@lru_cache(maxsize=1)
def _registered_metrics() -> "tuple[Counter, Histogram]":
    from prometheus_client import Counter, Histogram

    return (
        Counter(
            "callcenter_requests", "Answers given.", ("method", "endpoint", "status")
        ),
        Histogram(
            "callcenter_request_seconds",
            "Time to answer.",
            ("endpoint",),
            buckets=BUCKETS_S,
        ),
    )


def _registry() -> Any:
    """All processes' counts together, and the state of the job ledger."""
    import os

    from prometheus_client import REGISTRY, CollectorRegistry, multiprocess

    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_JobCollector())
    return registry


class _JobCollector:
    """The job ledger at the moment of asking."""

    def collect(self) -> Iterator[Any]:
        """Jobs by state, and the age of the oldest that could start."""
        from prometheus_client.core import GaugeMetricFamily

        counts = select(Job.state, func.count().label("n")).group_by(Job.state)
        jobs = GaugeMetricFamily(
            "callcenter_jobs", "Jobs in the ledger.", labels=("state",)
        )
        found = {row.state: row.n for row in db.session.execute(counts)}
        for state in JobState:
            jobs.add_metric((state.value,), found.get(state, 0))
        yield jobs
        now = clock.now()
        oldest = db.session.scalar(
            select(func.min(Job.due_at)).where(
                Job.state == JobState.QUEUED, Job.due_at <= now
            )
        )
        yield GaugeMetricFamily(
            "callcenter_oldest_waiting_job_seconds",
            "How long the oldest due job has been waiting.",
            value=(now - oldest).total_seconds() if oldest else 0.0,
        )
