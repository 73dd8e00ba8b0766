"""Bands of sums hold as many outcomes as those of the intervals."""

from statistics import NormalDist

import numpy as np
import pytest

from callcenter.engine.forecasting.sums import band_of_sums

REACH = NormalDist().inv_cdf(0.9)
ONE_SUM = np.zeros(4, np.int64)


def band(mean, share):
    """The band of intervals whose common level is missed by that share."""
    half = REACH * np.sqrt(mean + (share * mean) ** 2)
    return mean - half, mean + half


def test_one_interval_keeps_its_band():
    mean = np.array([30.0, 50.0])
    lower, upper = band(mean, 0.1)

    low, high = band_of_sums(mean, lower, upper, np.array([0, 1]), 2, level=0.8)

    assert low == pytest.approx(lower)
    assert high == pytest.approx(upper)


def test_chance_alone_adds_up_in_squares():
    mean = np.full(4, 100.0)

    low, high = band_of_sums(mean, *band(mean, 0.0), ONE_SUM, 1, level=0.8)

    assert high - 400.0 == pytest.approx(REACH * 20.0)
    assert 400.0 - low == pytest.approx(REACH * 20.0)


def test_what_all_intervals_miss_adds_up_in_full():
    mean = np.full(4, 100.0)

    _low, high = band_of_sums(mean, *band(mean, 0.2), ONE_SUM, 1, level=0.8)

    assert high - 400.0 == pytest.approx(REACH * np.sqrt(400.0 + 80.0**2))


def test_four_in_five_hours_lie_inside():
    rng = np.random.default_rng(7)
    mean = np.array([60.0, 80.0, 90.0, 70.0])
    days = np.exp(rng.normal(0.0, 0.1, 20_000))
    hours = rng.poisson(days[:, None] * mean).sum(axis=1)

    low, high = band_of_sums(mean, *band(mean, 0.1), ONE_SUM, 1, level=0.8)

    assert ((low <= hours) & (hours <= high)).mean() == pytest.approx(0.8, abs=0.02)


def test_nothing_expected_needs_no_band():
    nothing = np.zeros(4)

    low, high = band_of_sums(nothing, nothing, nothing, ONE_SUM, 1, level=0.8)

    assert low[0] == high[0] == 0.0
