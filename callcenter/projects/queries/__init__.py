"""Reading clients, projects, queues, targets, hours and the calendar."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.projects.queries.hours import (
        SpecialDays,
        country_of,
        days_of_project,
        lay_out_days,
        open_intervals,
        open_slots,
        special_days,
    )
    from callcenter.projects.queries.rows import (
        assignment_holds,
        assignments,
        calendar_days,
        clients,
        countries_in,
        days_of_owner,
        get_assignment,
        get_client,
        get_day,
        get_project,
        get_queue,
        get_target,
        has_project,
        in_scope,
        n_queues_by_project,
        opening_hours,
        project_names,
        targets_of,
        targets_on,
        targets_touching,
        team_ids_of_projects,
        visible_clients,
        visible_projects,
        visible_queues,
    )


__all__ = [
    "SpecialDays",
    "assignment_holds",
    "assignments",
    "calendar_days",
    "clients",
    "countries_in",
    "country_of",
    "days_of_owner",
    "days_of_project",
    "get_assignment",
    "get_client",
    "get_day",
    "get_project",
    "get_queue",
    "get_target",
    "has_project",
    "in_scope",
    "lay_out_days",
    "n_queues_by_project",
    "open_intervals",
    "open_slots",
    "opening_hours",
    "project_names",
    "special_days",
    "targets_of",
    "targets_on",
    "targets_touching",
    "team_ids_of_projects",
    "visible_clients",
    "visible_projects",
    "visible_queues",
]

lazily(__name__)
