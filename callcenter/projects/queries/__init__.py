"""Reading clients, projects, queues, targets, hours and the calendar."""

from callcenter.projects.queries.hours import (
    SpecialDays,
    country_of,
    lay_out_days,
    open_intervals,
    open_slots,
    special_days,
)
from callcenter.projects.queries.rows import (
    assignment_holds,
    calendar_days,
    clients,
    get_client,
    get_project,
    get_queue,
    in_scope,
    opening_hours,
    project_names,
    targets_on,
    targets_touching,
    team_ids_of_projects,
    visible_projects,
    visible_queues,
)

__all__ = [
    "SpecialDays",
    "assignment_holds",
    "calendar_days",
    "clients",
    "country_of",
    "get_client",
    "get_project",
    "get_queue",
    "in_scope",
    "lay_out_days",
    "open_intervals",
    "open_slots",
    "opening_hours",
    "project_names",
    "special_days",
    "targets_on",
    "targets_touching",
    "team_ids_of_projects",
    "visible_projects",
    "visible_queues",
]
