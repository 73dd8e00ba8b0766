"""The methods a forecast chooses from, each for all origins at once."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from callcenter.engine.forecasting.days import Days
from callcenter.engine.forecasting.history import Floats, Ints
from callcenter.engine.forecasting.levels import Levels, fit_levels
from callcenter.engine.forecasting.shapes import robust_shapes, smooth_shapes


class Method(StrEnum):
    """How a forecast is made."""

    NAIVE = "naive"
    """The last day of the same type that was not wild, here and below."""
    MEAN4 = "mean4"
    """The mean of the last four days of the same type."""
    MEDIAN6 = "median6"
    """The median of the last six days of the same type."""
    PROFILE = "profile"
    """A robust level and day-type effects, spread by robust shares."""
    SVD_LEVEL = "svd-level"
    """The same totals, spread by shares seen through a few common patterns."""
    COMBINATION = "combination"
    """All of these, weighted by what each missed in the back-test."""


MEMBERS = tuple(method for method in Method if method is not Method.COMBINATION)
_SLOW = 0.1  # share of a surprise that the level takes in


def member_forecasts(
    days: Days, origins: Ints, types: Ints
) -> tuple[dict[Method, Floats], Levels]:
    """Forecast with every method after every origin.

    Parameters
    ----------
    days : Days
    origins : ndarray of int, shape (n_origins,), the number of days known
    types : ndarray of int, shape (n_origins, n_ahead), of the days after each

    Returns
    -------
    dict of ndarray of float, shape (n_origins, n_ahead, n_intervals), and the levels
    """
    levels = fit_levels(days, origins, alpha=_SLOW)
    totals = levels.totals(types)[:, :, None]
    shapes = robust_shapes(days, origins)
    seen = smooth_shapes(days, origins, shapes)
    rows = np.arange(origins.size)[:, None]
    profile = totals * shapes[rows, types]
    found = {
        Method.PROFILE: profile,
        Method.SVD_LEVEL: totals * seen[rows, types],
    }
    for method, n_days, average in (
        (Method.NAIVE, 1, np.mean),
        (Method.MEAN4, 4, np.mean),
        (Method.MEDIAN6, 6, np.median),
    ):
        found[method] = _recent(days, origins, types, levels, n_days, average, profile)
    return {method: found[method] for method in MEMBERS}, levels


def _recent(
    days: Days,
    origins: Ints,
    types: Ints,
    levels: Levels,
    n_days: int,
    average: Callable[..., Floats],
    otherwise: Floats,
) -> Floats:
    """Averages of the last days of the type; special days keep what they had."""
    result = otherwise.copy()
    for kind in days.normal_types:
        of_kind = np.flatnonzero((days.types == kind) & days.is_usable)
        for row, origin in enumerate(origins):
            fair = of_kind[(of_kind < origin) & ~levels.is_wild[row, of_kind]]
            recent = fair[-n_days:]
            if recent.size:
                chosen = types[row] == kind
                result[row, chosen] = average(days.volume[recent], axis=0)
    return result
