"""Erlang's formulas on arrays: B (loss), C (delay) and A (delay with abandonment).

The number of agents may be a fraction: the gamma function continues the formulas.
"""

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.staffing.gamma import log_lower, log_lower_moment, log_upper
from callcenter.engine.staffing.measures import (
    Floats,
    QueueMeasures,
    ServiceLevelDefinition,
    broadcast,
    checked,
)


def erlang_b(load: ArrayLike, agents: ArrayLike) -> Floats:
    """Probability that a contact is lost, in an M/M/n/n system without a queue.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, >= 0
    agents : array_like of float, shape (n_cells,), lines or agents, >= 0

    Returns
    -------
    ndarray of float, shape (n_cells,), probability

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: Jagerman (1974), Some properties of the Erlang loss function, BSTJ 53(3).
    """
    shape, (a, n) = broadcast(
        load=checked("load", load), agents=checked("agents", agents)
    )
    blocking = np.where(n > 0.0, 0.0, 1.0)
    busy = a > 0.0
    blocking[busy] = np.exp(-log_inverse_b(a[busy], n[busy]))
    return np.minimum(blocking, 1.0).reshape(shape)


def erlang_c(load: ArrayLike, agents: ArrayLike) -> Floats:
    """Probability that a contact waits, in an M/M/n queue that nobody abandons.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, >= 0
    agents : array_like of float, shape (n_cells,), on contacts, before shrinkage, >= 0

    Returns
    -------
    ndarray of float, shape (n_cells,), probability; 1.0 where load reaches agents

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: Erlang's delay formula, by the loss formula in Jagerman (1974), BSTJ 53(3).
    """
    shape, (a, n) = broadcast(
        load=checked("load", load), agents=checked("agents", agents)
    )
    return wait_probability_c(a, n).reshape(shape)


def erlang_c_measures(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    aht_s: ArrayLike,
    sl_threshold_s: ArrayLike = 20.0,
) -> QueueMeasures:
    """Service, waits and occupancy of an M/M/n queue that nobody abandons.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, >= 0
    agents : array_like of float, shape (n_cells,), on contacts, before shrinkage, >= 0
    aht_s : array_like of float, shape (n_cells,), seconds, >= 0
    sl_threshold_s : array_like of float, shape (n_cells,), seconds, >= 0

    Returns
    -------
    QueueMeasures, each array of shape (n_cells,); waits are inf where load reaches
    agents

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: Cooper (1981), Introduction to Queueing Theory, chapter 3.
    """
    shape, (a, n, aht, threshold) = broadcast(
        load=checked("load", load),
        agents=checked("agents", agents),
        aht_s=checked("aht_s", aht_s),
        sl_threshold_s=checked("sl_threshold_s", sl_threshold_s),
    )
    return _shaped(measures_c(a, n, aht, threshold), shape)


def erlang_a_measures(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    aht_s: ArrayLike,
    patience_s: ArrayLike,
    sl_threshold_s: ArrayLike = 20.0,
    sl_definition: ServiceLevelDefinition = ServiceLevelDefinition.OFFERED,
) -> QueueMeasures:
    """Service, waits, abandons and occupancy of an M/M/n+M queue.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, >= 0
    agents : array_like of float, shape (n_cells,), on contacts, 0 or >= 1
    aht_s : array_like of float, shape (n_cells,), seconds, > 0 where load is
    patience_s : array_like of float, shape (n_cells,), seconds, mean patience, > 0
    sl_threshold_s : array_like of float, shape (n_cells,), seconds, >= 0
    sl_definition : ServiceLevelDefinition

    Returns
    -------
    QueueMeasures, each array of shape (n_cells,)

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: Mandelbaum and Zeltyn (2007), Service engineering in action: the Palm/
    Erlang-A queue; the integrals as in Mandelbaum and Zeltyn (2005), M/M/n+G.
    """
    shape, (a, n, aht, patience, threshold) = broadcast(
        load=checked("load", load),
        agents=checked("agents", agents),
        aht_s=checked("aht_s", aht_s),
        patience_s=checked("patience_s", patience_s, above=0.0),
        sl_threshold_s=checked("sl_threshold_s", sl_threshold_s),
    )
    found = measures_a(a, n, aht, patience, threshold, sl_definition)
    return _shaped(found, shape)


def wait_probability_c(a: Floats, n: Floats) -> Floats:
    """Probability of waiting by Erlang C on checked flat arrays."""
    waiting = np.where(a > 0.0, 1.0, 0.0)
    waiting[(a == 0.0) & (n == 0.0)] = 1.0
    stable = (a > 0.0) & (a < n)
    a, n = a[stable], n[stable]
    inverse_b = np.exp(np.minimum(log_inverse_b(a, n), 600.0))
    waiting[stable] = n / (n + (n - a) * (inverse_b - 1.0))
    return waiting


