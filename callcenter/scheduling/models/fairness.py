"""What agents wish for, and the ledger of what they got."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.db import Model


class ShiftWish(StrEnum):
    """What somebody would like on a day of the week."""

    ANYTHING = "anything"
    EARLY = "early"
    DAY = "day"
    LATE = "late"
    NIGHT = "night"
    OFF = "off"


class WeekdayWish(Model):
    """What a person wishes for one day of the week, and when they are available.

    ``weekday`` is 0 for Monday. Minutes are those of the local day on which a shift
    starts; None is no limit.
    """

    __tablename__ = "scheduling_weekday_wish"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("from_min BETWEEN 0 AND 1440", name="from"),
        CheckConstraint("until_min BETWEEN 0 AND 2880", name="until"),
    )

    employee_id: Mapped[int] = mapped_column(
        ForeignKey("people_employee.id"), primary_key=True
    )
    weekday: Mapped[int] = mapped_column(primary_key=True)
    wish: Mapped[ShiftWish] = mapped_column(default=ShiftWish.ANYTHING)
    from_min: Mapped[int | None]
    until_min: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class FairnessWeek(Model):
    """What one person's published shifts of one week were like.

    ``week`` is its Monday. Sums over weeks are the ledger: nights, days at weekends,
    shifts that begin before seven or end after ten in the evening, and how many of the
    days with a wish were as wished.
    """

    __tablename__ = "scheduling_fairness_week"
    __table_args__ = (Index(None, "week"),)
    __audited__ = False

    employee_id: Mapped[int] = mapped_column(
        ForeignKey("people_employee.id"), primary_key=True
    )
    week: Mapped[date] = mapped_column(primary_key=True)
    n_shifts: Mapped[int] = mapped_column(default=0)
    n_nights: Mapped[int] = mapped_column(default=0)
    n_weekend_days: Mapped[int] = mapped_column(default=0)
    n_unpopular: Mapped[int] = mapped_column(default=0)
    n_wished: Mapped[int] = mapped_column(default=0)
    n_granted: Mapped[int] = mapped_column(default=0)
