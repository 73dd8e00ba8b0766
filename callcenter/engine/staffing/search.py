"""Search for the least whole number that is enough, for many cells at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Margin = Callable[[Floats, NDArray[np.intp]], Floats]

_BISECT_AFTER = 6  # rounds, when interpolation has not closed the bracket


def least_integer(
    margin: Margin, *, never: Floats, guess: Floats, step: Floats
) -> Floats:
    """Find the least whole number at which a rising margin is not negative.

    Parameters
    ----------
    margin : callable, (values, index of the cells) -> margin of those cells
    never : ndarray of float, shape (n_cells,), whole numbers known to be too small
    guess : ndarray of float, shape (n_cells,), where to look first
    step : ndarray of float, shape (n_cells,), how far to look next, doubling

    Returns
    -------
    ndarray of float, shape (n_cells,), whole numbers

    The bracket is found by doubling steps and closed by interpolation, because margins
    are nearly straight; a cell leaves the work as soon as its bracket is one wide.
    """
    low, low_margin = never.copy(), np.full_like(never, np.nan)
    high, high_margin = np.full_like(never, np.inf), np.full_like(never, np.nan)
    at = np.maximum(guess, never + 1.0)
    step = np.maximum(1.0, np.round(step))
    open_cells = np.arange(never.size)
    n_rounds = 0
    while open_cells.size:
        n_rounds += 1
        found = margin(at[open_cells], open_cells)
        enough = found >= 0.0
        yes, no = open_cells[enough], open_cells[~enough]
        high[yes], high_margin[yes] = at[yes], found[enough]
        low[no], low_margin[no] = at[no], found[~enough]
        open_cells = open_cells[high[open_cells] - low[open_cells] > 1.0]
        at[open_cells] = _next(
            low[open_cells],
            high[open_cells],
            low_margin[open_cells],
            high_margin[open_cells],
            step[open_cells],
            bisect=n_rounds > _BISECT_AFTER and n_rounds % 2 == 0,
        )
        step[open_cells] *= 2.0
    return high


def _next(
    low: Floats,
    high: Floats,
    low_margin: Floats,
    high_margin: Floats,
    step: Floats,
    *,
    bisect: bool,
) -> Floats:
    with np.errstate(invalid="ignore"):
        share = low_margin / (low_margin - high_margin)
        inside = np.ceil(low + (high - low) * np.where(bisect, 0.5, share))
    up, down = low + step, np.maximum(high - step, low + 1.0)
    at = np.where(np.isinf(high), up, np.where(np.isnan(low_margin), down, inside))
    return np.clip(at, low + 1.0, np.where(np.isinf(high), np.inf, high - 1.0))
