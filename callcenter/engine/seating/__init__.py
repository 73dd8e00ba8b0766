"""Seats: a named seat for every shift, with the fewest seats that can do it."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.engine.seating.assign import assign_seats
    from callcenter.engine.seating.model import (
        Seat,
        Seating,
        SeatPlan,
        SeatRequest,
        UnseatedReason,
    )


__all__ = [
    "Seat",
    "SeatPlan",
    "SeatRequest",
    "Seating",
    "UnseatedReason",
    "assign_seats",
]

lazily(__name__)
