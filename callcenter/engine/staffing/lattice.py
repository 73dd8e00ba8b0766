"""The number of contacts in a queue as it moves in time, for many queues at once.

A queue is a birth-and-death chain on the number in system. Up to `_FINE`
contacts every number is a state; above it the states lie a `1 / _POINTS` part of the
square root apart, which is how far chance spreads them. The rates between such states
keep the drift and the variance of the chain exactly, so where the spacing is 1 the
lattice is the chain itself. The state is carried through an interval by Euler steps no
longer than the mean stay in any usual state; longer queues than usual change state once
a step at most. Every probability stays positive.

Where fewer agents work than before, those who are busy finish their contact first: the
capacity falls to the new number no faster than contacts end.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.compiled import is_compiling
from callcenter.engine.staffing.measures import Floats

_POINTS = 4.0
_FINE = 16.0
_TAIL = 1e-7  # probability that a window may leave out
_LEAST = 1e-300
_LONGEST = 200.0  # handling times after which nothing moves any more
_RENEW_EVERY = 4  # steps between two looks at agents who finish their contact


@dataclass(frozen=True)
class Lattice:
    """States of the chain, the distance to the next and from the one before."""

    x: Floats
    up: Floats
    down: Floats

    @classmethod
    def reaching(cls, most: float) -> "Lattice":
        """The states from nobody to at least `most` contacts."""
        states = [float(k) for k in range(int(_FINE) + 1)]
        while states[-1] < most:
            states.append(states[-1] + max(1.0, np.sqrt(states[-1]) / _POINTS))
        x = np.array(states)
        gap = np.diff(x)
        return cls(x, np.append(gap, gap[-1]), np.insert(gap, 0, 1.0))


@dataclass(frozen=True)
class Window:
    """The states that matter to each row; arrays of shape (n_rows, n_states)."""

    index: NDArray[np.intp]
    x: Floats
    up: Floats
    down: Floats

    @classmethod
    def on(cls, lattice: Lattice, low: Floats, high: Floats) -> "Window":
        """One window as wide as the widest row needs."""
        first = np.searchsorted(lattice.x, low, side="right") - 1
        last = np.searchsorted(lattice.x, high)
        width = min(int((last - first).max()) + 1, lattice.x.size)
        first = np.clip(first, 0, lattice.x.size - width)
        index = first[:, None] + np.arange(width)
        return cls(index, lattice.x[index], lattice.up[index], lattice.down[index])

    def take(self, rows: NDArray[np.intp]) -> "Window":
        """Some of the rows."""
        return Window(**{name: each[rows] for name, each in vars(self).items()})


@dataclass(frozen=True)
class Rates:
    """Rates of the rows in one interval; arrays of shape (n_rows, 1), per second."""

    arrival: Floats
    service: Floats
    leaving: Floats

    def take(self, rows: NDArray[np.intp]) -> "Rates":
        """Some of the rows."""
        return Rates(**{name: each[rows] for name, each in vars(self).items()})


def support(lattice: Lattice, state: Floats) -> tuple[Floats, Floats]:
    """Between which numbers each row's state lies, but for a negligible probability."""
    mass = np.cumsum(state, axis=1)
    low = (mass <= _TAIL).sum(axis=1)
    high = (mass < 1.0 - _TAIL).sum(axis=1)
    last = lattice.x.size - 1
    return lattice.x[np.minimum(low, last)], lattice.x[np.minimum(high, last)]


def steady_state(lattice: Lattice, rates: Rates, agents: Floats) -> Floats:
    """Where the states settle when nothing moves, on the whole lattice.

    Parameters
    ----------
    lattice : Lattice
    rates : Rates, of queues that are stable with these agents
    agents : ndarray of float, shape (n_rows, 1)

    Returns
    -------
    ndarray of float, shape (n_rows, n_states), probabilities

    Source: detailed balance of the birth-and-death chain (Cooper 1981, chapter 2).
    """
    most = np.full(agents.shape[0], lattice.x[-1])
    window = Window.on(lattice, np.zeros_like(most), most)
    up, down = _between(window, rates, agents)
    steps = np.log(np.maximum(up[:, :-1], _LEAST) / np.maximum(down[:, 1:], _LEAST))
    weights = np.concatenate([np.zeros_like(agents), np.cumsum(steps, axis=1)], axis=1)
    state = np.exp(weights - weights.max(axis=1, keepdims=True))
    settled: Floats = state / state.sum(axis=1, keepdims=True)
    return settled


