"""Accuracy on the published series, at a few of the benchmark's rolling origins."""

import csv
import gzip

import numpy as np
import pytest

from callcenter.engine.forecasting import Method, forecast, make_calendar, make_history
from tests.bench_data import bench_path


@pytest.fixture(scope="module")
def year():
    """The anonymous bank's year 1999 by half-hours, and its dates."""
    path = bench_path("acd/anonymous_bank_1999/year_1999_calls_6min.csv.gz")
    with gzip.open(path, "rt") as lines:
        calls = [float(row["calls"]) for row in csv.DictReader(lines)]
    days = np.datetime64("1999-01-01") + np.arange(365)
    return np.array(calls).reshape(365, 48, 5).sum(axis=2), days


def calendar(days):
    weekday = (days.astype(np.int64) + 3) % 7
    return make_calendar(weekday, 48, day=days)


def weekly(year, method):
    """Forecasts and outcomes of the last eight weeks, each a week ahead."""
    volume, days = year
    pairs = []
    for origin in range(365 - 56, 365, 7):
        history = make_history(volume[:origin], calendar(days[:origin]))
        ahead = calendar(days[origin : origin + 7])
        found = forecast(history, ahead, method=method)
        pairs.append((found, volume[origin : origin + 7]))
    return pairs


def wape(pairs):
    missed = sum(np.abs(found.mean[0] - actual).sum() for found, actual in pairs)
    return 100.0 * missed / sum(actual.sum() for _, actual in pairs)


class TestRealSeries:
    def test_a_week_ahead_beats_the_published_libraries_and_the_median(self, year):
        ours, simple = (
            weekly(year, method) for method in (Method.COMBINATION, Method.MEDIAN6)
        )

        assert wape(ours) < 19.3  # AutoETS on totals: 19.65
        assert wape(ours) < wape(simple) - 0.8

    def test_the_band_holds_about_eight_of_ten(self, year):
        inside = [
            ((found.lower[0] <= actual) & (actual <= found.upper[0])).mean()
            for found, actual in weekly(year, Method.COMBINATION)
        ]

        assert 0.77 < np.mean(inside) < 0.86
