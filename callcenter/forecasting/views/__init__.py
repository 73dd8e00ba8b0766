"""The pages of this room."""

from callcenter.forecasting.views import (
    accuracy,
    adjusting,
    approving,
    assumptions,
    campaigns,
    capacity,
    capacity_changes,
    chances,
    events,
    forecasts,
    history,
    patience,
    requirement,
    shrinkage,
    skills,
    totals,
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
    "campaigns",
    "capacity",
    "capacity_changes",
    "chances",
    "events",
    "forecasts",
    "history",
    "patience",
    "planned_and_actual",
    "requirement",
    "shrinkage",
    "skills",
    "totals",
    "workbench",
]
