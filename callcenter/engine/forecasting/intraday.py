"""The rest of a day, forecast anew from the hours already seen."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.backtest import Origins, blend, blend_weights
from callcenter.engine.forecasting.days import prepare_days
from callcenter.engine.forecasting.history import Bools, Calendar, Floats, History, Ints
from callcenter.engine.forecasting.members import fit_members, member_forecasts

_HALF_LIFE_DAYS = 100.0
_BY_LAG = 0.8  # share of the covariance that depends on the distance of intervals only
_LEARN_WITHIN = 3.0  # deviations beyond count as so many
_BELIEVE_WITHIN = 12.0
_FEWEST_DAYS = 10
_ROOT = 0.25  # added before a root; also the variance of counting between roots
_KEEPS = 0.8  # of what an hour missed on the days before, a day later


@dataclass(frozen=True)
class DayModel:
    """How misses of day-ahead forecasts hang together within a day.

    Attributes
    ----------
    spread : ndarray of float, shape (n_intervals,), of a miss between square roots
    covariance : ndarray of float, shape (n_intervals, n_intervals), of misses / spread
    misses : ndarray of float, shape (n_days, n_intervals), misses / spread
    """

    spread: Floats
    covariance: Floats
    misses: Floats


@dataclass(frozen=True)
class DayUpdate:
    """A day as it is now expected to go.

    Attributes
    ----------
    mean, lower, upper : ndarray of float, shape (n_intervals,), contacts; what is
        known already stands as it is
    """

    mean: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class DaysAhead:
    """Forecasts made the evening before, of past days and of the one that comes.

    Attributes
    ----------
    forecast, actual : ndarray of float, shape (n_days, n_intervals), of past days that
        are wholly known; forecasts know what each hour missed on the days before
    coming : ndarray of float, shape (n_intervals,), the forecast of the next day
    days : ndarray of int, shape (n_days,), the rows of the history that those days are
    """

    forecast: Floats
    actual: Floats
    coming: Floats
    days: Ints


def day_ahead_forecasts(
    history: History, ahead: Calendar, *, series: int = 0, n_days: int = 120
) -> DaysAhead:
    """What would have been forecast each evening before, and is for the next day.

    Parameters
    ----------
    history : History
    ahead : Calendar, whose first day is the one that comes
    series : int, which of the history's series
    n_days : int, days back from the end

    Returns
    -------
    DaysAhead
    """
    calendar, n = history.calendar, history.calendar.n_days
    days = prepare_days(history.offered[series], calendar, ahead)
    origins = np.arange(max(n - n_days, min(n, 21)), n)
    every = np.append(origins, n)
    fitted = fit_members(days, calendar, ahead, every, n_tested=1)
    types = np.append(days.types, days.types_ahead[0])[every][:, None]
    found = member_forecasts(fitted, np.arange(every.size), types)
    tests = Origins(
        at=origins,
        types=types[:-1],
        actual=days.volume[origins][:, None],
        is_tested=(days.known & days.is_usable[:, None])[origins][:, None],
        horizon=np.zeros(1, dtype=np.int64),
    )
    tested = {method: each[:-1] for method, each in found.items()}
    weights = blend_weights(
        tests, tested, is_sparse=days.is_sparse, may_single_out=False
    )
    mean = blend(weights, tests.horizon, found)[:, 0]
    whole = (days.known | ~calendar.is_open)[origins].all(axis=1)
    whole &= days.is_usable[origins]
    is_open = calendar.is_open[origins]
    past = np.where(is_open, mean[:-1], 0.0)
    actual = np.where(is_open, days.volume[origins], 0.0)
    coming = np.where(ahead.is_open[0], mean[-1], 0.0)
    past, coming = _with_hours_missed(past[whole], actual[whole], coming)
    return DaysAhead(past, actual[whole], coming, origins[whole])


def _with_hours_missed(
    past: Floats, actual: Floats, coming: Floats
) -> tuple[Floats, Floats]:
    """Forecasts with what their hours, and those beside, missed on the days before.

    Hours that were too low for some days are too low on the next one too: their misses
    between square roots, smoothed exponentially, are added as far as they told the next
    day's before.
    """
    if len(past) <= _FEWEST_DAYS:
        return past, coming
    roots, coming_roots = np.sqrt(past + _ROOT), np.sqrt(coming + _ROOT)
    misses = np.sqrt(actual + _ROOT) - roots
    spread = 1.4826 * np.median(np.abs(misses), axis=0) + 0.2
    scaled = np.clip(misses / spread, -_LEARN_WITHIN, _LEARN_WITHIN)
    wide = np.pad(scaled, ((0, 0), (1, 1)), mode="edge")
    near = (wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]) / 3.0
    usual = np.zeros((len(past) + 1, past.shape[1]))
    for day, each in enumerate(near):
        usual[day + 1] = _KEEPS * usual[day] + (1.0 - _KEEPS) * each
    told, came = usual[_FEWEST_DAYS:-1], scaled[_FEWEST_DAYS:]
    slope = float((told * came).sum()) / (float((told**2).sum()) + 1e-9)
    shift = min(max(slope, 0.0), 1.0) * usual * spread

    def moved(before: Floats, at: Floats, by: Floats) -> Floats:
        after = np.maximum(np.maximum(at + by, 0.0) ** 2 - _ROOT, 0.0)
        return np.where(before > 0.0, after, before)

    return moved(past, roots, shift[:-1]), moved(coming, coming_roots, shift[-1])


def learn_day(forecast: ArrayLike, actual: ArrayLike) -> DayModel:
    """Learn how misses within a day hang together.

    Parameters
    ----------
    forecast : array_like of float, shape (n_days, n_intervals), made the day before
    actual : array_like of float, the same shape

    Returns
    -------
    DayModel

    Raises
    ------
    EngineInputError : the shapes differ or a value is missing

    Source: Shen and Huang (2008), Annals of Applied Statistics 2(2); Brown et al.
    (2005), JASA 100, for the root; the covariance is drawn to one by distance.
    """
    expected, real = _day_matrices(forecast, actual)
    misses = np.sqrt(real + _ROOT) - np.sqrt(expected + _ROOT)
    n_days, n = misses.shape
    if n_days < _FEWEST_DAYS:
        even = np.full(n, 0.5)
        return DayModel(even, 0.5 + 0.5 * np.eye(n), np.zeros((0, n)))
    spread = 1.4826 * np.median(np.abs(misses), axis=0) + 0.2
    scaled = np.clip(misses / spread, -_LEARN_WITHIN, _LEARN_WITHIN)
    weight = 0.5 ** (np.arange(n_days)[::-1] / _HALF_LIFE_DAYS)
    own = (scaled * (weight / weight.sum())[:, None]).T @ scaled
    apart = np.abs(np.arange(n)[:, None] - np.arange(n))
    count = np.bincount(apart.ravel())
    by_lag = np.bincount(apart.ravel(), own.ravel()) / count
    covariance = (1.0 - _BY_LAG) * own + _BY_LAG * by_lag[apart]
    return DayModel(spread, covariance, scaled)


def update_day(
    expected: ArrayLike, seen: ArrayLike, model: DayModel, *, level: float = 0.8
) -> DayUpdate:
    """Forecast the rest of a day from what came so far.

    Parameters
    ----------
    expected : array_like of float, shape (n_intervals,), forecast of the day before
    seen : array_like of float, the same shape, contacts; NaN where not known yet
    model : DayModel
    level : float, fraction of outcomes that the band should hold

    Returns
    -------
    DayUpdate

    Raises
    ------
    EngineInputError : the shapes differ, or a count is negative
    """
    before, now = np.asarray(expected, np.float64), np.asarray(seen, np.float64)
    if before.shape != now.shape or before.shape != model.spread.shape:
        raise EngineInputError("expected, seen and the model differ in intervals")
    known = np.isfinite(now)
    if (now[known] < 0.0).any() or not np.isfinite(before).all():
        raise EngineInputError("seen or expected holds an impossible count")
    roots = np.sqrt(np.maximum(before, 0.0) + _ROOT)
    rest = ~known
    surprise = (np.sqrt(now[known] + _ROOT) - roots[known]) / model.spread[known]
    surprise = np.clip(surprise, -_BELIEVE_WITHIN, _BELIEVE_WITHIN)
    gain = _gain(model, known)
    low, high = _reach(model, known, gain, level)
    change = surprise @ gain
    mean, lower, upper = (np.where(known, now, 0.0) for _ in range(3))
    closed = before[rest] <= 0.0
    for bound, shift in ((mean, 0.0), (lower, low), (upper, high)):
        moved = roots[rest] + (change + shift) * model.spread[rest]
        bound[rest] = np.where(
            closed, 0.0, np.maximum(np.maximum(moved, 0.0) ** 2 - _ROOT, 0.0)
        )
    return DayUpdate(mean, np.minimum(lower, mean), np.maximum(upper, mean))


@dataclass(frozen=True)
class DayTotal:
    """How many contacts a day will have had at its end.

    Attributes
    ----------
    mean, lower, upper : float, contacts
    """

    mean: float
    lower: float
    upper: float


def total_of_day(
    expected: ArrayLike, seen: ArrayLike, model: DayModel, *, level: float = 0.8
) -> DayTotal:
    """Forecast a day's total from what came so far.

    Its band is that of the rest of the day: what past days still missed after the same
    hours, summed over the rest, so that misses of neighbouring intervals add up or
    cancel out as they did.

    Parameters
    ----------
    expected, seen : array_like of float, shape (n_intervals,), see `update_day`
    model : DayModel
    level : float, fraction of outcomes that the band should hold

    Returns
    -------
    DayTotal

    Raises
    ------
    EngineInputError : see `update_day`
    """
    mean = update_day(expected, seen, model, level=level).mean
    rest = ~np.isfinite(np.asarray(seen, np.float64))
    total, known = float(mean.sum()), float(mean[~rest].sum())
    open_rest = rest & (np.asarray(expected, np.float64) > 0.0)
    if not open_rest.any():
        return DayTotal(total, total, total)
    roots = np.sqrt(mean[open_rest] + _ROOT)
    low, high = _total_reach(model, ~rest, open_rest, roots, level)
    return DayTotal(total, max(total - low, known), total + high)


def _total_reach(
    model: DayModel, known: Bools, rest: Bools, roots: Floats, level: float
) -> tuple[float, float]:
    """How far below and above its mean the sum over the rest may end.

    Quantiles of what past days did, a little wider because the covariance was learnt
    from the same days; where these are few, those of a Gaussian with that covariance.
    """
    tail = (1.0 - level) / 2.0
    gain = _gain(model, known)[:, rest[~known]]
    n_days = len(model.misses)
    if n_days < _FEWEST_DAYS:
        left = model.covariance[np.ix_(rest, rest)]
        left = left - model.covariance[np.ix_(rest, known)] @ gain
        slope = 2.0 * roots * model.spread[rest]
        deviation = float(np.sqrt(max(float(slope @ left @ slope), 0.0)))
        reach = NormalDist().inv_cdf(1.0 - tail) * deviation
        return reach, reach
    missed = model.misses[:, rest] - model.misses[:, known] @ gain
    moved = np.maximum(roots + missed * model.spread[rest], 0.0) ** 2 - roots**2
    low, high = np.quantile(moved.sum(axis=1), [tail, 1.0 - tail])
    allowance = 1.0 + _FEWEST_DAYS / n_days
    return max(-float(low), 0.0) * allowance, max(float(high), 0.0) * allowance


def _gain(model: DayModel, known: np.ndarray) -> Floats:
    own = model.covariance[np.ix_(known, known)]
    cross = model.covariance[np.ix_(known, ~known)]
    # What was learnt from few days is steadied by the noise of counting once more.
    steadied = own + np.diag(_ROOT / model.spread[known] ** 2)
    return np.asarray(np.linalg.solve(steadied, cross))


def _reach(
    model: DayModel, known: np.ndarray, gain: Floats, level: float
) -> tuple[float, float]:
    """Quantiles of what past days missed after the same hours."""
    if not len(model.misses) or known.all():
        return -1.2816 * 1.5, 1.2816 * 1.5
    missed = model.misses[:, ~known] - model.misses[:, known] @ gain
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(missed, [tail, 1.0 - tail])
    return float(low), float(high)


def _day_matrices(forecast: ArrayLike, actual: ArrayLike) -> tuple[Floats, Floats]:
    expected = np.asarray(forecast, dtype=np.float64)
    real = np.asarray(actual, dtype=np.float64)
    if expected.ndim != 2 or expected.shape != real.shape:
        raise EngineInputError("forecast and actual must be of one shape, days first")
    if not (np.isfinite(expected).all() and np.isfinite(real).all()):
        raise EngineInputError("forecast and actual must be known throughout")
    if (expected < 0.0).any() or (real < 0.0).any():
        raise EngineInputError("forecast and actual must not be negative")
    return expected, real
