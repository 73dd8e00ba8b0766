"""Rolling origins: what each method would have missed, and how sure one can be."""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Bools, Calendar, Floats, Ints
from callcenter.engine.forecasting.members import MEMBERS
from callcenter.engine.forecasting.words import Method

N_CLASSES = 3  # of horizons: next day, rest of the week, later
_N_ORIGINS = 16
_WEEKS_BEFORE = 3  # of history that the first origin has at least
_TESTED_DAYS = 28  # farther ahead nothing is tested: too few origins would reach it
_PRIOR = {Method.STRUCTURE: 0.6, Method.MEDIAN6: 0.2, Method.SVD_LEVEL: 0.2}
_PRIOR_IF_SPARSE = {Method.PROFILE: 0.34, Method.SVD_LEVEL: 0.33, Method.MEAN4: 0.33}
_SHARPNESS = 6.0


@dataclass(frozen=True)
class Origins:
    """The origins of the back-test.

    Attributes
    ----------
    at : ndarray of int, shape (n_origins,), the number of days known
    types : ndarray of int, shape (n_origins, n_ahead)
    actual : ndarray of float, shape (n_origins, n_ahead, n_intervals)
    is_tested : ndarray of bool, the same shape, measured after the origin
    horizon : ndarray of int, shape (n_ahead,), class: next day, week, later
    """

    at: Ints
    types: Ints
    actual: Floats
    is_tested: Bools
    horizon: Ints


def horizon_classes(n_ahead: int, week: int) -> Ints:
    """The class of each day ahead: 0 the next, 1 the rest of a week, 2 later."""
    return np.digitize(np.arange(1, n_ahead + 1), [2, week + 1])


def rolling_origins(days: Days, ahead: Calendar) -> Origins:
    """Origins stepping back from the end by a day less than a week each.

    Parameters
    ----------
    days : Days
    ahead : Calendar of the horizon

    Returns
    -------
    Origins, none when the history is too short for a test
    """
    week, n = days.week, days.n_days
    step = max(1, week - 1)
    room = max(0, (n - _WEEKS_BEFORE * week) // step)
    n_tests = min(_N_ORIGINS, room)
    at = n - step * np.arange(n_tests, 0, -1)
    n_ahead = min(ahead.n_days, _TESTED_DAYS)
    where = at[:, None] + np.arange(n_ahead)
    inside = where < n
    clipped = np.minimum(where, max(n - 1, 0))
    tested = inside & days.is_usable[clipped]
    every_type = np.concatenate([days.types, days.types_ahead])
    return Origins(
        at=at,
        types=every_type[np.minimum(where, every_type.size - 1)],
        actual=days.volume[clipped],
        is_tested=tested[:, :, None] & days.known[clipped],
        horizon=horizon_classes(n_ahead, week),
    )


def scores(origins: Origins, found: dict[Method, Floats]) -> dict[Method, Floats]:
    """Weighted absolute percentage errors by method and horizon class.

    Parameters
    ----------
    origins : Origins
    found : dict of ndarray of float, shape (n_origins, n_ahead, n_intervals)

    Returns
    -------
    dict of ndarray of float, shape (3,), fractions; NaN where nothing was tested
    """
    result = {}
    volume = _by_horizon(origins, origins.actual)
    for method, forecast in found.items():
        missed = _by_horizon(origins, np.abs(forecast - origins.actual))
        with np.errstate(invalid="ignore", divide="ignore"):
            result[method] = np.where(volume > 0.0, missed / volume, np.nan)
    return result


def _by_horizon(origins: Origins, values: Floats) -> Floats:
    by_day = np.where(origins.is_tested, values, 0.0).sum(axis=(0, 2))
    return np.bincount(origins.horizon, by_day, minlength=N_CLASSES).astype(np.float64)


def prior_weights(*, is_sparse: bool) -> Floats:
    """What the methods weigh before anything is tested, shape (3, n_members)."""
    trusted = _PRIOR_IF_SPARSE if is_sparse else _PRIOR
    prior = np.array([trusted.get(m, 0.0) for m in MEMBERS])
    return np.tile(prior, (N_CLASSES, 1))


def blend_weights(
    origins: Origins, found: dict[Method, Floats], *, is_sparse: bool = False
) -> Floats:
    """Weigh the methods by what they missed, leaning on those that do best elsewhere.

    Parameters
    ----------
    origins : Origins
    found : dict of ndarray of float, shape (n_origins, n_ahead, n_intervals)
    is_sparse : bool, whether only methods that keep the mean may be used

    Returns
    -------
    ndarray of float, shape (3, n_members), by horizon class in the order of `MEMBERS`

    Source: Bates and Granger (1969), Operational Research Quarterly 20(4).
    """
    missed = np.stack([scores(origins, found)[m] for m in MEMBERS], axis=1)
    weights = prior_weights(is_sparse=is_sparse)
    prior = weights[0].copy()
    tested = (
        (not is_sparse) & np.isfinite(missed).all(axis=1) & (missed.min(axis=1) > 0.0)
    )
    ratio = missed[tested].min(axis=1, keepdims=True) / missed[tested]
    earned = (prior + 0.02) * ratio**_SHARPNESS
    weights[tested] = 0.5 * prior + 0.5 * earned / earned.sum(axis=1, keepdims=True)
    return weights


def blend(weights: Floats, horizon: Ints, found: dict[Method, Floats]) -> Floats:
    """The weighted mean of the methods, shape of each of them."""
    by_day = weights[horizon]
    result = np.zeros_like(next(iter(found.values())))
    for i, method in enumerate(MEMBERS):
        if by_day[:, i].any():
            result += by_day[:, i, None] * found[method]
    return result
