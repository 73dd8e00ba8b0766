"""How a day's volume spreads over its intervals, by day type."""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Floats, Ints

_HALF_LIFE_WEEKS = 8.0
_WEEKS_OF_MEDIANS = 20
_LONGEST_WEEKS = 40  # what is older says less than a thirtieth
_CUT = 2.5  # days farther from the shape than so many typical distances count less
_SHRINK_CALLS = 40.0  # contacts per interval at which a weekday's own shape has half
_ALIKE = 0.03  # sum of absolute differences of shapes that are as good as one
_MEDIAN_CALLS = 1.0  # contacts per interval at which a median says as much as a mean
_N_SHAPES = 4


@dataclass(frozen=True)
class Shapes:
    """Shares of the day by origin, type and interval; each row sums to 1.

    Attributes
    ----------
    robust : ndarray of float, shape (n_origins, n_types, n_intervals), weighted means
    smooth : ndarray of float, the same shape, seen through a few common patterns
    middle : ndarray of float, the same shape, half of it weighted medians
    """

    robust: Floats
    smooth: Floats
    middle: Floats


@dataclass(frozen=True)
class _Window:
    """The days that still matter at one origin."""

    share: Floats  # (n_days, n_intervals)
    total: Floats  # (n_days,)
    types: Ints  # (n_days,)
    weight: Floats  # (n_days,)


def fit_shapes(days: Days, origins: Ints) -> Shapes:
    """Learn the shapes at each origin, blind to later days.

    Parameters
    ----------
    days : Days
    origins : ndarray of int, shape (n_origins,), the number of days known

    Returns
    -------
    Shapes

    Source: Shen and Huang (2008), Annals of Applied Statistics 2(2), for the patterns:
    a singular value decomposition of the square roots of the counts.
    """
    robust, smooth, middle = [], [], []
    for origin in origins:
        window = _window(days, int(origin))
        shapes = _robust(days, window)
        seen = _through_patterns(window, shapes)
        robust.append(shapes)
        smooth.append(seen)
        middle.append(0.5 * seen + 0.5 * _medians(window, seen))
    return Shapes(np.stack(robust), np.stack(smooth), np.stack(middle))


def _window(days: Days, origin: int) -> _Window:
    begin = max(0, origin - _LONGEST_WEEKS * days.week)
    chosen = np.arange(begin, origin)
    total = days.total[chosen]
    age = (origin - 1 - chosen) / days.week
    usable = days.is_usable[chosen] & (total > 0.0)
    weight = np.where(usable, 0.5 ** (age / _HALF_LIFE_WEEKS), 0.0)
    share = days.volume[chosen] / np.maximum(total, 1e-12)[:, None]
    return _Window(share, total, days.types[chosen], weight)


def _robust(days: Days, window: _Window) -> Floats:
    """Own shapes, shrunk to those of the days that are alike."""
    weight, share = window.weight, window.share
    pooled = _robust_mean(share, weight * (window.types < 7))
    own = np.tile(pooled, (days.n_types, 1))
    calls = np.zeros(days.n_types)
    for kind in np.unique(window.types):
        chosen = window.types == kind
        if weight[chosen].sum() > 0.0:
            own[kind] = _robust_mean(share[chosen], weight[chosen])
            calls[kind] = weight[chosen] @ window.total[chosen]
    calls = calls / share.shape[1]
    prior = _alike(own, calls, pooled)
    trust = (calls / (calls + _SHRINK_CALLS))[:, None]
    shapes = trust * own + (1.0 - trust) * prior
    return _specials_like_ordinary(days, window, own, trust[:, 0], shapes)


def _alike(own: Floats, calls: Floats, pooled: Floats) -> Floats:
    """For each type the mean of the shapes that differ from it by chance alone."""
    known = np.flatnonzero(calls[:7] > 0.0)
    prior = np.tile(pooled, (len(own), 1))
    if not known.size:
        return prior
    apart = np.abs(own[known, None] - own[known]).sum(axis=2)
    chance = 0.64 / np.maximum(calls[known], 1e-9)
    real = np.maximum(apart**2 - chance[:, None] - chance, 0.0)
    weight = calls[known] / (_ALIKE**2 + real)
    prior[known] = weight @ own[known] / weight.sum(axis=1, keepdims=True)
    return _beside(prior)


