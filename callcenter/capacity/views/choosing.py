"""Which plan and scenario a page is about."""

from flask import request

from callcenter.capacity.models import CapacityPlan, Scenario, ScenarioStatus
from callcenter.capacity.permissions import Permission
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.errors import NotFound


def plan_scope() -> Scope:
    """How far the reader may see capacity plans."""
    return current_actor().scope(Permission.VIEW_CAPACITY)


def chosen_scenario(plan: CapacityPlan) -> Scenario:
    """The scenario asked for, else the one that rules, else the latest."""
    asked = request.args.get("scenario", type=int)
    for scenario in plan.scenarios:
        if scenario.id == asked:
            return scenario
    if asked is not None:
        raise NotFound(scenario_id=asked)
    ruling = [each for each in plan.scenarios if each.status is ScenarioStatus.APPROVED]
    return (ruling or plan.scenarios[-1:])[0]
