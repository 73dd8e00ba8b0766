"""Making forecasts, changing them by hand, approving them, and measuring them."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.forecasting.services.accuracy import (
        horizon_of,
        measure_forecast,
        request_measuring,
    )
    from callcenter.forecasting.services.adjusting import (
        add_note,
        adjust_day,
        require_draft,
        undo_adjustment,
    )
    from callcenter.forecasting.services.approving import (
        approve_forecast,
        request_approval,
        set_assumption,
    )
    from callcenter.forecasting.services.days import grid_of, passes_on, slot_passes
    from callcenter.forecasting.services.making import (
        INTERVALS_S,
        MOST_DAYS,
        calculate_forecast,
        draft_forecast,
        forecast_at_once,
        make_forecast,
    )
    from callcenter.forecasting.services.pooling import groups_of
    from callcenter.forecasting.services.requiring import QueueRequirement, work_out
    from callcenter.forecasting.services.staffing import (
        Load,
        Staffing,
        model_for,
        staff_queue,
    )
    from callcenter.forecasting.services.storing import (
        Calculation,
        QueueResult,
        delete_forecast,
        refuse_forecast,
        store_forecast,
    )


__all__ = [
    "INTERVALS_S",
    "MOST_DAYS",
    "Calculation",
    "Load",
    "QueueRequirement",
    "QueueResult",
    "Staffing",
    "add_note",
    "adjust_day",
    "approve_forecast",
    "calculate_forecast",
    "delete_forecast",
    "draft_forecast",
    "forecast_at_once",
    "grid_of",
    "groups_of",
    "horizon_of",
    "make_forecast",
    "measure_forecast",
    "model_for",
    "passes_on",
    "refuse_forecast",
    "request_approval",
    "request_measuring",
    "require_draft",
    "set_assumption",
    "slot_passes",
    "staff_queue",
    "store_forecast",
    "undo_adjustment",
    "work_out",
]

lazily(__name__)
