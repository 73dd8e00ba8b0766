"""What queueing theory says about an interval: service, abandonment, backlog.

The months before the simulated contacts get their service from here, so that it
depends on staff and load as it does on a real floor.
"""

from dataclasses import dataclass

import numpy as np

from callcenter.demo.calendar import QUARTER_S, Floats

_GRID = 64
_REACH = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of the offered contacts, and mean waits in seconds, by interval."""

    answered: Floats
    in_threshold: Floats
    lost_in_threshold: Floats
    wait_answered_s: Floats
    wait_lost_s: Floats


def blocking_inverse(load: Floats, agents: Floats) -> Floats:
    """Reciprocal of Erlang B for whole and, by interpolation, broken numbers of agents.

    Parameters
    ----------
    load : ndarray of float, shape (n,), erlangs, > 0
        Arrival rate times handling time.
    agents : ndarray of float, shape (n,), >= 0
        How many serve.

    Notes
    -----
    1/B(k) = 1 + (k / a) / B(k - 1), which only adds positive terms.

    """
    low = np.floor(agents)
    value = np.ones_like(load)
    below = np.where(low == 0, 1.0, 0.0)
    above = np.zeros_like(load)
    for k in range(1, int(low.max(initial=0)) + 2):
        value = np.minimum(1 + k / load * value, 1e200)
        below = np.where(low == k, value, below)
        above = np.where(low + 1 == k, value, above)
    part = agents - low
    return np.asarray(np.exp((1 - part) * np.log(below) + part * np.log(above)))


def erlang_a(
    rate: Floats,
    service_s: Floats,
    agents: Floats,
    *,
    patience_s: float,
    threshold_s: float,
) -> Outcome:
    """Steady state of a queue with exponential patience (M/M/n+M).

    Parameters
    ----------
    rate : ndarray of float, shape (n,), contacts per second, >= 0
        Arrivals.
    service_s : ndarray of float, shape (n,), seconds, > 0
        Mean handling time.
    agents : ndarray of float, shape (n,), >= 0
        How many serve; below one nobody answers.
    patience_s : float, seconds
        Mean time until a waiting contact gives up.
    threshold_s : float, seconds
        Within which the service level counts.

    References
    ----------
    Zeltyn, Mandelbaum (2005), Call centers with impatient customers: many-server
    asymptotics of the M/M/n+G queue, section 4: the density of the offered wait is
    proportional to exp(rate * integral of the patience tail - n * mu * x).

    """
    rate = np.maximum(rate, 1e-9)
    staffed = np.maximum(agents, 1.0)
    x = _grid(patience_s, threshold_s)
    steps, early = _weights(x, threshold_s)
    tail = np.exp(-x / patience_s)
    density = _density(rate, staffed / service_s, x, patience_s)
    at_once = blocking_inverse(rate * service_s, staffed - 1)
    total = at_once + density @ steps
    answered = (at_once + density @ (steps * tail)) / total
    in_time = (at_once + density @ (early * tail)) / total
    lost = np.maximum(1 - answered, 1e-9)
    wait_lost = density @ (steps * _time_lost(x, patience_s)) / total / lost
    is_staffed = agents >= 1
    return Outcome(
        answered=np.where(is_staffed, answered, 0.0),
        in_threshold=np.where(is_staffed, in_time, 0.0),
        lost_in_threshold=np.minimum(density @ (early * (1 - tail)) / total, lost),
        wait_answered_s=density @ (steps * tail * x) / total / answered,
        wait_lost_s=np.where(is_staffed, wait_lost, patience_s),
    )


def _density(
    rate: Floats, service_rate: Floats, x: Floats, patience_s: float
) -> Floats:
    """Density of the offered wait at `x`, times a constant; shape (n, len(x))."""
    patient = patience_s * (1 - np.exp(-x / patience_s))
    power = np.outer(rate, patient) - np.outer(service_rate, x)
    return np.asarray(rate[:, None] * np.exp(np.minimum(power, 600.0)))


def _weights(x: Floats, threshold_s: float) -> tuple[Floats, Floats]:
    """Trapezium weights of the whole grid, and of the part up to the threshold."""
    steps = np.zeros_like(x)
    steps[:-1] += np.diff(x) / 2
    steps[1:] += np.diff(x) / 2
    early = np.where(x < threshold_s, steps, 0.0)
    at = int(np.searchsorted(x, threshold_s))
    early[at] = (x[at] - x[at - 1]) / 2 if at else 0.0
    return steps, early


def _grid(patience_s: float, threshold_s: float) -> Floats:
    fine = np.expm1(np.linspace(0, np.log1p(_REACH * patience_s), _GRID))
    return np.unique(np.append(fine, threshold_s))


def _time_lost(x: Floats, patience_s: float) -> Floats:
    """Mean of patience times its being shorter than the offered wait `x`."""
    tail = np.exp(-x / patience_s)
    return np.asarray(patience_s * (1 - tail) - x * tail)


def fluid_waits(arrivals: Floats, capacity: Floats) -> Floats:
    """Seconds that work arriving in each interval waits behind the backlog.

    Work is patient and served in order of arrival, as claim files are.

    Parameters
    ----------
    arrivals, capacity : ndarray of float, shape (n,)
        Work that comes and that can be done per interval, in the same unit.

    """
    net = np.cumsum(arrivals - capacity)
    backlog = net - np.minimum(np.minimum.accumulate(net), 0.0)
    done = np.cumsum(arrivals) - backlog
    came = np.cumsum(arrivals) - arrivals / 2
    ends = np.arange(len(arrivals) + 1.0)
    # `done` never falls; the tiny slope keeps the inverse single-valued.
    rising = np.append(0.0, done) + ends * 1e-9
    finished = np.interp(came, rising, ends)
    return np.asarray(np.maximum(finished - ends[1:] + 0.5, 0.0) * QUARTER_S)
