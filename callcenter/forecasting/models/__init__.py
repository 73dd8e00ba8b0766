"""The tables of this room."""

from callcenter.forecasting.models.campaigns import CampaignPlan, Release
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
from callcenter.forecasting.models.knowledge import (
    AddingUp,
    Borrowed,
    EffectSource,
    Event,
    EventQueue,
    HistoryChoice,
    Likeness,
    TotalDay,
    TotalPlan,
    Treatment,
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
    "AddingUp",
    "Adjustment",
    "Assumption",
    "Backtest",
    "Borrowed",
    "CampaignPlan",
    "EffectSource",
    "Event",
    "EventQueue",
    "Finding",
    "Floats",
    "Forecast",
    "ForecastDay",
    "ForecastQueue",
    "ForecastStatus",
    "HistoryChoice",
    "Horizon",
    "Likeness",
    "Note",
    "PackedFloats",
    "Release",
    "Requirement",
    "ShrinkageKind",
    "ShrinkageSpan",
    "StaffingModel",
    "Study",
    "StudyKind",
    "TotalDay",
    "TotalPlan",
    "Treatment",
]
