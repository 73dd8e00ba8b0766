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

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.compiled import is_compiling
from callcenter.engine.staffing.lattice import Rates, Window
from callcenter.engine.staffing.measures import (
    Floats,
    QueueMeasures,
    ServiceLevelDefinition,
)

_TINY = 1e-300
_NEGLIGIBLE = -36.0  # logarithm of a weight that rounding swallows
_MOST_WAITING = 20_000


@dataclass(frozen=True)
class Clock:
    """Thresholds of the rows, shape (n_rows, 1), and how service is counted."""

    threshold_s: Floats
    definition: ServiceLevelDefinition


@dataclass(frozen=True)
class Found:
    """What arriving contacts find.

    Attributes
    ----------
    at_once : ndarray of float, shape (n_rows,), probability that an agent is free
    queued : ndarray of float, shape (n_rows, n_states), probabilities to wait
    ahead : ndarray of float, shape (n_rows, n_states), others waiting before
    blocked : ndarray of float, shape (n_rows,), probability to be refused
    """

    at_once: Floats
    queued: Floats
    ahead: Floats
    blocked: Floats


def measures_of(
    mean: Floats,
    window: Window,
    rates: Rates,
    agents: Floats,
    clock: Clock,
    *,
    with_waits: bool = True,
) -> QueueMeasures:
    """The measures of the contacts that arrive while the state is `mean` on average.

    Parameters
    ----------
    mean : ndarray of float, shape (n_rows, n_states), probabilities
    window : Window
    rates : Rates
    agents : ndarray of float, shape (n_rows, 1), fractions count as part of the time
    clock : Clock
    with_waits : bool, whether mean waits are wanted; else they are 0

    Returns
    -------
    QueueMeasures, each array of shape (n_rows,), by the interval of arrival
    """
    width = 0.5 * (window.up + window.down)
    below = (agents - 0.5 - (window.x - 0.5 * width)) / width
    free = np.clip(below, 0.0, 1.0)
    found = Found(
        at_once=(mean * free).sum(axis=1),
        queued=mean * (1.0 - free),
        ahead=np.maximum(window.x - agents, 0.0),
        blocked=np.zeros(mean.shape[0]),
    )
    at = outcome(found, rates, agents, clock, with_waits=with_waits)
    busy = (mean * np.minimum(window.x, agents)).sum(axis=1)
    occupancy = np.minimum(busy / np.maximum(agents[:, 0], 1e-9), 1.0)
    return replace(at, occupancy=occupancy)


def outcome(
    found: Found,
    rates: Rates,
    agents: Floats,
    clock: Clock,
    *,
    with_waits: bool = True,
) -> QueueMeasures:
    """What becomes of contacts; `abandon_rate` counts the refused, occupancy is 0.

    Parameters
    ----------
    found : Found
    rates : Rates
    agents : ndarray of float, shape (n_rows, 1)
    clock : Clock
    with_waits : bool, whether mean waits are wanted; else they are 0

    Returns
    -------
    QueueMeasures, each array of shape (n_rows,)
    """
    is_patient = clock.definition is ServiceLevelDefinition.EXCLUDING_SHORT_ABANDONS
    reach = _reach if is_compiling() else _reach_by_arrays
    late = reach(found, rates, agents, clock, (with_waits, is_patient))
    served = np.maximum(found.at_once + late.served, _TINY)
    waiting = found.queued.sum(axis=1)
    abandoned = np.maximum(waiting - late.served, 0.0)
    asa = late.waits / served
    leaving = rates.leaving[:, 0]
    return QueueMeasures(
        wait_probability=waiting,
        sl=_service_level(found, late, served, rates, clock),
        asa_s=asa,
        mean_wait_s=np.where(
            leaving > 0.0, abandoned / np.maximum(leaving, 1e-12), asa * served
        ),
        occupancy=np.zeros_like(asa),
        abandon_rate=abandoned + found.blocked,
    )


@dataclass(frozen=True)
class _Late:
    """Those who wait: shares of all contacts, shape (n_rows,); waits in seconds."""

    served: Floats
    in_time: Floats
    waits: Floats
    not_reached: Floats


def _reach(
    found: Found,
    rates: Rates,
    agents: Floats,
    clock: Clock,
    wanted: tuple[bool, bool],
) -> _Late:
    from callcenter.engine.staffing.reaching import reach

    n_rows = found.queued.shape[0]
    capacity = np.maximum(agents, 1e-9) * rates.service
    columns = [
        np.ascontiguousarray(np.broadcast_to(each[:, 0], (n_rows,)))
        for each in (capacity, rates.leaving, clock.threshold_s)
    ]
    ahead = np.broadcast_to(found.ahead, found.queued.shape)
    return _Late(
        *reach(
            np.ascontiguousarray(found.queued),
            np.ascontiguousarray(ahead),
            *columns,
            wanted,
        )
    )


