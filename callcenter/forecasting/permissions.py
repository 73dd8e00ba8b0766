"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    VIEW_FORECASTS = "forecasting.view_forecasts"
    MAKE_FORECAST = "forecasting.make_forecast"
    ADJUST_FORECAST = "forecasting.adjust_forecast"
    APPROVE_FORECAST = "forecasting.approve_forecast"
    EDIT_ASSUMPTIONS = "forecasting.edit_assumptions"
    VIEW_CAPACITY_COSTS = "forecasting.view_capacity_costs"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_FORECASTS: _l("See forecasts"),
    Permission.MAKE_FORECAST: _l("Make forecasts"),
    Permission.ADJUST_FORECAST: _l("Adjust forecasts"),
    Permission.APPROVE_FORECAST: _l("Approve forecasts"),
    Permission.EDIT_ASSUMPTIONS: _l("Change staffing assumptions"),
    Permission.VIEW_CAPACITY_COSTS: _l("See and set what a capacity plan costs"),
}

DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: tuple(Permission),
    RoleCode.PLANNER: tuple(
        each for each in Permission if each is not Permission.VIEW_CAPACITY_COSTS
    ),
    RoleCode.SUPERVISOR: (Permission.VIEW_FORECASTS,),
    RoleCode.RECRUITER: (Permission.VIEW_FORECASTS,),
    RoleCode.FINANCE: (
        Permission.VIEW_FORECASTS,
        Permission.VIEW_CAPACITY_COSTS,
    ),
}
