"""What campaigns, mailings and billing days did, and what a planned one will do."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.forecast import Forecast
from callcenter.engine.forecasting.history import Bools, Floats, History, Ints
from callcenter.engine.forecasting.marks import LAG, LEAD
from callcenter.engine.forecasting.repair import usual_days

_SHRINK_DAYS = 1.0  # occurrences that speak for no effect
_CALM = 0.25  # logarithm, beyond which one occurrence says less
_PRIOR_SPREAD = 0.15  # logarithm, how far occurrences differ before any was seen
_PRIOR_DAYS = 2.0  # occurrences that this is worth
_NORMAL_80 = 1.2816  # deviations on either side that hold 80 percent
_LEAST_SIZED = 0.05  # of the usual total, however small the event


@dataclass(frozen=True)
class EventEffect:
    """How day totals around an event differ from usual ones.

    Attributes
    ----------
    offset : ndarray of int, shape (n_offsets,), days since the event
    factor : ndarray of float, the same shape, 1 for no effect
    n_seen : ndarray of int, the same shape, past days behind each factor
    spread : ndarray of float, the same shape, deviation of the logarithm of what one
        more occurrence does, the noise of its days left out
    """

    offset: Ints
    factor: Floats
    n_seen: Ints
    spread: Floats

    @property
    def lower(self) -> Floats:
        """What nine of ten occurrences exceed, shape (n_offsets,)."""
        return self.factor * np.exp(-_NORMAL_80 * self.spread)

    @property
    def upper(self) -> Floats:
        """What nine of ten occurrences stay below, shape (n_offsets,)."""
        return self.factor * np.exp(_NORMAL_80 * self.spread)


def learn_event(
    history: History,
    label: int,
    *,
    series: int = 0,
    relative_size: ArrayLike | None = None,
) -> EventEffect:
    """Learn what an event did before, on and after its days.

    A day counts for the nearest day of the event, so that an event of several days
    has one effect on all of them, and others before and after.

    Parameters
    ----------
    history : History, whose calendar marks the days of past events
    label : int, the event's
    series : int
    relative_size : array_like of float, shape (n_days,), > 0 on the days of the event,
        how large it was beside the one to come; contacts beyond the usual ones grow
        with it. All of one size when left out

    Returns
    -------
    EventEffect, factors shrunk to 1 where few days speak

    Raises
    ------
    EngineInputError : the event never occurred, or a size is not greater than 0
    """
    calendar = history.calendar
    at = np.flatnonzero(calendar.event == label)
    if label < 1 or not at.size:
        raise EngineInputError(f"the event {label} never occurred in the history")
    size = np.ones(calendar.n_days)
    if relative_size is not None:
        size = np.asarray(relative_size, np.float64)
    if size.shape != (calendar.n_days,) or not (size[at] > 0.0).all():
        raise EngineInputError("relative_size must be greater than 0, one a day")
    ratio, fair = _against_usual(history, series, at)
    day = calendar.day if calendar.day.size else np.arange(calendar.n_days)
    away, nearest = _to_nearest(day, at)
    sized = np.maximum(1.0 + (ratio - 1.0) / size[nearest], _LEAST_SIZED)
    offset = np.arange(-LEAD, LAG + 1)
    logs = [np.log(sized[(away == each) & fair]) for each in offset]
    ordinary = np.log(ratio[fair & ((away < -LEAD) | (away > LAG))])
    return EventEffect(
        offset=offset,
        factor=np.array([_centre(each) for each in logs]),
        n_seen=np.array([each.size for each in logs], dtype=np.int64),
        spread=_spread(logs, ordinary),
    )


def _against_usual(history: History, series: int, at: Ints) -> tuple[Floats, Bools]:
    """Each day as a multiple of a usual one, and which days can be compared."""
    calendar = history.calendar
    plain = replace(calendar, event=np.zeros_like(calendar.event))
    offered = history.offered.copy()
    if at.size < calendar.n_days / 2:
        offered[series, at] = np.nan  # what is usual is what comes without it
    others = replace(history, calendar=plain, offered=offered)
    usual = usual_days(others, series=series).sum(axis=1)
    known = np.isfinite(history.offered[series]) | ~calendar.is_open
    total = np.nansum(history.offered[series], axis=1)
    fair = known.all(axis=1) & (usual > 0.0) & (total > 0.0)
    return np.where(fair, total / np.maximum(usual, 1e-12), 1.0), fair


def _to_nearest(day: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Days since the nearest event, negative before it, and the row of that event."""
    away = day[:, None] - day[at]
    best = np.abs(away).argmin(axis=1)
    return np.take_along_axis(away, best[:, None], axis=1)[:, 0], at[best]


def _centre(logs: Floats) -> float:
    """A mean in which one wild day says little, drawn to no effect."""
    if not logs.size:
        return 1.0
    middle = np.median(logs)
    mean = middle + np.clip(logs - middle, -_CALM, _CALM)
    return float(np.exp(mean.sum() / (logs.size + _SHRINK_DAYS)))


def _spread(logs: list[Floats], ordinary: Floats) -> Floats:
    """Scatter between occurrences, and what the few that were seen leave unknown."""
    noise = 0.0
    if ordinary.size > 1:
        middle = np.median(ordinary)
        noise = float((1.4826 * np.median(np.abs(ordinary - middle))) ** 2)
    beyond = sum(float(((each - each.mean()) ** 2).sum()) for each in logs if each.size)
    free = sum(each.size - 1 for each in logs if each.size)
    between = max(beyond - free * noise, 0.0) + _PRIOR_DAYS * _PRIOR_SPREAD**2
    between /= free + _PRIOR_DAYS
    n_seen = np.array([each.size for each in logs])
    return np.sqrt(between + (between + noise) / np.maximum(n_seen, 0.5))


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
        by_method=None if found.by_method is None else found.by_method * cells,
    )
