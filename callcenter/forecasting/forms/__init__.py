"""The shape of what people type in this room."""

from callcenter.forecasting.forms.assumptions import (
    AssumptionForm,
    ShrinkageSpanForm,
    WhatIfForm,
)
from callcenter.forecasting.forms.forecasts import (
    SPANS_DAYS,
    AdjustForm,
    CheckboxesField,
    ForecastForm,
    ImportForecastForm,
    MethodForm,
    NoteForm,
    RefreshForm,
)
from callcenter.forecasting.forms.knowledge import (
    CampaignForm,
    ChoiceForm,
    EventForm,
    KnowledgeFileForm,
    LikenessForm,
    TotalsForm,
)

__all__ = [
    "SPANS_DAYS",
    "AdjustForm",
    "AssumptionForm",
    "CampaignForm",
    "CheckboxesField",
    "ChoiceForm",
    "EventForm",
    "ForecastForm",
    "ImportForecastForm",
    "KnowledgeFileForm",
    "LikenessForm",
    "MethodForm",
    "NoteForm",
    "RefreshForm",
    "ShrinkageSpanForm",
    "TotalsForm",
    "WhatIfForm",
]
