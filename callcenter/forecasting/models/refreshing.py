"""The weekly refresh: how each project wants it, and what each proposal would move."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.forecasting.models.knowledge import AddingUp
from callcenter.forecasting.models.packed import Floats, PackedFloats
from callcenter.kernel import clock
from callcenter.kernel.db import Model, Versioned
from callcenter.projects.models import Project


class RefreshRule(Versioned, Model):
    """When a project's forecasts are made anew, and what may happen without a person.

    ``weekday`` counts from Monday 0; ``hour`` is of the project's zone. A week whose
    total moves by ``notable_share`` is told about. A proposal that moves no week by
    ``approve_within`` is approved by itself; NULL asks a person each time. Snapshots
    are kept for ``keep_weeks``. ``adding_up`` says how the inbound queues and the
    forecast of their total come to agree.
    """

    __tablename__ = "forecasting_refresh_rule"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("notable_share > 0", name="notable_share"),
        CheckConstraint("keep_weeks > 0", name="keep_weeks"),
    )

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects_project.id"), primary_key=True, autoincrement=False
    )
    is_on: Mapped[bool] = mapped_column(default=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, default=0)
    hour: Mapped[int] = mapped_column(SmallInteger, default=4)
    notable_share: Mapped[float] = mapped_column(default=0.05)
    approve_within: Mapped[float | None]
    keep_weeks: Mapped[int] = mapped_column(SmallInteger, default=52)
    adding_up: Mapped[AddingUp] = mapped_column(
        default=AddingUp.BOTTOM_UP, server_default=AddingUp.BOTTOM_UP.value
    )
    project: Mapped[Project] = relationship(lazy="raise_on_sql")

    @classmethod
    def standard(cls, project_id: int) -> "RefreshRule":
        """What holds where nobody set anything; a row that is not stored."""
        return cls(
            project_id=project_id,
            is_on=True,
            weekday=0,
            hour=4,
            notable_share=0.05,
            approve_within=None,
            keep_weeks=52,
            adding_up=AddingUp.BOTTOM_UP,
        )


class RefreshRun(Model):
    """When a project's refresh last was asked for by the clock."""

    __tablename__ = "forecasting_refresh_run"
    __audited__ = False

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects_project.id"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)


class RefreshPart(Model):
    """What a queue of a weekly forecast leaves for the total, until that is made.

    From ``first_day`` on ``volume`` has the totals of the days of its history, NaN
    where unknown, and ``is_open`` 1 for each day of history and horizon on which it
    works; ``before`` the forecast days' totals before any event. ``factor`` is what
    adding up makes of each day and has still to be done to them.
    """

    __tablename__ = "forecasting_refresh_part"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True, autoincrement=False
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date]
    volume: Mapped[Floats] = mapped_column(PackedFloats)
    is_open: Mapped[Floats] = mapped_column(PackedFloats)
    before: Mapped[Floats] = mapped_column(PackedFloats)
    factor: Mapped[Floats | None] = mapped_column(PackedFloats)


class Proposal(Model):
    """What a refreshed forecast would move, beside what is approved.

    ``weeks`` holds ``[monday, before, after]`` of all queues together, ``moves`` the
    same by queue, ``[queue_id, monday, before, after]``, where the total moves by more
    than ``notable_share`` and by more than chance does. ``most`` is the largest such
    share of one queue's week; NULL when nothing was approved before.
    """

    __tablename__ = "forecasting_proposal"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True, autoincrement=False
    )
    notable_share: Mapped[float]
    most: Mapped[float | None]
    n_carried: Mapped[int] = mapped_column(default=0)
    weeks: Mapped[list[Any]] = mapped_column(default=list)
    moves: Mapped[list[Any]] = mapped_column(default=list)
