"""Making forecasts, changing them by hand, approving them, and measuring them."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.forecasting.services.forecasts.accuracy import (
        Counts,
        counting,
        lead_days,
        measure_days,
        measure_forecast,
        references,
        request_measuring,
    )
    from callcenter.forecasting.services.forecasts.adjusting import (
        add_note,
        adjust_day,
        reapply_adjustments,
        require_draft,
        restore_adjustments,
        undo_adjustment,
        undo_own_adjustments,
    )
    from callcenter.forecasting.services.forecasts.calculating import (
        calculate_forecast,
        calculate_queue,
        calculate_some,
    )
    from callcenter.forecasting.services.forecasts.choosing import (
        choose_method,
        request_method,
    )
    from callcenter.forecasting.services.forecasts.days import (
        first_day_ahead,
        grid_of,
        passes_on,
        slot_passes,
    )
    from callcenter.forecasting.services.forecasts.finishing import (
        scale_queue,
        store_refresh_total,
        work_out_total,
    )
    from callcenter.forecasting.services.forecasts.importing import (
        Fault,
        forecast_rows,
        import_forecast,
    )
    from callcenter.forecasting.services.forecasts.intraday import (
        DaySoFar,
        Facts,
        agents_at,
        agents_by_slot,
        aht_for_the_rest,
        day_so_far,
        facts_of_today,
        need_for_the_rest,
        plan_by_slot,
    )
    from callcenter.forecasting.services.forecasts.learning import (
        Learnt,
        learn_days,
        model_of,
        request_learning,
        request_learning_of,
        store_day_models,
    )
    from callcenter.forecasting.services.forecasts.making import (
        INTERVALS_S,
        MOST_DAYS,
        draft_forecast,
        finish_forecast,
        forecast_at_once,
        make_forecast,
        work_out_again,
    )
    from callcenter.forecasting.services.forecasts.refreshing import (
        is_stalled,
        kept_leads,
        last_hour,
        propose,
        prune_snapshots,
        request_due_refreshes,
        request_refresh,
        resume_stalled,
        set_refresh_rule,
        store_part,
    )
    from callcenter.forecasting.services.forecasts.storing import (
        Calculation,
        QueueResult,
        delete_forecast,
        refuse_forecast,
        replace_queue,
        store_forecast,
    )
    from callcenter.forecasting.services.forecasts.totals import (
        inbound_totals,
        plan_total,
        set_total,
    )
    from callcenter.forecasting.services.forecasts.weighing import find_moves
    from callcenter.forecasting.services.knowledge.borrowing import (
        FEWEST_DAYS,
        YOUNG_DAYS,
        forget_likeness,
        set_likeness,
    )
    from callcenter.forecasting.services.knowledge.campaigns import (
        CampaignWork,
        delete_campaign,
        follow_campaign,
        hours_of,
        practice_of,
        save_campaign,
    )
    from callcenter.forecasting.services.knowledge.counting import (
        copy_counted_days,
        copy_history,
        request_copying,
        request_history,
    )
    from callcenter.forecasting.services.knowledge.decisions import (
        choose,
        put_back,
        take_back,
    )
    from callcenter.forecasting.services.knowledge.events import (
        delete_event,
        repeat_event,
        save_event,
    )
    from callcenter.forecasting.services.knowledge.looking import (
        HistoryLook,
        learnt_effect,
        look_at_history,
    )
    from callcenter.forecasting.services.requirements.approving import (
        Calculated,
        approve_forecast,
        calculate_requirements,
        request_approval,
    )
    from callcenter.forecasting.services.requirements.assuming import (
        add_span,
        own_assumption,
        project_assumption,
        set_assumption,
    )
    from callcenter.forecasting.services.requirements.loads import Load, Question
    from callcenter.forecasting.services.requirements.pooling import (
        groups_of,
        joined,
        staff_groups,
    )
    from callcenter.forecasting.services.requirements.requiring import (
        Premises,
        QueueRequirement,
        answers_to,
        pool_required,
        questions_of,
        requirement_of,
        staffing_premises,
        work_out,
    )
    from callcenter.forecasting.services.requirements.restaffing import (
        first_to_restaff,
        is_outdated,
        is_unknown,
        request_restaffing,
        restaff,
        restaffing_subject,
    )
    from callcenter.forecasting.services.requirements.shrinking import (
        MOST_SHRINKAGE,
        most_shrinkage,
        shrinkage_at,
        shrinkage_on,
    )
    from callcenter.forecasting.services.requirements.staffing import (
        Staffing,
        model_for,
        staff_queue,
    )
    from callcenter.forecasting.services.studies.chances import (
        SURE,
        Step,
        cheapest,
        find_chances,
        least_for,
        priced,
    )
    from callcenter.forecasting.services.studies.estimating import FEWEST, patience_of
    from callcenter.forecasting.services.studies.premises import premises_of
    from callcenter.forecasting.services.studies.scenes import (
        day_cv_of,
        day_spread_of,
        scene_of,
    )
    from callcenter.forecasting.services.studies.simulating import simulate_requirement
    from callcenter.forecasting.services.studies.skill_groups import (
        shared_queues,
        staff_skills,
    )
    from callcenter.forecasting.services.studies.studying import (
        day_premises,
        keep_study,
        premises_of_day,
        premises_of_skills,
        premises_of_week,
        queue_of,
        request_estimate,
        request_study,
        subject_of,
        take_margin,
        take_patience,
    )
    from callcenter.forecasting.services.studies.week_chances import (
        find_week_chances,
        week_of,
    )
    from callcenter.forecasting.services.studies.what_if import (
        MOST_ABSENCE,
        MOST_MORE,
        Change,
        try_out,
    )


__all__ = [
    "FEWEST",
    "FEWEST_DAYS",
    "INTERVALS_S",
    "MOST_ABSENCE",
    "MOST_DAYS",
    "MOST_MORE",
    "MOST_SHRINKAGE",
    "SURE",
    "YOUNG_DAYS",
    "Calculated",
    "Calculation",
    "CampaignWork",
    "Change",
    "Counts",
    "DaySoFar",
    "Facts",
    "Fault",
    "HistoryLook",
    "Learnt",
    "Load",
    "Premises",
    "Question",
    "QueueRequirement",
    "QueueResult",
    "Staffing",
    "Step",
    "add_note",
    "add_span",
    "adjust_day",
    "agents_at",
    "agents_by_slot",
    "aht_for_the_rest",
    "answers_to",
    "approve_forecast",
    "calculate_forecast",
    "calculate_queue",
    "calculate_requirements",
    "calculate_some",
    "cheapest",
    "choose",
    "choose_method",
    "copy_counted_days",
    "copy_history",
    "counting",
    "day_cv_of",
    "day_premises",
    "day_so_far",
    "day_spread_of",
    "delete_campaign",
    "delete_event",
    "delete_forecast",
    "draft_forecast",
    "facts_of_today",
    "find_chances",
    "find_moves",
    "find_week_chances",
    "finish_forecast",
    "first_day_ahead",
    "first_to_restaff",
    "follow_campaign",
    "forecast_at_once",
    "forecast_rows",
    "forget_likeness",
    "grid_of",
    "groups_of",
    "hours_of",
    "import_forecast",
    "inbound_totals",
    "is_outdated",
    "is_stalled",
    "is_unknown",
    "joined",
    "keep_study",
    "kept_leads",
    "last_hour",
    "lead_days",
    "learn_days",
    "learnt_effect",
    "least_for",
    "look_at_history",
    "make_forecast",
    "measure_days",
    "measure_forecast",
    "model_for",
    "model_of",
    "most_shrinkage",
    "need_for_the_rest",
    "own_assumption",
    "passes_on",
    "patience_of",
    "plan_by_slot",
    "plan_total",
    "pool_required",
    "practice_of",
    "premises_of",
    "premises_of_day",
    "premises_of_skills",
    "premises_of_week",
    "priced",
    "project_assumption",
    "propose",
    "prune_snapshots",
    "put_back",
    "questions_of",
    "queue_of",
    "reapply_adjustments",
    "references",
    "refuse_forecast",
    "repeat_event",
    "replace_queue",
    "request_approval",
    "request_copying",
    "request_due_refreshes",
    "request_estimate",
    "request_history",
    "request_learning",
    "request_learning_of",
    "request_measuring",
    "request_method",
    "request_refresh",
    "request_restaffing",
    "request_study",
    "require_draft",
    "requirement_of",
    "restaff",
    "restaffing_subject",
    "restore_adjustments",
    "resume_stalled",
    "save_campaign",
    "save_event",
    "scale_queue",
    "scene_of",
    "set_assumption",
    "set_likeness",
    "set_refresh_rule",
    "set_total",
    "shared_queues",
    "shrinkage_at",
    "shrinkage_on",
    "simulate_requirement",
    "slot_passes",
    "staff_groups",
    "staff_queue",
    "staff_skills",
    "staffing_premises",
    "store_day_models",
    "store_forecast",
    "store_part",
    "store_refresh_total",
    "subject_of",
    "take_back",
    "take_margin",
    "take_patience",
    "try_out",
    "undo_adjustment",
    "undo_own_adjustments",
    "week_of",
    "work_out",
    "work_out_again",
    "work_out_total",
]

lazily(__name__)
