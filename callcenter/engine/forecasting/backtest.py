"""Rolling origins: what each method would have missed, and how sure one can be."""

from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Bools, Calendar, Floats, Ints
from callcenter.engine.forecasting.members import MEMBERS, Method

_N_ORIGINS = 16
_WEEKS_BEFORE = 3  # of history that the first origin has at least
_TRUSTED = (Method.PROFILE, Method.SVD_LEVEL, Method.MEDIAN6)
_TRUSTED_IF_SPARSE = (Method.PROFILE, Method.SVD_LEVEL, Method.MEAN4)
_SHARPNESS = 4.0
_N_SIZES = 3


@dataclass(frozen=True)
class Origins:
    """The origins of the back-test and, last, the end of the history.

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


def rolling_origins(days: Days, ahead: Calendar) -> Origins:
    """Origins stepping back from the end by a day less than a week each.

    Parameters
    ----------
    days : Days
    ahead : Calendar of the horizon

    Returns
    -------
    Origins, only the last one when the history is too short for a test
    """
    week, n = days.week, days.n_days
    step = max(1, week - 1)
    room = max(0, (n - _WEEKS_BEFORE * week) // step)
    n_tests = min(_N_ORIGINS, room)
    at = n - step * np.arange(n_tests, -1, -1)
    every_type = np.concatenate([days.types, days.types_ahead])
    n_ahead = ahead.n_days
    where = at[:, None] + np.arange(n_ahead)
    inside = where < n
    clipped = np.minimum(where, n - 1) if n else where * 0
    tested = inside & days.is_usable[clipped]
    return Origins(
        at=at,
        types=every_type[np.minimum(where, every_type.size - 1)],
        actual=days.volume[clipped],
        is_tested=tested[:, :, None] & days.known[clipped],
        horizon=np.digitize(np.arange(1, n_ahead + 1), [2, week + 1]),
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
    return np.bincount(origins.horizon, by_day, minlength=3).astype(np.float64)


def combine(
    origins: Origins, found: dict[Method, Floats], *, is_sparse: bool = False
) -> tuple[Floats, Floats]:
    """Blend the methods by what they missed, leaning on the three that do best.

    Parameters
    ----------
    origins : Origins
    found : dict of ndarray of float, shape (n_origins, n_ahead, n_intervals)
    is_sparse : bool, whether only methods that keep the mean may be used

    Returns
    -------
    tuple of ndarray of float : the blend, shape (n_origins, n_ahead, n_intervals), and
        the weights, shape (3, n_members), by horizon class in the order of `MEMBERS`

    Source: Bates and Granger (1969), Operational Research Quarterly 20(4).
    """
    missed = np.stack([scores(origins, found)[m] for m in MEMBERS], axis=1)
    trusted = _TRUSTED_IF_SPARSE if is_sparse else _TRUSTED
    prior = np.array([m in trusted for m in MEMBERS]) / len(trusted)
    weights = np.tile(prior, (3, 1))
    tested = (
        (not is_sparse) & np.isfinite(missed).all(axis=1) & (missed.min(axis=1) > 0.0)
    )
    ratio = missed[tested].min(axis=1, keepdims=True) / missed[tested]
    earned = ratio**_SHARPNESS
    weights[tested] = 0.5 * prior + 0.5 * earned / earned.sum(axis=1, keepdims=True)
    by_day = weights[origins.horizon]
    blend = np.zeros_like(origins.actual)
    for i, method in enumerate(MEMBERS):
        blend += by_day[:, i, None] * found[method]
    return blend, weights


def band(
    origins: Origins, forecast: Floats, sigma: float, level: float
) -> tuple[Floats, Floats]:
    """Bounds around the last origin's forecast that the tested misses calibrate.

    A miss is measured against ``sqrt(f + (r f)^2)``: the noise of counting and the
    relative error of a day total. Its quantiles are taken by horizon and size.

    Parameters
    ----------
    origins : Origins
    forecast : ndarray of float, shape (n_origins, n_ahead, n_intervals)
    sigma : float, robust relative noise of a day, used where nothing was tested
    level : float, fraction of the contacts' outcomes that should lie inside

    Returns
    -------
    tuple of ndarray of float, shape (n_ahead, n_intervals), lower and upper
    """
    relative = min(max(sigma, 0.02), 1.0)
    scale = np.sqrt(np.maximum(forecast, 0.25) + (relative * forecast) ** 2)
    miss = (origins.actual - forecast) / scale
    tested = origins.is_tested & (forecast > 0.0)
    cuts = _size_cuts(forecast[-1])
    low, high = (np.empty_like(forecast[-1]) for _ in range(2))
    size = np.digitize(forecast, cuts)
    for horizon in range(3):
        days = origins.horizon == horizon
        for part in range(_N_SIZES):
            cells = days[:, None] & (size[-1] == part)
            near = tested & (size == part) & days[None, :, None]
            below, above = _quantiles(miss, (near, tested & (size == part)), level)
            low[cells], high[cells] = below, above
    widen = _growth(origins)[:, None] * scale[-1]
    mean = forecast[-1]
    return np.maximum(mean + low * widen, 0.0), np.maximum(mean + high * widen, 0.0)


def _size_cuts(forecast: Floats) -> Floats:
    positive = forecast[forecast > 0.0]
    if not positive.size:
        return np.array([1.0, 2.0])
    return np.quantile(positive, np.arange(1, _N_SIZES) / _N_SIZES)


def _quantiles(
    miss: Floats, choices: tuple[Bools, ...], level: float
) -> tuple[float, float]:
    for chosen in choices:
        values = miss[chosen]
        if values.size >= 60:
            tail = (1.0 - level) / 2.0
            low, high = np.quantile(values, [tail, 1.0 - tail])
            return float(min(low, 0.0)), float(max(high, 0.0))
    reach = 1.2816 * (level / 0.8)
    return -reach, reach


def _growth(origins: Origins) -> Floats:
    """How much wider than tested a band grows where no test reached."""
    days = origins.is_tested.any(axis=(0, 2))
    ahead = np.arange(1, days.size + 1)
    if not days.any():
        return np.minimum(np.sqrt(1.0 + ahead / 28.0), 4.0)
    farthest = int(np.flatnonzero(days).max()) + 1
    growth: Floats = np.sqrt(np.maximum(ahead / farthest, 1.0))
    return np.minimum(growth, 4.0)
