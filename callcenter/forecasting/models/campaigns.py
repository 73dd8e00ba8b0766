"""Plans of outbound campaigns: a list of people and how it is called."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, JsonDocument, Model, Versioned
from callcenter.projects.models import Project, Queue

MOST_CAMPAIGN_DAYS = 26 * 7


class Release(StrEnum):
    """When the people of a list may be called first."""

    AT_ONCE = "at_once"
    DAILY = "daily"


class CampaignPlan(Versioned, Model):
    """A list of people, when and how often they are dialled, and what that takes.

    ``contact_rate`` is the chance that a first dial reaches the person, by hour of the
    local day, 24 of them. ``retries`` holds pairs of a share of the dials in vain and
    the hours until the next attempt, 0 for never again; shares add up to 1.
    ``dials_per_h`` is what the lines and agents of the queue can dial.
    """

    __tablename__ = "forecasting_campaign"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("list_size > 0", name="list_size"),
        CheckConstraint("most_attempts >= 1", name="most_attempts"),
        CheckConstraint("dials_per_h > 0", name="dials_per_h"),
        CheckConstraint("talk_s >= 0 AND wrap_s >= 0 AND dial_s >= 0", name="seconds"),
        Index(None, "queue_id", "first_day"),
        Index(None, "project_id", "first_day"),
    )

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("projects_queue.id"))
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    list_size: Mapped[int]
    release: Mapped[Release] = mapped_column(default=Release.DAILY)
    most_attempts: Mapped[int] = mapped_column(SmallInteger, default=4)
    fading: Mapped[float] = mapped_column(default=0.85)
    contact_rate: Mapped[list[float]] = mapped_column(JsonDocument)
    retries: Mapped[list[list[float]]] = mapped_column(JsonDocument)
    dials_per_h: Mapped[float]
    talk_s: Mapped[float]
    wrap_s: Mapped[float]
    dial_s: Mapped[float]
    comment: Mapped[str] = mapped_column(String(400), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    queue: Mapped[Queue] = relationship(lazy="raise_on_sql")

    @property
    def n_days(self) -> int:
        """Days from its first to its last."""
        return (self.last_day - self.first_day).days + 1
