"""Looking after the ledger: dead workers, due schedules, ids that got lost.

Any worker does it, and any number may: each step is one guarded statement.
"""

import threading

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from callcenter.kernel import clock
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import ledger, schedules, transport
from callcenter.kernel.jobs.registry import extension

log = structlog.get_logger()

ROUND_S = 5.0


class Caretaker:
    """Does its round every few seconds until it is told to stop."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._suspects: set[tuple[int, int]] = set()
        self._has_synced = False

    def run(self, is_over: threading.Event) -> None:
        """Do rounds until the event is set; a database that is away is waited for."""
        while not is_over.is_set():
            try:
                with self._app.app_context():
                    self.do_round()
            except SQLAlchemyError as error:
                log.warning("caretaker_waits", error=type(error).__name__)
            is_over.wait(ROUND_S)

    def do_round(self) -> None:
        """Recover lost jobs, ask for due ones, send forgotten ids again."""
        if not self._has_synced:
            schedules.sync_schedules()
            self._has_synced = True
        self._recover_lost()
        schedules.tick()
        if extension().broker_url:
            transport.send_again(clock.now())

    def _recover_lost(self) -> None:
        """Put back what two rounds in a row found without a living worker.

        On SQLite a task's long write also holds up its own heartbeat; the second
        look gives that heartbeat time to come through.
        """
        db.session.rollback()
        seen = set(ledger.expired(clock.now()))
        db.session.rollback()
        for job_id, attempt in seen & self._suspects:
            with transaction():
                is_recovered = ledger.recover(job_id, attempt)
            if is_recovered:
                log.warning("job_recovered", job_id=job_id, attempt=attempt)
                transport.wake_up.set()
        self._suspects = seen
