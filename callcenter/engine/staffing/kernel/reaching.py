"""What becomes of a contact that finds a number of others in the queue.

With `n` agents, service rate `mu` and leaving rate `theta`, a contact with `j` others
waiting before it is served after j + 1 departures whose rates are n mu, n mu + theta,
…, n mu + j theta. That time has the density of an order statistic, so with
``q = 1 - exp(-theta t)`` and ``b = n mu / theta``

    P(time <= t)                        = I_q(j + 1, b)
    P(time <= t and before its patience) = b / (b + j + 1) I_q(j + 1, b + 1)

where I is the regularised incomplete beta function, summed up over j; without patience
both are the Poisson sum of Erlang's distribution.

Source: Riordan (1962), Stochastic Service Systems, chapter 6, for the conditional
waits; Abramowitz and Stegun 26.5.16 for the sum.
"""

import math
from typing import NamedTuple

from callcenter.engine.staffing.kernel.parts import EXCLUDING, Floats, inner

_NOTHING = 1e-17
_BEGINS = -600.0  # logarithm of a term that counts
ENDLESS = 1e7  # capacity per leaving rate from which nobody leaves


class Flow(NamedTuple):
    """How the queue goes down, per second, and the threshold in seconds."""

    capacity: float
    leaving: float
    threshold: float


class Late(NamedTuple):
    """Those who wait: shares of all contacts.

    Attributes
    ----------
    waiting : float
    served : float, at all
    in_time : float, within the threshold
    not_reached : float, whose turn has not come at the threshold
    """

    waiting: float
    served: float
    in_time: float
    not_reached: float


@inner
def flow_of(agents: float, service: float, leaving: float, threshold: float) -> Flow:
    """The flow of that many agents; never quite none."""
    return Flow(max(agents, 1e-9) * service, leaving, threshold)


@inner
def reach(
    queued: Floats, ahead: Floats, n: int, flow: Flow, definition: int, table: Floats
) -> Late:
    """Sums over those who wait.

    Parameters
    ----------
    queued, ahead : ndarray of float, probabilities to wait and others waiting before
    n : int, how many of them count
    flow : Flow
    definition : int; those not reached are 0 where it does not count them
    table : ndarray of float, memory for the greatest number ahead, and two more
    """
    waiting = served = in_time = not_reached = most = 0.0
    for k in range(n):
        if queued[k] > 0.0:
            most = max(most, ahead[k])
    capacity, theta = flow.capacity, flow.leaving
    filled = _chances(table, int(most) + 2, flow, 1.0)
    for k in range(n):
        kept = queued[k] * capacity / (capacity + (ahead[k] + 1.0) * theta)
        waiting += queued[k]
        served += kept
        in_time += kept * _between(table, filled, ahead[k])
    if definition == EXCLUDING:
        filled = _chances(table, int(most) + 2, flow, 0.0)
        for k in range(n):
            not_reached += queued[k] * (1.0 - _between(table, filled, ahead[k]))
    return Late(waiting, served, in_time, not_reached)


@inner
def waits(queued: Floats, ahead: Floats, n: int, flow: Flow) -> float:
    """Mean waits until the turn comes, of those who stay, summed up."""
    total = 0.0
    capacity, theta = flow.capacity, flow.leaving
    rate = _leaving_rate(flow)
    begun = _digamma(capacity / rate + 1.0) if rate > 0.0 else 0.0
    for k in range(n):
        j = ahead[k]
        if rate > 0.0:
            wait = (_digamma(capacity / rate + j + 2.0) - begun) / rate
        else:
            wait = (j + 1.0) / capacity
        total += queued[k] * capacity / (capacity + (j + 1.0) * theta) * wait
    return total


@inner
def _leaving_rate(flow: Flow) -> float:
    """The leaving rate; 0 where it is too slow to tell."""
    return flow.leaving if flow.capacity <= ENDLESS * flow.leaving else 0.0


@inner
def _between(table: Floats, filled: int, j: float) -> float:
    """The value at j, straight between whole numbers; nothing beyond the table."""
    whole = int(j)
    if whole >= filled:
        return 0.0
    lower = table[whole]
    upper = table[whole + 1] if whole + 1 < filled else 0.0
    return lower + (j - whole) * (upper - lower)


@inner
def _chances(table: Floats, n_terms: int, flow: Flow, more: float) -> int:
    """``I_q(j + 1, b + more)`` for j = 0, 1, …; Poisson's tail where nobody leaves.

    Returns how many were worth telling. Terms too small for a float are kept as
    logarithms until they count.
    """
    rate, expected = _leaving_rate(flow), flow.capacity * flow.threshold
    b = flow.capacity / rate + more if rate > 0.0 else 0.0
    q = -math.expm1(-rate * flow.threshold)
    logarithm = -rate * flow.threshold * b if rate > 0.0 else -expected
    term = math.exp(logarithm) if logarithm > _BEGINS else 0.0
    rest = -math.expm1(logarithm)
    table[0] = rest
    for j in range(1, n_terms):
        ratio = (b + j - 1.0) / j * q if rate > 0.0 else expected / j
        if ratio <= 0.0 or rest <= _NOTHING or (ratio < 1.0 and 0.0 < term < _NOTHING):
            return j
        if term > 0.0:
            term *= ratio
        else:
            logarithm += math.log(ratio)
            term = math.exp(logarithm) if logarithm > _BEGINS else 0.0
        rest -= term
        table[j] = max(rest, 0.0)
    return n_terms


@inner
def _digamma(z: float) -> float:
    """The digamma function for arguments of at least 1."""
    far = z + 6.0
    square = (1.0 / far) ** 2  # far may be too great to be squared
    found = math.log(far) - 0.5 / far
    found -= square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0))
    for step in range(6):
        found -= 1.0 / (z + step)
    return found
