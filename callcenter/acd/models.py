"""Contacts, agent states, the facts rolled up from them, and imports.

Tables of contacts and facts carry no foreign keys: they take millions of rows, a
check per row and key would double the work, and queues and employees are never
deleted (docs/decisions/0004). All figures are additive sums; nothing is an average.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.acd.connectors.records import Outcome
from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.projects.models import Project

INTERVAL_S = 900
"""The finest grain of facts, in seconds."""

REPEAT_DAYS = 7
"""A contact counts as repeated when the customer comes again within these days."""

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


class Contact(Model):
    """One visit of a contact to a queue.

    ``key_hash`` digests project, source and source key and is what makes a contact
    one; ``content_hash`` digests everything else, so that an unchanged row is seen
    without reading it. ``customer`` is a keyed digest: the number itself is never
    stored. ``outcome`` and ``direction`` are those of `acd.connectors.records`. There
    is no index by agent: the agent's facts tell in which quarters to look.
    """

    __tablename__ = "acd_contact"
    __audited__ = False
    __table_args__ = (
        Index(None, "key_hash", unique=True),
        Index(None, "queue_id", "offered_at"),
        Index(
            None,
            "customer",
            "offered_at",
            sqlite_where=text("customer IS NOT NULL"),
            postgresql_where=text("customer IS NOT NULL"),
        ),
        Index(
            "ix_acd_contact_waiting_queue",
            "queue_name_id",
            sqlite_where=text("queue_id IS NULL"),
            postgresql_where=text("queue_id IS NULL"),
        ),
        Index(
            "ix_acd_contact_waiting_agent",
            "agent_name_id",
            sqlite_where=text("agent_id IS NULL AND agent_name_id IS NOT NULL"),
            postgresql_where=text("agent_id IS NULL AND agent_name_id IS NOT NULL"),
        ),
    )

    id: Mapped[BigPk]
    key_hash: Mapped[int] = mapped_column(BigInteger)
    content_hash: Mapped[int] = mapped_column(BigInteger)
    source_key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    import_id: Mapped[int]
    queue_name_id: Mapped[int]
    queue_id: Mapped[int | None]
    agent_name_id: Mapped[int | None]
    agent_id: Mapped[int | None]
    customer: Mapped[int | None] = mapped_column(BigInteger)
    direction: Mapped[int] = mapped_column(SmallInteger, default=0)
    outcome: Mapped[int] = mapped_column(SmallInteger)
    offered_at: Mapped[datetime]
    wait_s: Mapped[int] = mapped_column(default=0)
    talk_s: Mapped[int] = mapped_column(default=0)
    hold_s: Mapped[int] = mapped_column(default=0)
    wrap_s: Mapped[int] = mapped_column(default=0)
    transfers: Mapped[int] = mapped_column(SmallInteger, default=0)

    @property
    def answered_at(self) -> datetime | None:
        """When an agent took it."""
        if self.outcome != Outcome.ANSWERED:
            return None
        return self.offered_at + timedelta(seconds=self.wait_s)

    @property
    def handle_s(self) -> int:
        """Talk, hold and after-call work together."""
        return self.talk_s + self.hold_s + self.wrap_s


class AgentState(Model):
    """A moment at which an agent changed state, as the switch reports it."""

    __tablename__ = "acd_agent_state"
    __audited__ = False
    __table_args__ = (
        Index(None, "key_hash", unique=True),
        Index(None, "agent_id", "at"),
        Index(
            "ix_acd_agent_state_waiting",
            "agent_name_id",
            sqlite_where=text("agent_id IS NULL"),
            postgresql_where=text("agent_id IS NULL"),
        ),
    )

    id: Mapped[BigPk]
    key_hash: Mapped[int] = mapped_column(BigInteger)
    import_id: Mapped[int]
    project_id: Mapped[int]
    agent_name_id: Mapped[int]
    agent_id: Mapped[int | None]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(80), default="")
    duration_s: Mapped[int] = mapped_column(default=0)


class CountedInterval(Model):
    """One queue's interval as the switch had counted it, for sources without contacts.

    ``interval_s`` is the length that the source counted in; it is stored as it came
    and adds to the fact of the quarter-hour in which it starts.
    """

    __tablename__ = "acd_counted_interval"
    __audited__ = False
    __table_args__ = (
        UniqueConstraint("queue_name_id", "interval_start"),
        Index(None, "queue_id", "interval_start"),
    )

    id: Mapped[BigPk]
    import_id: Mapped[int]
    project_id: Mapped[int]
    queue_name_id: Mapped[int]
    queue_id: Mapped[int | None]
    interval_start: Mapped[datetime]
    interval_s: Mapped[int]
    offered: Mapped[int]
    answered: Mapped[int]
    abandoned: Mapped[int]
    answered_in_threshold: Mapped[int]
    talk_s: Mapped[int]
    hold_s: Mapped[int]
    wrap_s: Mapped[int]
    wait_answered_s: Mapped[int]


class QueueSums:
    """What is counted of a queue's contacts; every column is additive.

    Offered, answered, abandoned and the seconds are of inbound contacts;
    ``dialled``, ``connected`` and ``outbound_s`` (their handling time) of outbound.
    """

    offered: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    abandoned: Mapped[int] = mapped_column(default=0)
    answered_in_threshold: Mapped[int] = mapped_column(default=0)
    abandoned_in_threshold: Mapped[int] = mapped_column(default=0)
    short_abandoned: Mapped[int] = mapped_column(default=0)
    talk_s: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_s: Mapped[int] = mapped_column(BigInteger, default=0)
    wrap_s: Mapped[int] = mapped_column(BigInteger, default=0)
    wait_answered_s: Mapped[int] = mapped_column(BigInteger, default=0)
    wait_abandoned_s: Mapped[int] = mapped_column(BigInteger, default=0)
    transfers: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    dialled: Mapped[int] = mapped_column(default=0)
    connected: Mapped[int] = mapped_column(default=0)
    outbound_s: Mapped[int] = mapped_column(BigInteger, default=0)


class AgentSums:
    """What is counted of an agent's contacts in a queue; every column is additive."""

    answered: Mapped[int] = mapped_column(default=0)
    answered_in_threshold: Mapped[int] = mapped_column(default=0)
    talk_s: Mapped[int] = mapped_column(BigInteger, default=0)
    hold_s: Mapped[int] = mapped_column(BigInteger, default=0)
    wrap_s: Mapped[int] = mapped_column(BigInteger, default=0)
    wait_answered_s: Mapped[int] = mapped_column(BigInteger, default=0)
    transfers: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    dialled: Mapped[int] = mapped_column(default=0)
    connected: Mapped[int] = mapped_column(default=0)
    outbound_s: Mapped[int] = mapped_column(BigInteger, default=0)


