"""The ledger: every job that was ever asked for, and the clock-driven ones."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether something is still to be expected of it."""
        return self in {JobState.QUEUED, JobState.RUNNING}


class JobSchedule(Model):
    """A job that the clock asks for, by a cron line in a zone."""

    __tablename__ = "kernel_job_schedule"
    __audited__ = False

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cron: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    next_at: Mapped[datetime]
    is_enabled: Mapped[bool] = mapped_column(default=True)


class Job(Model):
    """One piece of work, asked for once and done at least once.

    ``attempt`` is the fencing number: whoever claims the job raises it, and every
    later write of a worker names the attempt that it made. ``due_at`` is the
    earliest start. ``unique_key`` holds jobs apart that must not stand side by
    side; the database allows one waiting and one running job of a key.
    """

    __tablename__ = "kernel_job"
    __audited__ = False
    __table_args__ = (
        UniqueConstraint("schedule_id", "scheduled_for"),
        Index(None, "state", "due_at"),
        Index(None, "requested_by", "created_at"),
        Index(None, "subject", "created_at"),
        Index(None, "created_at"),
        Index(
            "ix_kernel_job_queued_key",
            "unique_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_kernel_job_running_key",
            "unique_key",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[BigPk]
    kind: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subject: Mapped[str] = mapped_column(String(120), default="")
    unique_key: Mapped[str | None] = mapped_column(String(220))
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(String(120), default="")
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[int | None]
    locale: Mapped[str] = mapped_column(String(10), default="en")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    schedule_id: Mapped[int | None] = mapped_column(
        ForeignKey("kernel_job_schedule.id")
    )
    scheduled_for: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """What the work is called, in the reader's language."""
        from callcenter.kernel.jobs.registry import title_of

        return title_of(self.kind)

    @property
    def progress(self) -> float | None:
        """The share that is done, from 0 to 1; None while nobody can tell."""
        if self.state is JobState.DONE:
            return 1.0
        if self.progress_total <= 0:
            return None
        return min(1.0, self.progress_done / self.progress_total)

    @property
    def result_page(self) -> tuple[str, dict[str, Any]] | None:
        """Endpoint and values of the page that shows the result, where one does.

        A task names it by returning ``{"page": [endpoint, {"import_id": 3}]}``.
        """
        page = (self.result or {}).get("page")
        return (page[0], page[1]) if page else None
