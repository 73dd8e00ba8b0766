"""Employees, their contracts, skills and transfers."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from callcenter.access.models import User
from callcenter.kernel.crypto import EncryptedText
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models.enums import EmploymentKind, PayBasis, SkillKind
from callcenter.people.models.organisation import Post, Site, Team


class Employee(Versioned, Model):
    """A person who works, or worked, here.

    ``name_sort`` is the name as it sorts and is searched in Latin letters
    (pinyin, then initials, for Chinese names). ``left_on`` is the first day no longer
    employed. Phone and identity number are read only where they are asked for.
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
    phone: Mapped[str | None] = mapped_column(
        EncryptedText, deferred=True, info={"secret": True}
    )
    phone_digest: Mapped[str | None] = mapped_column(
        String(32), index=True, info={"unaudited": True}
    )
    identity_number: Mapped[str | None] = mapped_column(
        EncryptedText, deferred=True, info={"secret": True}
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
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    # Filled by `queries.listed_employees` only.
    current_kind: Mapped[EmploymentKind | None] = query_expression()
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
    from_team: Mapped[Team | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[from_team_id]
    )
    to_team: Mapped[Team | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[to_team_id]
    )
    from_post: Mapped[Post | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[from_post_id]
    )
    to_post: Mapped[Post | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[to_post_id]
    )
