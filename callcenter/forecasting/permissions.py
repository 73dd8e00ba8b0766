"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode


class Permission(StrEnum):
    """What this room permits."""

    VIEW_FORECASTS = "forecasting.view_forecasts"
    MAKE_FORECAST = "forecasting.make_forecast"
    ADJUST_FORECAST = "forecasting.adjust_forecast"
    APPROVE_FORECAST = "forecasting.approve_forecast"
    EDIT_ASSUMPTIONS = "forecasting.edit_assumptions"


P = Permission
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: tuple(Permission),
    RoleCode.PLANNER: tuple(Permission),
    RoleCode.SUPERVISOR: (P.VIEW_FORECASTS,),
    RoleCode.RECRUITER: (P.VIEW_FORECASTS,),
    RoleCode.FINANCE: (P.VIEW_FORECASTS,),
}
