"""What this room does: weeks ahead, their people, hires and money."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.capacity.services.plans import (
        approve_scenario,
        copy_scenario,
        create_plan,
        delete_scenario,
        refresh_plan,
        request_proposal,
        set_cells,
        set_scenario,
        store_hires,
        take_back_proposal,
        tenure_classes,
    )
    from callcenter.capacity.services.required_weeks import (
        forget_other_weeks,
        keep_required_weeks,
        request_required_weeks,
        required_weeks,
        store_required_weeks,
        weekly_parts,
    )
    from callcenter.capacity.services.results import (
        ScenarioResult,
        attrition_curve,
        money,
        propose_for,
        work_out_scenario,
    )
    from callcenter.capacity.services.staying import (
        attrition_of,
        staff_of,
    )
    from callcenter.capacity.services.steps import WeekSteps, week_steps

__all__ = [
    "ScenarioResult",
    "WeekSteps",
    "approve_scenario",
    "attrition_curve",
    "attrition_of",
    "copy_scenario",
    "create_plan",
    "delete_scenario",
    "forget_other_weeks",
    "keep_required_weeks",
    "money",
    "propose_for",
    "refresh_plan",
    "request_proposal",
    "request_required_weeks",
    "required_weeks",
    "set_cells",
    "set_scenario",
    "staff_of",
    "store_hires",
    "store_required_weeks",
    "take_back_proposal",
    "tenure_classes",
    "week_steps",
    "weekly_parts",
    "work_out_scenario",
]

lazily(__name__)
