"""What planners know: events, odd days, queues that are like others, totals."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, JsonDocument, Model, Versioned
from callcenter.projects.models import Project, Queue

MOST_LEAD_DAYS, MOST_LAG_DAYS = 3, 7


class EffectSource(StrEnum):
    """Where the effect of an event comes from.

    ``none`` is for what will not come again, such as an outage: its days teach
    nothing, and nothing is put on top of a forecast.
    """

    LEARNT = "learnt"
    BY_HAND = "by_hand"
    NONE = "none"


class Event(Versioned, Model):
    """Something that moves the volume of queues around some days.

    Past events of one ``kind`` teach what the next will do. It is felt from
    ``lead_days`` before its first day to ``lag_days`` after its last. ``uplift`` holds
    a planner's factor for each of those offsets, the days of the event being one.
    Without ``queues`` it holds for all of the project. ``size`` is in whatever unit
    the kind is counted in, such as letters sent.
    """

    __tablename__ = "forecasting_event"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("lead_days >= 0 AND lead_days <= 3", name="lead_days"),
        CheckConstraint("lag_days >= 0 AND lag_days <= 7", name="lag_days"),
        CheckConstraint("size > 0", name="size"),
        Index(None, "project_id", "first_day"),
    )

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    lead_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    lag_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    size: Mapped[float | None]
    effect: Mapped[EffectSource] = mapped_column(default=EffectSource.LEARNT)
    uplift: Mapped[list[float] | None] = mapped_column(JsonDocument)
    comment: Mapped[str] = mapped_column(String(400), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    queues: Mapped[list["EventQueue"]] = relationship(
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="EventQueue.queue_id",
    )

    @property
    def queue_ids(self) -> frozenset[int]:
        """The queues that it moves; empty for all of the project."""
        return frozenset(row.queue_id for row in self.queues)

    @property
    def felt_first(self) -> date:
        """The first day that may feel it."""
        return self.first_day - timedelta(days=self.lead_days)

    @property
    def felt_last(self) -> date:
        """The last day that may feel it."""
        return self.last_day + timedelta(days=self.lag_days)

    def offset_on(self, day: date) -> int | None:
        """Days since it, 0 on its days, negative before; None where it is not felt."""
        if not self.felt_first <= day <= self.felt_last:
            return None
        if day < self.first_day:
            return (day - self.first_day).days
        return max((day - self.last_day).days, 0)

    def moves(self, queue_id: int) -> bool:
        """Whether a queue of its project feels it."""
        return not self.queues or queue_id in self.queue_ids


class EventQueue(Model):
    """A queue that an event moves."""

    __tablename__ = "forecasting_event_queue"
    __audited__ = False
    __table_args__ = (Index(None, "queue_id"),)

    event_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_event.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True
    )
    queue: Mapped[Queue] = relationship(lazy="raise_on_sql")


class Treatment(StrEnum):
    """What forecasts shall make of days of a queue's history."""

    KEEP = "keep"
    LEAVE_OUT = "leave_out"
    USUAL = "usual"
    FILL = "fill"
    NEW_LEVEL = "new_level"


class HistoryChoice(Model):
    """A planner's choice about days of a queue's history, for all later forecasts.

    The latest that was not taken back rules a day. ``new_level`` speaks of all days
    before ``first_day``: they are multiplied by ``factor``; ``keep`` with a factor
    says that this change of level stays as it was.
    """

    __tablename__ = "forecasting_history_choice"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("factor > 0", name="factor"),
        Index(None, "queue_id", "first_day"),
    )

    id: Mapped[IntPk]
    queue_id: Mapped[int] = mapped_column(ForeignKey("projects_queue.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    treatment: Mapped[Treatment]
    factor: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))


class Likeness(Versioned, Model):
    """What stands in for the history that a young queue has not got.

    ``like_queue_id`` lends its shape and its earlier days; NULL leaves the choice to
    the engine. ``weekly_total`` is what to expect of a queue without any history.
    """

    __tablename__ = "forecasting_likeness"
    __table_args__ = (
        CheckConstraint("weekly_total >= 0", name="weekly_total"),
        CheckConstraint("aht_s > 0", name="aht_s"),
        CheckConstraint("queue_id <> like_queue_id", name="another"),
    )

    queue_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True
    )
    like_queue_id: Mapped[int | None] = mapped_column(ForeignKey("projects_queue.id"))
    weekly_total: Mapped[float | None]
    aht_s: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))


class Borrowed(Model):
    """What share of its early days a queue of a forecast had from another queue."""

    __tablename__ = "forecasting_borrowed"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    lender_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True
    )
    share: Mapped[float]
    n_days: Mapped[int]


class AddingUp(StrEnum):
    """How the queues of a forecast and their total come to add up."""

    BOTTOM_UP = "bottom_up"
    RECONCILED = "reconciled"
    TOP_DOWN = "top_down"


class TotalPlan(Model):
    """How the inbound queues of a forecast add up; without a row, bottom up."""

    __tablename__ = "forecasting_total_plan"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    adding_up: Mapped[AddingUp]


class TotalDay(Model):
    """The total of a forecast's inbound queues on a day, forecast as one series."""

    __tablename__ = "forecasting_total_day"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    mean: Mapped[float]
    lower: Mapped[float]
    upper: Mapped[float]
