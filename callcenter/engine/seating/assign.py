"""Assigns seats shift by shift in order of their starts.

Taken in that order, a pool of as many seats as shifts overlap at most always has a free
one (colouring an interval graph), whichever free seat is taken. So the fewest seats are
fixed first, and the choice among them is left to wishes: the seat of yesterday, the
team's corner, no seat that its usual person is about to need.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.seating.model import (
    Seating,
    SeatPlan,
    SeatRequest,
    UnseatedReason,
)
from callcenter.engine.seating.pools import (
    Zones,
    joined_zones,
    least_seats,
    peak,
    validate_plan,
    zones_of,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NOBODY = -1
NEVER = np.iinfo(np.int64).max
CLAIMED_POINTS = 2.0
OTHER_HOME_POINTS = 0.5
ORDER_POINTS = 1e-3


@dataclass(eq=False)
class _Room:
    """The floor while it is being filled."""

    plan: SeatPlan
    zones: list[Zones]
    usable: Bools
    position: Floats
    is_open: Bools
    free_at: Ints
    sitting: Ints
    blocks: dict[int, list[tuple[int, int, int]]]
    next_claim: Ints
    claims: list[list[int]]
    seat_of: Ints
    reasons: dict[int, UnseatedReason] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)
    team_spot: dict[int, Floats] = field(default_factory=dict)
    starts_of: dict[int, list[int]] = field(default_factory=dict)
    busy_until: dict[int, int] = field(default_factory=dict)
    zone_masks: dict[Zones, Bools] = field(default_factory=dict)


def assign_seats(plan: SeatPlan) -> Seating:
    """A seat for every shift, as few seats as possible, the same seat where it can be.

    A shift keeps its seat from start to end, zones of different clients never mix, and
    between two shifts a seat stands empty for the turnover gap. When seats are short,
    as many shifts as possible are seated (the one that ends last gives way).

    Parameters
    ----------
    plan : SeatPlan

    Returns
    -------
    Seating : shifts without a seat carry their reason; ``is_proved`` says whether fewer
        seats are impossible

    Raises
    ------
    EngineInputError : a reference or a time is impossible
    """
    validate_plan(plan)
    room = _open_room(plan)
    for number in _order(room):
        _seat(room, number)
    return _result(room)


def _open_room(plan: SeatPlan) -> _Room:
    n_seats = len(plan.seats)
    place = np.array([(seat.x, seat.y) for seat in plan.seats], np.float64)
    place = place.reshape(n_seats, 2)
    span = max(float(np.ptp(place)), 1e-9) if n_seats else 1.0
    room = _Room(
        plan=plan,
        zones=zones_of(plan),
        usable=np.array([not seat.is_broken for seat in plan.seats], np.bool_),
        position=place / span,
        is_open=np.zeros(n_seats, np.bool_),
        free_at=np.full(n_seats, np.iinfo(np.int64).min),
        sitting=np.full(n_seats, NOBODY),
        blocks=_blocks(plan),
        next_claim=np.full(n_seats, NEVER),
        claims=[[] for _ in range(n_seats)],
        seat_of=np.full(len(plan.requests), NOBODY),
    )
    for request in sorted(plan.requests, key=lambda wanted: wanted.start):
        room.starts_of.setdefault(request.agent, []).append(request.start)
    for agent, seat in (plan.home_seats or {}).items():
        _settle(room, agent, seat)
    _open_pools(room)
    return room


def _blocks(plan: SeatPlan) -> dict[int, list[tuple[int, int, int]]]:
    """Times at which a seat is spoken for, as (start, end, request or -1)."""
    blocks: dict[int, list[tuple[int, int, int]]] = {}
    for number, seat in enumerate(plan.seats):
        for start, end in seat.out_of_order:
            blocks.setdefault(number, []).append((start, end, NOBODY))
    for number, request in enumerate(plan.requests):
        if request.fixed_seat is not None:
            end = request.end + plan.turnover_gap
            held = blocks.setdefault(request.fixed_seat, [])
            if all(end <= other[0] or request.start >= other[1] for other in held):
                held.append((request.start, end, number))
    return blocks


def _open_pools(room: _Room) -> None:
    """Open as many seats as the peak needs where all shifts of a pool are alike."""
    joined = joined_zones(room.zones)
    for whole in set(joined.values()):
        members = [n for n, zones in enumerate(room.zones) if zones <= whole and zones]
        is_uniform = all(room.zones[number] == whole for number in members)
        if not is_uniform:
            continue
        requests = [room.plan.requests[number] for number in members]
        needed = peak(requests, room.plan.turnover_gap)
        room.is_open[_by_worth(room, whole)[:needed]] = True


def _by_worth(room: _Room, zones: Zones) -> Ints:
    """Usable seats of the zones: promised, sound, somebody's home, then in order."""
    promised = {request.fixed_seat for request in room.plan.requests}
    homes = set(room.home.values())
    seats = [
        number
        for number, seat in enumerate(room.plan.seats)
        if room.usable[number] and seat.zone in zones
    ]

    def worth(number: int) -> tuple[bool, bool, bool, int, int]:
        seat = room.plan.seats[number]
        is_sound = not seat.out_of_order
        return (
            number not in promised,
            not is_sound,
            number not in homes,
            seat.zone,
            number,
        )

    return np.array(sorted(seats, key=worth), np.int64)


