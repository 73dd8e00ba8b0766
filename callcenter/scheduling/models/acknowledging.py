"""Who has seen the published shifts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.db import Model


class Acknowledgement(Model):
    """That a person has seen the own shifts of a schedule as they were then.

    A change by somebody else after ``seen_at`` asks for another look.
    """

    __tablename__ = "scheduling_acknowledgement"
    __table_args__ = (Index(None, "employee_id"),)

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("scheduling_schedule.id"), primary_key=True
    )
    employee_id: Mapped[int] = mapped_column(
        ForeignKey("people_employee.id"), primary_key=True
    )
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
