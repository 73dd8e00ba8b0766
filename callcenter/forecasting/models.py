"""Forecasts by queue-day, what is known about their errors, and requirements.

A queue's day is one row with its intervals packed into arrays: 20 queues over 64
weeks are 9,000 rows and not 860,000, and a page reads a queue's year in a few
milliseconds. Requirements stay one row per interval, because other rooms join them.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.projects.models import Project, Queue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    # Most pages read no packed day, so numpy comes with the first one.
    Floats = Any


class PackedFloats(TypeDecorator[Floats]):
    """The values of a day's intervals as little-endian 32-bit floats, in order."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Floats | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The bytes."""
        if value is None:
            return None
        import numpy as np

        return np.ascontiguousarray(value, dtype="<f4").tobytes()

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two arrays hold the same, unknown values included."""
        import numpy as np

        return x is y or (
            x is not None and y is not None and np.array_equal(x, y, equal_nan=True)
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> Floats | None:  # noqa: ARG002
        """The values, shape (n_slots,)."""
        if value is None:
            return None
        import numpy as np

        return np.frombuffer(bytes(value), dtype="<f4").astype(np.float64)


class ForecastStatus(StrEnum):
    """How far a forecast has come."""

    MAKING = "making"
    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class StaffingModel(StrEnum):
    """What turns a load into agents.

    ``workload`` is for work that nobody waits for: outbound, e-mail, back office.
    """

    ERLANG_C = "erlang-c"
    ERLANG_A = "erlang-a"
    WORKLOAD = "workload"


class Horizon(StrEnum):
    """How far ahead a forecast looked, in the classes of the back-test."""

    DAY = "day"
    WEEK = "week"
    LATER = "later"


class Forecast(Versioned, Model):
    """What is expected of some queues of a project on consecutive local days.

    The last of ``approved`` rules for each queue and day; what it replaces is
    ``superseded`` and kept, so that its accuracy can be looked up.
    """

    __tablename__ = "forecasting_forecast"
    __table_args__ = (
        CheckConstraint("n_days > 0", name="n_days"),
        Index(None, "project_id", "first_day"),
        Index(None, "status"),
    )

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    n_days: Mapped[int]
    interval_s: Mapped[int] = mapped_column(default=900)
    zone: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(20), default="combination")
    level: Mapped[float] = mapped_column(default=0.8)
    status: Mapped[ForecastStatus] = mapped_column(default=ForecastStatus.MAKING)
    refusal: Mapped[str] = mapped_column(String(400), default="")
    history_first: Mapped[date | None]
    history_last: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    queues: Mapped[list["ForecastQueue"]] = relationship(
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="ForecastQueue.queue_id",
    )

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which its days are cut."""
        return ZoneInfo(self.zone)

    @property
    def n_slots(self) -> int:
        """The intervals of an ordinary day."""
        return 86400 // self.interval_s

    @property
    def is_ready(self) -> bool:
        """Whether there are figures to look at."""
        return self.status not in {ForecastStatus.MAKING, ForecastStatus.FAILED}


class ForecastQueue(Model):
    """One queue of a forecast, with the method used and why it can be trusted.

    ``basis`` is the engine's status: ``tested`` on its past, ``short`` or ``empty``.
    """

    __tablename__ = "forecasting_queue"
    __audited__ = False
    __table_args__ = (Index(None, "queue_id"),)

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True
    )
    method: Mapped[str] = mapped_column(String(20), default="")
    basis: Mapped[str] = mapped_column(String(10), default="")
    n_history_days: Mapped[int] = mapped_column(default=0)
    queue: Mapped[Queue] = relationship(lazy="raise_on_sql")


class ForecastDay(Model):
    """A queue's local day: each array has one value per slot of the local day.

    ``mean`` is what the method found, ``planned`` what planners made of it; on a day
    of 23 hours the skipped slots hold zero. ``aht_s`` is NaN where it is unknown.
    """

    __tablename__ = "forecasting_day"
    __audited__ = False
    __table_args__ = (
        UniqueConstraint("forecast_id", "queue_id", "day"),
        Index(None, "queue_id", "day"),
    )

    id: Mapped[BigPk]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasting_forecast.id"))
    queue_id: Mapped[int]
    day: Mapped[date]
    model_total: Mapped[float]
    total: Mapped[float]
    workload_s: Mapped[float]
    mean: Mapped[Floats] = mapped_column(PackedFloats)
    planned: Mapped[Floats] = mapped_column(PackedFloats)
    lower: Mapped[Floats] = mapped_column(PackedFloats)
    upper: Mapped[Floats] = mapped_column(PackedFloats)
    aht_s: Mapped[Floats] = mapped_column(PackedFloats)


class Finding(Model):
    """What a planner should know about a queue's history; see the engine's findings."""

    __tablename__ = "forecasting_finding"
    __audited__ = False
    __table_args__ = (Index(None, "forecast_id", "queue_id", "day"),)

    id: Mapped[BigPk]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasting_forecast.id"))
    queue_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    size: Mapped[float]


class Backtest(Model):
    """How much a method missed on a queue's own past: WAPE per interval, a fraction."""

    __tablename__ = "forecasting_backtest"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(String(20), primary_key=True)
    horizon: Mapped[Horizon] = mapped_column(primary_key=True)
    wape: Mapped[float]


class Adjustment(Model):
    """A person's correction: a new total for a day, or for some of its slots.

    The slots ``[first_slot, end_slot)`` keep their shape. Adjustments apply in the
    order of their ids; taking one back leaves the others.
    """

    __tablename__ = "forecasting_adjustment"
    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("first_slot < end_slot", name="slots"),
        Index(None, "forecast_id", "queue_id", "day"),
    )

    id: Mapped[IntPk]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasting_forecast.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("projects_queue.id"))
    day: Mapped[date]
    first_slot: Mapped[int] = mapped_column(SmallInteger)
    end_slot: Mapped[int] = mapped_column(SmallInteger)
    before: Mapped[float]
    total: Mapped[float]
    comment: Mapped[str] = mapped_column(String(400), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))


class Note(Model):
    """What somebody had to say about a forecast."""

    __tablename__ = "forecasting_note"
    __table_args__ = (Index(None, "forecast_id"),)

    id: Mapped[IntPk]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasting_forecast.id"))
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))


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


class Accuracy(Model):
    """How a forecast of a queue's day came true; every figure is an additive sum.

    ``abs_error`` sums |actual - planned| over the day's intervals, ``naive_error``
    the same for the last like weekday before the forecast was made.
    """

    __tablename__ = "forecasting_accuracy"
    __audited__ = False
    __table_args__ = (Index(None, "queue_id", "day"), Index(None, "day"))

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    horizon: Mapped[Horizon]
    actual: Mapped[float]
    planned: Mapped[float]
    abs_error: Mapped[float]
    naive_error: Mapped[float | None]
    n_in_band: Mapped[int]
    n_intervals: Mapped[int]


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
