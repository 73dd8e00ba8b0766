"""Programs read capacity plans and the hires that they ask for; money never."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import token_key, token_required
from callcenter.capacity import queries, services
from callcenter.capacity.models import CapacityPlan, Scenario
from callcenter.capacity.permissions import Permission
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.web.extensions import csrf, limiter
from callcenter.web.pages import whole_number_arg

# The addresses are older than this room.
api_bp = Blueprint("capacity_api", __name__, url_prefix="/api/v1/forecasting")
csrf.exempt(api_bp)

PER_MINUTE = "600/minute"
MOST = 100


@api_bp.get("/capacity-plans")
@limiter.limit(PER_MINUTE, key_func=token_key)
@token_required(Permission.VIEW_CAPACITY)
def capacity_plans() -> ResponseReturnValue:
    """The plans within reach by id; ``next`` leads on. ``limit`` (100), ``cursor``."""
    limit = whole_number_arg("limit", 50, low=1, high=MOST)
    after = whole_number_arg("cursor", 0, low=0, high=2**31 - 1)
    statement = queries.visible_plans(_scope()).where(CapacityPlan.id > after)
    page = statement.order_by(None).order_by(CapacityPlan.id).limit(limit + 1)
    rows = db.session.scalars(page).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    return jsonify(
        items=[_shown(row) for row in rows[:limit]],
        next=following
        and url_for("capacity_api.capacity_plans", limit=limit, cursor=following),
    )


@api_bp.get("/capacity-plans/<int:project_id>")
@limiter.limit(PER_MINUTE, key_func=token_key)
@token_required(Permission.VIEW_CAPACITY)
def capacity_plan(project_id: int) -> ResponseReturnValue:
    """A project's plan by week: the approved scenario, or the one of ``scenario``."""
    plan = queries.get_plan(project_id, _scope())
    scenario = _chosen(plan)
    needs = queries.week_needs(project_id, plan.first_week, plan.n_weeks)
    found = services.work_out_scenario(plan, scenario, needs)
    columns = {
        "contacts": found.contacts,
        "work_h": found.work_h,
        "agent_h": found.agent_h,
        "scheduled_h": found.scheduled_h,
        "paid_h": found.required_h,
        "required_fte": found.balance.required,
        "required_fte_lo80": found.balance.required_lower,
        "required_fte_hi80": found.balance.required_upper,
        "available_fte": found.balance.available,
        "available_fte_lo80": found.balance.available_lower,
        "available_fte_hi80": found.balance.available_upper,
        "gap_fte": found.balance.gap,
        "chance_short": found.balance.chance_short,
        "opening_heads": found.flow.opening,
        "hires": found.flow.hires,
        "transfers": found.flow.transfers,
        "leavers": found.flow.leavers,
        "closing_heads": found.flow.closing,
    }
    weeks = [
        {"week": week.isoformat(), "basis": found.basis[place].value}
        | {name: _known(values[place]) for name, values in columns.items()}
        for place, week in enumerate(found.weeks)
    ]
    scenarios = [
        {"id": each.id, "name": each.name, "status": each.status.value}
        for each in plan.scenarios
    ]
    return jsonify(
        {
            **_shown(plan),
            "scenario": scenario.id,
            "scenarios": scenarios,
            "weeks": weeks,
        }
    )


@api_bp.get("/hires-needed")
@limiter.limit(PER_MINUTE, key_func=token_key)
@token_required(Permission.VIEW_CAPACITY)
def hires_needed() -> ResponseReturnValue:
    """The classes that approved plans within reach ask for, by their first day."""
    plans = db.session.scalars(queries.visible_plans(_scope())).all()
    codes = {plan.project_id: plan.project.code for plan in plans}
    found = queries.hires_needed(project_ids=list(codes))
    return jsonify(
        items=[
            {
                "project": codes[each.project_id],
                "starts_on": each.starts_on.isoformat(),
                "order_by": each.order_by.isoformat(),
                "n_hires": each.n_hires,
                "n_classes": each.n_classes,
                "training_weeks": each.training_weeks,
                "pass_rate": each.pass_rate,
                "full_time_share": each.full_time_share,
            }
            for each in found
        ]
    )


def _known(value: float) -> float | None:
    """A figure, or null where it is unknown."""
    return round(float(value), 4) if value == value else None  # noqa: PLR0124 - NaN


def _scope() -> Any:
    return current_actor().scope(Permission.VIEW_CAPACITY)


def _chosen(plan: CapacityPlan) -> Scenario:
    asked = request.args.get("scenario", type=int)
    for each in plan.scenarios:
        if each.id == asked if asked else each.status.value == "approved":
            return each
    if asked or not plan.scenarios:
        raise NotFound(scenario_id=asked)
    return plan.scenarios[0]


def _shown(plan: CapacityPlan) -> dict[str, Any]:
    return {
        "project_id": plan.project_id,
        "project": plan.project.code,
        "first_week": plan.first_week.isoformat(),
        "n_weeks": plan.n_weeks,
        "heads": plan.heads,
        "refreshed_at": plan.refreshed_at.isoformat(),
    }
