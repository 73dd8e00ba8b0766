"""Writing and reading the ledger; each change of state is one statement.

Every write of a worker names the attempt that it made, so that one which was
given up for dead cannot overwrite what its successor does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Update, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor, request_id
from callcenter.kernel.db import after_commit, db, is_writing
from callcenter.kernel.errors import Conflict, NotFound
from callcenter.kernel.jobs.models import Job, JobState
from callcenter.kernel.jobs.registry import extension, find_task
from callcenter.kernel.text import _l, language

MAX_ATTEMPTS = 5


class JobNotCancellable(Conflict):
    """The job is over already."""

    code = "jobs.not_cancellable"

    def default_message(self) -> object:
        """What is the case."""
        return _l("This work is over already; there is nothing to cancel.")


def enqueue(
    kind: str,
    args: Mapping[str, Any] | None = None,
    *,
    subject: str = "",
    unique: bool = False,
    due_at: datetime | None = None,
) -> Job:
    """Ask for a job; it starts once the transaction around is stored.

    With ``unique`` one that still waits for the same kind and subject is returned
    instead of a second one, and two of them never run side by side.

    Raises `UnknownTask` for a kind that no room declares.
    """
    find_task(kind)
    key = f"{kind}:{subject}" if unique else None
    job = _waiting(key) if key else None
    if job is None:
        job = _new_job(kind, args, subject, key, due_at)
    if is_writing():
        from callcenter.kernel.jobs.transport import dispatch

        job_id = job.id
        after_commit(lambda: dispatch(job_id))
    return job


def _new_job(
    kind: str,
    args: Mapping[str, Any] | None,
    subject: str,
    key: str | None,
    due_at: datetime | None,
) -> Job:
    actor = current_actor()
    job = Job(
        kind=kind,
        args=dict(args or {}),
        subject=subject,
        unique_key=key,
        requested_by=actor.user_id,
        locale=language(),
        request_id=request_id(),
        due_at=due_at or clock.now(),
    )
    if key is None:
        db.session.add(job)
        db.session.flush()
        return job
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        # Another transaction asked for the same at the same time and was first.
        return _waiting(key) or _new_job(kind, args, subject, None, due_at)
    return job


def _waiting(key: str) -> Job | None:
    statement = select(Job).where(
        Job.unique_key == key,
        Job.state == JobState.QUEUED,
        Job.cancel_requested_at.is_(None),
    )
    return db.session.scalar(statement)


def cancel_job(job: Job) -> None:
    """Cancel a job: at once while it waits, at its next check while it runs.

    Raises `JobNotCancellable` when it is over.
    """
    now = clock.now()
    waiting = _in_state(job, JobState.QUEUED).values(
        state=JobState.CANCELLED, finished_at=now, cancel_requested_at=now
    )
    running = _in_state(job, JobState.RUNNING).values(cancel_requested_at=now)
    for statement in (waiting, running):
        if db.session.scalar(statement.returning(Job.id)) is not None:
            db.session.refresh(job)
            return
    raise JobNotCancellable(job_id=job.id)


def _in_state(job: Job, state: JobState) -> Update:
    return update(Job).where(Job.id == job.id, Job.state == state)


def jobs_of(user_id: int | None = None) -> Select[Job]:
    """The jobs that a user asked for, or everybody's; latest first."""
    statement = select(Job).order_by(Job.created_at.desc(), Job.id.desc())
    if user_id is not None:
        statement = statement.where(Job.requested_by == user_id)
    return statement


def get_job(job_id: int, *, requested_by: int | None = None) -> Job:
    """The job; with ``requested_by``, only if that user asked for it.

    Raises `NotFound`.
    """
    job = db.session.scalar(jobs_of(requested_by).where(Job.id == job_id))
    if job is None:
        raise NotFound(job_id=job_id)
    return job


def find_live_job(subject: str) -> Job | None:
    """The newest job about that subject which waits or runs, or None."""
    live = (JobState.QUEUED, JobState.RUNNING)
    statement = jobs_of().where(Job.subject == subject, Job.state.in_(live)).limit(1)
    return db.session.scalar(statement)


