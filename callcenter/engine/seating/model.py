"""What the seat assignment is told, and what it answers."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Seat:
    """A place to work.

    Attributes
    ----------
    key : str, the caller's name for it
    zone : int, a part of the floor; client isolation works by zones
    x, y : float, position on the floor in any unit, to keep teams together
    out_of_order : tuple of (start, end), times at which nobody can sit there, in the
        same unit as the requests; ``is_broken`` for all the time
    is_broken : bool
    """

    key: str
    zone: int = 0
    x: float = 0.0
    y: float = 0.0
    out_of_order: tuple[tuple[int, int], ...] = ()
    is_broken: bool = False


@dataclass(frozen=True)
class SeatRequest:
    """One shift that needs a seat from its start to its end.

    Attributes
    ----------
    agent : int, any number that names the person
    start, end : int, interval indices or minutes from any origin, half-open
    zones : tuple of int or None, zones that the shift's client allows, None for all
    team : int or None, people who like to sit together
    fixed_seat : int or None, a seat that has been promised, kept when it can be
    """

    agent: int
    start: int
    end: int
    zones: tuple[int, ...] | None = None
    team: int | None = None
    fixed_seat: int | None = None


@dataclass(frozen=True)
class SeatPlan:
    """Seats, the shifts to seat, and the time a seat stands empty between two people.

    Attributes
    ----------
    seats : tuple of Seat
    requests : tuple of SeatRequest
    turnover_gap : int, in the unit of the requests, between two shifts on a seat
    home_seats : dict of agent to seat, where people sat last, kept when possible
    """

    seats: tuple[Seat, ...]
    requests: tuple[SeatRequest, ...]
    turnover_gap: int = 0
    home_seats: dict[int, int] | None = None


class UnseatedReason(StrEnum):
    """Why a shift has no seat."""

    NO_SEAT_IN_ZONES = "no_seat_in_zones"
    ALL_SEATS_TAKEN = "all_seats_taken"
    AGENT_ALREADY_SEATED = "agent_already_seated"


@dataclass(frozen=True, eq=False)
class Seating:
    """Who sits where.

    Attributes
    ----------
    seat_of : ndarray of int, shape (n_requests,), seat number, -1 for none
    reasons : dict of request number to UnseatedReason
    n_seats : int, different seats used
    least_seats : int, no assignment of the seated shifts uses fewer
    is_proved : bool, n_seats equals least_seats
    n_seat_changes : int, times an agent's seat differs from their seat before
    peak_seated : int, most people seated at one time
    """

    seat_of: NDArray[np.int64]
    reasons: dict[int, UnseatedReason]
    n_seats: int
    least_seats: int
    is_proved: bool
    n_seat_changes: int
    peak_seated: int
