"""The sums that contacts and states are rolled up into, and days to count again."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.db import Model

INTERVAL_S = 900
"""The finest grain of facts, in seconds."""

REPEAT_DAYS = 7
"""A contact counts as repeated when the customer comes again within these days."""


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
