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
_FEWEST = 4  # origins that can tell a method from chance
_LEAST_ERROR = 0.001  # of what was missed: the least that chance does to a difference
_CLASS_DAYS = np.array([1.0, 7.0, 28.0])


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


def independent_tests(origins: Origins) -> Floats:
    """How many tests of each horizon class do not overlap, shape (3,), 1 at least.

    Origins lie closer than their horizons reach, so that the same days are tested
    again and again.
    """
    if not origins.at.size:
        return np.ones(N_CLASSES)
    span = origins.at[-1] - origins.at[0] + 1.0
    return np.clip(span / _CLASS_DAYS, 1.0, origins.at.size)


def _by_horizon(origins: Origins, values: Floats) -> Floats:
    by_day = np.where(origins.is_tested, values, 0.0).sum(axis=(0, 2))
    return np.bincount(origins.horizon, by_day, minlength=N_CLASSES).astype(np.float64)


def prior_weights(*, is_sparse: bool) -> Floats:
    """What the methods weigh before anything is tested, shape (3, n_members)."""
    trusted = _PRIOR_IF_SPARSE if is_sparse else _PRIOR
    prior = np.array([trusted.get(m, 0.0) for m in MEMBERS])
    return np.tile(prior, (N_CLASSES, 1))


def blend_weights(
    origins: Origins,
    found: dict[Method, Floats],
    *,
    is_sparse: bool = False,
    may_single_out: bool = True,
) -> Floats:
    """Weigh the methods by what they missed, leaning on those that do best elsewhere.

    Where one method alone missed less than all of them together, by more than the
    standard error of the difference, it has all the weight.

    Parameters
    ----------
    origins : Origins
    found : dict of ndarray of float, shape (n_origins, n_ahead, n_intervals)
    is_sparse : bool, whether only methods that keep the mean may be used
    may_single_out : bool, whether one method alone may have all the weight

    Returns
    -------
    ndarray of float, shape (3, n_members), by horizon class in the order of `MEMBERS`

    Source: Bates and Granger (1969), Operational Research Quarterly 20(4); the rule of
    one standard error, Breiman, Friedman, Olshen and Stone (1984), section 3.4.3.
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
    single = _single(origins, found, weights, tested) if may_single_out else None
    if single is not None:
        weights[:] = np.arange(len(MEMBERS)) == single
    return weights


def _single(
    origins: Origins, found: dict[Method, Floats], weights: Floats, tested: Bools
) -> int | None:
    """The method that did better alone, over all horizons; None where none did.

    Every horizon counts alike, however many days it has.
    """
    some = origins.is_tested.any(axis=(1, 2))
    if some.sum() < _FEWEST or not tested.any():
        return None
    together = blend(weights, origins.horizon, found)
    missed = np.stack(
        [
            _relative_misses(origins, each, tested)[some]
            for each in (together, *(found[method] for method in MEMBERS))
        ]
    )
    best = int(missed[1:].mean(axis=1).argmin())
    more = missed[0] - missed[1 + best]
    n = max(min(float(independent_tests(origins)[1]), float(some.sum())), 2.0)
    chance = np.hypot(more.std() / np.sqrt(n), _LEAST_ERROR * missed[1 + best].mean())
    return best if more.mean() > chance else None


def _relative_misses(origins: Origins, forecast: Floats, tested: Bools) -> Floats:
    """What was missed after each origin, in volumes of a usual test of each horizon."""
    missed = np.where(origins.is_tested, np.abs(forecast - origins.actual), 0.0)
    volume = np.where(origins.is_tested, origins.actual, 0.0).sum(axis=2)
    by_day = missed.sum(axis=2)
    total = np.zeros(origins.at.size)
    for each in np.flatnonzero(tested):
        days = origins.horizon == each
        size = volume[:, days].sum() / origins.at.size
        total += by_day[:, days].sum(axis=1) / max(size, 1e-12)
    return total


def single_method(weights: Floats) -> Method | None:
    """The method that has all the weight, None where several share it.

    Parameters
    ----------
    weights : ndarray of float, shape (3, n_members)

    Returns
    -------
    Method or None
    """
    used = (weights > 0.0).any(axis=0)
    return MEMBERS[int(used.argmax())] if used.sum() == 1 else None


def blend(weights: Floats, horizon: Ints, found: dict[Method, Floats]) -> Floats:
    """The weighted mean of the methods, shape of each of them."""
    by_day = weights[horizon]
    result = np.zeros_like(next(iter(found.values())))
    for i, method in enumerate(MEMBERS):
        if by_day[:, i].any():
            result += by_day[:, i, None] * found[method]
    return result
