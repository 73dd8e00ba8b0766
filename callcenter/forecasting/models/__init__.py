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
    ShrinkageKind,
    ShrinkageSpan,
    StaffingModel,
)
from callcenter.forecasting.models.studies import Study, StudyKind

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
    "ShrinkageKind",
    "ShrinkageSpan",
    "StaffingModel",
    "Study",
    "StudyKind",
]
