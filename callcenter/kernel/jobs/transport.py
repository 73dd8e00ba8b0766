"""Waking up whoever carries the work: threads of this process, or Celery.

The ledger is the truth. A wake-up that gets lost only costs time: waiting workers
look for themselves, and the caretaker sends ids again that nobody took.
"""

import threading
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import select, update

from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs.models import Job, JobState
from callcenter.kernel.jobs.registry import extension

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger()

SEND_AGAIN_AFTER = timedelta(seconds=10)
TASK_NAME = "callcenter.run_job"
QUEUE = "callcenter.jobs"

# Set whenever a job was asked for in this process; embedded workers wait for it.
wake_up = threading.Event()


def dispatch(job_id: int) -> None:
    """Wake up a worker for the job; never fails because of the broker."""
    wake_up.set()
    broker_url = extension().broker_url
    if broker_url:
        send(broker_url, job_id)


def send(broker_url: str, job_id: int) -> bool:
    """Hand the id to Celery; False when the broker does not answer."""
    try:
        celery_app(broker_url).send_task(TASK_NAME, (job_id,), retry=False)
    except Exception as error:  # noqa: BLE001 - brokers raise errors of all kinds
        log.warning("broker_unavailable", job_id=job_id, error=type(error).__name__)
        return False
    return True


def send_again(now: datetime) -> int:
    """Send the ids of due jobs that nobody took; returns how many.

    The pause between two sendings doubles, so that a long queue is not flooded.
    """
    due = select(Job.id, Job.created_at, Job.dispatched_at).where(
        Job.state == JobState.QUEUED, Job.due_at <= now - SEND_AGAIN_AFTER
    )
    db.session.rollback()
    rows = db.session.execute(due.order_by(Job.id).limit(500)).all()
    ids = [row.id for row in rows if _is_overdue(row, now)]
    sent = [id_ for id_ in ids if send(extension().broker_url, id_)]
    if sent:
        with transaction():
            db.session.execute(
                update(Job).where(Job.id.in_(sent)).values(dispatched_at=now)
            )
    return len(sent)


def _is_overdue(row: Any, now: datetime) -> bool:
    if row.dispatched_at is None:
        return True
    pause = max(SEND_AGAIN_AFTER, row.dispatched_at - row.created_at)
    return bool(now - row.dispatched_at >= pause)


@lru_cache(maxsize=4)
def celery_app(broker_url: str) -> "Celery":
    """The Celery application that carries job ids over that broker."""
    from celery import Celery

    app = Celery("callcenter", broker=broker_url)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=False,
        task_default_queue=QUEUE,
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_timeout=4,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "socket_timeout": 10,
            "socket_connect_timeout": 4,
            "max_retries": 1,
        },
    )
    return app
