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
    VIEW_CAPACITY = "forecasting.view_capacity"
    EDIT_CAPACITY = "forecasting.edit_capacity"
    APPROVE_CAPACITY = "forecasting.approve_capacity"
    VIEW_CAPACITY_COSTS = "forecasting.view_capacity_costs"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_FORECASTS: _l("See forecasts"),
    Permission.MAKE_FORECAST: _l("Make forecasts"),
    Permission.ADJUST_FORECAST: _l("Adjust forecasts"),
    Permission.APPROVE_FORECAST: _l("Approve forecasts"),
    Permission.EDIT_ASSUMPTIONS: _l("Change staffing assumptions"),
    Permission.VIEW_CAPACITY: _l("See capacity plans"),
    Permission.EDIT_CAPACITY: _l("Change capacity plans"),
    Permission.APPROVE_CAPACITY: _l("Approve capacity plans"),
    Permission.VIEW_CAPACITY_COSTS: _l("See and set what a capacity plan costs"),
}

P = Permission
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: tuple(Permission),
    RoleCode.PLANNER: tuple(
        each
        for each in Permission
        if each not in {P.APPROVE_CAPACITY, P.VIEW_CAPACITY_COSTS}
    ),
    RoleCode.SUPERVISOR: (P.VIEW_FORECASTS,),
    RoleCode.RECRUITER: (P.VIEW_FORECASTS, P.VIEW_CAPACITY),
    RoleCode.FINANCE: (P.VIEW_FORECASTS, P.VIEW_CAPACITY, P.VIEW_CAPACITY_COSTS),
}
