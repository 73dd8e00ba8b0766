"""Schedules, their shifts with activities, coverage, and what was changed by hand."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.kernel.overlap import NoOverlap, keep
from callcenter.people.models import Employee, Site, Team
from callcenter.projects.models import Queue
from callcenter.scheduling.models.library import ShiftTemplate
from callcenter.scheduling.models.seats import Seat


class ScheduleStatus(StrEnum):
    """Where a schedule stands."""

    DRAFT = "draft"
    SOLVING = "solving"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ShiftStatus(StrEnum):
    """What has become of a shift."""

    PLANNED = "planned"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class ActivityKind(StrEnum):
    """What part of a shift is for."""

    WORK = "work"
    PAID_BREAK = "paid_break"
    UNPAID_BREAK = "unpaid_break"
    LUNCH = "lunch"
    MEETING = "meeting"
    TRAINING = "training"
    LEAVE = "leave"


class ChangeKind(StrEnum):
    """What was done to a shift by hand."""

    MOVED = "moved"
    SWAPPED = "swapped"
    RESEATED = "reseated"
    DELETED = "deleted"
    ADDED = "added"
    CUT_FOR_LEAVE = "cut_for_leave"


class Schedule(Versioned, Model):
    """A group's shifts over some days at one site, as a draft or published.

    ``last_day`` is included. ``edition`` counts the versions made one from another;
    ``based_on_id`` names the one before. The solver's words are kept as it said them:
    ``objective`` and ``bound`` in points, the checker's verdict in ``verdict``.
    """

    __tablename__ = "scheduling_schedule"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        Index(None, "site_id", "first_day"),
        Index(None, "status"),
    )

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(120))
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    zone: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    status: Mapped[ScheduleStatus] = mapped_column(default=ScheduleStatus.DRAFT)
    edition: Mapped[int] = mapped_column(default=1)
    based_on_id: Mapped[int | None] = mapped_column(
        ForeignKey("scheduling_schedule.id")
    )
    forecast_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    solve_limit_s: Mapped[int] = mapped_column(default=60)
    solved_at: Mapped[datetime | None]
    solver_status: Mapped[str | None] = mapped_column(String(20))
    stopped_by: Mapped[str | None] = mapped_column(String(20))
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    solve_s: Mapped[float | None]
    verdict: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    teams: Mapped[list["ScheduleTeam"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    queues: Mapped[list["ScheduleQueue"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @property
    def tz(self) -> ZoneInfo:
        """The time zone in which its days are cut."""
        return ZoneInfo(self.zone)

    @property
    def n_days(self) -> int:
        """How many business days it covers."""
        return (self.last_day - self.first_day).days + 1

    @property
    def days(self) -> list[date]:
        """Its business days."""
        return [self.first_day + timedelta(days=each) for each in range(self.n_days)]

    @property
    def starts_at(self) -> datetime:
        """The local midnight at which its first day begins."""
        return day_start(self.first_day, self.tz)

    @property
    def ends_at(self) -> datetime:
        """The local midnight at which its last day ends."""
        return day_start(self.last_day + timedelta(days=1), self.tz)

    @property
    def gap(self) -> float | None:
        """How far from perfect it can be at most, as a fraction of the objective.

        None while that is not known: a bound of zero says nothing.
        """
        if self.objective is None or self.bound is None:
            return None
        if self.objective <= 0:
            return 0.0
        if self.bound <= 0:
            return None
        return max(0.0, (self.objective - self.bound) / self.objective)

    @property
    def is_editable(self) -> bool:
        """Whether shifts may be changed by hand now."""
        return self.status in {ScheduleStatus.DRAFT, ScheduleStatus.PUBLISHED}


class ScheduleTeam(Model):
    """A team whose people a schedule covers."""

    __tablename__ = "scheduling_schedule_team"
    __table_args__ = (Index(None, "team_id"),)

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_schedule.id"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("people_team.id"), primary_key=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")


class ScheduleQueue(Model):
    """A queue whose requirement a schedule covers."""

    __tablename__ = "scheduling_schedule_queue"
    __table_args__ = (Index(None, "queue_id"),)

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_schedule.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True
    )
    queue: Mapped[Queue] = relationship(lazy="raise_on_sql")


class Shift(Versioned, Model):
    """One unbroken block of time that an agent is rostered for, half-open.

    ``day`` is the local day on which it starts, also when it crosses midnight. Only a
    live shift, published and neither replaced nor cancelled, takes its agent and its
    seat: the database itself refuses two that overlap.
    """

    __tablename__ = "scheduling_shift"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        CheckConstraint("paid_min >= 0", name="paid"),
        Index(None, "schedule_id", "day"),
        Index(None, "employee_id", "starts_at"),
        Index(None, "seat_id", "starts_at"),
        Index(None, "starts_at"),
    )

    id: Mapped[BigPk]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("scheduling_schedule.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    paid_min: Mapped[int]
    template_id: Mapped[int | None] = mapped_column(
        ForeignKey("scheduling_shift_template.id")
    )
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("scheduling_seat.id"))
    status: Mapped[ShiftStatus] = mapped_column(default=ShiftStatus.PLANNED)
    is_live: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    schedule: Mapped[Schedule] = relationship(lazy="raise_on_sql")
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    template: Mapped[ShiftTemplate | None] = relationship(lazy="raise_on_sql")
    seat: Mapped[Seat | None] = relationship(lazy="raise_on_sql")
    activities: Mapped[list["ShiftActivity"]] = relationship(
        back_populates="shift",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="ShiftActivity.starts_at",
    )

    @property
    def length(self) -> timedelta:
        """From start to end, breaks included."""
        return self.ends_at - self.starts_at

    @property
    def paid_h(self) -> float:
        """Paid hours."""
        return self.paid_min / 60


class ShiftActivity(Model):
    """A part of a shift that is not plain work on contacts, half-open."""

    __tablename__ = "scheduling_shift_activity"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        Index(None, "shift_id", "starts_at"),
    )
    __audited__ = False

    id: Mapped[BigPk]
    shift_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_shift.id", ondelete="CASCADE")
    )
    kind: Mapped[ActivityKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    shift: Mapped[Shift] = relationship(
        back_populates="activities", lazy="raise_on_sql"
    )

    @property
    def is_paid(self) -> bool:
        """Whether it counts as paid time."""
        unpaid = {ActivityKind.UNPAID_BREAK, ActivityKind.LUNCH, ActivityKind.LEAVE}
        return self.kind not in unpaid


class CoverageInterval(Model):
    """Who is there for one queue in one interval of a schedule, against what was asked.

    Counted are the schedule's own agents and those whom other published schedules
    have at work for the queue then, so the schedules of one queue never add up. An
    agent of several skills counts once, where the requirement needs them most. Both
    are agents to be scheduled, shrinkage included.
    """

    __tablename__ = "scheduling_coverage_interval"
    __table_args__ = (Index(None, "queue_id", "interval_start"),)
    __audited__ = False

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_schedule.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True
    )
    interval_start: Mapped[datetime] = mapped_column(primary_key=True)
    required_agents: Mapped[float]
    scheduled_agents: Mapped[float]


class ShiftChange(Model):
    """A change of a shift by hand, with what is needed to take it back."""

    __tablename__ = "scheduling_shift_change"
    __table_args__ = (Index(None, "schedule_id", "made_at"), Index(None, "shift_id"))
    __audited__ = False

    id: Mapped[BigPk]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("scheduling_schedule.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("scheduling_shift.id"))
    kind: Mapped[ChangeKind]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    undone_at: Mapped[datetime | None]


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


NO_DOUBLE_SHIFT = NoOverlap("scheduling_shift", "employee_id", only_where="is_live")
NO_DOUBLE_SEAT = NoOverlap("scheduling_shift", "seat_id", only_where="is_live")
keep(Shift.__table__, NO_DOUBLE_SHIFT)  # type: ignore[arg-type]
keep(Shift.__table__, NO_DOUBLE_SEAT)  # type: ignore[arg-type]
