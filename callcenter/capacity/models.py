"""The capacity plan: what weeks require, what-if scenarios, and the classes to hold."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.projects.models import Project

PLAN_WEEKS = 64


class WeekBasis(StrEnum):
    """What a week's requirement rests on, the best first.

    ``staffed`` interval by interval; ``forecast`` from the volume of each day;
    ``carried`` on from the last weeks known, because nothing was forecast.
    """

    STAFFED = "staffed"
    FORECAST = "forecast"
    CARRIED = "carried"


class ScenarioStatus(StrEnum):
    """Whether a scenario is worked on, rules, or ruled once."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class RequiredWeek(Model):
    """What a queue's week requires, in hours of paid time, from the forecast.

    ``linear_h`` grows with the work and ``root_h`` with its square root; together they
    are the scheduled hours, shrinkage of the assumptions included; ``agent_h`` are the
    hours on contacts and waiting for them before it, NULL in weeks from before they
    were kept. ``week`` is the Monday, of the project's zone.
    """

    __tablename__ = "forecasting_required_week"
    __audited__ = False
    __table_args__ = (Index(None, "project_id", "week"),)

    queue_id: Mapped[int] = mapped_column(
        ForeignKey("projects_queue.id"), primary_key=True, autoincrement=False
    )
    week: Mapped[date] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects_project.id"))
    basis: Mapped[WeekBasis]
    contacts: Mapped[float]
    work_h: Mapped[float]
    linear_h: Mapped[float]
    root_h: Mapped[float]
    agent_h: Mapped[float | None]


