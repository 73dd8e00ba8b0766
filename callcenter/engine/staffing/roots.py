"""Roots of rising functions, for many cells at once."""

from collections.abc import Callable

import numpy as np

from callcenter.engine.staffing.measures import Floats

_ROUNDS = 60


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
    tolerance : float, width of a bracket relative to its upper end that is enough

    Returns
    -------
    ndarray of float, shape (n_cells,), where the function is not negative; `low` where
    it is not negative there already, and `high` where it never is

    Source: the Illinois variant of regula falsi, Dowell and Jarratt (1971), BIT 11(2);
    a halving every third round bounds the number of rounds.
    """
    low, high = low.astype(np.float64), high.astype(np.float64)
    under, over = function(low), function(high)
    high = np.where(under >= 0.0, low, high)
    low = np.where((over < 0.0) & (under < 0.0), high, low)
    last = np.zeros_like(low)
    for k in range(_ROUNDS):
        if (high - low <= tolerance * np.maximum(np.abs(high), 1e-300)).all():
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 0.5 if k % 3 == 2 else under / (under - over)
            at = low + np.nan_to_num(share * (high - low))
        at = np.clip(at, low, high)
        found = function(at)
        enough = found >= 0.0
        high, over = np.where(enough, at, high), np.where(enough, found, over)
        low, under = np.where(enough, low, at), np.where(enough, under, found)
        under = np.where(enough & (last > 0.0), 0.5 * under, under)
        over = np.where(~enough & (last < 0.0), 0.5 * over, over)
        last = np.where(enough, 1.0, -1.0)
    return high
