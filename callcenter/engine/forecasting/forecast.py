"""The forecast of volumes and handling times, with what is known about its errors."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.backtest import (
    blend,
    blend_weights,
    horizon_classes,
    rolling_origins,
    scores,
    single_method,
)
from callcenter.engine.forecasting.bands import Bands, Spread, calibrated
from callcenter.engine.forecasting.days import prepare_days
from callcenter.engine.forecasting.findings import Finding, find
from callcenter.engine.forecasting.handling import HandlingTime, forecast_aht
from callcenter.engine.forecasting.history import Bools, Calendar, Floats, History
from callcenter.engine.forecasting.members import fit_members, member_forecasts
from callcenter.engine.forecasting.words import Method

METHODS = tuple(Method)


class Status(StrEnum):
    """How much a series' forecast rests on."""

    TESTED = "tested"
    """Long enough to be tested on its own past at every horizon class asked."""
    SHORT = "short"
    """Too short for that: bands rest on the noise of days and of counting."""
    EMPTY = "empty"
    """No contact at all: the forecast is zero."""


@dataclass(frozen=True)
class Forecast:
    """Volumes and handling times of the days ahead.

    Attributes
    ----------
    mean, lower, upper : ndarray of float, shape (n_series, n_ahead, n_intervals),
        contacts; the band holds `level` of the outcomes; 0 where closed
    total_lower, total_upper : ndarray of float, shape (n_series, n_ahead), the band of
        day totals, which is narrower than the sum of the intervals' bands
    aht_s, aht_lower_s, aht_upper_s : ndarray of float, shape of `mean`, seconds; NaN
        where no contact was handled
    level : float, fraction
    method : tuple of Method, by series
    status : tuple of Status, by series
    weights : ndarray of float, shape (n_series, 3, n_members), by horizon class (next
        day, rest of the week, later), in the order of `MEMBERS`
    wape : ndarray of float, shape (n_series, 3, n_methods), the back-test in the order
        of `METHODS`, fractions, NaN where not tested
    findings : tuple of tuple of Finding, by series
    by_method : ndarray of float, shape (n_series, n_methods, n_ahead, n_intervals),
        what each method forecasts, in the order of `METHODS`; None unless asked for
    """

    mean: Floats
    lower: Floats
    upper: Floats
    total_lower: Floats
    total_upper: Floats
    aht_s: Floats
    aht_lower_s: Floats
    aht_upper_s: Floats
    level: float
    method: tuple[Method, ...]
    status: tuple[Status, ...]
    weights: Floats
    wape: Floats
    findings: tuple[tuple[Finding, ...], ...]
    by_method: Floats | None = None


@dataclass(frozen=True)
class _One:
    """The forecast of one series."""

    mean: Floats
    bands: Bands
    aht: HandlingTime
    method: Method
    status: Status
    weights: Floats
    wape: Floats
    findings: tuple[Finding, ...]
    by_method: Floats | None


def forecast(
    history: History,
    ahead: Calendar,
    *,
    method: Method | str = Method.COMBINATION,
    level: float = 0.8,
    keep_methods: bool = False,
) -> Forecast:
    """Forecast every series over the days of a calendar that follows the history.

    Parameters
    ----------
    history : History, at least one day; two weeks and more make sense
    ahead : Calendar of the days to forecast, the same intervals
    method : Method, the combination unless a planner insists
    level : float, fraction of outcomes that the band should hold, 0 < level < 1
    keep_methods : bool, whether to give what every method forecasts

    Returns
    -------
    Forecast

    Raises
    ------
    EngineInputError : the calendars do not fit, nothing is given, or the level or the
        method is unknown

    Source: docs/engine/forecasting.md.
    """
    chosen = _checked(history, ahead, method, level)
    each = [
        _forecast_one(history, i, ahead, chosen, level, keep_methods=keep_methods)
        for i in range(len(history.offered))
    ]
    kept = [one.by_method for one in each if one.by_method is not None]
    return Forecast(
        mean=np.stack([one.mean for one in each]),
        lower=np.stack([one.bands.lower for one in each]),
        upper=np.stack([one.bands.upper for one in each]),
        total_lower=np.stack([one.bands.total_lower for one in each]),
        total_upper=np.stack([one.bands.total_upper for one in each]),
        aht_s=np.stack([one.aht.mean for one in each]),
        aht_lower_s=np.stack([one.aht.lower for one in each]),
        aht_upper_s=np.stack([one.aht.upper for one in each]),
        level=level,
        method=tuple(one.method for one in each),
        status=tuple(one.status for one in each),
        weights=np.stack([one.weights for one in each]),
        wape=np.stack([one.wape for one in each]),
        findings=tuple(one.findings for one in each),
        by_method=np.stack(kept) if kept else None,
    )


