"""How a day's volume spreads over its intervals, by day type."""

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Floats, Ints

_HALF_LIFE_WEEKS = 8.0
_CUT = 2.5  # days farther from the shape than so many typical distances count less
_SHRINK_CALLS = 12.0  # contacts per interval at which the weekday's own shape has half
_N_SHAPES = 4


def robust_shapes(days: Days, origins: Ints) -> Floats:
    """Shares of the day by origin, type and interval, by robust weighted means.

    Parameters
    ----------
    days : Days
    origins : ndarray of int, shape (n_origins,), the number of days known

    Returns
    -------
    ndarray of float, shape (n_origins, n_types, n_intervals), each sums to 1
    """
    weight = _weights(days, origins)
    share = _shares(days)
    pooled = _robust_mean(share, weight * days.is_normal)
    shapes = np.repeat(pooled[:, None], days.n_types, axis=1)
    calls = weight * days.total
    for kind in range(days.n_types):
        chosen = days.types == kind
        if not chosen.any():
            continue
        own = _robust_mean(share[chosen], weight[:, chosen])
        mass = calls[:, chosen].sum(axis=1) / share.shape[1]
        trust = (mass / (mass + _SHRINK_CALLS))[:, None]
        trust = np.where(own.sum(axis=1, keepdims=True) > 0.0, trust, 0.0)
        shapes[:, kind] = trust * own + (1.0 - trust) * pooled
    return _specials_like_ordinary(days, shapes, weight)


def smooth_shapes(days: Days, origins: Ints, shapes: Floats) -> Floats:
    """The shapes seen through the few patterns that most of the variation follows.

    Parameters
    ----------
    days : Days
    origins : ndarray of int, shape (n_origins,)
    shapes : ndarray of float, shape (n_origins, n_types, n_intervals)

    Returns
    -------
    ndarray of float, shape (n_origins, n_types, n_intervals), each sums to 1

    Source: Shen and Huang (2008), Annals of Applied Statistics 2(2): a singular value
    decomposition of the square roots of the counts.
    """
    result = np.empty_like(shapes)
    weight = _weights(days, origins)
    roots = np.sqrt(_shares(days))
    for row, mass in enumerate(weight):
        gram = (roots * mass[:, None]).T @ roots
        _, vectors = np.linalg.eigh(gram)
        basis = vectors[:, -_N_SHAPES:]
        seen = np.maximum(np.sqrt(shapes[row]) @ basis @ basis.T, 0.0) ** 2
        total = seen.sum(axis=1, keepdims=True)
        result[row] = np.where(
            total > 0.0, seen / np.maximum(total, 1e-12), shapes[row]
        )
    return result


def _weights(days: Days, origins: Ints) -> Floats:
    at = np.arange(days.n_days)
    age = np.maximum(origins[:, None] - 1 - at, 0) / days.week
    usable = days.is_usable & (days.total > 0.0) & (at < origins[:, None])
    return np.where(usable, 0.5 ** (age / _HALF_LIFE_WEEKS), 0.0)


def _shares(days: Days) -> Floats:
    shares: Floats = days.volume / np.maximum(days.total, 1e-12)[:, None]
    return shares


def _robust_mean(share: Floats, weight: Floats) -> Floats:
    """Weighted means, shape (n_origins, n_intervals), far days counting less."""
    mean = weight @ share / np.maximum(weight.sum(axis=1), 1e-300)[:, None]
    for _ in range(2):
        away = np.stack([np.abs(share - row).sum(axis=1) for row in mean])
        typical = (weight * away).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)
        far = _CUT * 0.85 * typical[:, None] / np.maximum(away, 1e-9)
        fair = weight * np.minimum(1.0, far**2)
        mean = fair @ share / np.maximum(fair.sum(axis=1), 1e-300)[:, None]
    total = mean.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, mean / np.maximum(total, 1e-12), 0.0)


def _specials_like_ordinary(days: Days, shapes: Floats, weight: Floats) -> Floats:
    """Lean the shape of a rarely seen special day on the ordinary day it resembles."""
    size = np.stack(
        [
            (weight * days.total * (days.types == kind)).sum(axis=1)
            / np.maximum((weight * (days.types == kind)).sum(axis=1), 1e-300)
            for kind in range(7)
        ],
        axis=1,
    )
    rows = np.arange(len(shapes))
    for kind, resembles in days.resembles(size).items():
        count = ((weight > 0.0) & (days.types == kind)).sum(axis=1)
        trust = (count / (count + 1.0))[:, None]
        like = shapes[rows, resembles]
        shapes[:, kind] = trust * shapes[:, kind] + (1.0 - trust) * like
    return shapes
