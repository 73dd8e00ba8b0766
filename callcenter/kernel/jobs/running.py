"""Carrying out one job: as its requester, under a lease, with progress and cancel."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError, OperationalError

from callcenter.kernel import clock
from callcenter.kernel.actor import acting, request_id, set_request_id
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError, Unavailable
from callcenter.kernel.jobs import ledger
from callcenter.kernel.jobs.models import Job, JobState
from callcenter.kernel.jobs.registry import actor_for, find_task
from callcenter.kernel.text import speaking

log = structlog.get_logger()

BEATS_PER_LEASE = 6
PROGRESS_EVERY_S = 0.7
RETRY_AFTER = timedelta(seconds=20)


class JobStopped(Exception):
    """The job must stop here; its task lets this pass."""


class JobCancelled(JobStopped):
    """Somebody cancelled the job."""


class JobLost(JobStopped):
    """The lease was lost: another worker does the job now."""


class JobInterrupted(JobStopped):
    """The worker shuts down; the job goes back and starts again elsewhere."""


class Run:
    """One attempt at a job, as its task sees it."""

    def __init__(self, job: Job) -> None:
        self.job_id = job.id
        self.attempt = job.attempt
        self.done, self.total, self.message = 0, 0, ""
        self._lock = threading.Lock()
        self._is_fresh = threading.Event()
        self._stop: JobStopped | None = None

    def progress(self, done: int, total: int = 0, message: object = "") -> None:
        """Tell how far the work is; cheap, and stored about once a second.

        Raises what `check` raises.
        """
        with self._lock:
            self.done, self.total = int(done), int(total)
            self.message = str(message) or self.message
        self._is_fresh.set()
        self.check()

    def check(self) -> None:
        """Stop here if the work is no longer wanted.

        Raises `JobCancelled`, `JobLost` or `JobInterrupted`; a task lets them pass
        and leaves nothing half done, as its transaction is rolled back.
        """
        if self._stop is not None:
            raise self._stop

    def stop(self, reason: JobStopped) -> None:
        """Make the next `check` raise that."""
        self._stop = self._stop or reason

    def snapshot(self) -> dict[str, Any]:
        """Progress as columns of the ledger."""
        with self._lock:
            self._is_fresh.clear()
            return {
                "progress_done": self.done,
                "progress_total": self.total,
                "message": self.message,
            }

    def wait_for_news(self, seconds: float) -> bool:
        """Wait until there is progress to store; False when the time is over."""
        return self._is_fresh.wait(seconds)


_runs: dict[int, Run] = {}


def runs_here() -> dict[int, Run]:
    """The attempts under way in this process, by job id."""
    return dict(_runs)


def run_job(job: Job, *, with_heartbeat: bool = True) -> JobState | None:
    """Carry out a claimed job and close it; None when it was lost or put back.

    Needs an application context, and no open transaction.
    """
    run = Run(job)
    started = time.perf_counter()
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
    _runs[job.id] = run
    before = request_id()
    set_request_id(job.request_id)
    try:
        with _heartbeat(app, run, is_wanted=with_heartbeat):
            state, values = _outcome(run, job)
        is_closed = _close(run, state, values)
    finally:
        set_request_id(before)
        _runs.pop(job.id, None)
        db.session.rollback()
    log.info(
        "job",
        job_id=job.id,
        kind=job.kind,
        attempt=job.attempt,
        state=str(state or "put_back") if is_closed else "lost",
        seconds=round(time.perf_counter() - started, 3),
    )
    return state if is_closed else None


def run_queued(limit: int = 100) -> int:
    """Carry out what waits, here and now, one after the other; for tests and commands.

    Returns how many jobs were carried out.
    """
    for n_done in range(limit):
        with transaction():
            job = ledger.claim("inline")
        if job is None:
            return n_done
        run_job(job, with_heartbeat=False)
    return limit


def _outcome(run: Run, job: Job) -> tuple[JobState | None, dict[str, Any]]:
    """The state in which the job ends, with the columns that tell about it."""
    with speaking(job.locale):
        try:
            task = find_task(job.kind)
            with acting(actor_for(job.requested_by)):
                result = task.function(run, **job.args)
        except JobCancelled:
            return JobState.CANCELLED, {}
        except JobInterrupted:
            return None, {"due_at": clock.now()}
        except JobLost:
            return None, {}
        except (OperationalError, Unavailable) as error:
            return _try_again(job, error)
        except AppError as error:
            return JobState.FAILED, {"message": error.message, "error": str(error)}
        except Exception as error:
            log.exception("job_failed", job_id=job.id, kind=job.kind)
            return JobState.FAILED, {"message": "", "error": _brief(error)}
    return JobState.DONE, {"result": result}


def _try_again(
    job: Job, error: OperationalError | Unavailable
) -> tuple[JobState | None, dict[str, Any]]:
    log.warning("job_needs_another_attempt", job_id=job.id, error=_brief(error))
    if job.attempt < ledger.MAX_ATTEMPTS:
        later = clock.now() + RETRY_AFTER * 2 ** (job.attempt - 1)
        return None, {"due_at": later, "error": _brief(error)}
    message = error.message if isinstance(error, Unavailable) else ""
    return JobState.FAILED, {"message": message, "error": _brief(error)}


def _brief(error: Exception) -> str:
    """The kind of error and its first line; statements and values stay in the log."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = str(cause).partition("\n")[0]
    return f"{type(cause).__name__}: {text}"[:500]


def _close(run: Run, state: JobState | None, values: dict[str, Any]) -> bool:
    if state is None and not values:
        return False
    progress = run.snapshot()
    for pause in (0, 1, 2, 4, 8, 15, 30, 60):
        time.sleep(pause)
        try:
            with transaction():
                if state is None:
                    return ledger.put_back(run.job_id, run.attempt, **values)
                return ledger.finish(
                    run.job_id, run.attempt, state, **(progress | values)
                )
        except OperationalError as error:
            log.warning("job_not_closed_yet", job_id=run.job_id, error=_brief(error))
    return False


@contextmanager
def _heartbeat(app: Flask, run: Run, *, is_wanted: bool) -> Iterator[None]:
    """Renew the lease and store progress from a thread of its own."""
    if not is_wanted:
        yield
        return
    is_over = threading.Event()
    thread = threading.Thread(
        target=_beat, args=(app, run, is_over), name=f"job-{run.job_id}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        run.wait_for_news(0)
        thread.join(timeout=30)


def _beat(app: Flask, run: Run, is_over: threading.Event) -> None:
    pause_s = app.extensions["jobs"].lease.total_seconds() / BEATS_PER_LEASE
    renewed_at = time.monotonic()
    while not is_over.wait(PROGRESS_EVERY_S):
        has_news = run.wait_for_news(0)
        if not has_news and time.monotonic() - renewed_at < pause_s:
            continue
        if _renew(app, run):
            renewed_at = time.monotonic()


def _renew(app: Flask, run: Run) -> bool:
    try:
        with app.app_context(), transaction():
            answer = ledger.renew(run.job_id, run.attempt, **run.snapshot())
    except DBAPIError as error:
        # A long write of the task itself holds SQLite; the next beat comes through.
        log.debug("lease_not_renewed", job_id=run.job_id, error=_brief(error))
        return False
    if answer is False:
        run.stop(JobLost())
    elif answer is not None:
        run.stop(JobCancelled())
    return True
