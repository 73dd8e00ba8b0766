"""The pages of this room."""

from callcenter.forecasting.views import (
    accuracy,
    adjusting,
    approving,
    assumptions,
    capacity,
    capacity_changes,
    forecasts,
    requirement,
    workbench,
)
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.parts import planned_and_actual

__all__ = [
    "accuracy",
    "adjusting",
    "approving",
    "assumptions",
    "bp",
    "capacity",
    "capacity_changes",
    "forecasts",
    "planned_and_actual",
    "requirement",
    "workbench",
]
