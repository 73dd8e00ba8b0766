"""The methods a forecast chooses from, each for all origins at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Calendar, Floats, Ints
from callcenter.engine.forecasting.levels import Levels, fit_levels
from callcenter.engine.forecasting.shapes import Shapes, fit_shapes
from callcenter.engine.forecasting.structure import Structure, fit_structure
from callcenter.engine.forecasting.words import Method

MEMBERS = tuple(method for method in Method if method is not Method.COMBINATION)
_SLOW = 0.1  # share of a surprise that the level takes in


@dataclass(frozen=True)
class Fitted:
    """What was learnt of one series at each origin.

    Attributes
    ----------
    days : Days
    origins : ndarray of int, shape (n_origins,), the number of days known
    levels : Levels
    shapes : Shapes
    structure : Structure
    """

    days: Days
    origins: Ints
    levels: Levels
    shapes: Shapes
    structure: Structure


def fit_members(
    days: Days, calendar: Calendar, ahead: Calendar, origins: Ints, *, n_tested: int
) -> Fitted:
    """Learn what every method needs, at each origin blind to later days.

    Parameters
    ----------
    days : Days
    calendar, ahead : Calendar of the history and of the horizon
    origins : ndarray of int, shape (n_origins,), the number of days known
    n_tested : int, days ahead that the earlier origins forecast

    Returns
    -------
    Fitted
    """
    return Fitted(
        days=days,
        origins=origins,
        levels=fit_levels(days, origins, alpha=_SLOW),
        shapes=fit_shapes(days, origins),
        structure=fit_structure(days, calendar, ahead, origins, n_tested=n_tested),
    )


def member_forecasts(fitted: Fitted, rows: Ints, types: Ints) -> dict[Method, Floats]:
    """Forecast with every method after some origins.

    Parameters
    ----------
    fitted : Fitted
    rows : ndarray of int, shape (n_rows,), places in `fitted.origins`
    types : ndarray of int, shape (n_rows, n_ahead), of the days after each

    Returns
    -------
    dict of ndarray of float, shape (n_rows, n_ahead, n_intervals)
    """
    levels, shapes = fitted.levels, fitted.shapes
    at = rows[:, None]
    n_ahead = types.shape[1]
    structure = np.exp(
        fitted.structure.mean[rows, :n_ahead] + levels.smearing[rows, None]
    )
    is_marked = fitted.structure.is_marked[rows, :n_ahead]
    totals = np.where(is_marked, structure, levels.totals(rows, types))[:, :, None]
    profile = totals * shapes.robust[at, types]
    found = {
        Method.PROFILE: profile,
        Method.SVD_LEVEL: totals * shapes.smooth[at, types],
        Method.STRUCTURE: structure[:, :, None] * shapes.middle[at, types],
    }
    for method, n_days, average in (
        (Method.NAIVE, 1, np.mean),
        (Method.MEAN4, 4, np.mean),
        (Method.MEDIAN6, 6, np.median),
    ):
        recent = _recent(fitted, rows, types, n_days, average, profile)
        size = recent.sum(axis=2)
        lift = np.where(is_marked & (size > 0.0), structure / np.maximum(size, 1e-9), 1)
        found[method] = recent * lift[:, :, None]
    return {method: found[method] for method in MEMBERS}


def _recent(
    fitted: Fitted,
    rows: Ints,
    types: Ints,
    n_days: int,
    average: Callable[..., Floats],
    otherwise: Floats,
) -> Floats:
    """Averages of the last days of the type; special days keep what they had."""
    result = otherwise.copy()
    days, is_wild = fitted.days, fitted.levels.is_wild
    fair = days.is_usable & days.is_normal
    for kind in days.normal_types:
        of_kind = np.flatnonzero(fair & (days.types == kind))
        for place, row in enumerate(rows):
            origin = fitted.origins[row]
            calm = of_kind[(of_kind < origin) & ~is_wild[row, of_kind]]
            recent = calm[-n_days:]
            if recent.size:
                chosen = types[place] == kind
                result[place, chosen] = average(days.volume[recent], axis=0)
    return result
