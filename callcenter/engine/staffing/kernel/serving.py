"""The service that arriving contacts get from a state of the queue."""

import math

import numpy as np

from callcenter.engine.staffing.kernel.parts import (
    ABANDON,
    AHEAD,
    ANSWERED,
    ASA,
    DOWN,
    EDGE,
    FIGURES,
    HERE,
    MEAN,
    MEAN_WAIT,
    OCCUPANCY,
    OFFERED,
    QUEUED,
    SL,
    UP,
    WAIT_PROBABILITY,
    Floats,
    Interval,
    Memory,
    X,
    inner,
    outer,
)
from callcenter.engine.staffing.kernel.reaching import (
    Flow,
    Late,
    flow_of,
    reach,
    waits,
)

_TINY = 1e-300


@outer
def outcomes(
    at_once: Floats,
    queued: Floats,
    ahead: Floats,
    blocked: Floats,
    flows: Floats,
    definition: int,
) -> Floats:
    """What becomes of contacts that find these queues; occupancy is 0.

    Parameters
    ----------
    at_once, blocked : ndarray of float, shape (n_rows,), probabilities
    queued, ahead : ndarray of float, shape (n_rows, n_states)
    flows : ndarray of float, shape (3, n_rows), the fields of a `Flow`
    definition : int

    Returns
    -------
    ndarray of float, shape (n_figures, n_rows), ordered as `FIGURES`; agents 0
    """
    n_rows, n_states = queued.shape
    found = np.zeros((len(FIGURES), n_rows))
    table = np.empty(int(ahead.max()) + 3)
    for row in range(n_rows):
        flow = Flow(flows[0, row], flows[1, row], flows[2, row])
        end = n_states
        while end and queued[row, end - 1] <= 0.0:
            end -= 1
        late = reach(queued[row], ahead[row], end, flow, definition, table)
        at = found[:, row]
        at[WAIT_PROBABILITY] = late.waiting
        at[ABANDON] = _left(late) + blocked[row]
        at[SL] = service_level(at_once[row], late, blocked[row], flow, definition)
        total = waits(queued[row], ahead[row], end, flow)
        tell_waits(at, at_once[row], late, total, flow)
    return found


@inner
def _left(late: Late) -> float:
    return max(late.waiting - late.served, 0.0)


@inner
def service_level(
    at_once: float, late: Late, blocked: float, flow: Flow, definition: int
) -> float:
    """The service level as it is counted."""
    good = min(max(at_once + late.in_time, 0.0), 1.0)
    if definition == OFFERED:
        return good
    if definition == ANSWERED:
        return min(good / max(at_once + late.served, _TINY), 1.0)
    patient = math.exp(-flow.leaving * flow.threshold)
    still = patient * late.not_reached + blocked
    return min(good / max(good + still, _TINY), 1.0)


@inner
def tell_waits(
    found: Floats, at_once: float, late: Late, total: float, flow: Flow
) -> None:
    """Mean waits of the answered and of all, from the waits of the served summed up."""
    served = max(at_once + late.served, _TINY)
    found[ASA] = total / served
    found[MEAN_WAIT] = total
    if flow.leaving > 0.0:
        found[MEAN_WAIT] = _left(late) / max(flow.leaving, 1e-12)


@inner
def measure(at: Interval, agents: float, memory: Memory, found: Floats) -> None:
    """The measures of contacts that arrive while the state is `MEAN` on average.

    Writes all of them to `found` but the waits.
    """
    at_once, busy, n = _gather(at, agents, MEAN, 0, memory.rows)
    late, flow = _reached(at, agents, n, memory)
    found[SL] = service_level(at_once, late, 0.0, flow, at.definition)
    found[OCCUPANCY] = min(busy / max(agents, 1e-9), 1.0)
    found[ABANDON] = _left(late)
    found[WAIT_PROBABILITY] = late.waiting


@inner
def measure_waits(at: Interval, agents: float, memory: Memory, found: Floats) -> None:
    """Write the waits to `found` that belong to `measure`."""
    at_once, _, n = _gather(at, agents, MEAN, 0, memory.rows)
    late, flow = _reached(at, agents, n, memory)
    total = waits(memory.rows[QUEUED], memory.rows[AHEAD], n, flow)
    tell_waits(found, at_once, late, total, flow)


@inner
def _reached(at: Interval, agents: float, n: int, memory: Memory) -> tuple[Late, Flow]:
    """What becomes of the `n` states of the queue that were gathered."""
    flow = flow_of(agents, at.service, at.leaving, at.threshold)
    queued, ahead = memory.rows[QUEUED], memory.rows[AHEAD]
    return reach(queued, ahead, n, flow, at.definition, memory.table), flow


@inner
def level_at_end(at: Interval, agents: float, memory: Memory) -> float:
    """The service level of those who arrive at the end, with that many agents."""
    at_once, _, n = _gather(at, agents, HERE, EDGE, memory.rows)
    late, flow = _reached(at, agents, n, memory)
    return service_level(at_once, late, 0.0, flow, at.definition)


@inner
def _gather(
    at: Interval, agents: float, place: int, begin: int, room: Floats
) -> tuple[float, float, int]:
    """Who finds an agent, how many are busy, and the number of states of the queue.

    The state stands in the row `place` from `begin`; the queue is left in `QUEUED` and
    `AHEAD`. A fraction of an agent counts as a part of the time.
    """
    at_once, busy, n_queued = 0.0, 0.0, 0
    for i in range(at.n):
        k = at.first + i
        x, mass = room[X, k], room[place, begin + i]
        width = 0.5 * (room[UP, k] + room[DOWN, k])
        free = min(max((agents - 0.5 - (x - 0.5 * width)) / width, 0.0), 1.0)
        at_once += mass * free
        busy += mass * min(x, agents)
        if free < 1.0:
            room[QUEUED, n_queued] = mass * (1.0 - free)
            room[AHEAD, n_queued] = max(x - agents, 0.0)
            n_queued += 1
    return at_once, busy, n_queued
