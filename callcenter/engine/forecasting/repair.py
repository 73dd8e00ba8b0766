"""A history mended where a planner says that what happened will not happen again."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting.days import Days, prepare_days
from callcenter.engine.forecasting.findings import Finding
from callcenter.engine.forecasting.history import Floats, History, day_after
from callcenter.engine.forecasting.levels import fit_levels
from callcenter.engine.forecasting.shapes import fit_shapes
from callcenter.engine.forecasting.words import FindingKind

_SLOW = 0.1


def repair(
    history: History, findings: Iterable[Finding], *, series: int = 0
) -> History:
    """Mend the chosen findings of one series.

    The day of an outlier or a copy is replaced by what was to be expected, unknown
    intervals are filled, and the days before a level shift are brought to the level
    after it.

    Parameters
    ----------
    history : History
    findings : iterable of Finding, those to mend and no others
    series : int

    Returns
    -------
    History, the same but for that series

    Raises
    ------
    EngineInputError : a finding's day is not in the history
    """
    chosen = tuple(findings)
    n_days = history.calendar.n_days
    if any(not 0 <= found.day < n_days for found in chosen):
        raise EngineInputError("a finding lies outside the history")
    if not chosen:
        return history
    usual = usual_days(history, series=series)
    volume = history.offered[series].copy()
    for found in chosen:
        day = found.day
        if found.kind in {FindingKind.OUTLIER, FindingKind.DUPLICATE}:
            volume[day] = usual[day]
        elif found.kind is FindingKind.GAP:
            gap = ~np.isfinite(volume[day]) & history.calendar.is_open[day]
            volume[day, gap] = usual[day, gap]
    for found in chosen:
        if found.kind is FindingKind.LEVEL_SHIFT:
            volume[: found.day] *= found.size
    offered = history.offered.copy()
    offered[series] = volume
    return replace(history, offered=offered)


def usual_days(history: History, *, series: int = 0) -> Floats:
    """What was to be expected of each day of one series, wild days left out.

    Parameters
    ----------
    history : History
    series : int

    Returns
    -------
    ndarray of float, shape (n_days, n_intervals), contacts
    """
    calendar = history.calendar
    days = prepare_days(history.offered[series], calendar, day_after(calendar))
    end = np.array([days.n_days])
    levels = fit_levels(days, end, alpha=_SLOW)
    total = np.exp(_calm(days, levels.smooth[0]) + levels.effect[0][days.types])
    shapes = fit_shapes(days, end).robust[0]
    found = total[:, None] * shapes[days.types]
    return np.where(calendar.is_open, found, 0.0)


def _calm(days: Days, level: Floats) -> Floats:
    """The level, seen over two weeks on either side."""
    span = 2 * days.week
    wide = np.pad(level, span, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(wide, 2 * span + 1)
    middle: Floats = np.median(windows, axis=1)
    return middle