def _order(room: _Room) -> list[int]:
    """Requests by start; of equal ones the promised and the least free first."""

    def rank(number: int) -> tuple[int, bool, int, int]:
        request = room.plan.requests[number]
        is_free = request.fixed_seat is None
        return (request.start, is_free, len(room.zones[number]), number)

    return sorted(range(len(room.plan.requests)), key=rank)


def _seat(room: _Room, number: int) -> None:
    request = room.plan.requests[number]
    _spend_claim(room, request)
    fits = _fitting(room, number)
    if not fits.any():
        room.reasons[number] = UnseatedReason.NO_SEAT_IN_ZONES
        return
    if _is_seated_elsewhere(room, request):
        room.reasons[number] = UnseatedReason.AGENT_ALREADY_SEATED
        return
    seat = _choose(room, number, fits)
    if seat is None:
        seat = _give_way(room, number, fits)
    if seat is None:
        room.reasons[number] = UnseatedReason.ALL_SEATS_TAKEN
        return
    _sit(room, number, seat)


def _fitting(room: _Room, number: int) -> Bools:
    """Seats that could serve the request if nobody sat there."""
    fits = room.usable & _zone_mask(room, room.zones[number])
    request = room.plan.requests[number]
    end = request.end + room.plan.turnover_gap
    for seat, held in room.blocks.items():
        if fits[seat]:
            fits[seat] = all(
                holder == number or end <= start or request.start >= until
                for start, until, holder in held
            )
    return fits


def _zone_mask(room: _Room, zones: Zones) -> Bools:
    masks = room.zone_masks
    if zones not in masks:
        masks[zones] = np.array([s.zone in zones for s in room.plan.seats], np.bool_)
    return masks[zones]


def _is_seated_elsewhere(room: _Room, request: SeatRequest) -> bool:
    return room.busy_until.get(request.agent, request.start) > request.start


def _choose(room: _Room, number: int, fits: Bools) -> int | None:
    """The best free seat, opening another one only when there is no other way."""
    request = room.plan.requests[number]
    free = fits & (room.free_at <= request.start)
    promised = request.fixed_seat
    if promised is not None and free[promised]:
        return promised
    home = room.home.get(request.agent)
    if home is not None and free[home] and room.is_open[home]:
        return home
    open_and_free = np.flatnonzero(free & room.is_open)
    if not len(open_and_free):
        return _open_another(room, number, free)
    points = _points(room, request, open_and_free)
    return int(open_and_free[int(np.argmin(points))])


