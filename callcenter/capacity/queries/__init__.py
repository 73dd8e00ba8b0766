"""Reading plans, what weeks require, and how people stay."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.capacity.queries.plans import (
        HiresNeeded,
        WeekNeed,
        approved_scenario_names,
        find_plan,
        find_ruling_scenario,
        get_plan,
        get_scenario,
        hires_needed,
        planned_project_ids,
        projects_to_plan,
        scenario_names,
        visible_plans,
        week_needs,
    )
    from callcenter.capacity.queries.required_weeks import (
        DayVolume,
        StaffedWeek,
        WeekError,
        day_volumes,
        project_with_queues,
        staffed_weeks,
        week_errors,
    )
    from callcenter.capacity.queries.staying import (
        OwnPerson,
        Stay,
        leave_days,
        own_people,
        stays,
    )

__all__ = [
    "DayVolume",
    "HiresNeeded",
    "OwnPerson",
    "StaffedWeek",
    "Stay",
    "WeekError",
    "WeekNeed",
    "approved_scenario_names",
    "day_volumes",
    "find_plan",
    "find_ruling_scenario",
    "get_plan",
    "get_scenario",
    "hires_needed",
    "leave_days",
    "own_people",
    "planned_project_ids",
    "project_with_queues",
    "projects_to_plan",
    "scenario_names",
    "staffed_weeks",
    "stays",
    "visible_plans",
    "week_errors",
    "week_needs",
]

lazily(__name__)
