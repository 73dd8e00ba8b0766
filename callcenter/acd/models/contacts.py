"""Contacts, agent states and counted intervals, as the switch reports them."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.acd.connectors.kinds import Outcome
from callcenter.kernel.db import BigKey, BigPk, Model


class Contact(Model):
    """One visit of a contact to a queue.

    `ContactKey` makes a contact one. ``content_hash`` digests everything but the key,
    so that an unchanged row is seen without reading it. ``customer`` is a keyed digest:
    the number itself is never stored. ``outcome`` and ``direction`` are those of
    `acd.connectors.records`. There is no index by agent: the agent's facts tell in
    which quarters to look.
    """

    __tablename__ = "acd_contact"
    __audited__ = False
    __table_args__ = (
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


class ContactKey(Model):
    """Where the contact of a source key is stored; one contact per key.

    ``key_hash`` digests project, source and source key. The keys have a table of
    their own because their order is not that of time: each table is written in the
    order of its own index, which halves the work of a large import.
    """

    __tablename__ = "acd_contact_key"
    __audited__ = False

    key_hash: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    contact_id: Mapped[int] = mapped_column(BigInteger)


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
