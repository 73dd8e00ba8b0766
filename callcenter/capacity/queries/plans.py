"""Reading capacity plans, what weeks require, and the classes that were decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcenter.capacity.models import (
    CapacityPlan,
    RequiredWeek,
    Scenario,
    ScenarioStatus,
    ScenarioWeek,
    WeekBasis,
)
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project

_UNKNOWN = -1e15  # a sum with one of them is below 0
_WORST_FIRST = (WeekBasis.CARRIED, WeekBasis.FORECAST, WeekBasis.STAFFED)


class WeekNeed(NamedTuple):
    """What all queues of a project require in a week, in hours of paid time.

    ``agent_h`` of them are on contacts or waiting for one; None where unknown.
    """

    week: date
    contacts: float
    work_h: float
    linear_h: float
    root_h: float
    basis: WeekBasis
    agent_h: float | None = None


@dataclass(frozen=True, slots=True)
class HiresNeeded:
    """A class that an approved capacity plan asks for.

    ``n_hires`` people begin on ``starts_on``; who is to be there must be ordered by
    ``order_by``. ``full_time_share`` of them work ``full_time_h`` a week, the others
    ``part_time_h``.
    """

    project_id: int
    scenario_id: int
    starts_on: date
    order_by: date
    n_hires: int
    n_classes: int
    training_weeks: int
    pass_rate: float
    full_time_share: float
    full_time_h: float
    part_time_h: float


def visible_plans(scope: Scope) -> Select[CapacityPlan]:
    """The capacity plans of the projects within a scope, with project, by name."""
    return (
        select(CapacityPlan)
        .join(CapacityPlan.project)
        .options(contains_eager(CapacityPlan.project))
        .where(project_queries.in_scope(scope))
        .order_by(Project.name, CapacityPlan.id)
    )


def get_plan(project_id: int, scope: Scope) -> CapacityPlan:
    """A project's plan with its scenarios and their weeks; raises `NotFound`."""
    plan = find_plan(project_id, scope)
    if plan is None:
        raise NotFound(project_id=project_id)
    return plan


def find_plan(project_id: int, scope: Scope) -> CapacityPlan | None:
    """A project's plan with its scenarios and their weeks, or None."""
    statement = (
        visible_plans(scope)
        .where(CapacityPlan.project_id == project_id)
        .options(selectinload(CapacityPlan.scenarios).selectinload(Scenario.weeks))
    )
    return db.session.scalars(statement).one_or_none()


def get_scenario(scenario_id: int, scope: Scope, *, lock: bool = False) -> Scenario:
    """A scenario with its plan, project and weeks; raises `NotFound`.

    ``lock`` lets two who fill its weeks at the same time do so one after the other.
    """
    statement = (
        select(Scenario)
        .join(Scenario.plan)
        .join(CapacityPlan.project)
        .options(
            contains_eager(Scenario.plan).contains_eager(CapacityPlan.project),
            selectinload(Scenario.weeks),
        )
        .where(Scenario.id == scenario_id, project_queries.in_scope(scope))
    )
    if lock:
        statement = statement.with_for_update(of=Scenario)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(scenario_id=scenario_id)
    return found


def week_needs(project_id: int, first: date, n_weeks: int) -> list[WeekNeed]:
    """What the project requires in consecutive weeks, where anything is known."""
    at = RequiredWeek
    rows: Sequence[Any] = db.session.execute(
        select(
            at.week,
            at.basis,
            func.sum(at.contacts),
            func.sum(at.work_h),
            func.sum(at.linear_h),
            func.sum(at.root_h),
            func.sum(func.coalesce(at.agent_h, _UNKNOWN)),
        )
        .where(
            at.project_id == project_id,
            at.week >= first,
            at.week < first + timedelta(weeks=n_weeks),
        )
        .group_by(at.week, at.basis)
        .order_by(at.week)
    ).all()
    weeks: dict[date, list[Any]] = {}
    for week, basis, *sums in rows:
        sums_so_far = weeks.setdefault(week, [basis, 0.0, 0.0, 0.0, 0.0, 0.0])
        sums_so_far[0] = min(sums_so_far[0], basis, key=_WORST_FIRST.index)
        for place, value in enumerate(sums, start=1):
            sums_so_far[place] += float(value)
    found = []
    for week, (basis, contacts, work_h, linear_h, root_h, agent_h) in weeks.items():
        known = agent_h if agent_h >= 0.0 else None
        found.append(WeekNeed(week, contacts, work_h, linear_h, root_h, basis, known))
    return found


def hires_needed(
    *, project_ids: Collection[int] | None = None, since: date | None = None
) -> list[HiresNeeded]:
    """The classes that approved capacity plans ask for, by their first day.

    This is what recruiting works from. ``project_ids`` None is every project; classes
    that began before ``since`` are left out.
    """
    statement = (
        select(ScenarioWeek, Scenario, CapacityPlan.project_id)
        .join(Scenario, Scenario.id == ScenarioWeek.scenario_id)
        .join(CapacityPlan, CapacityPlan.id == Scenario.plan_id)
        .where(Scenario.status == ScenarioStatus.APPROVED, ScenarioWeek.hires > 0)
        .order_by(ScenarioWeek.week, CapacityPlan.project_id)
    )
    if project_ids is not None:
        statement = statement.where(CapacityPlan.project_id.in_(project_ids))
    if since is not None:
        statement = statement.where(ScenarioWeek.week >= since)
    return [
        HiresNeeded(
            project_id=project_id,
            scenario_id=scenario.id,
            starts_on=week.week,
            order_by=week.week - timedelta(weeks=scenario.lead_weeks),
            n_hires=week.hires or 0,
            n_classes=-(-(week.hires or 0) // scenario.largest_class),
            training_weeks=scenario.training_weeks,
            pass_rate=scenario.pass_rate,
            full_time_share=1.0 - scenario.part_time_share,
            full_time_h=scenario.full_time_h,
            part_time_h=scenario.part_time_h,
        )
        for week, scenario, project_id in db.session.execute(statement)
    ]


def planned_project_ids() -> list[int]:
    """The projects that have a capacity plan."""
    return list(db.session.scalars(select(CapacityPlan.project_id)))


def approved_scenario_names(plan_ids: Collection[int]) -> dict[int, str]:
    """The name of the scenario that rules each plan, where one does."""
    rows = db.session.execute(
        select(Scenario.plan_id, Scenario.name).where(
            Scenario.plan_id.in_(plan_ids), Scenario.status == ScenarioStatus.APPROVED
        )
    )
    return {row.plan_id: row.name for row in rows}


def projects_to_plan(scope: Scope) -> Sequence[Project]:
    """The projects within a scope that have no capacity plan yet, by name."""
    planned = select(CapacityPlan.project_id)
    return db.session.scalars(
        project_queries.visible_projects(scope)
        .where(Project.id.not_in(planned))
        .options(joinedload(Project.client))
    ).all()


def scenario_names(plan_id: int) -> dict[int, str]:
    """The scenarios of a plan by id."""
    rows = db.session.execute(
        select(Scenario.id, Scenario.name).where(Scenario.plan_id == plan_id)
    )
    return {row.id: row.name for row in rows}


def find_ruling_scenario(plan_id: int) -> Scenario | None:
    """The approved scenario of a plan, or None."""
    return db.session.scalars(
        select(Scenario).where(
            Scenario.plan_id == plan_id, Scenario.status == ScenarioStatus.APPROVED
        )
    ).one_or_none()
