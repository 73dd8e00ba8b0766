"""Seats on the floor plan, and the calendars that agents subscribe to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Employee, Floor
from callcenter.projects.models import Project


class Seat(Versioned, Model):
    """A named place to work, at ``(x, y)`` in the grid of its floor.

    A seat with a project is kept for that project's people (client isolation).
    """

    __tablename__ = "scheduling_seat"
    __table_args__ = (
        UniqueConstraint("floor_id", "code"),
        UniqueConstraint("floor_id", "x", "y"),
        Index(None, "project_id"),
    )

    id: Mapped[IntPk]
    floor_id: Mapped[int] = mapped_column(ForeignKey("people_floor.id"))
    code: Mapped[str] = mapped_column(String(20))
    zone: Mapped[str] = mapped_column(String(20), default="")
    x: Mapped[int]
    y: Mapped[int]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects_project.id"))
    is_accessible: Mapped[bool] = mapped_column(default=False)
    out_of_order_since: Mapped[datetime | None]
    out_of_order_reason: Mapped[str] = mapped_column(String(200), default="")
    floor: Mapped[Floor] = relationship(lazy="raise_on_sql")
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")

    @property
    def is_usable(self) -> bool:
        """Whether somebody can sit there."""
        return self.out_of_order_since is None


class CalendarFeed(Model):
    """A secret address under which a person's shifts can be subscribed to.

    Only the token's digest is kept; a revoked address answers as if it never was.
    """

    __tablename__ = "scheduling_calendar_feed"
    __table_args__ = (Index(None, "employee_id"),)

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    token_digest: Mapped[str] = mapped_column(
        String(64), unique=True, info={"secret": True}
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
