"""Capacity over many weeks: work, people, classes, money, and the chance to be short.

Arrays in, frozen results out; docs/engine/capacity.md tells the mathematics.
"""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.engine.capacity.attrition import (
        N_AGES,
        TENURE_WEEKS,
        AttritionCurve,
        TenureCounts,
        add_counts,
        count_tenure,
        estimate_attrition,
        pooling_strength,
    )
    from callcenter.engine.capacity.balance import (
        Balance,
        Costs,
        Prices,
        balance_weeks,
        forecast_spread,
        work_out_costs,
    )
    from callcenter.engine.capacity.classes import ClassRules
    from callcenter.engine.capacity.heads import (
        SETTLED_AGE,
        HeadFlow,
        Schooling,
        project_heads,
    )
    from callcenter.engine.capacity.hiring import (
        HiringProposal,
        hire_worth,
        propose_hires,
    )
    from callcenter.engine.capacity.survival import SurvivalCurve, survival_curve
    from callcenter.engine.capacity.workload import (
        SlackRule,
        learn_slack,
        required_parts,
        scaled_hours,
    )

__all__ = [
    "N_AGES",
    "SETTLED_AGE",
    "TENURE_WEEKS",
    "AttritionCurve",
    "Balance",
    "ClassRules",
    "Costs",
    "HeadFlow",
    "HiringProposal",
    "Prices",
    "Schooling",
    "SlackRule",
    "SurvivalCurve",
    "TenureCounts",
    "add_counts",
    "balance_weeks",
    "count_tenure",
    "estimate_attrition",
    "forecast_spread",
    "hire_worth",
    "learn_slack",
    "pooling_strength",
    "project_heads",
    "propose_hires",
    "required_parts",
    "scaled_hours",
    "survival_curve",
    "work_out_costs",
]

lazily(__name__)