def measures_c(a: Floats, n: Floats, aht: Floats, threshold: Floats) -> QueueMeasures:
    """Erlang C on checked flat arrays."""
    waiting = wait_probability_c(a, n)
    spare = np.maximum(n - a, 0.0)
    stable = (spare > 0.0) & (aht > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        late = waiting * np.exp(-np.where(stable, spare / aht * threshold, 0.0))
        asa = np.where(stable, waiting * aht / spare, np.inf)
        occupancy = np.where(n > 0.0, np.minimum(a / n, 1.0), 1.0)
    idle = a == 0.0
    late[idle], asa[idle], occupancy[idle] = 0.0, 0.0, 0.0
    late[~idle & (spare == 0.0)] = 1.0
    waiting[idle] = 0.0
    return QueueMeasures(
        wait_probability=waiting,
        sl=1.0 - late,
        asa_s=asa,
        mean_wait_s=asa.copy(),
        occupancy=occupancy,
        abandon_rate=np.zeros_like(a),
    )


def measures_a(
    a: Floats,
    n: Floats,
    aht: Floats,
    patience: Floats,
    threshold: Floats,
    definition: ServiceLevelDefinition,
    *,
    with_asa: bool = True,
) -> QueueMeasures:
    """Erlang A on checked flat arrays; the ASA, which costs most, may be left out."""
    idle, unmanned = a == 0.0, n == 0.0
    filled: dict[str, tuple[float, Floats | float]] = {
        "wait_probability": (0.0, 1.0),
        "sl": (1.0, 0.0),
        "asa_s": (0.0, np.inf),
        "mean_wait_s": (0.0, patience),
        "occupancy": (0.0, 1.0),
        "abandon_rate": (0.0, 1.0),
    }
    arrays = {k: np.where(idle, v, w) for k, (v, w) in filled.items()}
    rest = ~idle & ~unmanned
    if rest.any():
        found = _measures_a_of_busy(
            a[rest],
            n[rest],
            aht[rest],
            patience[rest],
            threshold[rest],
            definition,
            with_asa=with_asa,
        )
        for name, values in found.items():
            arrays[name][rest] = values
    return QueueMeasures(**arrays)


def _measures_a_of_busy(
    a: Floats,
    n: Floats,
    aht: Floats,
    patience: Floats,
    threshold: Floats,
    definition: ServiceLevelDefinition,
    *,
    with_asa: bool,
) -> dict[str, Floats]:
    """Erlang A where there are contacts and agents, all in logarithms.

    In units of the mean patience: `x` arrivals, `c` the rate at which all agents
    together finish, `u` the threshold; `log_weight` is the normalising constant of the
    waiting-time density, whose integrals are the lower gamma parts.
    """
    x, c, u = a * patience / aht, n * patience / aht, threshold / patience
    log_x = np.log(x)
    inner = log_lower(c + 1.0, x)
    outer = _raise(inner, c, x)
    log_inverse_b = np.log(a) + log_upper(n, a)
    log_weight = log_x - np.logaddexp(log_inverse_b, log_x + outer)
    at_once = np.exp(log_inverse_b - log_x + log_weight)
    after_wait = np.exp(log_weight + inner)
    abandoned = np.exp(log_weight + outer) * -np.expm1(np.minimum(inner - outer, 0.0))
    served = at_once + after_wait

    y = np.maximum(x * np.exp(-u), 1e-290)
    shift = log_weight - x * np.expm1(-u) - (c + 1.0) * u
    inner_late = log_lower(c + 1.0, y)
    served_late = np.exp(shift + inner_late)
    waiting_late = np.exp(shift + _raise(inner_late, c, y))
    good = np.clip(served - served_late, 0.0, 1.0)
    found = {
        "wait_probability": np.exp(log_weight + outer),
        "sl": _service_level(good, served, waiting_late, definition),
        "mean_wait_s": abandoned * patience,
        "occupancy": np.minimum(a * served / n, 1.0),
        "abandon_rate": abandoned,
    }
    if with_asa:
        moment = log_lower_moment(c + 1.0, x)
        found["asa_s"] = patience * np.exp(log_weight + moment) / served
    return found


def _service_level(
    good: Floats,
    served: Floats,
    waiting_late: Floats,
    definition: ServiceLevelDefinition,
) -> Floats:
    if definition is ServiceLevelDefinition.OFFERED:
        return good
    if definition is ServiceLevelDefinition.ANSWERED:
        return np.minimum(good / served, 1.0)
    return np.minimum(good / np.maximum(good + waiting_late, 1e-300), 1.0)


def _raise(inner: Floats, c: Floats, x: Floats) -> Floats:
    """The logarithm of lower(c, x) from that of lower(c + 1, x): all terms positive."""
    raised: Floats = np.logaddexp(0.0, np.log(x) + inner) - np.log(c)
    return raised


def log_inverse_b(a: Floats, n: Floats) -> Floats:
    """Logarithm of ``1 / B(n, a)`` on checked flat arrays, loads above 0."""
    inverse: Floats = np.log(a) + log_upper(n + 1.0, a)
    return inverse


def _shaped(found: QueueMeasures, shape: tuple[int, ...]) -> QueueMeasures:
    return QueueMeasures(**{k: v.reshape(shape) for k, v in vars(found).items()})
