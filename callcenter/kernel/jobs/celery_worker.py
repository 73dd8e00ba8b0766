"""The distributed worker: Celery brings ids, the ledger decides who carries them out.

A message that comes twice, late, or for a job that is done costs one look at the
ledger. Celery's own retries, results and acknowledgements are not used.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable

import structlog
from flask import Flask

from callcenter.kernel.jobs.caretaker import Caretaker
from callcenter.kernel.jobs.running import run_job
from callcenter.kernel.jobs.transport import TASK_NAME, celery_app
from callcenter.kernel.jobs.worker import owner_name, take_job

log = structlog.get_logger()


def run_celery(broker_url: str, n: int, make_app: Callable[[], Flask]) -> None:
    """Serve as a Celery worker with that many processes until told to stop."""
    from celery.signals import worker_process_init

    celery = celery_app(broker_url)
    apps: list[Flask] = []

    @worker_process_init.connect(weak=False)
    def _prepare(**_details: object) -> None:
        apps[:] = [make_app()]

    @celery.task(name=TASK_NAME)
    def _run(job_id: int) -> None:
        with apps[0].app_context():
            job = take_job(owner_name(), job_id=job_id)
            if job is None:
                log.debug("job_taken_already", job_id=job_id)
                return
            run_job(job)

    _start_caretaker(make_app)
    worker = celery.Worker(
        pool="prefork",
        concurrency=n,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()


def _start_caretaker(make_app: Callable[[], Flask]) -> None:
    """Look after the ledger from a process of its own, as Celery's parent forks."""

    def care() -> None:
        parent = os.getppid()
        is_over = threading.Event()
        thread = threading.Thread(
            target=Caretaker(make_app()).run, args=(is_over,), daemon=True
        )
        thread.start()
        while os.getppid() == parent:
            is_over.wait(1.0)

    context = multiprocessing.get_context("fork")
    context.Process(target=care, name="caretaker", daemon=True).start()
