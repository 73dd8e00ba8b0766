"""One interval of a row, on which numbers of agents are tried."""

import math

import numpy as np

from callcenter.engine.staffing.kernel.chain import advance
from callcenter.engine.staffing.kernel.parts import (
    ABANDON,
    ASA,
    OCCUPANCY,
    PADDING,
    SL,
    STATE,
    Floats,
    Interval,
    Memory,
    X,
    inner,
)
from callcenter.engine.staffing.kernel.serving import (
    level_at_end,
    measure,
    measure_waits,
)

_SPREADS = 5.5  # spreads of the number in system that a window covers
_GROWN = 13.0  # how many times its mean the queue grows, at 2e-6
_TAIL = 1e-7  # probability that a window may leave out
_TINY = 1e-300
_ROUNDING = 1e-12  # of an occupancy that is exactly at its limit
_FAR = 1e3  # a margin that is met or missed by any means


@inner
def windowed(at: Interval, least: float, most: float, room: Floats) -> Interval:
    """The interval with the states that matter when so many agents are tried.

    Parameters
    ----------
    at : Interval
    least, most : agents
    room : ndarray of float, with the state that was carried into the interval
    """
    size = room.shape[1] - PADDING
    low, high = _support(room, size)
    low = max(min(low, at.load - _SPREADS * math.sqrt(at.load)) - 2.0, 0.0)
    high = max(high, _highest(at, high, least, most))
    first = _place(room, size, low)
    if first == size or room[X, first] > low:
        first -= 1
    n = min(_place(room, size, high) - first + 1, size)
    return with_window(at, min(first, size - n), n)


@inner
def with_window(at: Interval, first: int, n: int) -> Interval:
    """The interval with these states."""
    return Interval(
        at.arrival,
        at.service,
        at.leaving,
        at.length,
        at.load,
        at.threshold,
        at.sl_target,
        at.max_asa,
        at.max_abandon,
        at.max_occupancy,
        at.definition,
        first,
        n,
        at.before,
        at.after,
    )


@inner
def _place(room: Floats, size: int, number: float) -> int:
    """The first state of at least that number; `size` when there is none."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if room[X, middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _support(room: Floats, size: int) -> tuple[float, float]:
    """Between which numbers the state lies, but for a negligible probability."""
    mass, low, high = 0.0, size - 1, size - 1
    for k in range(size):
        mass += room[STATE, k]
        if mass > _TAIL and low == size - 1:
            low = k
        if mass >= 1.0 - _TAIL:
            high = k
            break
    return room[X, low], room[X, high]


@inner
def _highest(at: Interval, start: float, least: float, most: float) -> float:
    """Chance above the load, the tail of a queue and a backlog that grows."""
    agents, spread = max(least, 0.25), math.sqrt(at.load + 1.0)
    leaving = max(at.leaving, 1e-12)
    missing = max(at.arrival - agents * at.service, 0.0)
    grown = min(missing * at.length, missing / leaving)
    patient = _SPREADS * math.sqrt(at.service * at.load / leaving)
    tail = _GROWN * at.load / max(agents - at.load, 0.25 * spread)
    begun = max(at.load + _SPREADS * spread, most, start)
    return begun + grown + min(tail, patient, 25.0 * spread) + 4.0


@inner
def try_out(at: Interval, agents: float, memory: Memory, found: Floats) -> float:
    """Run the interval with that many agents; how far the worst target is met.

    Writes the figures to `found`; the waits only where they are a target.
    """
    advance(at, agents, memory.rows)
    measure(at, agents, memory, found)
    if at.max_asa < np.inf:
        measure_waits(at, agents, memory, found)
    share = min(at.threshold / at.length, 1.0)
    if share > 0.0 and not math.isnan(at.after):
        last = _level_at_last(at, agents, memory)
        found[SL] = found[SL] * (1.0 - share) + last * share
    return _margin(at, found)


@inner
def _level_at_last(at: Interval, agents: float, memory: Memory) -> float:
    """The service level of those who arrive within the threshold of the end.

    They may be answered by the agents of the next interval: where more come, all
    that still wait then are; where some leave, about half were answered before.
    """
    last = level_at_end(at, at.after, memory)
    if at.after < agents:
        last = 0.5 * (last + level_at_end(at, agents, memory))
    return last


@inner
def _margin(at: Interval, found: Floats) -> float:
    """How far the worst target is met, by the margins of `cells.margins`."""
    least = _FAR
    if at.sl_target > 0.0:
        least = min(least, sl_margin(found[SL], at.sl_target))
    if at.max_asa < np.inf:
        least = min(least, room_below(at.max_asa, found[ASA]))
    if at.max_abandon < 1.0:
        least = min(least, room_below(at.max_abandon, found[ABANDON]))
    if at.max_occupancy < 1.0:
        bound = at.max_occupancy * (1.0 + _ROUNDING)
        least = min(least, room_below(bound, found[OCCUPANCY]))
    return max(least, -_FAR)


@inner
def sl_margin(sl: float, target: float) -> float:
    """Log-odds above those of the target."""
    odds = math.log(max(sl, _TINY) / max(1.0 - sl, _TINY))
    odds -= math.log(target / (1.0 - target))
    return max(odds, 0.0) if sl >= target else min(odds, -1e-15)


@inner
def room_below(bound: float, value: float) -> float:
    """Logarithm of the bound above that of the value."""
    room = math.log(bound / max(value, _TINY))
    return abs(room) if bound >= value else room
