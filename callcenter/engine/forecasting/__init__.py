"""What will come in, when, and how sure one can be."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.engine.forecasting.borrow import Borrowed, borrow_early_days
    from callcenter.engine.forecasting.events import (
        EventEffect,
        learn_event,
        with_uplift,
    )
    from callcenter.engine.forecasting.findings import Finding, look_over
    from callcenter.engine.forecasting.forecast import (
        METHODS,
        Forecast,
        Status,
        forecast,
    )
    from callcenter.engine.forecasting.history import (
        Calendar,
        DayKind,
        History,
        make_calendar,
        make_history,
    )
    from callcenter.engine.forecasting.intraday import (
        DayModel,
        DaysAhead,
        DayTotal,
        DayUpdate,
        day_ahead_forecasts,
        learn_day,
        total_of_day,
        update_day,
    )
    from callcenter.engine.forecasting.members import MEMBERS
    from callcenter.engine.forecasting.outbound import (
        Campaign,
        OutboundWork,
        RetryRule,
        outbound_work,
    )
    from callcenter.engine.forecasting.reconcile import reconcile, split_by_parts
    from callcenter.engine.forecasting.repair import repair, usual_days
    from callcenter.engine.forecasting.words import FindingKind, Method


__all__ = [
    "MEMBERS",
    "METHODS",
    "Borrowed",
    "Calendar",
    "Campaign",
    "DayKind",
    "DayModel",
    "DayTotal",
    "DayUpdate",
    "DaysAhead",
    "EventEffect",
    "Finding",
    "FindingKind",
    "Forecast",
    "History",
    "Method",
    "OutboundWork",
    "RetryRule",
    "Status",
    "borrow_early_days",
    "day_ahead_forecasts",
    "forecast",
    "learn_day",
    "learn_event",
    "look_over",
    "make_calendar",
    "make_history",
    "outbound_work",
    "reconcile",
    "repair",
    "split_by_parts",
    "total_of_day",
    "update_day",
    "usual_days",
    "with_uplift",
]

lazily(__name__)
