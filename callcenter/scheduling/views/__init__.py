"""The pages of this room."""

from callcenter.scheduling.views import (
    acknowledging,
    agent_rules,
    board,
    calendar,
    coverage,
    fairness,
    leave,
    library,
    mine,
    offers,
    schedules,
    seats,
    service,
    shifts,
    swaps,
)
from callcenter.scheduling.views.blueprint import bp

__all__ = [
    "acknowledging",
    "agent_rules",
    "board",
    "bp",
    "calendar",
    "coverage",
    "fairness",
    "leave",
    "library",
    "mine",
    "offers",
    "schedules",
    "seats",
    "service",
    "shifts",
    "swaps",
]
