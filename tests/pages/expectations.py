"""What pages are allowed that the rule does not say, each with its reason."""

from callcenter.access.permissions import RoleCode

ROLES = [role.value for role in RoleCode]
SCOPED = [role for role in ROLES if role != "administrator"]

# What an address needs beyond its arguments; {names} are those of the world.
QUERY: dict[str, dict[str, str]] = {
    "home.find": {"q": "a"},
    "scheduling.add_shift": {"employee_id": "{employee_id}", "day": "{day}"},
    "scheduling.new_time_offer": {
        "kind": "overtime",
        "starts": "{offer_starts}",
        "ends": "{offer_ends}",
    },
    "scheduling.new_schedule_teams": {"site": "{site_id}", "first": "{day}"},
}

# What a form must hold before its address is looked up.
FORMS: dict[str, dict[str, str]] = {
    "scheduling.swap_shift": {"other_id": "1"},
    "recruiting.move_application": {"stage": "first_interview"},
}

# Things of one reader that a colleague of another role has no business with.
OUT_OF_REACH: dict[str, set[str]] = {
    # Whoever manages the company need not be employed by a site of it.
    "people.my_record": {"administrator", "operations_manager", "finance"},
    # A spreadsheet of people is seen by whoever brought it, and by nobody else.
    "people.import_columns": {"administrator", "operations_manager"},
    "people.import_faults": {"administrator", "operations_manager"},
    "people.import_file": {"administrator", "operations_manager"},
    "people.team": {"agent"},
    # A shift is swapped by whoever works it.
    "scheduling.swap_options": {"administrator", "planner"},
    # Leave is seen by whoever asked and by those who may approve it.
    "workflow.request_page": {"recruiter", "trainer", "inspector", "finance"},
}

# Who is signed in need not sign in; what is imported needs no preview.
LEADS_ELSEWHERE = {
    "access.sign_in",
    "acd.preview_import",
    "forecasting.approval",  # of what rules already
    "forecasting.choose_project",  # for whoever has one project only
    "forecasting.todays",  # likewise
}

# What cannot be asked without saying of what.
NEEDS_A_QUERY = {"forecasting_api.requirements"}

# Arguments that name what the whole company shares, whatever the reader's scope.
SHARED = {
    *("template_id", "rule_set_id", "skill_id", "role_id", "metric", "day"),
    *("site_id", "post_id", "key"),
}

# What is decided for the whole company is refused to those who hold a part of it.
COMPANY_WIDE = {
    "people.account",
    "people.unlink_account",
    "people.new_site",
    "people.new_skill",
    "people.skill",
    "scheduling.edit_rule_set",
    "scheduling.edit_template",
    "scheduling.new_template",
}

# Statements that a page may run (performance.md): dashboards, boards; others by shape.
DASHBOARD, BOARD, DETAIL, LIST = 15, 12, 12, 8
BUDGETS: dict[str, int] = {
    "home.index": DASHBOARD,
    "acd.figures": DASHBOARD,
    "projects.calendar": DETAIL,
    "scheduling.coverage": DASHBOARD,
    "scheduling.board": BOARD,
    "home.find": DASHBOARD,
    # Two begin every request; a whole shift change opens this page in one minute.
    # Shifts, leave, the calendar address, what must be seen and confirmed.
    "scheduling.my_schedule": 6,
    # One question to the rules for all colleagues at once: contracts, skills, weeks,
    # leave, seats; only where skills differ who else is at work.
    "scheduling.swap_options": 24,
    # The same question: who of those whose shift ends there may stay.
    "scheduling.new_time_offer": 18,
    "workflow.inbox": BOARD,
    "forecasting.forecast": BOARD,
    # Two years by day as counted and as decided, findings, choices, who may lend.
    "forecasting.history": DASHBOARD,
    # One event with its form, and what its kind did to a queue in two years.
    "forecasting.event": DASHBOARD,
    # Two more: whether another forecast has come to rule these days, and whether what
    # it was staffed with has changed since.
    "forecasting.requirement": BOARD + 2,
    # A panel beside the board, and what is asked while a shift is being dragged: the
    # rules rest on the agent's contract, skills, week, commitments and absences.
    "scheduling.shift": DETAIL,
    "scheduling.check_shift": DETAIL,
    "recruiting.pipeline": BOARD,
}
