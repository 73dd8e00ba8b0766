"""Changing clients, projects, queues, targets, hours and the calendar."""

from callcenter.projects.services.actors import describe_actor, offer_scopes
from callcenter.projects.services.calendar import (
    LARGEST_FILE,
    YEARS_AHEAD,
    NamedDay,
    add_days,
    delete_day,
    generate_holidays,
    known_countries,
    public_holidays,
    read_calendar_file,
    save_day,
)
from callcenter.projects.services.catalogue import (
    NEXT_STAGES,
    assign_team,
    change_stage,
    delete_client,
    delete_project,
    delete_queue,
    end_assignment,
    save_client,
    save_project,
    save_queue,
)
from callcenter.projects.services.promises import (
    Span,
    delete_target,
    hold_hours,
    replace_hours,
    save_target,
)

__all__ = [
    "LARGEST_FILE",
    "NEXT_STAGES",
    "YEARS_AHEAD",
    "NamedDay",
    "Span",
    "add_days",
    "assign_team",
    "change_stage",
    "delete_client",
    "delete_day",
    "delete_project",
    "delete_queue",
    "delete_target",
    "describe_actor",
    "end_assignment",
    "generate_holidays",
    "hold_hours",
    "known_countries",
    "offer_scopes",
    "public_holidays",
    "read_calendar_file",
    "replace_hours",
    "save_client",
    "save_day",
    "save_project",
    "save_queue",
    "save_target",
]
