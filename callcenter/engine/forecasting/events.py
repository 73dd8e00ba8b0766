"""What campaigns, mailings and billing days did, and what a planned one will do."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.forecast import Forecast
from callcenter.engine.forecasting.history import Floats, History, Ints
from callcenter.engine.forecasting.marks import LAG, LEAD
from callcenter.engine.forecasting.repair import usual_days

_SHRINK_DAYS = 1.0  # occurrences that speak for no effect
_CALM = 0.25  # logarithm, beyond which one occurrence says less


@dataclass(frozen=True)
class EventEffect:
    """How day totals around an event differ from usual ones.

    Attributes
    ----------
    offset : ndarray of int, shape (n_offsets,), days since the event
    factor : ndarray of float, the same shape, 1 for no effect
    n_seen : ndarray of int, the same shape, past days behind each factor
    """

    offset: Ints
    factor: Floats
    n_seen: Ints


def learn_event(history: History, label: int, *, series: int = 0) -> EventEffect:
    """Learn what an event did before, on and after its day.

    Parameters
    ----------
    history : History, whose calendar marks the days of past events
    label : int, the event's
    series : int

    Returns
    -------
    EventEffect, factors shrunk to 1 where few days speak

    Raises
    ------
    EngineInputError : the event never occurred
    """
    calendar = history.calendar
    at = np.flatnonzero(calendar.event == label)
    if label < 1 or not at.size:
        raise EngineInputError(f"the event {label} never occurred in the history")
    plain = replace(calendar, event=np.zeros_like(calendar.event))
    usual = usual_days(replace(history, calendar=plain), series=series).sum(axis=1)
    known = np.isfinite(history.offered[series]) | ~calendar.is_open
    total = np.nansum(history.offered[series], axis=1)
    fair = known.all(axis=1) & (usual > 0.0) & (total > 0.0)
    day = calendar.day if calendar.day.size else np.arange(calendar.n_days)
    offset = np.arange(-LEAD, LAG + 1)
    factor, n_seen = np.ones(offset.size), np.zeros(offset.size, dtype=np.int64)
    for i, away in enumerate(offset):
        rows = np.flatnonzero(np.isin(day, day[at] + away) & fair)
        if rows.size:
            logs = np.log(total[rows] / usual[rows])
            n_seen[i] = rows.size
            mean = np.median(logs) + np.clip(logs - np.median(logs), -_CALM, _CALM)
            factor[i] = np.exp(mean.sum() / (rows.size + _SHRINK_DAYS))
    return EventEffect(offset, factor, n_seen)


def with_uplift(found: Forecast, factor: ArrayLike) -> Forecast:
    """Scale a forecast and its bands by a planner's factors.

    Parameters
    ----------
    found : Forecast
    factor : array_like of float, shape (n_ahead,) or (n_ahead, n_intervals), 1 for no
        change

    Returns
    -------
    Forecast, bands widened in proportion

    Raises
    ------
    EngineInputError : the shape does not fit, or a factor is negative or unknown
    """
    scale = np.asarray(factor, np.float64)
    n_ahead, n_intervals = found.mean.shape[1:]
    if scale.shape not in ((n_ahead,), (n_ahead, n_intervals)):
        raise EngineInputError("factors must be one a day ahead, or one an interval")
    if not np.isfinite(scale).all() or (scale < 0.0).any():
        raise EngineInputError("factors must be known and not negative")
    cells = scale[:, None] if scale.ndim == 1 else scale
    before = found.mean.sum(axis=2)
    changed = found.mean * cells
    by_day = changed.sum(axis=2) / np.maximum(before, 1e-12)
    return replace(
        found,
        mean=changed,
        lower=found.lower * cells,
        upper=found.upper * cells,
        total_lower=found.total_lower * by_day,
        total_upper=found.total_upper * by_day,
    )
