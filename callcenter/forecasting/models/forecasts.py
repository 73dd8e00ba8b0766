"""Forecasts by queue-day, what is known about their errors, and requirements.

A queue's day is one row with its intervals packed into arrays: 20 queues over 64
weeks are 9,000 rows and not 860,000, and a page reads a queue's year in a few
milliseconds. Requirements stay one row per interval, because other rooms join them.
"""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.forecasting.models.packed import Floats, PackedFloats
from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.projects.models import Project, Queue


class ForecastStatus(StrEnum):
    """How far a forecast has come."""

    MAKING = "making"
    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class ForecastKind(StrEnum):
    """Who made a forecast: a planner, the weekly refresh, or another program."""

    PLANNED = "planned"
    REFRESH = "refresh"
    IMPORTED = "imported"


class Horizon(StrEnum):
    """How far ahead a forecast looked, in the classes of the back-test."""

    DAY = "day"
    WEEK = "week"
    LATER = "later"


class Forecast(Versioned, Model):
    """What is expected of some queues of a project on consecutive local days.

    The last of ``approved`` rules for each queue and day; what it replaces is
    ``superseded`` and kept, so that its accuracy can be looked up. ``history_last`` is
    the last day that it knew; ``approved_from`` the first for which it was approved,
    where that is not all of it. ``staffed_at`` is when its requirements were worked out
    last and ``staffed_premises`` a digest of the targets and assumptions of then.
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
    kind: Mapped[ForecastKind] = mapped_column(
        default=ForecastKind.PLANNED, server_default=ForecastKind.PLANNED.value
    )
    status: Mapped[ForecastStatus] = mapped_column(default=ForecastStatus.MAKING)
    refusal: Mapped[str] = mapped_column(String(400), default="")
    history_first: Mapped[date | None]
    history_last: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    approved_at: Mapped[datetime | None]
    approved_from: Mapped[date | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    staffed_at: Mapped[datetime | None]
    staffed_premises: Mapped[str | None] = mapped_column(String(64))
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
    ``chosen_method`` is what a planner insists on in place of the forecast's method.
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
    chosen_method: Mapped[str] = mapped_column(
        String(20), default="", server_default=""
    )
    chosen_reason: Mapped[str] = mapped_column(
        String(400), default="", server_default=""
    )
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    queue: Mapped[Queue] = relationship(lazy="raise_on_sql")


class ForecastDay(Model):
    """A queue's local day: each array has one value per slot of the local day.

    ``mean`` is what the method found, ``planned`` what planners made of it; on a day
    of 23 hours the skipped slots hold zero. ``aht_s`` is NaN where it is unknown.
    Bands hold the forecast's ``level`` of the outcomes around what the method found:
    that of the total is narrower than the sum of its intervals'. Forecasts from before
    they were kept have none for totals and handling times.
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
    total_lower: Mapped[float | None]
    total_upper: Mapped[float | None]
    aht_lower_s: Mapped[Floats | None] = mapped_column(PackedFloats)
    aht_upper_s: Mapped[Floats | None] = mapped_column(PackedFloats)


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
    order of their ids; taking one back leaves the others, and it can be put back.
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
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))


class Note(Model):
    """What somebody had to say about a forecast, one of its queues, or a queue's day.

    Without ``queue_id`` it is about the whole forecast, without ``day`` about no day.
    """

    __tablename__ = "forecasting_note"
    __table_args__ = (Index(None, "forecast_id"),)

    id: Mapped[IntPk]
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasting_forecast.id"))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("projects_queue.id"))
    day: Mapped[date | None]
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
