"""Mean handling time per interval: a shrunk profile times a recent level, from sums."""

import numpy as np

from callcenter.engine.forecasting.history import Floats, Ints

_SHRINK_CALLS = 40.0
_KEEP = 0.9  # of a day's weight in the level, a day later
_PROFILE_HALF_LIFE_DAYS = 84.0


def forecast_aht(handled: Floats, handle_s: Floats, n_ahead: int) -> Floats:
    """Forecast the mean handling time of each interval of the day.

    Parameters
    ----------
    handled : ndarray of float, shape (n_days, n_intervals), contacts
    handle_s : ndarray of float, shape (n_days, n_intervals), seconds, sums
    n_ahead : int, days to forecast

    Returns
    -------
    ndarray of float, shape (n_ahead, n_intervals), seconds; NaN without any contact

    Means are never averaged: seconds and contacts are added up apart and divided last.
    """
    age: Ints = np.arange(len(handled))[::-1]
    slow = 0.5 ** (age / _PROFILE_HALF_LIFE_DAYS)
    fast = _KEEP**age
    calls, seconds = slow @ handled, slow @ handle_s
    if calls.sum() <= 0.0:
        return np.full((n_ahead, handled.shape[1]), np.nan)
    mean = seconds.sum() / calls.sum()
    profile = (seconds + _SHRINK_CALLS * mean) / (calls + _SHRINK_CALLS)
    usual, recent = fast @ (handled @ profile), fast @ handle_s.sum(axis=1)
    level = (recent + _SHRINK_CALLS * mean) / (usual + _SHRINK_CALLS * mean)
    return np.tile(profile * level, (n_ahead, 1))
