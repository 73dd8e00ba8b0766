"""Reading forecasts, facts to forecast from, and requirements."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.forecasting.queries.curves import (
        MethodLine,
        counted_curves,
        has_counted_days,
        method_lines,
        queues_with_copies,
        stale_days,
    )
    from callcenter.forecasting.queries.history import (
        QueueFacts,
        actual_volume,
        fact_span,
        incredible_silence,
        queue_facts,
    )
    from callcenter.forecasting.queries.pages import (
        DayTotal,
        WeekSoFar,
        accuracy_by_day,
        accuracy_by_queue,
        day_rows,
        fact_days,
        user_names,
        week_so_far,
    )
    from callcenter.forecasting.queries.requirements import (
        Required,
        required_by_interval,
        requirement_rows,
        ruling_forecast_ids,
    )
    from callcenter.forecasting.queries.rows import (
        Found,
        Tested,
        adjustments,
        approved_forecasts,
        assumptions_of,
        day_totals,
        every_adjustment,
        evidence,
        find_assumption,
        find_day,
        forecast_days,
        forecasts_covering,
        get_adjustment,
        get_forecast,
        notes,
        visible_assumptions,
        visible_forecasts,
    )


__all__ = [
    "DayTotal",
    "Found",
    "MethodLine",
    "QueueFacts",
    "Required",
    "Tested",
    "WeekSoFar",
    "accuracy_by_day",
    "accuracy_by_queue",
    "actual_volume",
    "adjustments",
    "approved_forecasts",
    "assumptions_of",
    "counted_curves",
    "day_rows",
    "day_totals",
    "every_adjustment",
    "evidence",
    "fact_days",
    "fact_span",
    "find_assumption",
    "find_day",
    "forecast_days",
    "forecasts_covering",
    "get_adjustment",
    "get_forecast",
    "has_counted_days",
    "incredible_silence",
    "method_lines",
    "notes",
    "queue_facts",
    "queues_with_copies",
    "required_by_interval",
    "requirement_rows",
    "ruling_forecast_ids",
    "stale_days",
    "user_names",
    "visible_assumptions",
    "visible_forecasts",
    "week_so_far",
]

lazily(__name__)