class TimeSums:
    """How an agent's time on the switch was spent; every column is additive."""

    login_s: Mapped[int] = mapped_column(default=0)
    available_s: Mapped[int] = mapped_column(default=0)
    pause_s: Mapped[int] = mapped_column(default=0)
    busy_s: Mapped[int] = mapped_column(default=0)


class QueueInterval(QueueSums, Model):
    """A queue's quarter-hour; contacts count where they were offered.

    ``day`` is the local day of the project; ``threshold_s`` the one counted with.
    """

    __tablename__ = "acd_queue_interval"
    __audited__ = False
    __table_args__ = (Index(None, "day"), {"sqlite_with_rowid": False})

    queue_id: Mapped[int] = mapped_column(primary_key=True)
    interval_start: Mapped[datetime] = mapped_column(primary_key=True)
    day: Mapped[date]
    threshold_s: Mapped[int] = mapped_column(default=20)


class AgentInterval(AgentSums, Model):
    """An agent's quarter-hour in one queue; contacts count where they were offered."""

    __tablename__ = "acd_agent_interval"
    __audited__ = False
    __table_args__ = ({"sqlite_with_rowid": False},)

    interval_start: Mapped[datetime] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(primary_key=True)
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]


class AgentTimeInterval(TimeSums, Model):
    """How an agent spent a quarter-hour, whatever the queue."""

    __tablename__ = "acd_agent_time_interval"
    __audited__ = False
    __table_args__ = ({"sqlite_with_rowid": False},)

    agent_id: Mapped[int] = mapped_column(primary_key=True)
    interval_start: Mapped[datetime] = mapped_column(primary_key=True)
    day: Mapped[date]


class QueueDay(QueueSums, Model):
    """A queue's local day, the sum of its quarters.

    ``identified`` counts handled contacts of a known customer, ``repeated`` those
    of them whose customer came again to the project within `REPEAT_DAYS`.
    """

    __tablename__ = "acd_queue_day"
    __audited__ = False
    __table_args__ = (Index(None, "day"), {"sqlite_with_rowid": False})

    queue_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    identified: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)


class AgentDay(AgentSums, Model):
    """An agent's local day (of the project) in one queue."""

    __tablename__ = "acd_agent_day"
    __audited__ = False
    __table_args__ = (Index(None, "day"), {"sqlite_with_rowid": False})

    agent_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    identified: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)


class AgentTimeDay(TimeSums, Model):
    """How an agent spent a local day (of the site)."""

    __tablename__ = "acd_agent_time_day"
    __audited__ = False
    __table_args__ = (Index(None, "day"), {"sqlite_with_rowid": False})

    agent_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class DirtyDay(Model):
    """A project's day whose facts are to be counted again from its contacts.

    ``needs_recount`` asks for all facts of the day, not only for the repeats.
    """

    __tablename__ = "acd_dirty_day"
    __audited__ = False

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects_project.id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    needs_recount: Mapped[bool] = mapped_column(default=False)
    marked_at: Mapped[datetime] = mapped_column(default=clock.now)
