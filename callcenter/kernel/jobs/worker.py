"""Workers: threads that take jobs from the ledger, in the web process or their own."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from callcenter.kernel import clock
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import ledger
from callcenter.kernel.jobs.caretaker import Caretaker
from callcenter.kernel.jobs.models import Job
from callcenter.kernel.jobs.running import JobInterrupted, run_job, runs_here
from callcenter.kernel.jobs.transport import wake_up

log = structlog.get_logger()

POLL_S = 1.0
GRACE_S = 25.0
PAUSE_AFTER_ERROR_S = 3.0


def owner_name() -> str:
    """Who holds a lease: machine, process, thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.current_thread().name}"


def take_job(owner: str, *, job_id: int | None = None) -> Job | None:
    """The next job, or that one, claimed for the owner; None when none is free.

    Looks before it writes, so that idle workers never hold up a SQLite writer.
    """
    db.session.rollback()
    free = ledger.claimable(clock.now())
    if job_id is not None:
        free = free.where(Job.id == job_id)
    is_any_free = db.session.scalar(select(exists(free)))
    db.session.rollback()
    if not is_any_free:
        return None
    with transaction():
        return ledger.claim(owner, job_id=job_id)


class Worker:
    """Threads that carry out jobs, and one that looks after the ledger."""

    def __init__(self, app: Flask, *, n_threads: int = 1) -> None:
        self._app = app
        self._is_over = threading.Event()
        self._threads = [self._thread("caretaker", Caretaker(app).run, self._is_over)]
        self._threads += [
            self._thread(f"worker-{n}", self._work) for n in range(1, n_threads + 1)
        ]

    @staticmethod
    def _thread(
        name: str, target: Callable[..., None], *args: object
    ) -> threading.Thread:
        return threading.Thread(target=target, args=args, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work, without waiting."""
        for thread in self._threads:
            thread.start()

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Take no more jobs, and ask the running ones to go back to the ledger."""
        self._is_over.set()
        wake_up.set()
        for run in runs_here().values():
            run.stop(JobInterrupted())
        deadline = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        while not self._is_over.is_set():
            try:
                with self._app.app_context():
                    is_busy = self._do_next()
            except SQLAlchemyError as error:
                log.warning("worker_waits", error=type(error).__name__)
                self._is_over.wait(PAUSE_AFTER_ERROR_S)
                continue
            if not is_busy:
                wake_up.wait(POLL_S)
                wake_up.clear()

    def _do_next(self) -> bool:
        job = take_job(owner_name())
        if job is None:
            return False
        run_job(job)
        return True


def work_until_told_to_stop(app: Flask) -> None:
    """Work in this process until SIGTERM, SIGINT, or the parent process is gone."""
    is_over = threading.Event()
    install_stop_signals(is_over)
    parent = os.getppid()
    worker = Worker(app)
    worker.start()
    log.info("worker_started", owner=owner_name())
    while not is_over.wait(1.0) and os.getppid() == parent:
        pass
    worker.stop()
    log.info("worker_stopped")


def install_stop_signals(is_over: threading.Event) -> None:
    """Let SIGTERM and SIGINT set the event."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        is_over.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
