"""Several worker processes under one parent that starts them again when they die."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import structlog
from flask import Flask

from callcenter.kernel.jobs.worker import (
    GRACE_S,
    install_stop_signals,
    work_until_told_to_stop,
)

log = structlog.get_logger()

RESTART_PAUSE_S = 2.0


def run_processes(n: int, make_app: Callable[[], Flask]) -> None:
    """Keep that many worker processes alive until SIGTERM or SIGINT.

    Each makes its own application, so that no connection is shared.
    """
    is_over = threading.Event()
    processes = [_start(make_app) for _number in range(n)]
    install_stop_signals(is_over)
    while not is_over.wait(RESTART_PAUSE_S):
        for place, process in enumerate(processes):
            if not process.is_alive():
                log.warning("worker_died", pid=process.pid, exit_code=process.exitcode)
                processes[place] = _start(make_app)
    _stop(processes)


def _start(make_app: Callable[[], Flask]) -> BaseProcess:
    context = multiprocessing.get_context("fork")
    process = context.Process(
        target=lambda: work_until_told_to_stop(make_app()), name="worker"
    )
    process.start()
    return process


def _stop(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_S + 5
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
