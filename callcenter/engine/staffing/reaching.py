"""The inner loop of `waiting`, compiled: what becomes of those who find others waiting.

The same sums as there, row by row, each table only as far as the row needs it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.compiled import njit

Floats = NDArray[np.float64]
_NOTHING = 1e-17
_ENDLESS = 1e7  # capacity per leaving rate from which nobody leaves


@njit(cache=True)
def reach(
    queued: Floats,
    ahead: Floats,
    capacity: Floats,
    leaving: Floats,
    threshold: Floats,
    wanted: tuple[bool, bool],
) -> Floats:
    """Sums over those who wait.

    Parameters
    ----------
    queued, ahead : ndarray of float, shape (n_rows, n_states)
    capacity, leaving, threshold : ndarray of float, shape (n_rows,)
    wanted : whether the waits, and those not reached, are wanted; else they are 0

    Returns
    -------
    ndarray of float, shape (4, n_rows): served at all, served within the threshold,
    mean wait of the served times their number, and those whose turn has not come at
    the threshold
    """
    n_rows, n_states = queued.shape
    found = np.zeros((4, n_rows))
    for row in range(n_rows):
        most, end = 0.0, 0
        for k in range(n_states):
            if queued[row, k] > 0.0:
                most, end = max(most, ahead[row, k]), k + 1
        if not end:
            continue
        here, before, n, theta = queued[row], ahead[row], capacity[row], leaving[row]
        rate = theta if n <= _ENDLESS * theta else 0.0
        served = _chances(int(most) + 2, n, rate, threshold[row], 1.0)
        for k in range(end):
            kept = here[k] * n / (n + (before[k] + 1.0) * theta)
            found[0, row] += kept
            found[1, row] += kept * _between(served, before[k])
        if wanted[0]:
            found[2, row] = _waits(here[:end], before, n, theta, rate)
        if wanted[1]:
            reached = _chances(int(most) + 2, n, rate, threshold[row], 0.0)
            for k in range(end):
                found[3, row] += here[k] * (1.0 - _between(reached, before[k]))
    return found


@njit(cache=True)
def _waits(
    queued: Floats, ahead: Floats, capacity: float, leaving: float, rate: float
) -> float:
    """Mean waits until the turn comes, of those who stay, summed up."""
    total = 0.0
    begun = _digamma(capacity / rate + 1.0) if rate > 0.0 else 0.0
    for k in range(queued.size):
        j = ahead[k]
        if rate > 0.0:
            wait = (_digamma(capacity / rate + j + 2.0) - begun) / rate
        else:
            wait = (j + 1.0) / capacity
        total += queued[k] * capacity / (capacity + (j + 1.0) * leaving) * wait
    return total


@njit(cache=True)
def _between(table: Floats, j: float) -> float:
    """The value at j, straight between whole numbers."""
    whole = int(j)
    lower = table[whole]
    return lower + (j - whole) * (table[whole + 1] - lower)


@njit(cache=True)
def _chances(
    n_terms: int, capacity: float, rate: float, threshold: float, more: float
) -> Floats:
    """``I_q(j + 1, b + more)`` for j = 0, 1, …; Poisson's tail where nobody leaves."""
    table = np.zeros(n_terms)
    b = capacity / rate + more if rate > 0.0 else 0.0
    q = -math.expm1(-rate * threshold)
    term = -rate * threshold * b if rate > 0.0 else -capacity * threshold
    rest = 1.0 - math.exp(term)
    table[0] = rest
    for j in range(1, n_terms):
        ratio = (b + j - 1.0) / j * q if rate > 0.0 else capacity * threshold / j
        if ratio <= 0.0 or rest <= _NOTHING:
            break
        term += math.log(ratio)
        rest -= math.exp(min(term, 0.0))
        table[j] = max(rest, 0.0)
    return table


@njit(cache=True)
def _digamma(z: float) -> float:
    far = z + 6.0
    square = (1.0 / far) ** 2
    found = math.log(far) - 0.5 / far
    found -= square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0))
    for step in range(6):
        found -= 1.0 / (z + step)
    return found