def _reach_by_arrays(
    found: Found,
    rates: Rates,
    agents: Floats,
    clock: Clock,
    wanted: tuple[bool, bool],
) -> _Late:
    """The same where there is no compiler."""
    queued, ahead, leaving = found.queued, found.ahead, rates.leaving
    capacity = np.maximum(agents, 1e-9) * rates.service
    share = capacity / (capacity + (ahead + 1.0) * leaving)
    in_time = share * _in_time(ahead, capacity, leaving, clock.threshold_s, 1.0)
    waits = not_reached = np.zeros(queued.shape[0])
    if wanted[0]:
        wait_s = _mean_wait(ahead, capacity, leaving)
        waits = (queued * share * wait_s).sum(axis=1)
    if wanted[1]:
        reached = _in_time(ahead, capacity, leaving, clock.threshold_s, 0.0)
        not_reached = (queued * (1.0 - reached)).sum(axis=1)
    return _Late(
        (queued * share).sum(axis=1),
        (queued * in_time).sum(axis=1),
        waits,
        not_reached,
    )


def _service_level(
    found: Found, late: _Late, served: Floats, rates: Rates, clock: Clock
) -> Floats:
    good = np.clip(found.at_once + late.in_time, 0.0, 1.0)
    if clock.definition is ServiceLevelDefinition.OFFERED:
        return good
    if clock.definition is ServiceLevelDefinition.ANSWERED:
        return np.minimum(good / served, 1.0)
    patient = np.exp(-rates.leaving * clock.threshold_s)[:, 0]
    still = patient * late.not_reached + found.blocked
    return np.minimum(good / np.maximum(good + still, _TINY), 1.0)


def _mean_wait(ahead: Floats, capacity: Floats, leaving: Floats) -> Floats:
    """Mean time until the turn comes, of those who stay; by the digamma function."""
    plain = (ahead + 1.0) / capacity
    rate = np.maximum(leaving, 1e-12)
    b = capacity / rate
    with_leaving = (_digamma(b + ahead + 2.0) - _digamma(b + 1.0)) / rate
    return np.where(b < 1e7, with_leaving, plain)


def _digamma(z: Floats) -> Floats:
    """The digamma function for arguments of at least 1."""
    far = z + 6.0
    square = (1.0 / far) ** 2  # far may be too great to be squared
    series = square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0))
    found: Floats = np.log(far) - 0.5 / far - series
    for step in range(6):
        found = found - 1.0 / (z + step)
    return found


def _in_time(
    ahead: Floats, capacity: Floats, leaving: Floats, threshold: Floats, more: float
) -> Floats:
    """``I_q(j + 1, b + more)`` at every number ahead, straight between whole ones."""
    expected = ((capacity + ahead.max() * leaving) * threshold).max()
    most = min(float(ahead.max()), float(expected + 9.0 * np.sqrt(expected) + 12.0))
    n_terms = int(np.ceil(most)) + 2
    table = _table(n_terms, capacity, leaving, threshold, more)
    at = np.minimum(ahead, float(n_terms - 1))
    whole = np.minimum(np.floor(at), n_terms - 2.0)
    part, index = at - whole, whole.astype(np.intp)
    lower = np.take_along_axis(table, index, axis=1)
    upper = np.take_along_axis(table, index + 1, axis=1)
    found: Floats = lower + part * (upper - lower)
    return found


def _table(
    n_terms: int, capacity: Floats, leaving: Floats, threshold: Floats, more: float
) -> Floats:
    j = np.arange(1.0, n_terms)
    slow = capacity > 1e7 * leaving
    rate = np.where(slow, 1.0, leaving)
    b = capacity / rate + more
    q = -np.expm1(-rate * threshold)
    expected = capacity * threshold
    ratio = np.where(slow, expected / j, (b + j - 1.0) / j * q)
    first = np.where(slow, -expected, -rate * threshold * b)
    terms = np.cumsum(np.log(np.maximum(ratio, _TINY)), axis=1) + first
    terms = np.exp(np.concatenate([first, np.minimum(terms, 0.0)], axis=1))
    return np.clip(1.0 - np.cumsum(terms, axis=1), 0.0, 1.0)


def log_queue_weights(a: Floats, capacity: Floats, leaving: Floats) -> Floats:
    """Logarithms of the weights of 0, 1, 2, … waiting, relative to nobody waiting.

    Parameters
    ----------
    a : ndarray of float, shape (n_rows, 1), erlangs, > 0
    capacity : ndarray of float, shape (n_rows, 1), contacts ended in a handling time
    leaving : ndarray of float, shape (n_rows, 1), handling time per patience

    Returns
    -------
    ndarray of float, shape (n_rows, n_states), to where the weights are negligible
    """
    n_states = 64
    while True:
        j = np.arange(1.0, float(n_states))
        steps = np.log(a / np.maximum(capacity + j * leaving, 1e-300))
        weights = np.cumsum(np.minimum(steps, 700.0), axis=1)
        is_over = weights[:, -1] < weights.max(axis=1) + _NEGLIGIBLE
        endless = (a >= capacity)[:, 0] & (leaving[:, 0] == 0.0)
        if (is_over | endless).all() or n_states >= _MOST_WAITING:
            return np.concatenate([np.zeros_like(a), weights], axis=1)
        n_states *= 2
