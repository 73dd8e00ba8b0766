"""Bands of longer stretches, made from those of the intervals within them."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def band_of_sums(
    mean: Floats,
    lower: Floats,
    upper: Floats,
    place: NDArray[np.int64],
    n: int,
    *,
    level: float,
) -> tuple[Floats, Floats]:
    """The band of sums of neighbouring intervals.

    The width of an interval's band has two parts: contacts come by chance, each
    interval for itself, and the level of the day is missed by all of them together.
    Chance adds up in squares, the level in full, as in the bands themselves, which
    are quantiles of ``(actual - f) / sqrt(f + (r f)^2)``.

    Parameters
    ----------
    mean, lower, upper : ndarray of float, shape (n_intervals,), contacts
    place : ndarray of int, shape (n_intervals,), the sum that each belongs to
    n : int, how many sums there are
    level : float, share of outcomes that the band should hold, in (0, 1)

    Returns
    -------
    lower, upper : ndarray of float, shape (n,), contacts, lower >= 0

    Source: Var(sum) of a Poisson mixture with one common factor: sum f + (r sum f)^2.
    """
    reach = NormalDist().inv_cdf(0.5 + level / 2)

    def total(values: Floats) -> Floats:
        return np.bincount(place, values, minlength=n).astype(np.float64)

    def width(half: Floats) -> Floats:
        common = np.sqrt(np.maximum(0.0, (half / reach) ** 2 - mean))
        # A band narrower than chance alone (small counts are skewed) keeps its share.
        chance = np.minimum(mean, (half / reach) ** 2)
        found: Floats = reach * np.sqrt(total(chance) + total(common) ** 2)
        return found

    middle = total(mean)
    below = width(np.maximum(0.0, mean - lower))
    above = width(np.maximum(0.0, upper - mean))
    return np.maximum(0.0, middle - below), middle + above
