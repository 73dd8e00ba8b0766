"""The tables of this room."""

from callcenter.forecasting.models.forecasts import (
    Accuracy,
    Adjustment,
    Backtest,
    Finding,
    Forecast,
    ForecastDay,
    ForecastQueue,
    ForecastStatus,
    Horizon,
    Note,
)
from callcenter.forecasting.models.packed import Floats, PackedFloats
from callcenter.forecasting.models.requirements import (
    Assumption,
    Requirement,
    StaffingModel,
)

__all__ = [
    "Accuracy",
    "Adjustment",
    "Assumption",
    "Backtest",
    "Finding",
    "Floats",
    "Forecast",
    "ForecastDay",
    "ForecastQueue",
    "ForecastStatus",
    "Horizon",
    "Note",
    "PackedFloats",
    "Requirement",
    "StaffingModel",
]
