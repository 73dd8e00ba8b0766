"""Local days of a forecast: how often each slot passes, and what a day sums up to."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.intervals import DayGrid, day_grid
from callcenter.forecasting.models import Forecast
from callcenter.kernel import clock

Floats = NDArray[np.float64]


def grid_of(forecast: Forecast) -> DayGrid:
    """The grid of all days of a forecast."""
    return day_grid(
        forecast.first_day,
        forecast.n_days,
        zone=forecast.tz,
        interval_s=forecast.interval_s,
    )


def first_day_ahead(forecast: Forecast) -> date:
    """The first day of a forecast that has not begun yet."""
    tomorrow = clock.today(forecast.tz) + timedelta(days=1)
    return max(forecast.first_day, tomorrow)


def slot_passes(grid: DayGrid) -> Floats:
    """How often each slot comes in its day: 0, 1, or 2 where the clock goes back."""
    passes = np.zeros(grid.shape)
    np.add.at(passes, (grid.day, grid.slot), 1.0)
    return passes


def passes_on(forecast: Forecast, day: date) -> Floats:
    """The same for one day, shape (n_slots,)."""
    grid = day_grid(day, 1, zone=forecast.tz, interval_s=forecast.interval_s)
    return slot_passes(grid)[0]


def workload_s(planned: Floats, aht_s: Floats, passes: Floats) -> Floats:
    """The seconds of handling that days bring, summed over their slots."""
    seconds: Floats = (planned * np.nan_to_num(aht_s) * passes).sum(axis=-1)
    return seconds
