"""Mean handling time per interval: shrunk profiles times a recent level, from sums."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from callcenter.engine.forecasting.history import Floats, Ints

_SHRINK_CALLS = 40.0
_KEEPS = np.array([0.97, 0.9, 0.8, 0.65])  # of a day's weight in the level, a day later
_PRIOR = np.array([0.1, 0.3, 0.4, 0.2])
_SHARPNESS = 20.0
_LAG = 7  # days ahead that a level is judged by
_PROFILE_HALF_LIFE_DAYS = 84.0
_FEWEST, _MOST = 20.0, 2000.0  # contacts at which a profile has half of the say
_BAND_DAYS = 56
_ENOUGH = 60  # measured intervals that make a quantile


@dataclass(frozen=True)
class HandlingTime:
    """Mean handling times of the days ahead.

    Attributes
    ----------
    mean : ndarray of float, shape (n_ahead, n_intervals), seconds; NaN without contacts
    lower, upper : ndarray of float, the same shape, bounds of an interval's mean
    """

    mean: Floats
    lower: Floats
    upper: Floats


def forecast_aht(
    handled: Floats,
    handle_s: Floats,
    weekday: Ints,
    weekday_ahead: Ints,
    volume_ahead: Floats,
    *,
    level: float = 0.8,
) -> HandlingTime:
    """Forecast the mean handling time of each interval.

    Parameters
    ----------
    handled : ndarray of float, shape (n_days, n_intervals), contacts
    handle_s : ndarray of float, shape (n_days, n_intervals), seconds, sums
    weekday, weekday_ahead : ndarray of int, shape (n_days,) and (n_ahead,)
    volume_ahead : ndarray of float, shape (n_ahead, n_intervals), contacts expected
    level : float, fraction of outcomes that the band should hold

    Returns
    -------
    HandlingTime

    Means are never averaged: seconds and contacts are added up apart and divided last.
    Profiles by interval and by weekday are shrunk by what chance alone would do.

    Source: Efron and Morris (1975), JASA 70, for the shrinkage.
    """
    if handled.sum() <= 0.0 or handle_s.sum() <= 0.0:
        nothing = np.full(volume_ahead.shape, np.nan)
        return HandlingTime(nothing, nothing, nothing)
    age: Ints = np.arange(len(handled))[::-1]
    slow = 0.5 ** (age / _PROFILE_HALF_LIFE_DAYS)
    mean = float((slow @ handle_s).sum() / (slow @ handled).sum())
    noise = _call_variance(handled, handle_s, mean)
    by_slot = _shrunk(slow @ handled, slow @ handle_s, mean, noise)
    expected = handled * by_slot
    factor = _weekdays(_sums(expected / mean, handle_s), weekday, slow, mean)
    day_sums = _sums(expected * factor[weekday, None], handle_s)
    levels = _levels(day_sums, _SHRINK_CALLS * mean)
    weight = _weights(levels, day_sums)
    usual = by_slot * factor[weekday_ahead, None]
    forecast = usual * float(levels[-1] @ weight)
    before = np.concatenate([np.ones(_LAG), levels[:-_LAG] @ weight])
    tested = by_slot * factor[weekday, None] * before[: len(handled), None]
    low, high = _band(handled, handle_s, tested, noise / mean**2, level)
    size = forecast * np.sqrt(noise / mean**2 / np.maximum(volume_ahead, 1.0) + 1e-4)
    return HandlingTime(
        forecast, np.maximum(forecast + low * size, 0.0), forecast + high * size
    )


def _weekdays(of_days: Floats, weekday: Ints, weight: Floats, mean: float) -> Floats:
    """What each weekday takes as a share of the mean, shape (7,)."""
    by_day = np.zeros((7, 2))
    np.add.at(by_day, weekday, weight[:, None] * of_days)
    scatter = _call_variance(of_days[:, 0], of_days[:, 1], mean)
    result: Floats = _shrunk(by_day[:, 0], by_day[:, 1], mean, scatter) / mean
    return result


def _sums(usual: Floats, real: Floats) -> Floats:
    return np.stack([usual.sum(axis=1), real.sum(axis=1)], axis=1)


def _call_variance(handled: Floats, handle_s: Floats, mean: float) -> float:
    """Variance of a contact's time, seconds squared, read off means of intervals."""
    known = handled > 0.0
    away = handle_s[known] / handled[known] - mean
    variance = float((handled[known] * away**2).mean())
    return max(variance, (0.05 * mean) ** 2)


def _shrunk(calls: Floats, seconds: Floats, mean: float, noise: float) -> Floats:
    """Means drawn to the overall mean by as much as chance explains their scatter."""
    known = calls > 0.0
    own = np.where(known, seconds / np.maximum(calls, 1e-12), mean)
    total = calls.sum()
    scatter = float((calls * (own - mean) ** 2).sum()) - noise * (known.sum() - 1)
    real = scatter / max(total - float((calls**2).sum()) / total, 1e-9)
    shrink = noise / real if real > 0.0 else _MOST
    shrink = min(max(shrink, _FEWEST), _MOST)
    result: Floats = (seconds + shrink * mean) / (calls + shrink)
    return result


def _levels(day_sums: Floats, shrink: float) -> Floats:
    """The level after each day by how fast it forgets, shape (n_days, n_keeps)."""
    sums = np.zeros((2, _KEEPS.size))
    levels = np.empty((len(day_sums), _KEEPS.size))
    for day, (usual, real) in enumerate(day_sums):
        sums = _KEEPS * sums + np.array([[usual], [real]])
        levels[day] = (sums[1] + shrink) / (sums[0] + shrink)
    return levels


def _weights(levels: Floats, day_sums: Floats) -> Floats:
    """How much each level is trusted, by what it missed a week ahead."""
    usual, real = day_sums[_LAG:].T
    if usual.size < _LAG or real.sum() <= 0.0:
        return _PRIOR
    missed = np.abs(real[:, None] - levels[:-_LAG] * usual[:, None]).sum(axis=0)
    missed += 1e-6 * real.sum()
    earned = _PRIOR * (missed.min() / missed) ** _SHARPNESS
    result: Floats = earned / earned.sum()
    return result


def _band(
    handled: Floats, handle_s: Floats, tested: Floats, relative: float, level: float
) -> tuple[float, float]:
    """Quantiles of past misses in units of what so many contacts scatter."""
    calls, seconds = handled[-_BAND_DAYS:], handle_s[-_BAND_DAYS:]
    expected = tested[-_BAND_DAYS:]
    known = calls > 0.0
    tail = (1.0 - level) / 2.0
    if known.sum() < _ENOUGH:
        reach = NormalDist().inv_cdf(1.0 - tail)
        return -reach, reach
    scale = expected[known] * np.sqrt(relative / calls[known] + 1e-4)
    miss = (seconds[known] / calls[known] - expected[known]) / scale
    low, high = np.quantile(miss, [tail, 1.0 - tail])
    return float(min(low, 0.0)), float(max(high, 0.0))
