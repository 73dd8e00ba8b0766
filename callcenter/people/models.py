"""Sites, floors, teams, posts, employees, employment, skills, absences, commitments."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned
from callcenter.kernel.overlap import NoOverlap, keep


class EmploymentKind(StrEnum):
    """The kind of contract."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    INTERN = "intern"


class PayBasis(StrEnum):
    """What the pay rate is for."""

    MONTH = "month"
    HOUR = "hour"
    DAY = "day"


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    ANNUAL_LEAVE = "annual_leave"
    SICK = "sick"
    PERSONAL_LEAVE = "personal_leave"
    PARENTAL_LEAVE = "parental_leave"
    COMPENSATORY = "compensatory"
    UNEXCUSED = "unexcused"
    OTHER = "other"


class CommitmentKind(StrEnum):
    """What takes a person's time."""

    LEAVE = "leave"
    TRAINING = "training"
    OFF_JOB = "off_job"
    MEETING = "meeting"
    INTERVIEW = "interview"
    UNAVAILABLE = "unavailable"


class SkillKind(StrEnum):
    """What a skill is about."""

    CONTACT = "contact"
    LANGUAGE = "language"
    SUBJECT = "subject"


class Site(Versioned, Model):
    """A building where people work, with its own time zone and holidays."""

    __tablename__ = "people_site"

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(40))
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    address: Mapped[str] = mapped_column(String(200), default="")

    @property
    def tz(self) -> ZoneInfo:
        """The time zone in which the site lives."""
        return ZoneInfo(self.zone)


class Floor(Model):
    """One floor of a site; its seats belong to scheduling."""

    __tablename__ = "people_floor"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[IntPk]
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    name: Mapped[str] = mapped_column(String(40))
    site: Mapped[Site] = relationship(lazy="raise_on_sql")


class Post(Versioned, Model):
    """A place in the organisation chart; it may stand empty."""

    __tablename__ = "people_post"
    __table_args__ = (Index(None, "reports_to_id"),)

    id: Mapped[IntPk]
    title: Mapped[str] = mapped_column(String(80))
    title_zh: Mapped[str] = mapped_column(String(80), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    is_front_line: Mapped[bool] = mapped_column(default=False)
    headcount: Mapped[int] = mapped_column(default=1)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("people_site.id"))
    reports_to_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    site: Mapped[Site | None] = relationship(lazy="raise_on_sql")


class Team(Versioned, Model):
    """People who work under one supervisor at one site."""

    __tablename__ = "people_team"
    __table_args__ = (Index(None, "site_id"), Index(None, "supervisor_id"))

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    supervisor_id: Mapped[int | None] = mapped_column(
        ForeignKey("people_employee.id", use_alter=True)
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    supervisor: Mapped["Employee | None"] = relationship(
        lazy="raise_on_sql", foreign_keys=[supervisor_id]
    )


class Employee(Versioned, Model):
    """A person who works, or worked, here.

    ``name_sort`` is the name as it sorts and is searched in Latin letters
    (pinyin for Chinese names). ``left_on`` is the first day no longer employed.
    """

    __tablename__ = "people_employee"
    __table_args__ = (
        Index(None, "name_sort"),
        Index(None, "team_id"),
        Index(None, "site_id"),
        Index(None, "left_on"),
    )

    id: Mapped[IntPk]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_sort: Mapped[str] = mapped_column(String(160))
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(EncryptedText, info={"secret": True})
    phone_digest: Mapped[str | None] = mapped_column(
        String(32), index=True, info={"unaudited": True}
    )
    identity_number: Mapped[str | None] = mapped_column(
        EncryptedText, info={"secret": True}
    )
    identity_digest: Mapped[str | None] = mapped_column(
        String(32), index=True, info={"unaudited": True}
    )
    acd_login: Mapped[str | None] = mapped_column(String(80), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("people_team.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("access_user.id"), unique=True
    )
    hired_on: Mapped[date]
    left_on: Mapped[date | None]
    leaving_reason: Mapped[str | None] = mapped_column(String(40))
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    team: Mapped[Team | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[team_id]
    )
    post: Mapped[Post | None] = relationship(lazy="raise_on_sql")
    skills: Mapped[list["EmployeeSkill"]] = relationship(
        back_populates="employee", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    employments: Mapped[list["Employment"]] = relationship(
        back_populates="employee",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="Employment.starts_on",
    )

    def is_employed_on(self, day: date) -> bool:
        """Whether the person works here on that day."""
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)


class Employment(Model):
    """One contract; a person may have several, one after the other.

    ``ends_on`` is the first day no longer covered, or None for an open end.
    """

    __tablename__ = "people_employment"
    __table_args__ = (
        CheckConstraint("weekly_h > 0 AND weekly_h <= 84", name="weekly_h"),
        Index(None, "employee_id", "starts_on"),
    )

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    kind: Mapped[EmploymentKind]
    contract_number: Mapped[str] = mapped_column(String(40), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    weekly_h: Mapped[float]
    pay_basis: Mapped[PayBasis]
    pay_rate: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    employee: Mapped[Employee] = relationship(
        back_populates="employments", lazy="raise_on_sql"
    )


class Skill(Model):
    """Something a person can do that work asks for."""

    __tablename__ = "people_skill"

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_zh: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[SkillKind]


class EmployeeSkill(Model):
    """A skill of a person, from level 1 (learning) to 5 (teaches others).

    ``valid_until`` is the first day on which it no longer counts.
    """

    __tablename__ = "people_employee_skill"
    __table_args__ = (
        UniqueConstraint("employee_id", "skill_id"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        Index(None, "skill_id"),
    )

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("people_skill.id"))
    level: Mapped[int] = mapped_column(default=3)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    employee: Mapped[Employee] = relationship(
        back_populates="skills", lazy="raise_on_sql"
    )
    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class Absence(Model):
    """Time away from work, planned or not, ``[starts_at, ends_at)``."""

    __tablename__ = "people_absence"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        Index(None, "employee_id", "starts_at"),
        Index(None, "starts_at"),
    )

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    kind: Mapped[AbsenceKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(400), default="")
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")


class Move(Model):
    """A transfer of a person from one team, site or post to another."""

    __tablename__ = "people_move"
    __table_args__ = (Index(None, "employee_id", "moved_on"),)

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    moved_on: Mapped[date]
    from_team_id: Mapped[int | None] = mapped_column(ForeignKey("people_team.id"))
    to_team_id: Mapped[int | None] = mapped_column(ForeignKey("people_team.id"))
    from_post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    to_post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    reason: Mapped[str] = mapped_column(String(400), default="")
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")


class Commitment(Model):
    """Something that takes a person's time: the one table of who is taken when.

    ``source`` names the row that made it (``leave:17``), so that its maker can
    change or withdraw it. Times are half-open; an employee's never overlap, and
    the database itself refuses it.
    """

    __tablename__ = "people_commitment"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        Index(None, "employee_id", "starts_at"),
        Index(None, "source"),
    )

    id: Mapped[BigPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    kind: Mapped[CommitmentKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")


NO_DOUBLE_COMMITMENT = NoOverlap("people_commitment", "employee_id")
keep(Commitment.__table__, NO_DOUBLE_COMMITMENT)  # type: ignore[arg-type]
