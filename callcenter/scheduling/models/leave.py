"""Leave that agents ask for."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model
from callcenter.people.models import AbsenceKind, Employee
from callcenter.workflow.models import Request


class Leave(Model):
    """Whole days away that a person asked for, both ends included.

    Where it stands is a matter of its request; what it does to the schedule is
    done when the request is decided.
    """

    __tablename__ = "scheduling_leave"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="positive_length"),
        Index(None, "employee_id", "first_day"),
    )

    id: Mapped[IntPk]
    employee_id: Mapped[int] = mapped_column(ForeignKey("people_employee.id"))
    kind: Mapped[AbsenceKind]
    first_day: Mapped[date]
    last_day: Mapped[date]
    zone: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(400), default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_request.id"))
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("people_absence.id"))
    n_shifts_changed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    request: Mapped[Request | None] = relationship(lazy="raise_on_sql")

    @property
    def starts_at(self) -> datetime:
        """Midnight at the site before the first day, in UTC."""
        return _midnight(self.first_day, self.zone)

    @property
    def ends_at(self) -> datetime:
        """Midnight at the site after the last day, in UTC."""
        return _midnight(self.last_day + timedelta(days=1), self.zone)

    @property
    def n_days(self) -> int:
        """How many calendar days it covers."""
        return (self.last_day - self.first_day).days + 1


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
