"""The jobs of this room: what weeks require, whom to hire, plans that move on."""

from typing import Any

from callcenter.capacity import queries, services
from callcenter.capacity.permissions import Permission
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _, _l


@job("capacity.require_weeks", title=_l("Working out what weeks require"))
def require_weeks(run: Run, *, project_id: int) -> dict[str, Any] | None:
    """Work out what the coming weeks of a project require, some queues at a time."""
    parts = services.weekly_parts(project_id)
    n_rows = 0
    for place, queue_ids in enumerate(parts):
        run.progress(place, len(parts))
        found = services.required_weeks(project_id, queue_ids)
        db.session.rollback()
        with transaction():
            services.keep_required_weeks(project_id, queue_ids, found)
        n_rows += len(found)
    with transaction():
        services.forget_other_weeks(project_id)
    return {"n_rows": n_rows}


@job("capacity.propose_hires", title=_l("Looking for the hires needed"))
def propose_hires(run: Run, *, scenario_id: int) -> dict[str, Any] | None:
    """Find the classes that a scenario needs, and fill them in."""
    run.progress(0, 0, _("Weighing classes, overtime and shortage"))
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    scenario = queries.get_scenario(scenario_id, scope)
    plan = scenario.plan
    needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
    found = services.propose_for(plan, scenario, needs)
    db.session.rollback()
    run.check()
    with transaction():
        scenario = queries.get_scenario(scenario_id, scope)
        n_hires = services.store_hires(scenario, found)
    page = [
        "capacity.capacity_plan",
        {"project_id": scenario.plan.project_id, "scenario": scenario_id},
    ]
    return {"page": page, "n_hires": n_hires}


@job("capacity.refresh_plans", title=_l("Bringing capacity plans up to date"))
def refresh_plans(run: Run) -> dict[str, Any] | None:
    """Let every capacity plan begin with the coming week and the people of today."""
    projects = queries.planned_project_ids()
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    for place, project_id in enumerate(projects):
        run.progress(place, len(projects), "")
        with transaction():
            plan = queries.find_plan(project_id, scope)
            if plan is not None:
                services.refresh_plan(plan)
    return {"n_plans": len(projects)}
