"""Changing capacity plans: cells, assumptions, scenarios, proposals, approval."""

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.capacity import queries, services
from callcenter.capacity.errors import ScenarioNameTaken
from callcenter.capacity.forms import ScenarioForm
from callcenter.capacity.models import CELLS, Scenario
from callcenter.capacity.permissions import Permission
from callcenter.capacity.views import words
from callcenter.capacity.views.blueprint import bp
from callcenter.capacity.views.plans import show_plan
from callcenter.forecasting.permissions import Permission as Costs
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import is_writing, transaction
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.web.pages import is_fragment_request, render, see_other, toast

MOST_CELLS = 64 * len(CELLS)


def _edited(scenario_id: int) -> Scenario:
    """The scenario to be changed; inside a transaction, by nobody else meanwhile."""
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    return queries.get_scenario(scenario_id, scope, lock=is_writing())


def _back(scenario: Scenario) -> ResponseReturnValue:
    return see_other(
        "capacity.capacity_plan",
        project_id=scenario.plan.project_id,
        scenario=scenario.id,
    )


@bp.post("/projects/<int:project_id>/capacity-plan")
@permission_required(Permission.EDIT_CAPACITY)
def create_capacity_plan(project_id: int) -> ResponseReturnValue:
    """Make the plan of a project."""
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    with transaction():
        project = project_queries.get_project(project_id, scope)
        services.create_plan(project, by=current_actor().user_id)
    return see_other("capacity.capacity_plan", project_id=project_id)


@bp.post("/projects/<int:project_id>/capacity-plan/refresh")
@permission_required(Permission.EDIT_CAPACITY)
def refresh_capacity_plan(project_id: int) -> ResponseReturnValue:
    """Let the plan begin next Monday with the people of today."""
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    with transaction():
        services.refresh_plan(queries.get_plan(project_id, scope))
    toast(_("People and weeks are up to date."))
    return see_other("capacity.capacity_plan", project_id=project_id)


@bp.post("/capacity-scenarios/<int:scenario_id>/cells")
@permission_required(Permission.EDIT_CAPACITY)
def set_cells(scenario_id: int) -> ResponseReturnValue:
    """Fill cells of the grid: those of the form that differ; all of them or none."""
    typed, cells, refused = _read_cells()
    if refused:
        scenario = _edited(scenario_id)
        scope = current_actor().scope(Permission.EDIT_CAPACITY)
        plan = queries.get_plan(scenario.plan.project_id, scope)
        return show_plan(plan, scenario, refused=refused, typed=typed)
    with transaction():
        scenario = _edited(scenario_id)
        n_changed = services.set_cells(scenario, cells)
    if is_fragment_request():
        scope = current_actor().scope(Permission.VIEW_CAPACITY)
        plan = queries.get_plan(scenario.plan.project_id, scope)
        return show_plan(plan, queries.get_scenario(scenario_id, scope))
    toast(_("Saved.") if n_changed else _("Nothing had changed."))
    return _back(scenario)


Cells = dict[tuple[date, str], float | None]


def _read_cells() -> tuple[dict[str, str], Cells, dict[str, str]]:
    """What was typed by field, the values, and what is wrong with the others."""
    typed = {
        key: text
        for key, text in list(request.form.items())[: MOST_CELLS + 2]
        if key.rpartition("_")[0] in CELLS
    }
    cells: Cells = {}
    refused: dict[str, str] = {}
    for key, text in typed.items():
        name, _line, day = key.rpartition("_")
        try:
            week = date.fromisoformat(day)
            cells[week, name] = words.read_cell(name, text)
        except ValueError as error:
            refused[key] = str(error)
    return typed, cells, refused


