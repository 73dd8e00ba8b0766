"""What is learnt at night about how days go, for the page of the day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.forecasting.models.packed import Floats, PackedFloats
from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model

WHOLE_PROJECT = 0
"""The place of all queues of a project among its day models."""


class DayModelRow(Model):
    """How misses of day-ahead forecasts hang together; see the engine's `DayModel`.

    ``queue_id`` `WHOLE_PROJECT` stands for all queues of the project together.
    ``expected`` is the forecast of ``day`` from all that was known the evening before;
    ``covariance`` and ``misses`` are matrices, row after row.
    """

    __tablename__ = "forecasting_day_model"
    __audited__ = False
    __table_args__ = (Index(None, "project_id", "queue_id", unique=True),)

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    queue_id: Mapped[int]
    day: Mapped[date]
    interval_s: Mapped[int]
    n_days: Mapped[int]
    expected: Mapped[Floats] = mapped_column(PackedFloats)
    spread: Mapped[Floats] = mapped_column(PackedFloats)
    covariance: Mapped[Floats] = mapped_column(PackedFloats)
    misses: Mapped[Floats] = mapped_column(PackedFloats)
    learnt_at: Mapped[datetime] = mapped_column(default=clock.now)
