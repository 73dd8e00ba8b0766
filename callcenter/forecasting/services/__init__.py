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
        reapply_adjustments,
        require_draft,
        restore_adjustments,
        undo_adjustment,
        undo_own_adjustments,
    )
    from callcenter.forecasting.services.approving import (
        approve_forecast,
        request_approval,
        set_assumption,
    )
    from callcenter.forecasting.services.choosing import (
        choose_method,
        request_method,
    )
    from callcenter.forecasting.services.counting import (
        copy_counted_days,
        request_copying,
    )
    from callcenter.forecasting.services.days import grid_of, passes_on, slot_passes
    from callcenter.forecasting.services.loads import Load, Question
    from callcenter.forecasting.services.making import (
        INTERVALS_S,
        MOST_DAYS,
        calculate_forecast,
        calculate_queue,
        draft_forecast,
        forecast_at_once,
        make_forecast,
    )
    from callcenter.forecasting.services.pooling import groups_of
    from callcenter.forecasting.services.requiring import (
        QueueRequirement,
        questions_of,
        work_out,
    )
    from callcenter.forecasting.services.staffing import (
        Staffing,
        model_for,
        staff_queue,
    )
    from callcenter.forecasting.services.storing import (
        Calculation,
        QueueResult,
        delete_forecast,
        refuse_forecast,
        replace_queue,
        store_forecast,
    )


__all__ = [
    "INTERVALS_S",
    "MOST_DAYS",
    "Calculation",
    "Load",
    "Question",
    "QueueRequirement",
    "QueueResult",
    "Staffing",
    "add_note",
    "adjust_day",
    "approve_forecast",
    "calculate_forecast",
    "calculate_queue",
    "choose_method",
    "copy_counted_days",
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
    "questions_of",
    "reapply_adjustments",
    "refuse_forecast",
    "replace_queue",
    "request_approval",
    "request_copying",
    "request_measuring",
    "request_method",
    "require_draft",
    "restore_adjustments",
    "set_assumption",
    "slot_passes",
    "staff_queue",
    "store_forecast",
    "undo_adjustment",
    "undo_own_adjustments",
    "work_out",
]

lazily(__name__)
