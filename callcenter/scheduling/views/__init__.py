"""The pages of this room."""

from callcenter.scheduling.views import (
    board,
    calendar,
    coverage,
    leave,
    library,
    mine,
    schedules,
    seats,
    service,
    shifts,
)
from callcenter.scheduling.views.blueprint import bp

__all__ = [
    "board",
    "bp",
    "calendar",
    "coverage",
    "leave",
    "library",
    "mine",
    "schedules",
    "seats",
    "service",
    "shifts",
]