class CapacityPlan(Versioned, Model):
    """Sixty-four weeks of one project: where its people stand today.

    ``opening`` holds heads by weeks of tenure, the last standing for all above;
    ``opening_fte`` is the mean FTE of one of them. ``leavers`` and ``exposure_weeks``
    are what the attrition of the own people was counted from, by class of tenure, and
    ``hazard`` the rates estimated from it, as ``[rate, lower, upper]`` a week.
    """

    __tablename__ = "forecasting_capacity_plan"
    __table_args__ = (CheckConstraint("n_weeks > 0", name="n_weeks"),)

    id: Mapped[IntPk]
    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects_project.id"), unique=True
    )
    first_week: Mapped[date]
    n_weeks: Mapped[int] = mapped_column(SmallInteger, default=PLAN_WEEKS)
    currency: Mapped[str] = mapped_column(String(3))
    opening: Mapped[list[Any]] = mapped_column(info={"unaudited": True})
    opening_fte: Mapped[float]
    leavers: Mapped[list[Any]] = mapped_column(info={"unaudited": True})
    exposure_weeks: Mapped[list[Any]] = mapped_column(info={"unaudited": True})
    hazard: Mapped[list[Any]] = mapped_column(info={"unaudited": True})
    hazard_spread: Mapped[float]
    refreshed_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    scenarios: Mapped[list["Scenario"]] = relationship(
        back_populates="plan", lazy="raise_on_sql", order_by="Scenario.id"
    )

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which its weeks are cut."""
        return self.project.tz

    @property
    def heads(self) -> float:
        """How many people there are at the opening."""
        return float(sum(self.opening))


class Scenario(Versioned, Model):
    """One set of assumptions and plans for the weeks of a capacity plan.

    Shares are fractions. ``volume`` and ``aht`` are factors of the forecast,
    ``attrition`` of the estimated rates. ``leave_share`` and ``break_share`` come off
    paid time beyond the shrinkage of the requirement; ``fit`` is the share of scheduled
    hours that fall where they are required. ``lead_weeks`` pass between an order for
    people and the first day of their class. At most one of a plan is approved.
    """

    __tablename__ = "forecasting_scenario"
    __table_args__ = (
        UniqueConstraint("plan_id", "name"),
        Index(
            "uq_forecasting_scenario_approved",
            "plan_id",
            unique=True,
            sqlite_where=text("status = 'approved'"),
            postgresql_where=text("status = 'approved'"),
        ),
        CheckConstraint("leave_share + break_share < 0.9", name="shrinkage"),
        CheckConstraint("fit > 0 AND fit <= 1", name="fit"),
        CheckConstraint("smallest_class <= largest_class", name="class_size"),
    )

    id: Mapped[IntPk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("forecasting_capacity_plan.id"))
    name: Mapped[str] = mapped_column(String(80))
    status: Mapped[ScenarioStatus] = mapped_column(default=ScenarioStatus.DRAFT)
    volume: Mapped[float] = mapped_column(default=1.0)
    aht: Mapped[float] = mapped_column(default=1.0)
    leave_share: Mapped[float] = mapped_column(default=0.06)
    break_share: Mapped[float] = mapped_column(default=0.06)
    fit: Mapped[float] = mapped_column(default=0.95)
    attrition: Mapped[float] = mapped_column(default=1.0)
    overtime_share: Mapped[float] = mapped_column(default=0.05)
    training_weeks: Mapped[int] = mapped_column(SmallInteger, default=3)
    pass_rate: Mapped[float] = mapped_column(default=0.95)
    ramp_weeks: Mapped[float] = mapped_column(default=8.0)
    new_aht: Mapped[float] = mapped_column(default=1.3)
    smallest_class: Mapped[int] = mapped_column(SmallInteger, default=5)
    largest_class: Mapped[int] = mapped_column(SmallInteger, default=20)
    classes_at_once: Mapped[int] = mapped_column(SmallInteger, default=2)
    lead_weeks: Mapped[int] = mapped_column(SmallInteger, default=4)
    tolerance: Mapped[float] = mapped_column(default=0.03)
    full_time_h: Mapped[float] = mapped_column(default=40.0)
    part_time_share: Mapped[float] = mapped_column(default=0.2)
    part_time_h: Mapped[float] = mapped_column(default=20.0)
    forecast_error: Mapped[float] = mapped_column(default=0.05)
    forecast_drift: Mapped[float] = mapped_column(default=0.01)
    hourly_cost: Mapped[Decimal]
    overtime_factor: Mapped[float] = mapped_column(default=1.5)
    hire_cost: Mapped[Decimal]
    class_cost: Mapped[Decimal]
    short_cost: Mapped[Decimal]
    proposal: Mapped[dict[str, Any] | None] = mapped_column(info={"unaudited": True})
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    plan: Mapped[CapacityPlan] = relationship(
        back_populates="scenarios", lazy="raise_on_sql"
    )
    weeks: Mapped[list["ScenarioWeek"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ScenarioWeek.week"
    )

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.status is ScenarioStatus.DRAFT

    @property
    def hire_fte(self) -> float:
        """The mean FTE of one new person, part-time people counted for their hours."""
        part = self.part_time_share * self.part_time_h / self.full_time_h
        return 1.0 - self.part_time_share + part


class ScenarioWeek(Model):
    """What planners know of one week; NULL where nothing is known beyond the rule.

    ``volume``, ``aht`` and ``shrinkage`` are shares added: 0.1 is ten percent more
    contacts, or a tenth of paid time more away. ``hires`` begin their class in the
    week, ``transfers`` are people moved in (out, below 0) on its first day,
    ``leavers`` stand in the place of what the curve expects, ``overtime_share`` of the
    scenario's limit.
    """

    __tablename__ = "forecasting_scenario_week"
    __table_args__ = (
        CheckConstraint("hires >= 0", name="hires"),
        CheckConstraint("leavers >= 0", name="leavers"),
    )

    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_scenario.id"), primary_key=True
    )
    week: Mapped[date] = mapped_column(primary_key=True)
    volume: Mapped[float | None]
    aht: Mapped[float | None]
    shrinkage: Mapped[float | None]
    hires: Mapped[int | None]
    transfers: Mapped[int | None]
    leavers: Mapped[float | None]
    overtime_share: Mapped[float | None]


CELLS = (
    "volume",
    "aht",
    "shrinkage",
    "hires",
    "transfers",
    "leavers",
    "overtime_share",
)
"""The columns of a week that planners fill."""
