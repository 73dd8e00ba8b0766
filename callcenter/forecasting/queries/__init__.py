"""Reading forecasts, facts to forecast from, and requirements."""

from callcenter.forecasting.queries.history import (
    QueueFacts,
    actual_volume,
    fact_span,
    incredible_silence,
    queue_facts,
)
from callcenter.forecasting.queries.requirements import (
    Required,
    required_by_interval,
    requirement_rows,
    ruling_forecast_ids,
)
from callcenter.forecasting.queries.rows import (
    adjustments,
    approved_forecasts,
    assumptions_of,
    backtests,
    day_totals,
    find_assumption,
    find_day,
    findings,
    forecast_days,
    forecasts_covering,
    get_adjustment,
    get_forecast,
    notes,
    visible_assumptions,
    visible_forecasts,
)

__all__ = [
    "QueueFacts",
    "Required",
    "actual_volume",
    "adjustments",
    "approved_forecasts",
    "assumptions_of",
    "backtests",
    "day_totals",
    "fact_span",
    "find_assumption",
    "find_day",
    "findings",
    "forecast_days",
    "forecasts_covering",
    "get_adjustment",
    "get_forecast",
    "incredible_silence",
    "notes",
    "queue_facts",
    "required_by_interval",
    "requirement_rows",
    "ruling_forecast_ids",
    "visible_assumptions",
    "visible_forecasts",
]
