"""What the kinds of things in the audit trail are called.

The trail knows them by their tables, of whatever room; entries of the past keep
the name of a table that is no more, which is then shown as it is.
"""

from collections.abc import Mapping

from callcenter.kernel.text import _l

SUBJECTS: Mapping[str, object] = {
    "access_user": _l("user"),
    "access_role": _l("role"),
    "access_grant": _l("role of a user"),
    "access_invitation": _l("invitation"),
    "access_api_token": _l("token"),
    "acd_import": _l("import of contacts"),
    "acd_mapping": _l("saved mapping"),
    "acd_source_name": _l("name in files"),
    "demo": _l("demo company"),
    "forecasting_forecast": _l("forecast"),
    "forecasting_adjustment": _l("adjustment of a forecast"),
    "forecasting_note": _l("note on a forecast"),
    "forecasting_assumption": _l("staffing assumption"),
    "forecasting_campaign": _l("campaign plan"),
    "forecasting_capacity_plan": _l("capacity plan"),
    "forecasting_event": _l("event"),
    "forecasting_history_choice": _l("choice about the history"),
    "forecasting_likeness": _l("queue that a young one is like"),
    "forecasting_refresh_rule": _l("rule of weekly forecasts"),
    "forecasting_scenario": _l("scenario of a capacity plan"),
    "forecasting_scenario_week": _l("week of a scenario"),
    "forecasting_shrinkage_span": _l("hours of shrinkage"),
    "people_absence": _l("absence"),
    "people_commitment": _l("booked time"),
    "people_employee": _l("employee"),
    "people_employment": _l("contract"),
    "people_skill": _l("skill"),
    "people_employee_skill": _l("skill of an employee"),
    "people_move": _l("move between teams"),
    "people_import": _l("import of employees"),
    "people_site": _l("site"),
    "people_floor": _l("floor"),
    "people_post": _l("post"),
    "people_team": _l("team"),
    "projects_client": _l("client"),
    "projects_project": _l("project"),
    "projects_queue": _l("queue"),
    "projects_service_target": _l("service target"),
    "projects_opening_hours": _l("opening hours"),
    "projects_calendar_day": _l("calendar day"),
    "projects_team_assignment": _l("team on a project"),
    "recruiting_application": _l("application of a candidate"),
    "recruiting_candidate": _l("candidate"),
    "recruiting_channel": _l("recruiting channel"),
    "recruiting_event": _l("recruiting event"),
    "recruiting_requisition": _l("requisition"),
    "recruiting_stage_template": _l("stages of a post"),
    "recruiting_template_stage": _l("stage of a post"),
    "scheduling_schedule": _l("schedule"),
    "scheduling_schedule_team": _l("team of a schedule"),
    "scheduling_schedule_queue": _l("queue of a schedule"),
    "scheduling_shift": _l("shift"),
    "scheduling_shift_template": _l("shift template"),
    "scheduling_work_rule_set": _l("work rules"),
    "scheduling_work_rule_assignment": _l("work rules of a group"),
    "scheduling_leave": _l("leave"),
    "scheduling_acknowledgement": _l("look at a schedule"),
    "scheduling_weekday_wish": _l("wish for a day of the week"),
    "scheduling_time_offer": _l("offer of overtime or time off"),
    "scheduling_time_offer_person": _l("answer to an offer"),
    "scheduling_agent_rules": _l("rules for agents"),
    "scheduling_swap_wish": _l("shift on offer"),
    "scheduling_swap": _l("swap of shifts"),
    "scheduling_swap_part": _l("part of a swap"),
    "scheduling_seat": _l("seat"),
    "scheduling_calendar_feed": _l("calendar link"),
    "workflow_request": _l("request"),
    "workflow_decision": _l("decision"),
}


def subject_words(subject: str) -> str:
    """The kind of thing that an entry is about, in the reader's language."""
    return str(SUBJECTS.get(subject, subject))
