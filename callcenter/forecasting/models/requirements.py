"""What requirements rest on, and what a queue needs interval by interval."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.projects.models import Project, Queue


class StaffingModel(StrEnum):
    """What turns a load into agents.

    ``workload`` is for work that nobody waits for: outbound, e-mail, back office.
    """

    ERLANG_C = "erlang-c"
    ERLANG_A = "erlang-a"
    WORKLOAD = "workload"


class Requirement(Model):
    """How many agents a queue needs in one interval of the forecast that rules.

    ``required_agents`` is on contacts, of the chosen model; ``scheduled_agents``
    after shrinkage. The expected figures are those of the required number. A wait
    without end is stored as NULL.
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
    model: Mapped[StaffingModel] = mapped_column(default=StaffingModel.ERLANG_C)


class Assumption(Versioned, Model):
    """What requirements rest on, for a project or for one of its queues.

    Shares are fractions of paid time. Breaks are not among them: the roster places
    them. ``queue_id`` is NULL for the whole project. Queues of a project and channel
    that are ``is_pooled`` share their agents and are staffed together.
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
    is_pooled: Mapped[bool] = mapped_column(default=False, server_default=false())
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    queue: Mapped[Queue | None] = relationship(lazy="raise_on_sql")

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
            is_pooled=False,
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
