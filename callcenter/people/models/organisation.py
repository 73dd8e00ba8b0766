"""Sites, floors, posts and teams: where people work and in which place."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel.db import IntPk, Model, Versioned

if TYPE_CHECKING:
    from callcenter.people.models.employees import Employee


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
