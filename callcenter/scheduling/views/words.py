"""What states, rules, activities and amounts are called on the pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callcenter.kernel.text import _, _l, language
from callcenter.people.models import EmploymentKind
from callcenter.scheduling.models import (
    ActivityKind,
    ChangeKind,
    ScheduleStatus,
    ShiftTemplate,
    WorkRuleSet,
)
from callcenter.web import filters

STATUS_NAMES: Mapping[ScheduleStatus, tuple[object, str]] = {
    ScheduleStatus.DRAFT: (_l("Draft"), "neutral"),
    ScheduleStatus.SOLVING: (_l("Being solved"), "info"),
    ScheduleStatus.PUBLISHED: (_l("Published"), "success"),
    ScheduleStatus.ARCHIVED: (_l("Archived"), "neutral"),
}

ACTIVITY_NAMES: Mapping[ActivityKind, object] = {
    ActivityKind.WORK: _l("Work"),
    ActivityKind.PAID_BREAK: _l("Short break"),
    ActivityKind.UNPAID_BREAK: _l("Unpaid break"),
    ActivityKind.LUNCH: _l("Meal break"),
    ActivityKind.MEETING: _l("Meeting"),
    ActivityKind.TRAINING: _l("Training"),
    ActivityKind.LEAVE: _l("Leave"),
}

CHANGE_NAMES: Mapping[ChangeKind, object] = {
    ChangeKind.MOVED: _l("Shift moved"),
    ChangeKind.SWAPPED: _l("Shifts swapped"),
    ChangeKind.RESEATED: _l("Seat changed"),
    ChangeKind.DELETED: _l("Shift deleted"),
    ChangeKind.ADDED: _l("Shift added"),
    ChangeKind.CUT_FOR_LEAVE: _l("Shift cut for leave"),
}

EMPLOYMENT_NAMES: Mapping[EmploymentKind, object] = {
    EmploymentKind.FULL_TIME: _l("Full time"),
    EmploymentKind.PART_TIME: _l("Part time"),
    EmploymentKind.INTERN: _l("Internship"),
}

RULE_NAMES: Mapping[str, object] = {
    "agent_has_skill": _l("The agent has a skill that is asked for"),
    "shift_in_library": _l("The shift is one of the library and of the contract"),
    "breaks_as_template": _l("Breaks are as the shift library says"),
    "inside_horizon": _l("The shift lies within the schedule"),
    "not_blocked": _l("No shift during leave or another commitment"),
    "meeting_not_cut": _l("Meetings and classes are not cut"),
    "no_overlap": _l("Nobody works two shifts at once"),
    "one_shift_a_day": _l("One shift a day"),
    "min_rest": _l("Rest between two shifts"),
    "max_days_in_row": _l("Days worked in a row"),
    "day_hours": _l("Paid hours of a day"),
    "min_week_hours": _l("Least paid hours of a week"),
    "max_week_hours": _l("Most paid hours of a week"),
    "max_week_days": _l("Days worked in a week"),
    "min_period_hours": _l("Least paid hours of the period"),
    "max_period_hours": _l("Most paid hours of the period"),
    "max_nights": _l("Night shifts"),
    "max_weekends": _l("Weekends worked"),
    "pin_kept": _l("Fixed shifts stay"),
}

PENALTY_NAMES: Mapping[str, object] = {
    "under_staffing": _l("Fewer agents than required"),
    "over_staffing": _l("More agents than required"),
    "contract_short": _l("Contract hours not reached"),
    "preference": _l("Wishes not met"),
    "start_change": _l("Changing start times"),
    "night_fairness": _l("Nights shared unevenly"),
    "weekend_fairness": _l("Weekends shared unevenly"),
}

SOLVER_NAMES: Mapping[str, object] = {
    "optimal": _l("Proved to be the best"),
    "feasible": _l("All rules kept"),
    "conflict": _l("Some rules could not be kept"),
}

STOP_NAMES: Mapping[str, object] = {
    "proved": _l("stopped because nothing better is possible"),
    "settled": _l("stopped because nothing better was found any more"),
    "time": _l("stopped because the time was over"),
    "asked": _l("stopped because somebody asked for it"),
}

PARAMETER_NAMES: Mapping[str, tuple[object, object]] = {
    "min_week_share": (
        _l("Least share of the weekly hours"),
        _l("1 means that a full week brings all the hours of the contract."),
    ),
    "over_week_h": (
        _l("Planned overtime a week, hours"),
        _l("What may be planned beyond the hours of the contract."),
    ),
    "max_week_h": (_l("Most paid hours of a week"), ""),
    "max_week_days": (_l("Most days worked in a week"), ""),
    "max_days_in_row": (_l("Most days worked in a row"), ""),
    "min_rest_h": (_l("Least rest between two shifts, hours"), ""),
    "min_day_h": (_l("Least paid hours of a working day"), ""),
    "max_day_h": (_l("Most paid hours of a day"), ""),
    "max_nights": (
        _l("Most night shifts in a schedule"),
        _l("Empty for no limit; 0 for none at all."),
    ),
    "max_weekends": (
        _l("Most weekends in a schedule"),
        _l("Empty for no limit; 0 for none at all."),
    ),
}


def template_name(template: ShiftTemplate | None) -> str:
    """The name of a shift of the library in the reader's language."""
    if template is None:
        return _("Outside the library")
    return local_name(template)


def local_name(row: ShiftTemplate | WorkRuleSet) -> str:
    """A name in the reader's language."""
    return (language() == "zh_CN" and row.name_zh) or row.name


def rule_name(rule: str) -> str:
    """What a rule is called."""
    return str(RULE_NAMES.get(rule, rule))


def finding(rule: str, found: float, limit: float, unit: str) -> str:
    """A broken rule in one sentence: what it is, what was found, what is allowed."""
    if unit in {"skills", "intervals"} or limit == found == 0:
        return rule_name(rule)
    if unit == "min" and limit == 0:
        return _(
            "%(rule)s: %(found)s, none allowed",
            rule=rule_name(rule),
            found=amount(found, unit),
        )
    return _(
        "%(rule)s: %(found)s, allowed %(limit)s",
        rule=rule_name(rule),
        found=amount(found, unit),
        limit=amount(limit, unit),
    )


def amount(value: float, unit: str) -> str:
    """A number with its unit."""
    if unit == "min":
        return filters.duration(value * 60)
    names = {
        "days": _("%(n)s days", n=filters.number(value)),
        "shifts": _("%(n)s shifts", n=filters.number(value)),
        "weekends": _("%(n)s weekends", n=filters.number(value)),
    }
    return names.get(unit, filters.number(value))


def minute_of_day(minute: int) -> str:
    """A minute of the day as a time: ``08:30``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def lengths(template: ShiftTemplate) -> str:
    """How long shifts of the library are."""
    return " / ".join(filters.duration(each * 60) for each in template.lengths_min)


def breaks(template: ShiftTemplate) -> str:
    """The breaks of a shift in words."""
    return ", ".join(
        _("%(length)s paid", length=filters.duration(each.length_min * 60))
        if each.is_paid
        else _("%(length)s unpaid", length=filters.duration(each.length_min * 60))
        for each in template.break_patterns
    )


def worst_intervals(
    verdict: Mapping[str, Any], queue_names: Mapping[int, str]
) -> list[tuple[str, datetime, float, float]]:
    """The intervals that lack most, each as queue, instant, missing and required."""
    return [
        (
            queue_names.get(each["queue_id"], "–"),
            datetime.fromisoformat(each["at"]),
            each["unmet"],
            each["wanted"],
        )
        for each in verdict.get("worst", ())
    ]
