"""The names of rules and states; their wording is the caller's."""

from enum import StrEnum


class Rule(StrEnum):
    """Hard rules; a roster that breaks one names it in its conflicts."""

    AGENT_HAS_SKILL = "agent_has_skill"
    SHIFT_IN_LIBRARY = "shift_in_library"
    BREAKS_AS_TEMPLATE = "breaks_as_template"
    INSIDE_HORIZON = "inside_horizon"
    NOT_BLOCKED = "not_blocked"
    MEETING_NOT_CUT = "meeting_not_cut"
    NO_OVERLAP = "no_overlap"
    ONE_SHIFT_A_DAY = "one_shift_a_day"
    MIN_REST = "min_rest"
    MAX_DAYS_IN_ROW = "max_days_in_row"
    DAY_HOURS = "day_hours"
    MIN_WEEK_HOURS = "min_week_hours"
    MAX_WEEK_HOURS = "max_week_hours"
    MAX_WEEK_DAYS = "max_week_days"
    MIN_PERIOD_HOURS = "min_period_hours"
    MAX_PERIOD_HOURS = "max_period_hours"
    MAX_NIGHTS = "max_nights"
    MAX_WEEKENDS = "max_weekends"
    PIN_KEPT = "pin_kept"


class SoftRule(StrEnum):
    """Parts of the objective, each measured in points."""

    UNDER_STAFFING = "under_staffing"
    OVER_STAFFING = "over_staffing"
    CONTRACT_SHORT = "contract_short"
    PREFERENCE = "preference"
    START_CHANGE = "start_change"
    NIGHT_FAIRNESS = "night_fairness"
    WEEKEND_FAIRNESS = "weekend_fairness"


class RosterStatus(StrEnum):
    """How good a roster is known to be."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    CONFLICT = "conflict"


class StopReason(StrEnum):
    """Why the solver stopped."""

    PROVED = "proved"
    SETTLED = "settled"
    TIME = "time"
    ASKED = "asked"
