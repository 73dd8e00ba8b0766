"""Imports, the rows they refused, saved mappings, and names in files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.projects.models import Project

_UNAUDITED = {"unaudited": True}


class ImportState(StrEnum):
    """How far an import has come."""

    WAITING = "waiting"
    READING = "reading"
    APPLYING = "applying"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class NameKind(StrEnum):
    """What a name in a file stands for."""

    QUEUE = "queue"
    AGENT = "agent"


class Import(Versioned, Model):
    """One delivery of files or live events into a project.

    ``sha256`` covers the files and how they were read, so that the same delivery
    is recognised. ``n_chunks_applied`` is where a killed import goes on.
    """

    __tablename__ = "acd_import"
    __table_args__ = (
        Index(None, "project_id", "created_at"),
        Index(None, "sha256"),
        Index(None, "state"),
    )

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    format_name: Mapped[str] = mapped_column(String(40))
    file_names: Mapped[list[str]] = mapped_column(default=list)
    stored_names: Mapped[list[str]] = mapped_column(default=list)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    timezone: Mapped[str] = mapped_column(String(40), default="")
    default_queue: Mapped[str] = mapped_column(String(120), default="")
    keeps_good_part: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ImportState] = mapped_column(default=ImportState.WAITING)
    refusal: Mapped[str] = mapped_column(String(400), default="")
    n_rows: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    n_new: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    n_corrected: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    n_unchanged: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    n_errors: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    n_notices: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    n_chunks_applied: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship(lazy="raise_on_sql")

    @property
    def is_open(self) -> bool:
        """Whether work on it remains."""
        return self.state in {
            ImportState.WAITING,
            ImportState.READING,
            ImportState.APPLYING,
        }


class ImportProblem(Model):
    """One row that could not be taken as it stands: line, field, rule."""

    __tablename__ = "acd_import_error"
    __audited__ = False
    __table_args__ = (Index(None, "import_id"),)

    id: Mapped[BigPk]
    import_id: Mapped[int] = mapped_column(ForeignKey("acd_import.id"))
    severity: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(200))
    line: Mapped[int]
    field: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(String(200))


class SavedMapping(Versioned, Model):
    """A mapping of CSV columns that a project uses again and again."""

    __tablename__ = "acd_mapping"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    name: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[dict[str, Any]]
    headers: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class SourceName(Model):
    """A queue or agent as a project's files call it, and whom we know by it.

    Without a target it is *unknown*: its contacts are kept and count once it is
    mapped. ``is_ignored`` says that somebody decided that it never will be.
    """

    __tablename__ = "acd_source_name"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "name"),
        Index(None, "queue_id"),
        Index(None, "employee_id"),
    )

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    kind: Mapped[NameKind]
    name: Mapped[str] = mapped_column(String(200))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("projects_queue.id"))
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("people_employee.id"))
    is_ignored: Mapped[bool] = mapped_column(default=False)
    n_waiting: Mapped[int] = mapped_column(default=0, info=_UNAUDITED)
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")

    @property
    def is_known(self) -> bool:
        """Whether it stands for a queue or an employee."""
        return self.queue_id is not None or self.employee_id is not None
