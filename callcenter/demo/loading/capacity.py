"""Capacity plans: a year and more ahead, with a scenario that rules and a what-if."""

from datetime import timedelta
from typing import Any

from callcenter.capacity import queries, services
from callcenter.capacity.models import CapacityPlan, Scenario
from callcenter.demo.loading.rows import Story
from callcenter.forecasting import services as forecasting
from callcenter.forecasting.models import ForecastKind
from callcenter.forecasting.services.forecasts.making import MOST_DAYS
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.projects.models import Project
from callcenter.projects.queries import get_project, visible_queues

# The client of the large project announces a tariff that brings more calls.
PLANNED = "TEL"
TARIFF_WEEK = 18
TARIFF_MORE = 0.15
OVERTIME = 0.02


def load_capacity(story: Story, *, by: int, manager: int) -> int:
    """Plan the capacity of a growing project; returns how many scenarios there are.

    Beyond the approved weeks it rests on a refreshed forecast, as the weekly job makes
    it. The what-if keeps the hires of the first, so that its gap is there to be closed.
    """
    project_id = story.ids.projects[PLANNED]
    _refresh(story, by)
    project = get_project(project_id, EVERYTHING)
    services.create_plan(project, by=by)
    services.store_required_weeks(project_id)
    plan = queries.get_plan(project_id, EVERYTHING)
    first = plan.scenarios[0]
    services.set_scenario(first, {"name": "As forecast", "overtime_share": OVERTIME})
    _fill(plan, first)
    tariff = services.copy_scenario(first, "New tariff from spring", by=by)
    tariff.plan = plan
    weeks = range(TARIFF_WEEK, plan.n_weeks)
    services.set_cells(
        tariff,
        {
            (plan.first_week + timedelta(weeks=week), "volume"): TARIFF_MORE
            for week in weeks
        },
    )
    services.approve_scenario(first, by=manager)
    return 2


def _refresh(story: Story, by: int) -> None:
    queues = db.session.scalars(
        visible_queues(EVERYTHING).where(Project.code == PLANNED)
    ).all()
    name = f"{queues[0].project.name} {story.company.today.isoformat()}"
    made: Any = forecasting.forecast_at_once(
        queues, story.company.today, MOST_DAYS, name=name, by=by
    )
    made.kind = ForecastKind.REFRESH
    db.session.flush()
    forecasting.propose(made)


def _fill(plan: CapacityPlan, scenario: Scenario) -> None:
    needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
    found = services.propose_for(plan, scenario, needs)
    services.store_hires(scenario, found)
