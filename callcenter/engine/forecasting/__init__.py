"""What will come in, when, and how sure one can be."""

from callcenter.engine.forecasting.findings import Finding, FindingKind
from callcenter.engine.forecasting.forecast import METHODS, Forecast, Status, forecast
from callcenter.engine.forecasting.history import (
    Calendar,
    DayKind,
    History,
    make_calendar,
    make_history,
)
from callcenter.engine.forecasting.members import MEMBERS, Method

__all__ = [
    "MEMBERS",
    "METHODS",
    "Calendar",
    "DayKind",
    "Finding",
    "FindingKind",
    "Forecast",
    "History",
    "Method",
    "Status",
    "forecast",
    "make_calendar",
    "make_history",
]
