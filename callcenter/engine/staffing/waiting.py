"""What becomes of contacts that find others in a queue, for rows of queues.

The sums are those of `kernel.reaching`.
"""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.staffing.measures import (
    Floats,
    QueueMeasures,
    ServiceLevelDefinition,
)

_NEGLIGIBLE = -36.0  # logarithm of a weight that rounding swallows
_MOST_WAITING = 20_000


@dataclass(frozen=True)
class Rates:
    """Rates of the rows, per second; arrays of shape (n_rows, 1)."""

    arrival: Floats
    service: Floats
    leaving: Floats


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


def outcome(found: Found, rates: Rates, agents: Floats, clock: Clock) -> QueueMeasures:
    """What becomes of contacts; `abandon_rate` counts the refused, occupancy is 0.

    Parameters
    ----------
    found : Found
    rates : Rates
    agents : ndarray of float, shape (n_rows, 1)
    clock : Clock

    Returns
    -------
    QueueMeasures, each array of shape (n_rows,)
    """
    from callcenter.engine.staffing.kernel.parts import FIGURES
    from callcenter.engine.staffing.kernel.serving import outcomes

    shape = found.queued.shape
    capacity = np.maximum(agents, 1e-9) * rates.service
    flows = np.empty((3, shape[0]))
    for k, each in enumerate((capacity, rates.leaving, clock.threshold_s)):
        flows[k] = each[:, 0]
    ahead = np.broadcast_to(found.ahead, shape)
    given = [np.array(each, order="C") for each in (found.queued, ahead)]
    at_once, blocked = np.array(found.at_once), np.array(found.blocked)
    at = outcomes(at_once, *given, blocked, flows, code_of(clock.definition))
    figures = dict(zip(FIGURES, at, strict=True))
    del figures["agents"]
    return QueueMeasures(**figures)


def code_of(definition: ServiceLevelDefinition) -> int:
    """The number of a definition in the compiled functions."""
    return list(ServiceLevelDefinition).index(definition)


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