def claimable(now: datetime) -> Select[int]:
    """The ids of the jobs that may start now, in the order in which they should."""
    twin = aliased(Job)
    is_held_back = exists().where(
        twin.unique_key == Job.unique_key, twin.state == JobState.RUNNING
    )
    return (
        select(Job.id)
        .where(
            Job.state == JobState.QUEUED,
            Job.due_at <= now,
            or_(Job.unique_key.is_(None), ~is_held_back),
        )
        .order_by(Job.due_at, Job.id)
    )


def claim(owner: str, *, job_id: int | None = None) -> Job | None:
    """Take the next job, or that one, if it is free; nobody else gets it then.

    Called inside a transaction. The row is returned detached: a snapshot of what
    was claimed, whatever happens to the job later.
    """
    now = clock.now()
    free = claimable(now)
    if job_id is not None:
        free = free.where(Job.id == job_id)
    chosen = free.limit(1).with_for_update(skip_locked=True, of=Job)
    statement = (
        update(Job)
        .where(Job.id == chosen.scalar_subquery(), Job.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            owner=owner,
            lease_until=now + extension().lease,
            started_at=now,
            progress_done=0,
            progress_total=0,
            message="",
        )
        .returning(Job)
    )
    job = db.session.scalar(statement, execution_options={"populate_existing": True})
    if job is not None:
        db.session.expunge(job)
    return job


def renew(job_id: int, attempt: int, **progress: Any) -> datetime | bool | None:
    """Extend the lease and store progress.

    Returns False when the job is no longer this attempt's, else the instant at
    which somebody asked to cancel it, or None.
    """
    statement = (
        _of_attempt(job_id, attempt)
        .values(lease_until=clock.now() + extension().lease, **progress)
        .returning(Job.id, Job.cancel_requested_at)
    )
    row = db.session.execute(statement).first()
    return False if row is None else row.cancel_requested_at


def finish(job_id: int, attempt: int, state: JobState, **values: Any) -> bool:
    """Close the job; False when it is no longer this attempt's to close."""
    statement = (
        _of_attempt(job_id, attempt)
        .values(state=state, finished_at=clock.now(), lease_until=None, **values)
        .returning(Job.id)
    )
    return db.session.scalar(statement) is not None


def put_back(job_id: int, attempt: int, *, due_at: datetime, error: str = "") -> bool:
    """Let the job wait again, for another attempt at that time or later."""
    return _requeue(_of_attempt(job_id, attempt), due_at=due_at, error=error)


def _requeue(statement: Update, **values: Any) -> bool:
    """Let a running job wait again, or end it when a younger twin waits already."""
    waits = statement.values(state=JobState.QUEUED, lease_until=None, **values)
    try:
        with db.session.begin_nested():
            return db.session.scalar(waits.returning(Job.id)) is not None
    except IntegrityError:
        ends = statement.values(
            state=JobState.CANCELLED,
            lease_until=None,
            finished_at=clock.now(),
            error="a younger job of the same kind and subject takes over",
        )
        return db.session.scalar(ends.returning(Job.id)) is not None


def expired(now: datetime) -> list[tuple[int, int]]:
    """Id and attempt of the jobs whose worker has not renewed its lease."""
    statement = select(Job.id, Job.attempt).where(
        Job.state == JobState.RUNNING, Job.lease_until < now
    )
    return [(row.id, row.attempt) for row in db.session.execute(statement)]


def recover(job_id: int, attempt: int) -> bool:
    """Take a job away from a worker that died; after many deaths it has failed.

    Returns whether it was still that worker's.
    """
    now = clock.now()
    lost = _of_attempt(job_id, attempt).where(Job.lease_until < now)
    if attempt < MAX_ATTEMPTS:
        return _requeue(lost)
    failed = lost.values(
        state=JobState.FAILED,
        lease_until=None,
        finished_at=now,
        error=f"its worker died {attempt} times",
    )
    return db.session.scalar(failed.returning(Job.id)) is not None


def _of_attempt(job_id: int, attempt: int) -> Update:
    return update(Job).where(
        Job.id == job_id, Job.attempt == attempt, Job.state == JobState.RUNNING
    )
