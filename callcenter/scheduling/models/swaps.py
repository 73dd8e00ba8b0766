"""Swaps that agents arrange among themselves, and what their site allows them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Employee, Site
from callcenter.scheduling.models.roster import Schedule, Shift
from callcenter.workflow.models import Request


class SwapWant(StrEnum):
    """What somebody would take for the shift they give away."""

    ANYTHING = "anything"
    EARLIER = "earlier"
    LATER = "later"
    OTHER_DAY = "other_day"


class SwapState(StrEnum):
    """Where a swap stands; only the first two are open."""

    ASKED = "asked"
    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LOST = "lost"


class SwapLoss(StrEnum):
    """Why a swap could not be made any more."""

    TAKEN = "taken"
    CHANGED = "changed"
    RULES = "rules"
    LATE = "late"


class SwapAnswer(StrEnum):
    """What one person said to a swap."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"


OPEN_STATES = (SwapState.ASKED, SwapState.WAITING)


class AgentRules(Versioned, Model):
    """What agents of a site may arrange by themselves.

    A swap that leaves at most ``swap_max_short_h`` more agent-hours missing holds as
    soon as everybody agrees, if ``is_swap_made_by_rule``; others wait for a supervisor.
    Voluntary overtime stays within the hours of a day and of a calendar month; the
    usual ones are those of the Chinese Labour Law, article 41.
    """

    __tablename__ = "scheduling_agent_rules"
    __table_args__ = (
        CheckConstraint("swap_notice_h >= 0", name="notice"),
        CheckConstraint("swap_longest BETWEEN 2 AND 6", name="longest"),
        CheckConstraint("swap_max_short_h >= 0", name="short"),
        CheckConstraint("overtime_day_h >= 0", name="overtime_day"),
        CheckConstraint("overtime_month_h >= 0", name="overtime_month"),
    )

    id: Mapped[IntPk]
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"), unique=True)
    swap_notice_h: Mapped[int] = mapped_column(default=24)
    swap_longest: Mapped[int] = mapped_column(default=4)
    is_swap_made_by_rule: Mapped[bool] = mapped_column(default=True)
    swap_max_short_h: Mapped[float] = mapped_column(default=0.0)
    overtime_day_h: Mapped[float] = mapped_column(default=3.0)
    overtime_month_h: Mapped[float] = mapped_column(default=36.0)
    site: Mapped[Site] = relationship(lazy="raise_on_sql")


class SwapWish(Model):
    """A shift that its agent would give away for another."""

    __tablename__ = "scheduling_swap_wish"
    __table_args__ = (Index(None, "employee_id"), Index(None, "shift_id"))

    id: Mapped[IntPk]
    shift_id: Mapped[int] = mapped_column(ForeignKey("scheduling_shift.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    wants: Mapped[SwapWant] = mapped_column(default=SwapWant.ANYTHING)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    shift: Mapped[Shift] = relationship(lazy="raise_on_sql")


class Swap(Versioned, Model):
    """An exchange of shifts in a circle: everybody gives one and takes one.

    ``more_short_h`` are the agent-hours that would be missing beyond those missing
    now. Until ``due_at`` it can be agreed to.
    """

    __tablename__ = "scheduling_swap"
    __table_args__ = (
        Index(None, "schedule_id", "state"),
        Index(None, "opened_by_id", "created_at"),
    )

    id: Mapped[IntPk]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("scheduling_schedule.id"))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    state: Mapped[SwapState] = mapped_column(default=SwapState.ASKED)
    loss: Mapped[SwapLoss | None]
    more_short_h: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_request.id"))
    schedule: Mapped[Schedule] = relationship(lazy="raise_on_sql")
    opened_by: Mapped[Employee] = relationship(lazy="raise_on_sql")
    request: Mapped[Request | None] = relationship(lazy="raise_on_sql")
    parts: Mapped[list["SwapPart"]] = relationship(
        back_populates="swap",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="SwapPart.place",
    )

    @property
    def is_open(self) -> bool:
        """Whether it may still come about."""
        return self.state in OPEN_STATES


class SwapPart(Model):
    """One shift of a swap: who gives it and who takes it, and whether they agree.

    The times are kept as they were agreed to, because the shift itself may change.
    """

    __tablename__ = "scheduling_swap_part"
    __table_args__ = (Index(None, "shift_id"), Index(None, "employee_id", "answer"))

    swap_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_swap.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("scheduling_shift.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    answer: Mapped[SwapAnswer] = mapped_column(default=SwapAnswer.WAITING)
    answered_at: Mapped[datetime | None]
    swap: Mapped[Swap] = relationship(back_populates="parts", lazy="raise_on_sql")
    employee: Mapped[Employee] = relationship(
        foreign_keys=[employee_id], lazy="raise_on_sql"
    )
    taker: Mapped[Employee] = relationship(foreign_keys=[taker_id], lazy="raise_on_sql")