def _open_another(room: _Room, number: int, free: Bools) -> int | None:
    home = room.home.get(room.plan.requests[number].agent)
    if home is not None and free[home]:
        return home
    for seat in _by_worth(room, room.zones[number]):
        if free[seat]:
            return int(seat)
    return None


def _points(room: _Room, request: SeatRequest, seats: Ints) -> Floats:
    """How little each free seat is liked."""
    until = request.end + room.plan.turnover_gap
    claim = room.next_claim[seats]
    points = np.where(claim < until, CLAIMED_POINTS, 0.0)
    points += np.where(claim < NEVER, OTHER_HOME_POINTS, 0.0)
    points += ORDER_POINTS * seats / max(len(room.free_at), 1)
    spot = None if request.team is None else room.team_spot.get(request.team)
    if spot is not None and spot[2] > 0:
        points += np.abs(room.position[seats] - spot[:2] / spot[2]).sum(axis=1)
    return np.asarray(points, np.float64)


def _give_way(room: _Room, number: int, fits: Bools) -> int | None:
    """Unseat the fitting shift that ends last, when it ends after this one."""
    request = room.plan.requests[number]
    best, latest = None, request.end + room.plan.turnover_gap
    for seat in np.flatnonzero(fits & (room.free_at > latest)):
        other = int(room.sitting[seat])
        if room.plan.requests[other].fixed_seat is None and room.free_at[seat] > latest:
            best, latest = int(seat), int(room.free_at[seat])
    if best is None:
        return None
    loser = int(room.sitting[best])
    room.seat_of[loser] = NOBODY
    room.reasons[loser] = UnseatedReason.ALL_SEATS_TAKEN
    room.busy_until.pop(room.plan.requests[loser].agent, None)
    return best


def _sit(room: _Room, number: int, seat: int) -> None:
    request = room.plan.requests[number]
    room.seat_of[number] = seat
    room.is_open[seat] = True
    room.free_at[seat] = request.end + room.plan.turnover_gap
    room.sitting[seat] = number
    room.busy_until[request.agent] = request.end
    if request.team is not None:
        spot = room.team_spot.setdefault(request.team, np.zeros(3))
        spot += np.array([*room.position[seat], 1.0])
    if request.agent not in room.home:
        _settle(room, request.agent, seat, after=request.start)


def _settle(room: _Room, agent: int, seat: int, after: int | None = None) -> None:
    """Make a seat the agent's own and note when they will want it."""
    room.home[agent] = seat
    for start in room.starts_of.get(agent, []):
        if after is None or start > after:
            heappush(room.claims[seat], start)
    if room.claims[seat]:
        room.next_claim[seat] = room.claims[seat][0]


def _spend_claim(room: _Room, request: SeatRequest) -> None:
    seat = room.home.get(request.agent)
    if seat is None:
        return
    claims = room.claims[seat]
    while claims and claims[0] <= request.start:
        heappop(claims)
    room.next_claim[seat] = claims[0] if claims else NEVER


def _result(room: _Room) -> Seating:
    plan, seat_of = room.plan, room.seat_of
    seated = np.flatnonzero(seat_of >= 0)
    requests = [plan.requests[number] for number in seated]
    zones = [room.zones[number] for number in seated]
    least = least_seats(requests, zones, plan.turnover_gap)
    n_seats = len(np.unique(seat_of[seated]))
    return Seating(
        seat_of=seat_of,
        reasons=dict(sorted(room.reasons.items())),
        n_seats=n_seats,
        least_seats=least,
        is_proved=n_seats == least,
        n_seat_changes=_count_changes(plan, seat_of),
        peak_seated=peak(requests, 0),
    )


def _count_changes(plan: SeatPlan, seat_of: Ints) -> int:
    last: dict[int, int] = dict(plan.home_seats or {})
    changes = 0
    for number in sorted(range(len(seat_of)), key=lambda n: plan.requests[n].start):
        agent, seat = plan.requests[number].agent, int(seat_of[number])
        if seat == NOBODY:
            continue
        changes += last.get(agent, seat) != seat
        last[agent] = seat
    return changes
