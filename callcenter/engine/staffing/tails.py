"""How long the unlucky wait, and how much load a group of lines carries."""

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.erlang import (
    erlang_b,
    log_inverse_b,
    wait_probability_c,
)
from callcenter.engine.staffing.gamma import log_lower
from callcenter.engine.staffing.measures import Floats, broadcast, checked
from callcenter.engine.staffing.roots import rising_root

_LONGEST = 60.0  # times the longest scale of waiting


def wait_tail(
    load: ArrayLike,
    agents: ArrayLike,
    seconds: ArrayLike,
    *,
    aht_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> Floats:
    """Probability that a contact waits longer, until answered or until it gives up.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, >= 0
    agents : array_like of float, shape (n_cells,), >= 1
    seconds : array_like of float, shape (n_cells,), >= 0
    aht_s : array_like of float, shape (n_cells,), seconds, > 0
    patience_s : array_like of float, shape (n_cells,), seconds, mean patience, > 0;
        nobody abandons without

    Returns
    -------
    ndarray of float, shape (n_cells,), probability

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: as `erlang_c_measures` and `erlang_a_measures`.
    """
    shape, (a, n, t, aht, patience) = broadcast(
        load=checked("load", load),
        agents=checked("agents", agents),
        seconds=checked("seconds", seconds),
        aht_s=checked("aht_s", aht_s, above=0.0),
        patience_s=_patience(patience_s),
    )
    if (n < 1.0).any():
        raise EngineInputError("agents must be at least 1")
    return _tail(a, n, t, aht, patience).reshape(shape)


def wait_quantile(
    load: ArrayLike,
    agents: ArrayLike,
    share: ArrayLike,
    *,
    aht_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> Floats:
    """The wait that this share of contacts does not pass, such as the 90th percentile.

    Parameters
    ----------
    load : array_like of float, shape (n_cells,), erlangs, >= 0
    agents : array_like of float, shape (n_cells,), >= 1
    share : array_like of float, shape (n_cells,), fraction, 0 <= share < 1
    aht_s, patience_s : as `wait_tail`

    Returns
    -------
    ndarray of float, shape (n_cells,), seconds; inf where load reaches agents and
    nobody abandons

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: as `wait_tail`.
    """
    shape, (a, n, within, aht, patience) = broadcast(
        load=checked("load", load),
        agents=checked("agents", agents),
        share=checked("share", share),
        aht_s=checked("aht_s", aht_s, above=0.0),
        patience_s=_patience(patience_s),
    )
    if (within >= 1.0).any() or (n < 1.0).any():
        raise EngineInputError("share must be less than 1 and agents at least 1")
    spare = np.maximum(n - a, 1e-9)
    longest = _LONGEST * np.minimum(patience, aht / spare)
    endless = np.isinf(patience) & (a >= n)

    def above(t: Floats) -> Floats:
        late = np.maximum(_tail(a, n, t, aht, patience), 1e-300)
        return np.log1p(-within) - np.log(late)

    found = rising_root(above, np.zeros_like(a), longest, tolerance=1e-14)
    return np.where(endless, np.inf, found).reshape(shape)


def carried_load(lines: ArrayLike, max_blocking: ArrayLike) -> Floats:
    """The greatest load of which that many lines lose no more than this share.

    Parameters
    ----------
    lines : array_like of float, shape (n_cells,), >= 1
    max_blocking : array_like of float, shape (n_cells,), fraction, between 0 and 1

    Returns
    -------
    ndarray of float, shape (n_cells,), erlangs

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range

    Source: as `erlang_b`; such tables are in Rappaport (2002), Wireless Communications.
    """
    shape, (n, most) = broadcast(
        lines=checked("lines", lines),
        max_blocking=checked("max_blocking", max_blocking, above=0.0),
    )
    if (most >= 1.0).any() or (n < 1.0).any():
        raise EngineInputError("max_blocking must be less than 1, lines at least 1")

    def passed(load: Floats) -> Floats:
        return np.log(np.maximum(erlang_b(load, n), 1e-300)) - np.log(most)

    high = n / (1.0 - most) + 1.0
    return rising_root(passed, 1e-9 * n, high, tolerance=1e-14).reshape(shape)


def _patience(patience_s: ArrayLike | None) -> Floats:
    if patience_s is None:
        return np.full((), np.inf)
    return checked("patience_s", patience_s, above=0.0)


def _tail(a: Floats, n: Floats, t: Floats, aht: Floats, patience: Floats) -> Floats:
    found = np.zeros_like(a)
    for picked, tail in (
        (np.isinf(patience) & (a > 0.0), _tail_c),
        (np.isfinite(patience) & (a > 0.0), _tail_a),
    ):
        if picked.any():
            found[picked] = tail(
                a[picked], n[picked], t[picked], aht[picked], patience[picked]
            )
    return found


def _tail_c(a: Floats, n: Floats, t: Floats, aht: Floats, _: Floats) -> Floats:
    waiting = wait_probability_c(a, n)
    late: Floats = waiting * np.exp(-np.maximum(n - a, 0.0) / aht * t)
    return late


def _tail_a(a: Floats, n: Floats, t: Floats, aht: Floats, patience: Floats) -> Floats:
    """As `erlang._measures_a_of_busy` derives it, of those who still wait at t."""
    x, c, u = a * patience / aht, n * patience / aht, t / patience
    y = np.maximum(x * np.exp(-u), 1e-290)
    inverse = log_inverse_b(a, n - 1.0) - np.log(x)
    outer, outer_late = log_lower(c, x), log_lower(c, y)
    late: Floats = np.exp(
        outer_late - x * np.expm1(-u) - c * u - u - np.logaddexp(inverse, outer)
    )
    return late