def _checked(
    history: History, ahead: Calendar, method: Method | str, level: float
) -> Method:
    """The method, when the question has a meaning."""
    if not 0.0 < level < 1.0:
        raise EngineInputError("level must lie between 0 and 1")
    try:
        chosen = Method(method)
    except ValueError as error:
        raise EngineInputError(str(error)) from error
    if history.offered.shape[2] != ahead.is_open.shape[1]:
        raise EngineInputError("history and horizon differ in intervals a day")
    if 0 in history.offered.shape or ahead.n_days == 0:
        raise EngineInputError("a series, a day of history and a day ahead are needed")
    return chosen


def _forecast_one(
    history: History,
    series: int,
    ahead: Calendar,
    chosen: Method,
    level: float,
    *,
    keep_methods: bool,
) -> _One:
    days = prepare_days(history.offered[series], history.calendar, ahead)
    origins = rolling_origins(days, ahead)
    fitted = fit_members(
        days,
        history.calendar,
        ahead,
        np.append(origins.at, days.n_days),
        n_tested=origins.types.shape[1],
    )
    tests = np.arange(origins.at.size)
    tested = member_forecasts(fitted, tests, origins.types)
    weights = blend_weights(origins, tested, is_sparse=days.is_sparse)
    tested[Method.COMBINATION] = blend(weights, origins.horizon, tested)
    wape = scores(origins, tested)
    best = chosen if days.is_sparse else _never_worse(wape, chosen)
    if best is Method.COMBINATION:
        best = single_method(weights) or best
    horizon = horizon_classes(ahead.n_days, days.week)
    last = np.array([tests.size])
    found = member_forecasts(fitted, last, days.types_ahead[None])
    found[Method.COMBINATION] = blend(weights, horizon, found)
    is_empty = not (days.total > 0.0).any()
    is_open = ahead.is_open & (not is_empty)
    spread = fitted.structure.spread
    bands = calibrated(
        origins,
        Spread(tested[best], spread[tests, : origins.types.shape[1]]),
        Spread(np.where(is_open, found[best], 0.0), spread[last]),
        horizon,
        level,
    )
    asked = np.bincount(horizon, minlength=3) > 0
    mean = np.where(is_open, found[best][0], 0.0)
    return _One(
        mean=mean,
        bands=bands,
        aht=_aht(history, series, ahead, mean, level),
        method=best,
        status=_status(wape[best][asked], is_empty=is_empty),
        weights=weights,
        wape=np.stack([wape[m] for m in METHODS], axis=1),
        findings=find(days, history.calendar, fitted.levels),
        by_method=_each(found, is_open) if keep_methods else None,
    )


def _each(found: dict[Method, Floats], is_open: Bools) -> Floats:
    """What every method forecasts, shape (n_methods, n_ahead, n_intervals)."""
    return np.stack([np.where(is_open, found[method][0], 0.0) for method in METHODS])


def _never_worse(wape: dict[Method, Floats], chosen: Method) -> Method:
    """The combination, unless the plain six-week median did better in the back-test."""
    if chosen is not Method.COMBINATION:
        return chosen
    blend, plain = (np.nansum(wape[m]) for m in (chosen, Method.MEDIAN6))
    return Method.MEDIAN6 if plain < blend else chosen


def _aht(
    history: History, series: int, ahead: Calendar, mean: Floats, level: float
) -> HandlingTime:
    return forecast_aht(
        history.handled[series],
        history.handle_s[series],
        history.calendar.weekday,
        ahead.weekday,
        mean,
        level=level,
    )


def _status(tested: Floats, *, is_empty: bool) -> Status:
    if is_empty:
        return Status.EMPTY
    return Status.TESTED if np.isfinite(tested).all() else Status.SHORT
