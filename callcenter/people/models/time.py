"""Absences and commitments: who is away, and who is taken when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model
from callcenter.kernel.overlap import NoOverlap, keep
from callcenter.people.models.employees import Employee
from callcenter.people.models.enums import AbsenceKind, CommitmentKind


class Absence(Model):
    """Time away from work, planned or not, ``[starts_at, ends_at)``.

    ``source`` names the row behind it, and is what its commitment carries too:
    ``leave:17`` for a request, ``absence:3`` when it was recorded directly.
    """

    __tablename__ = "people_absence"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        Index(None, "employee_id", "starts_at"),
        Index(None, "starts_at"),
        Index(None, "source"),
    )

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    kind: Mapped[AbsenceKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(400), default="")
    source: Mapped[str] = mapped_column(String(60), default="")
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

    @property
    def shown_title(self) -> str:
        """What it is in words; absences are named by their kind."""
        if self.title in set(AbsenceKind):
            return AbsenceKind(self.title).label
        return self.title or self.kind.label


NO_DOUBLE_COMMITMENT = NoOverlap("people_commitment", "employee_id")
keep(Commitment.__table__, NO_DOUBLE_COMMITMENT)  # type: ignore[arg-type]
