"""The chance that published schedules meet a queue's service, by interval."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model


class ServiceChance(Model):
    """What simulating a queue's local day with the agents on duty found.

    ``premises`` tells what the schedules gave then: where they give something else now,
    it is out of date. ``figures`` holds a list per measure, one value per quarter.
    """

    __tablename__ = "scheduling_service_chance"
    __audited__ = False
    __table_args__ = (UniqueConstraint("queue_id", "day"), Index(None, "day"))

    id: Mapped[IntPk]
    queue_id: Mapped[int] = mapped_column(ForeignKey("projects_queue.id"))
    day: Mapped[date]
    premises: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    figures: Mapped[dict[str, Any]]
