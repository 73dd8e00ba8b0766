"""The pages of this room."""

from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.forecasts import (
    accuracy,
    accuracy_of_day,
    importing,
    refresh,
    today,
)
from callcenter.forecasting.views.forecasts import lists as forecasts
from callcenter.forecasting.views.knowledge import (
    campaigns,
    events,
    files,
    history,
    totals,
)
from callcenter.forecasting.views.parts import planned_and_actual
from callcenter.forecasting.views.requirements import (
    assumptions,
    chances,
    patience,
    requirement,
    restaffing,
    shrinkage,
    skills,
    week_chances,
    what_if,
)
from callcenter.forecasting.views.workbench import adjusting, approving
from callcenter.forecasting.views.workbench import page as workbench

__all__ = [
    "accuracy",
    "accuracy_of_day",
    "adjusting",
    "approving",
    "assumptions",
    "bp",
    "campaigns",
    "chances",
    "events",
    "files",
    "forecasts",
    "history",
    "importing",
    "patience",
    "planned_and_actual",
    "refresh",
    "requirement",
    "restaffing",
    "shrinkage",
    "skills",
    "today",
    "totals",
    "week_chances",
    "what_if",
    "workbench",
]
