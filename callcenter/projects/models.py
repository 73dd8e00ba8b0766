"""Clients, projects, queues, service targets, opening hours, holidays."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Skill, Team

HOLIDAYS = 7
"""The weekday under which opening hours of public holidays are kept."""


class Channel(StrEnum):
    """How the customer is reached."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    BACK_OFFICE = "back_office"


class Direction(StrEnum):
    """Who starts the contact."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Stage(StrEnum):
    """Where a project stands in its life."""

    PREPARATION = "preparation"
    TRIAL = "trial"
    FORMAL = "formal"
    RECTIFICATION = "rectification"
    CLOSED = "closed"


class BillingBasis(StrEnum):
    """What the client pays for."""

    PER_CONTACT = "per_contact"
    PER_HOUR = "per_hour"
    PER_SEAT = "per_seat"
    PER_SALE = "per_sale"
    PER_MINUTE = "per_minute"


class SlDefinition(StrEnum):
    """How abandoned contacts count in the service level.

    The values are those of `callcenter.engine.staffing`.
    """

    OF_OFFERED = "offered"
    OF_ANSWERED = "answered"
    WITHOUT_SHORT_ABANDONS = "excluding-short-abandons"


class DayKind(StrEnum):
    """What a day of the calendar is, beyond its weekday."""

    HOLIDAY = "holiday"
    WORKING_DAY = "working_day"
    EVENT = "event"


class Client(Versioned, Model):
    """A company that has its contacts handled here."""

    __tablename__ = "projects_client"

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_email: Mapped[str] = mapped_column(String(200), default="")


class Project(Versioned, Model):
    """Work for one client under one contract.

    ``zone`` is the zone in which its days and reports are cut, ``country`` the one
    whose holidays its customers keep; without it, that of the teams' site counts.
    """

    __tablename__ = "projects_project"
    __table_args__ = (Index(None, "client_id"),)

    id: Mapped[IntPk]
    client_id: Mapped[int] = mapped_column(ForeignKey("projects_client.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    stage: Mapped[Stage] = mapped_column(default=Stage.PREPARATION)
    zone: Mapped[str] = mapped_column(String(40))
    country: Mapped[str | None] = mapped_column(String(2))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    billing_basis: Mapped[BillingBasis]
    rate: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    client: Mapped[Client] = relationship(lazy="raise_on_sql")
    queues: Mapped[list["Queue"]] = relationship(
        back_populates="project", lazy="raise_on_sql", order_by="Queue.code"
    )

    @property
    def tz(self) -> ZoneInfo:
        """The time zone in which its days are cut."""
        return ZoneInfo(self.zone)


class Queue(Versioned, Model):
    """Where contacts of one kind wait for agents of one skill."""

    __tablename__ = "projects_queue"
    __table_args__ = (Index(None, "project_id"), Index(None, "skill_id"))

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    channel: Mapped[Channel] = mapped_column(default=Channel.VOICE)
    direction: Mapped[Direction] = mapped_column(default=Direction.INBOUND)
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("people_skill.id"))
    concurrency: Mapped[int] = mapped_column(default=1)
    closes_on_holidays: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    project: Mapped[Project] = relationship(
        back_populates="queues", lazy="raise_on_sql"
    )
    skill: Mapped[Skill | None] = relationship(lazy="raise_on_sql")


class ServiceTarget(Model):
    """What the contract promises for a queue from a day on.

    ``ends_on`` is the first day on which it no longer holds. Ratios are
    fractions; a target for fewer than all hours names them.
    """

    __tablename__ = "projects_service_target"
    __table_args__ = (
        CheckConstraint("sl_target > 0 AND sl_target <= 1", name="sl_target"),
        CheckConstraint("sl_threshold_s >= 0", name="sl_threshold_s"),
        Index(None, "queue_id", "starts_on"),
    )

    id: Mapped[IntPk]
    queue_id: Mapped[int] = mapped_column(ForeignKey("projects_queue.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    sl_target: Mapped[float]
    sl_threshold_s: Mapped[int]
    sl_definition: Mapped[SlDefinition] = mapped_column(default=SlDefinition.OF_OFFERED)
    short_abandon_s: Mapped[int] = mapped_column(default=5)
    max_abandon_rate: Mapped[float | None]
    max_occupancy: Mapped[float | None]
    max_asa_s: Mapped[int | None]


class OpeningHours(Model):
    """When a queue is open: one span of one weekday, or of holidays.

    ``weekday`` is 0 for Monday to 6 for Sunday, 7 for holidays. A span whose
    end is not after its start runs past midnight; 00:00 to 00:00 is all day. A queue
    without any span is always open; without one for holidays, these keep the hours of
    their weekday unless the queue closes on holidays. A weekend day moved to working
    has the hours of a Monday.
    """

    __tablename__ = "projects_opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 7", name="weekday"),
        Index(None, "queue_id"),
    )

    id: Mapped[IntPk]
    queue_id: Mapped[int] = mapped_column(ForeignKey("projects_queue.id"))
    weekday: Mapped[int]
    opens_at: Mapped[time]
    closes_at: Mapped[time]


class CalendarDay(Model):
    """A day that differs: a holiday, a moved working day, or a special event.

    It holds for a country, or for one project where ``project_id`` is set.
    """

    __tablename__ = "projects_calendar_day"
    __table_args__ = (
        UniqueConstraint("country", "project_id", "day", "name"),
        Index(None, "day"),
    )

    id: Mapped[IntPk]
    country: Mapped[str | None] = mapped_column(String(2))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects_project.id"))
    day: Mapped[date]
    kind: Mapped[DayKind]
    name: Mapped[str] = mapped_column(String(120))
    name_zh: Mapped[str] = mapped_column(String(120), default="")


class TeamAssignment(Model):
    """A team that works on a project, ``[starts_on, ends_on)``."""

    __tablename__ = "projects_team_assignment"
    __table_args__ = (Index(None, "project_id"), Index(None, "team_id"))

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("people_team.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