def _beside(shapes: Floats) -> Floats:
    """Each interval with a quarter of each neighbour."""
    wide = np.pad(shapes, ((0, 0), (1, 1)), mode="edge")
    near = 0.5 * shapes + 0.25 * (wide[:, :-2] + wide[:, 2:])
    return _normal(near, shapes)


def _robust_mean(share: Floats, weight: Floats) -> Floats:
    """A weighted mean, far days counting less."""
    mean = weight @ share / max(weight.sum(), 1e-300)
    for _ in range(2):
        away = np.abs(share - mean).sum(axis=1)
        typical = 0.85 * (weight @ away) / max(weight.sum(), 1e-300)
        # Days that are all of one shape differ by rounding alone, and none is far.
        far = _CUT * max(typical, 1e-9) / np.maximum(away, 1e-9)
        fair = weight * np.minimum(1.0, far**2)
        mean = fair @ share / max(fair.sum(), 1e-300)
    return mean / max(mean.sum(), 1e-12)


def _through_patterns(window: _Window, shapes: Floats) -> Floats:
    roots = np.sqrt(window.share) * np.sqrt(window.weight)[:, None]
    _, vectors = np.linalg.eigh(roots.T @ roots)
    basis = vectors[:, -_N_SHAPES:]
    seen = np.maximum(np.sqrt(shapes) @ basis @ basis.T, 0.0) ** 2
    return _normal(seen, shapes)


def _medians(window: _Window, otherwise: Floats) -> Floats:
    """Weighted medians by type, trusted where contacts are more than a few."""
    weight = window.weight**2  # half the half-life: a median bears it
    recent = slice(-_WEEKS_OF_MEDIANS * 7, None)
    result = otherwise.copy()
    for kind in np.unique(window.types[window.types < 7]):
        chosen = np.flatnonzero((window.types == kind) & (weight > 0.0))[recent]
        if chosen.size < 3:
            continue
        mass = weight[chosen] / weight[chosen].sum()
        middle = _weighted_median(window.share[chosen], mass)
        size = (mass @ window.total[chosen]) * otherwise[kind]
        trust = size / (size + _MEDIAN_CALLS)
        mixed = trust * _normal(middle[None], otherwise[None, kind])[0]
        result[kind] = mixed + (1.0 - trust) * otherwise[kind]
    return _normal(result, otherwise)


def _weighted_median(values: Floats, weight: Floats) -> Floats:
    """By column, half of the weight on either side, straight between the days."""
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    mass = weight[order]
    centre = np.cumsum(mass, axis=0) - 0.5 * mass
    above = np.maximum((centre < 0.5).sum(axis=0), 1)
    above = np.minimum(above, len(values) - 1)
    columns = np.arange(values.shape[1])
    low, high = centre[above - 1, columns], centre[above, columns]
    part = np.clip((0.5 - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    below, beyond = ranked[above - 1, columns], ranked[above, columns]
    result: Floats = below + part * (beyond - below)
    return result


def _specials_like_ordinary(
    days: Days, window: _Window, own: Floats, trust: Floats, shapes: Floats
) -> Floats:
    """Lean the shape of a rarely seen special day on the ordinary day it resembles."""
    mass = np.bincount(window.types, window.weight, minlength=days.n_types)
    calls = np.bincount(
        window.types, window.weight * window.total, minlength=days.n_types
    )
    size = calls / np.maximum(mass, 1e-300)
    for kind, resembles in days.resembles(size[None, :7]).items():
        count = ((window.weight > 0.0) & (window.types == kind)).sum()
        share = trust[kind] * count / (count + 1.0)
        shapes[kind] = share * own[kind] + (1.0 - share) * shapes[resembles[0]]
    return shapes


def _normal(shapes: Floats, otherwise: Floats) -> Floats:
    total = shapes.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, shapes / np.maximum(total, 1e-12), otherwise)
