"""What takes long to find out, kept until what it rests on changes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model


class StudyKind(StrEnum):
    """What was looked into."""

    SIMULATION = "simulation"
    CHANCES = "chances"
    SKILLS = "skills"
    PATIENCE = "patience"
    WEEK_CHANCES = "week-chances"
    WHAT_IF = "what-if"


class Study(Model):
    """A simulation or an estimate, with its figures.

    ``premises`` digests all that it rests on: where it no longer agrees with what
    holds now, the figures are out of date and are said to be. ``forecast_id`` and
    ``day`` are set where it looked at a day of a forecast, ``queue_id`` where it looked
    at one queue.
    """

    __tablename__ = "forecasting_study"
    __audited__ = False
    __table_args__ = (
        Index(None, "forecast_id", "queue_id", "day"),
        Index(None, "project_id", "kind"),
        Index(None, "queue_id"),
    )

    id: Mapped[IntPk]
    kind: Mapped[StudyKind]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    forecast_id: Mapped[int | None] = mapped_column(
        ForeignKey("forecasting_forecast.id", ondelete="CASCADE")
    )
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("projects_queue.id"))
    day: Mapped[date | None]
    premises: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    figures: Mapped[dict[str, Any]]