@bp.route("/capacity-scenarios/<int:scenario_id>/assumptions", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CAPACITY)
def edit_scenario(scenario_id: int) -> ResponseReturnValue:
    """Change a scenario's name and assumptions."""
    scenario = _edited(scenario_id)
    sees_costs = current_actor().may(Costs.VIEW_CAPACITY_COSTS)
    form = ScenarioForm(data=_shown(scenario) if request.method == "GET" else None)
    form.look_at(scenario)
    if not sees_costs:
        form.leave_out_costs()
    if form.validate_on_submit():
        try:
            with transaction():
                scenario = form.require_unchanged(_edited(scenario_id))
                services.set_scenario(scenario, form.stored_values())
        except ScenarioNameTaken as error:
            form.refuse("name", error.message)
        else:
            toast(_("Saved."))
            return _back(scenario)
    return render(
        "capacity/edit_scenario.html",
        422 if form.errors else 200,
        form=form,
        scenario=scenario,
        sees_costs=sees_costs,
    )


def _shown(scenario: Scenario) -> dict[str, Any]:
    values = {name: getattr(scenario, name) for name in ScenarioForm.FIELDS}
    for name in ScenarioForm.PERCENT:
        values[name] = round(values[name] * 100, 4)
    return values


@bp.post("/capacity-scenarios/<int:scenario_id>/copy")
@permission_required(Permission.EDIT_CAPACITY)
def copy_scenario(scenario_id: int) -> ResponseReturnValue:
    """Copy a scenario under a name that is free."""
    with transaction():
        scenario = _edited(scenario_id)
        taken = set(queries.scenario_names(scenario.plan_id).values())
        copied = services.copy_scenario(
            scenario, _free_name(scenario.name, taken), by=current_actor().user_id
        )
        copied.plan = scenario.plan
    return _back(copied)


def _free_name(name: str, taken: set[str]) -> str:
    base = _("Copy of %(name)s", name=name)[:70]
    candidates = [base, *(f"{base} {n}" for n in range(2, len(taken) + 3))]
    return next(each for each in candidates if each not in taken)


@bp.post("/capacity-scenarios/<int:scenario_id>/delete")
@permission_required(Permission.EDIT_CAPACITY)
def delete_scenario(scenario_id: int) -> ResponseReturnValue:
    """Delete a draft; the last scenario takes the plan with it."""
    with transaction():
        scenario = _edited(scenario_id)
        project_id, plan_id = scenario.plan.project_id, scenario.plan_id
        services.delete_scenario(scenario)
        is_left = bool(queries.scenario_names(plan_id))
    toast(_("The scenario is gone."))
    if is_left:
        return see_other("capacity.capacity_plan", project_id=project_id)
    return see_other("capacity.capacity_plans")


@bp.post("/capacity-scenarios/<int:scenario_id>/approve")
@permission_required(Permission.APPROVE_CAPACITY)
def approve_scenario(scenario_id: int) -> ResponseReturnValue:
    """Let a scenario rule: recruiting works for its classes."""
    scope = current_actor().scope(Permission.APPROVE_CAPACITY)
    with transaction():
        scenario = queries.get_scenario(scenario_id, scope)
        services.approve_scenario(scenario, by=current_actor().user_id)
    toast(_("This scenario rules now. Recruiting sees its classes."))
    return _back(scenario)


@bp.post("/capacity-scenarios/<int:scenario_id>/propose")
@permission_required(Permission.EDIT_CAPACITY)
def propose_hires(scenario_id: int) -> ResponseReturnValue:
    """Ask for the classes that keep the gap within its tolerance."""
    with transaction():
        scenario = _edited(scenario_id)
        services.request_proposal(scenario)
    return _back(scenario)


@bp.post("/capacity-scenarios/<int:scenario_id>/take-back")
@permission_required(Permission.EDIT_CAPACITY)
def take_back_proposal(scenario_id: int) -> ResponseReturnValue:
    """Put back the hires that were planned before the proposal."""
    with transaction():
        scenario = _edited(scenario_id)
        services.take_back_proposal(scenario)
    return _back(scenario)
