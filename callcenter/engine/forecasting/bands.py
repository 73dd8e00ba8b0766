"""Bands that hold what they say, from what the back-test missed."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from callcenter.engine.forecasting.backtest import (
    N_CLASSES,
    Origins,
    independent_tests,
)
from callcenter.engine.forecasting.history import Bools, Floats, Ints

_N_SIZES = 3
_ENOUGH = 60  # tested intervals in a class of horizon and size
_FEW = 0.9  # how much a band grows for each independent test that it rests on, inverse


@dataclass(frozen=True)
class Spread:
    """How far a back-test lay off, in units of what was to be expected.

    Attributes
    ----------
    mean : ndarray of float, shape (n_origins, n_ahead, n_intervals), the forecast
    relative : ndarray of float, shape (n_origins, n_ahead), of a day total
    """

    mean: Floats
    relative: Floats


@dataclass(frozen=True)
class Bands:
    """Bounds of a forecast.

    Attributes
    ----------
    lower, upper : ndarray of float, shape (n_ahead, n_intervals)
    total_lower, total_upper : ndarray of float, shape (n_ahead,)
    """

    lower: Floats
    upper: Floats
    total_lower: Floats
    total_upper: Floats


def calibrated(
    origins: Origins, tested: Spread, ahead: Spread, horizon: Ints, level: float
) -> Bands:
    """Bands of intervals and of day totals around a forecast.

    Parameters
    ----------
    origins : Origins
    tested : Spread of the back-test
    ahead : Spread of the forecast, n_origins is 1, 0 where closed
    horizon : ndarray of int, shape (n_ahead,), class of each day ahead
    level : float, fraction of the outcomes that should lie inside

    Returns
    -------
    Bands
    """
    wide = _widening(origins)[horizon]
    ahead = Spread(ahead.mean, ahead.relative * wide)
    lower, upper = _band(origins, tested, ahead, horizon, level)
    total_lower, total_upper = _total_band(origins, tested, ahead, level)
    is_open = ahead.mean[0] > 0.0
    return Bands(
        np.where(is_open, lower, 0.0),
        np.where(is_open, upper, 0.0),
        np.where(is_open.any(axis=1), total_lower, 0.0),
        np.where(is_open.any(axis=1), total_upper, 0.0),
    )


def _widening(origins: Origins) -> Floats:
    """How much the relative part grows, as few tests of a class are independent.

    As with Student's t, few tests make for wide bands.
    """
    if not origins.at.size:
        return np.ones(N_CLASSES)
    widening: Floats = 1.0 + _FEW / independent_tests(origins)
    return widening


def _band(
    origins: Origins,
    tested: Spread,
    ahead: Spread,
    horizon: Ints,
    level: float,
) -> tuple[Floats, Floats]:
    """Bounds of intervals.

    A miss is measured against ``sqrt(f + (r f)^2)``: the noise of counting and the
    relative error of a day total. Its quantiles are taken by horizon and size.
    """
    mean = ahead.mean[0]
    scale = _scale(ahead)[0]
    miss = (origins.actual - tested.mean) / _scale(tested)
    is_tested = origins.is_tested & (tested.mean > 0.0)
    cuts = _size_cuts(mean)
    size, size_ahead = np.digitize(tested.mean, cuts), np.digitize(mean, cuts)
    low, high = np.empty_like(mean), np.empty_like(mean)
    for each in range(N_CLASSES):
        near = is_tested & (origins.horizon == each)[None, :, None]
        for part in range(_N_SIZES):
            cells = (horizon == each)[:, None] & (size_ahead == part)
            if not cells.any():
                continue
            alike = size == part
            choices = (near & alike, is_tested & alike, is_tested)
            low[cells], high[cells] = _quantiles(miss, choices, level)
    return np.maximum(mean + low * scale, 0.0), np.maximum(mean + high * scale, 0.0)


def _total_band(
    origins: Origins, tested: Spread, ahead: Spread, level: float
) -> tuple[Floats, Floats]:
    known = origins.is_tested
    actual = np.where(known, origins.actual, 0.0).sum(axis=2)
    expected = np.where(known, tested.mean, 0.0).sum(axis=2)
    scale = np.sqrt(np.maximum(expected, 0.25) + (tested.relative * expected) ** 2)
    miss = (actual - expected) / scale
    low, high = _quantiles(miss, (known.any(axis=2) & (expected > 0.0),), level)
    total = ahead.mean[0].sum(axis=1)
    size = np.sqrt(np.maximum(total, 0.25) + (ahead.relative[0] * total) ** 2)
    return np.maximum(total + low * size, 0.0), np.maximum(total + high * size, 0.0)


def _scale(spread: Spread) -> Floats:
    relative = np.clip(spread.relative, 0.01, 1.0)[:, :, None]
    result: Floats = np.sqrt(
        np.maximum(spread.mean, 0.25) + (relative * spread.mean) ** 2
    )
    return result


def _size_cuts(forecast: Floats) -> Floats:
    positive = forecast[forecast > 0.0]
    if not positive.size:
        return np.array([1.0, 2.0])
    return np.quantile(positive, np.arange(1, _N_SIZES) / _N_SIZES)


def _quantiles(
    miss: Floats, choices: tuple[Bools, ...], level: float
) -> tuple[float, float]:
    tail = (1.0 - level) / 2.0
    for chosen in choices:
        values = miss[chosen]
        if values.size >= _ENOUGH:
            low, high = np.quantile(values, [tail, 1.0 - tail])
            return float(min(low, 0.0)), float(max(high, 0.0))
    reach = NormalDist().inv_cdf(1.0 - tail)
    return -reach, reach