def advance(
    state: Floats,
    window: Window,
    rates: Rates,
    agents: Floats,
    agents_before: Floats,
    interval_s: Floats,
) -> tuple[Floats, Floats]:
    """Carry the states through an interval.

    Parameters
    ----------
    state : ndarray of float, shape (n_rows, n_states), probabilities in the window
    window : Window
    rates : Rates
    agents, agents_before : ndarray of float, shape (n_rows, 1)
    interval_s : ndarray of float, shape (n_rows, 1), seconds

    Returns
    -------
    tuple of ndarray of float, shape (n_rows, n_states): the states at the end, and
    their mean over the interval

    Source: forward equations of the birth-and-death process (Cooper 1981, chapter 2);
    the lattice as Kushner and Dupuis (2001), Numerical Methods for Stochastic Control
    Problems in Continuous Time, chapter 5.
    """
    usual = np.maximum(rates.arrival / rates.service, np.maximum(agents, agents_before))
    usual = usual + 2.0 * np.sqrt(usual + 1.0)
    up, down = _between(window, rates, agents)
    leaving = np.where(window.x <= usual, up + down, 0.0)
    fastest = np.maximum(leaving.max(axis=1), 2.0 * rates.service[:, 0])
    if (agents_before > agents).any():
        most = np.maximum(agents, agents_before)
        leaving = np.where(window.x <= usual, sum(_between(window, rates, most)), 0.0)
        fastest = np.maximum(fastest, leaving.max(axis=1))
    moving_s = np.minimum(interval_s, _LONGEST / rates.service)
    n_steps = max(4, int(np.ceil((fastest * moving_s[:, 0]).max())))
    step_s = moving_s / n_steps
    state, mean = state.copy(), np.zeros_like(state)
    rise, fall = _steps(up, down, step_s)
    is_finishing = bool((agents_before > agents).any())
    n_taken = 0
    while n_taken < n_steps:
        n_block = n_steps - n_taken
        if is_finishing:
            n_block = min(n_block, _RENEW_EVERY)
            middle_s = (n_taken + 0.5 * n_block) * step_s
            still = agents_before * np.exp(-rates.service * middle_s)
            busy = _between(window, rates, np.maximum(agents, still))
            rise, fall = _steps(*busy, step_s)
            is_finishing = bool((still > agents).any())
        _march(state, mean, rise, fall, n_block)
        n_taken += n_block
    moving = moving_s / interval_s
    return state, mean * (moving / n_steps) + state * (1.0 - moving)


def _march(
    state: Floats, total: Floats, rise: Floats, fall: Floats, n_steps: int
) -> None:
    """Take steps in place: compiled, or as many arrays where there is no compiler."""
    if is_compiling():
        from callcenter.engine.staffing.marching import march

        march(state, total, rise, fall, n_steps)
        return
    for _ in range(n_steps):
        total += state
        flow = state[:, :-1] * rise
        flow -= state[:, 1:] * fall
        state[:, :-1] -= flow
        state[:, 1:] += flow


def _steps(up: Floats, down: Floats, step_s: Floats) -> tuple[Floats, Floats]:
    """Probabilities of a step up and down.

    Where a state would be left more than once a step, both ways over an edge slow down
    alike, which leaves the balance between its states as it is.
    """
    share = step_s / np.maximum((up + down) * step_s, 1.0)
    edge = np.minimum(share[:, :-1], share[:, 1:])
    return up[:, :-1] * edge, down[:, 1:] * edge


def _between(window: Window, rates: Rates, agents: Floats) -> tuple[Floats, Floats]:
    """Rates to the next state and to the one before, with the chain's two moments."""
    busy = np.minimum(window.x, agents)
    ending = busy * rates.service + (window.x - busy) * rates.leaving
    drift, spread = rates.arrival - ending, rates.arrival + ending
    both = window.up + window.down
    up = (spread + drift * window.down) / (window.up * both)
    down = (spread - drift * window.up) / (window.down * both)
    is_up, is_down = down < 0.0, up < 0.0
    up = np.where(is_up, drift / window.up, np.where(is_down, 0.0, up))
    down = np.where(is_down, -drift / window.down, np.where(is_up, 0.0, down))
    up[:, -1] = 0.0
    down[:, 0] = 0.0
    return up, down
