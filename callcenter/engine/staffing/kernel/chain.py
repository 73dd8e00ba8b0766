"""The number of contacts in a queue as it moves in time.

A queue is a birth-and-death chain on the number in system. The rates between states of
the lattice keep the drift and the variance of the chain exactly, so where the spacing
is 1 the lattice is the chain itself. The state is carried through an interval by Euler
steps no longer than the mean stay in any usual state; longer queues than usual change
state once a step at most. Every probability stays positive.

Where fewer agents work than before, those who are busy finish their contact first: the
capacity falls to the new number no faster than contacts end.
"""

import math

from callcenter.engine.staffing.kernel.parts import (
    DOWN,
    EDGE,
    FALL,
    HERE,
    LOWER,
    MEAN,
    PADDING,
    PER_DOWN,
    PER_UP,
    RISE,
    SHARE,
    STATE,
    STAY,
    THERE,
    TOTAL,
    UP,
    UPPER,
    Floats,
    Interval,
    X,
    inner,
)

_LONGEST = 200.0  # handling times after which nothing moves any more
_RENEW_EVERY = 4  # steps between two looks at agents who finish their contact
_LEAST = 1e-300


@inner
def advance(at: Interval, agents: float, room: Floats) -> None:
    """Carry the state through an interval.

    Leaves the states at the end of it in the row `HERE` and their mean over it in the
    row `MEAN`. Source: forward equations of the birth-and-death process (Cooper 1981,
    chapter 2); the lattice as Kushner and Dupuis (2001), Numerical Methods for
    Stochastic Control Problems in Continuous Time, chapter 5.
    """
    fastest = max(_fastest(at, agents, room), 2.0 * at.service)
    moving_s = min(at.length, _LONGEST / at.service)
    n_steps = max(4, math.ceil(fastest * moving_s))
    step_s = moving_s / n_steps
    _load(at, room)
    is_finishing = at.before > agents
    taken = 0
    while taken < n_steps:
        block = n_steps - taken
        working = agents
        if is_finishing:
            block = min(block, _RENEW_EVERY)
            middle_s = (taken + 0.5 * block) * step_s
            still = at.before * math.exp(-at.service * middle_s)
            working = max(agents, still)
            is_finishing = still > agents
        rates(at, working, room)
        _prepare(at.n, step_s, room)
        march(at.n, block, room)
        taken += block
    moving = moving_s / at.length
    share, rest = moving / n_steps, 1.0 - moving
    for i in range(at.n):
        k = EDGE + i
        room[MEAN, i] = room[TOTAL, k] * share + room[HERE, k] * rest


@inner
def rates(at: Interval, agents: float, room: Floats) -> None:
    """Rates to the next state and to the one before, with the chain's two moments."""
    for i in range(at.n):
        k = at.first + i
        x, up, down = room[X, k], room[UP, k], room[DOWN, k]
        busy = min(x, agents)
        ending = busy * at.service + (x - busy) * at.leaving
        drift, spread = at.arrival - ending, at.arrival + ending
        rise = (spread + drift * down) * room[PER_UP, k]
        fall = (spread - drift * up) * room[PER_DOWN, k]
        if fall < 0.0:
            rise, fall = drift / up, 0.0
        elif rise < 0.0:
            rise, fall = 0.0, -drift / down
        room[RISE, i], room[FALL, i] = rise, fall
    room[RISE, at.n - 1] = 0.0
    room[FALL, 0] = 0.0


@inner
def _fastest(at: Interval, agents: float, room: Floats) -> float:
    """The rate of the usual state that is left soonest."""
    most = max(agents, at.before)
    usual = max(at.arrival / at.service, most)
    usual += 2.0 * math.sqrt(usual + 1.0)
    fastest = 0.0
    for working in (most, agents):
        rates(at, working, room)
        for i in range(at.n):
            if room[X, at.first + i] > usual:
                break
            fastest = max(fastest, room[RISE, i] + room[FALL, i])
        if agents == most:
            break
    return fastest


@inner
def _load(at: Interval, room: Floats) -> None:
    """Put the states of the window where steps are taken."""
    for place in range(HERE, UPPER + 1):
        for i in range(at.n + PADDING):
            room[place, i] = 0.0
    for i in range(at.n):
        room[HERE, EDGE + i] = room[STATE, at.first + i]


@inner
def _prepare(n: int, step_s: float, room: Floats) -> None:
    """Probabilities to stay and to come from either side in a step.

    Where a state would be left more than once a step, both ways over an edge slow down
    alike, which leaves the balance between its states as it is.
    """
    for i in range(n):
        room[SHARE, i] = step_s / max((room[RISE, i] + room[FALL, i]) * step_s, 1.0)
    left = 0.0
    for i in range(n - 1):
        edge = min(room[SHARE, i], room[SHARE, i + 1])
        up, down = room[RISE, i] * edge, room[FALL, i + 1] * edge
        k = EDGE + i
        room[LOWER, k + 1], room[UPPER, k] = up, down
        room[STAY, k] = 1.0 - left - up
        left = down
    room[STAY, EDGE + n - 1] = 1.0 - left


@inner
def march(n: int, n_steps: int, room: Floats) -> None:
    """Take steps in place, and add the states before each of them to the row `TOTAL`.

    Two steps at a time, there and back. Whole groups of 16 states leave no rest of the
    loop to be done one by one; those behind the window stay empty.
    """
    end = EDGE + (n + 15) // 16 * 16
    for _ in range(n_steps // 2):
        for i in range(EDGE, end):
            room[THERE, i] = room[STAY, i] * room[HERE, i] + (
                room[LOWER, i] * room[HERE, i - 1] + room[UPPER, i] * room[HERE, i + 1]
            )
        for i in range(EDGE, end):
            room[TOTAL, i] += room[HERE, i] + room[THERE, i]
            room[HERE, i] = room[STAY, i] * room[THERE, i] + (
                room[LOWER, i] * room[THERE, i - 1]
                + room[UPPER, i] * room[THERE, i + 1]
            )
    if n_steps % 2 == 1:
        for i in range(EDGE, end):
            room[TOTAL, i] += room[HERE, i]
            room[THERE, i] = room[STAY, i] * room[HERE, i] + (
                room[LOWER, i] * room[HERE, i - 1] + room[UPPER, i] * room[HERE, i + 1]
            )
        for i in range(EDGE, end):
            room[HERE, i] = room[THERE, i]


@inner
def settle_down(at: Interval, agents: float, room: Floats) -> None:
    """Where the states settle when nothing moves, left in the row `STATE`.

    Source: detailed balance of the birth-and-death chain (Cooper 1981, chapter 2).
    """
    rates(at, agents, room)
    weight, most = 0.0, 0.0
    room[STATE, 0] = 0.0
    for k in range(1, at.n):
        up, down = max(room[RISE, k - 1], _LEAST), max(room[FALL, k], _LEAST)
        weight += math.log(up / down)
        room[STATE, k] = weight
        most = max(most, weight)
    whole = 0.0
    for k in range(at.n):
        room[STATE, k] = math.exp(room[STATE, k] - most)
        whole += room[STATE, k]
    for k in range(at.n):
        room[STATE, k] /= whole
