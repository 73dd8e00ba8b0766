"""Roots of rising functions, for many cells at once."""

from collections.abc import Callable

import numpy as np

from callcenter.engine.staffing.measures import Floats

_ROUNDS = 100
_LEAST = 1e-300


def rising_root(
    function: Callable[[Floats], Floats],
    low: Floats,
    high: Floats,
    *,
    tolerance: float = 1e-12,
) -> Floats:
    """Find where a rising function of each cell passes zero, from its upper side.

    Parameters
    ----------
    function : callable, values of shape (n_cells,) -> values of shape (n_cells,)
    low, high : ndarray of float, shape (n_cells,), between which the roots lie
    tolerance : float, width of a bracket relative to its ends that is enough

    Returns
    -------
    ndarray of float, shape (n_cells,), where the function is not negative; `low` where
    it is not negative there already, and `high` where it never is

    Source: Chandrupatla (1997), A new hybrid quadratic/bisection algorithm for finding
    the zero of a nonlinear function without using derivatives, Advances in Engineering
    Software 28(3).
    """
    a, b = high.astype(np.float64), low.astype(np.float64)
    fa, fb = function(a), function(b)
    is_known = (fb >= 0.0) | (fa < 0.0)
    known = np.where(fb >= 0.0, b, a)
    c, fc = b, fb
    share = np.full_like(a, 0.5)
    for _ in range(_ROUNDS):
        at = np.where(is_known, a, a + share * (b - a))
        found = function(at)
        is_same = (found >= 0.0) == (fa >= 0.0)
        c, fc = np.where(is_same, a, b), np.where(is_same, fa, fb)
        b, fb = np.where(is_same, b, a), np.where(is_same, fb, fa)
        a, fa = at, found
        near = np.where(np.abs(fa) < np.abs(fb), a, b)
        limit = 0.5 * tolerance * np.abs(near) + _LEAST
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            least = limit / np.abs(b - a)
            is_done = is_known | (least > 0.5) | (found == 0.0)
            if is_done.all():
                break
            place, rise = (a - b) / (c - b), (fa - fb) / (fc - fb)
            bent = fa / (fb - fa) * fc / (fb - fc)
            bent += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        is_smooth = (rise**2 < place) & ((1.0 - rise) ** 2 < 1.0 - place)
        share = np.where(is_smooth & np.isfinite(bent), bent, 0.5)
        least = np.minimum(np.nan_to_num(least), 0.5)
        share = np.clip(share, least, 1.0 - least)
    return np.where(is_known, known, np.where(fa >= 0.0, a, b))
