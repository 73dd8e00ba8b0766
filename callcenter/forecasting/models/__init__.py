"""The tables of this room."""

from callcenter.forecasting.models.accuracy import (
    N_FIGURES,
    Accuracy,
    Lead,
    SlotAccuracy,
)
from callcenter.forecasting.models.campaigns import CampaignPlan, Release
from callcenter.forecasting.models.curves import Candidate, CountedDay
from callcenter.forecasting.models.forecasts import (
    Adjustment,
    Backtest,
    Finding,
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastQueue,
    ForecastStatus,
    Horizon,
    Note,
)
from callcenter.forecasting.models.intraday import WHOLE_PROJECT, DayModelRow
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
from callcenter.forecasting.models.refreshing import (
    Proposal,
    RefreshPart,
    RefreshRule,
    RefreshRun,
)
from callcenter.forecasting.models.requirements import (
    Assumption,
    Requirement,
    Rounding,
    ShrinkageKind,
    ShrinkageSpan,
    StaffingModel,
)
from callcenter.forecasting.models.studies import Study, StudyKind

__all__ = [
    "N_FIGURES",
    "WHOLE_PROJECT",
    "Accuracy",
    "AddingUp",
    "Adjustment",
    "Assumption",
    "Backtest",
    "Borrowed",
    "CampaignPlan",
    "Candidate",
    "CountedDay",
    "DayModelRow",
    "EffectSource",
    "Event",
    "EventQueue",
    "Finding",
    "Floats",
    "Forecast",
    "ForecastDay",
    "ForecastKind",
    "ForecastQueue",
    "ForecastStatus",
    "HistoryChoice",
    "Horizon",
    "Lead",
    "Likeness",
    "Note",
    "PackedFloats",
    "Proposal",
    "RefreshPart",
    "RefreshRule",
    "RefreshRun",
    "Release",
    "Requirement",
    "Rounding",
    "ShrinkageKind",
    "ShrinkageSpan",
    "SlotAccuracy",
    "StaffingModel",
    "Study",
    "StudyKind",
    "TotalDay",
    "TotalPlan",
    "Treatment",
]
