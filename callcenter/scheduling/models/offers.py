"""Overtime and time off that are offered to those whom an interval needs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Employee
from callcenter.scheduling.models.roster import Schedule, Shift


class OfferKind(StrEnum):
    """Whether people are wanted or too many."""

    OVERTIME = "overtime"
    TIME_OFF = "time_off"


class OfferAnswer(StrEnum):
    """What one person said to an offer."""

    WAITING = "waiting"
    TAKEN = "taken"
    DECLINED = "declined"


class TimeOffer(Versioned, Model):
    """A stretch of a schedule in which ``n_wanted`` people may stay longer or go.

    Whoever comes first gets it, until it is full, closed, or ``closes_at``.
    """

    __tablename__ = "scheduling_time_offer"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive_length"),
        CheckConstraint("n_wanted > 0", name="wanted"),
        Index(None, "schedule_id", "starts_at"),
    )

    id: Mapped[IntPk]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("scheduling_schedule.id"))
    kind: Mapped[OfferKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    n_wanted: Mapped[int]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    schedule: Mapped[Schedule] = relationship(lazy="raise_on_sql")
    people: Mapped[list["TimeOfferPerson"]] = relationship(
        back_populates="offer",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="TimeOfferPerson.employee_id",
    )

    @property
    def n_taken(self) -> int:
        """How many have taken it."""
        return sum(each.answer is OfferAnswer.TAKEN for each in self.people)

    def is_open_at(self, now: datetime) -> bool:
        """Whether somebody may still take it."""
        is_full = self.n_taken >= self.n_wanted
        return self.closed_at is None and now < self.closes_at and not is_full


class TimeOfferPerson(Model):
    """Somebody to whom an offer was made, with the shift as it would become."""

    __tablename__ = "scheduling_time_offer_person"
    __table_args__ = (
        Index(None, "employee_id", "answer"),
        Index(None, "shift_id"),
    )

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_time_offer.id"), primary_key=True
    )
    employee_id: Mapped[int] = mapped_column(
        ForeignKey("people_employee.id"), primary_key=True
    )
    shift_id: Mapped[int] = mapped_column(ForeignKey("scheduling_shift.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    extra_min: Mapped[int]
    answer: Mapped[OfferAnswer] = mapped_column(default=OfferAnswer.WAITING)
    answered_at: Mapped[datetime | None]
    offer: Mapped[TimeOffer] = relationship(
        back_populates="people", lazy="raise_on_sql"
    )
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    shift: Mapped[Shift] = relationship(lazy="raise_on_sql")
