"""Which seats may serve which shifts, and how many are needed at least."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.seating.model import SeatPlan, SeatRequest

Ints = NDArray[np.int64]
Zones = frozenset[int]


def validate_plan(plan: SeatPlan) -> None:
    """Check the references and times of a plan.

    Raises
    ------
    EngineInputError : naming the first thing that is wrong
    """
    if plan.turnover_gap < 0:
        raise EngineInputError("turnover_gap is negative")
    seats = range(len(plan.seats))
    for number, request in enumerate(plan.requests):
        if request.start >= request.end:
            raise EngineInputError(f"request {number} ends before it starts")
        if request.fixed_seat is not None and request.fixed_seat not in seats:
            raise EngineInputError(f"request {number}: no seat {request.fixed_seat}")
    if any(seat not in seats for seat in (plan.home_seats or {}).values()):
        raise EngineInputError("home_seats names a seat that is not there")
    for seat in plan.seats:
        if any(start >= end for start, end in seat.out_of_order):
            raise EngineInputError(f"seat {seat.key}: an out-of-order time is empty")


def zones_of(plan: SeatPlan) -> list[Zones]:
    """The zones that exist and each request may use."""
    every = frozenset(seat.zone for seat in plan.seats)
    return [
        every if request.zones is None else every & frozenset(request.zones)
        for request in plan.requests
    ]


def joined_zones(sets: Sequence[Zones]) -> dict[int, Zones]:
    """For each zone, all zones that shifts tie together with it."""
    joined: dict[int, Zones] = {}
    for zones in set(sets):
        whole = zones.union(*(joined.get(zone, frozenset()) for zone in zones))
        joined.update(dict.fromkeys(whole, whole))
    return joined


def peak(requests: Sequence[SeatRequest], gap: int) -> int:
    """Most shifts at one time, each lasting ``gap`` longer: the seats one pool needs.

    Source: interval graphs are perfect, so the colours needed equal the largest clique
    (Golumbic 1980, Algorithmic Graph Theory and Perfect Graphs, section 8).
    """
    if not requests:
        return 0
    starts = np.array([request.start for request in requests])
    ends = np.array([request.end + gap for request in requests])
    times = np.concatenate((ends, starts))
    steps = np.concatenate((np.full(len(ends), -1), np.ones(len(starts), np.int64)))
    order = np.lexsort((steps, times))
    return int(np.cumsum(steps[order]).max())


def least_seats(
    requests: Sequence[SeatRequest], sets: Sequence[Zones], gap: int
) -> int:
    """Seats below which the requests cannot be seated, a valid lower bound.

    Zones that no shift ties together need their own peaks. Where shifts may choose
    among zones, the peak of all and the sum of those without a choice are both bounds.
    """
    joined = joined_zones(sets)
    parts: dict[Zones, list[int]] = defaultdict(list)
    for number, zones in enumerate(sets):
        parts[joined[next(iter(zones))]].append(number)
    total = 0
    for members in parts.values():
        alone: dict[Zones, list[SeatRequest]] = defaultdict(list)
        for number in members:
            if len(sets[number]) == 1:
                alone[sets[number]].append(requests[number])
        together = peak([requests[number] for number in members], gap)
        apart = sum(peak(tied, gap) for tied in alone.values())
        total += max(together, apart)
    return total
