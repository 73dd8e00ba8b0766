"""What requirements rest on, and what a queue needs interval by interval."""

from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.projects.models import Project, Queue

DAY_S = 86_400


class StaffingModel(StrEnum):
    """What turns a load into agents.

    Planners choose between the first three; the others follow from the queue: ``chat``
    holds several contacts at once, ``deferred`` is work that may wait until it is due
    (e-mail, back office), ``workload`` is outbound by itself, and ``blend`` contacts
    of agents who dial between them.
    """

    ERLANG_C = "erlang-c"
    ERLANG_A = "erlang-a"
    ERLANG_B = "erlang-b"
    WORKLOAD = "workload"
    CHAT = "chat"
    DEFERRED = "deferred"
    BLEND = "blend"


class Rounding(StrEnum):
    """What a fraction of an agent becomes: one more, or the nearest whole number."""

    WHOLE = "whole"
    NEAREST = "nearest"


class ShrinkageKind(StrEnum):
    """What takes paid time off contacts."""

    LEAVE = "leave"
    MEETING = "meeting"
    TRAINING = "training"
    ABSENCE = "absence"


class Requirement(Model):
    """How many agents a queue needs in one interval of the forecast that rules.

    ``required_agents`` is on contacts, of the chosen model, with the safety margin of
    ``safety_agents`` in it; ``scheduled_agents`` after shrinkage. The expected figures
    are those of the required number. A wait without end is stored as NULL. ``backlog``
    is what waits at the end of the interval where work may wait.
    """

    __tablename__ = "forecasting_requirement"
    __audited__ = False
    __table_args__ = (Index(None, "forecast_id"), {"sqlite_with_rowid": False})

    queue_id: Mapped[int] = mapped_column(primary_key=True)
    interval_start: Mapped[datetime] = mapped_column(primary_key=True)
    interval_s: Mapped[int] = mapped_column(default=900)
    forecast_id: Mapped[int | None] = mapped_column(
        ForeignKey("forecasting_forecast.id")
    )
    offered: Mapped[float] = mapped_column(default=0.0)
    load_erlangs: Mapped[float] = mapped_column(default=0.0)
    required_c: Mapped[float | None]
    required_a: Mapped[float | None]
    required_agents: Mapped[float]
    scheduled_agents: Mapped[float]
    sl: Mapped[float | None]
    asa_s: Mapped[float | None]
    occupancy: Mapped[float | None]
    abandon_rate: Mapped[float | None]
    safety_agents: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    backlog: Mapped[float | None]
    model: Mapped[StaffingModel] = mapped_column(default=StaffingModel.ERLANG_C)


class Assumption(Versioned, Model):
    """What requirements rest on, for a project or for one of its queues.

    Shares are fractions of paid time. Breaks are not among them: the roster places
    them. ``queue_id`` is NULL for the whole project. Queues of a project and channel
    that are ``is_pooled`` share their agents and are staffed together. ``deadline_s``
    and ``backlog`` (contacts waiting when a forecast begins) are of work that may
    wait. ``safety_share`` is the margin above the required agents, as a share of them.
    Money is in the project's currency.
    """

    __tablename__ = "forecasting_assumption"
    __table_args__ = (
        UniqueConstraint("project_id", "queue_id"),
        Index(
            "uq_forecasting_assumption_project",
            "project_id",
            unique=True,
            sqlite_where=text("queue_id IS NULL"),
            postgresql_where=text("queue_id IS NULL"),
        ),
        CheckConstraint("patience_s > 0", name="patience_s"),
        CheckConstraint("max_occupancy > 0 AND max_occupancy <= 1", name="occupancy"),
        CheckConstraint(
            "leave_share + meeting_share + training_share + absence_share < 0.9",
            name="shrinkage",
        ),
        CheckConstraint("redial_share >= 0 AND redial_share < 1", name="redial_share"),
        CheckConstraint("waiting_room >= 0", name="waiting_room"),
        CheckConstraint(
            "chat_slowdown >= 0 AND chat_slowdown <= 1", name="chat_slowdown"
        ),
        CheckConstraint("deadline_s > 0", name="deadline_s"),
        CheckConstraint("backlog >= 0", name="backlog"),
        CheckConstraint("safety_share > -1 AND safety_share <= 5", name="safety_share"),
        CheckConstraint("paid_hour_cost >= 0", name="paid_hour_cost"),
        CheckConstraint("missed_day_penalty >= 0", name="missed_day_penalty"),
    )

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("projects_queue.id"))
    model: Mapped[StaffingModel]
    patience_s: Mapped[float]
    max_occupancy: Mapped[float]
    leave_share: Mapped[float]
    meeting_share: Mapped[float]
    training_share: Mapped[float]
    absence_share: Mapped[float]
    rounding: Mapped[Rounding] = mapped_column(
        default=Rounding.WHOLE, server_default=Rounding.WHOLE.value
    )
    is_pooled: Mapped[bool] = mapped_column(default=False, server_default=false())
    redial_share: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    waiting_room: Mapped[int | None]
    chat_slowdown: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    deadline_s: Mapped[int] = mapped_column(
        default=DAY_S, server_default=text(str(DAY_S))
    )
    backlog: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    safety_share: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    paid_hour_cost: Mapped[Decimal | None]
    missed_day_penalty: Mapped[Decimal | None]
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    queue: Mapped[Queue | None] = relationship(lazy="raise_on_sql")
    spans: Mapped[list["ShrinkageSpan"]] = relationship(
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="ShrinkageSpan.id",
    )

    @classmethod
    def standard(cls, project_id: int) -> "Assumption":
        """What holds where nobody set anything; a row that is not stored."""
        return cls(
            project_id=project_id,
            model=StaffingModel.ERLANG_A,
            patience_s=180.0,
            max_occupancy=0.85,
            leave_share=0.0,
            meeting_share=0.02,
            training_share=0.03,
            absence_share=0.05,
            rounding=Rounding.WHOLE,
            is_pooled=False,
            redial_share=0.0,
            chat_slowdown=0.0,
            deadline_s=DAY_S,
            backlog=0.0,
            safety_share=0.0,
        )

    @property
    def shrinkage(self) -> float:
        """The share of paid time not on contacts, breaks apart."""
        shares = (
            self.leave_share,
            self.meeting_share,
            self.training_share,
            self.absence_share,
        )
        return sum(shares)

    def share_of(self, kind: ShrinkageKind) -> float:
        """The usual share of one kind."""
        share: float = getattr(self, f"{kind.value}_share")
        return share


class ShrinkageSpan(Model):
    """Hours of some weekdays at which one kind of shrinkage has another share.

    ``weekdays`` has bit 0 for Monday to bit 6 for Sunday. ``[starts_at, ends_at)`` are
    local times of the project; an end that is not after the start runs past midnight,
    into the next day, and 00:00 to 00:00 is all day. Of several the last one counts.
    """

    __tablename__ = "forecasting_shrinkage_span"
    __table_args__ = (
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        CheckConstraint("share >= 0 AND share < 0.9", name="share"),
        Index(None, "assumption_id"),
    )

    id: Mapped[IntPk]
    assumption_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_assumption.id", ondelete="CASCADE")
    )
    kind: Mapped[ShrinkageKind]
    weekdays: Mapped[int] = mapped_column(SmallInteger)
    starts_at: Mapped[time]
    ends_at: Mapped[time]
    share: Mapped[float]
