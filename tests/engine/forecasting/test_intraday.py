import numpy as np
import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import (
    day_ahead_forecasts,
    learn_day,
    make_calendar,
    make_history,
    total_of_day,
    update_day,
)

N = 24
EXPECTED = 200.0 * np.exp(-(((np.arange(N) - 11.5) / 6.0) ** 2))


def past_days(n_days=80, *, seed=1):
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(0.0, 0.15, n_days))
    return np.tile(EXPECTED, (n_days, 1)), rng.poisson(level[:, None] * EXPECTED) * 1.0


def seen(factor, n_known=10):
    return np.where(np.arange(N) < n_known, factor * EXPECTED, np.nan)


class TestUpdate:
    def test_a_busy_morning_raises_the_rest_of_the_day_but_not_all_the_way(self):
        update = update_day(EXPECTED, seen(1.3), learn_day(*past_days()))

        lift = update.mean[10:].sum() / EXPECTED[10:].sum()
        assert 1.15 < lift < 1.3

    def test_what_is_known_stands(self):
        update = update_day(EXPECTED, seen(1.3), learn_day(*past_days()))

        np.testing.assert_allclose(update.mean[:10], 1.3 * EXPECTED[:10])
        np.testing.assert_allclose(update.lower[:10], update.upper[:10])

    def test_nothing_seen_changes_nothing(self):
        update = update_day(EXPECTED, np.full(N, np.nan), learn_day(*past_days()))

        np.testing.assert_allclose(update.mean, EXPECTED, atol=1e-9)

    def test_a_band_holds_about_eight_of_ten(self):
        model = learn_day(*past_days())
        expected, actual = past_days(200, seed=2)

        inside = []
        for before, real in zip(expected, actual, strict=True):
            known = np.where(np.arange(N) < 10, real, np.nan)
            update = update_day(before, known, model)
            within = (update.lower <= real) & (real <= update.upper)
            inside.append(within[10:].mean())
        assert 0.74 < np.mean(inside) < 0.88

    def test_closed_hours_stay_closed(self):
        expected = np.where(np.arange(N) > 20, 0.0, EXPECTED)

        update = update_day(expected, seen(1.5), learn_day(*past_days()))

        assert (update.upper[21:] == 0.0).all()

    def test_few_past_days_make_for_a_cautious_update(self):
        expected, actual = past_days(4)

        update = update_day(EXPECTED, seen(1.3), learn_day(expected, actual))

        assert 1.0 < update.mean[10:].sum() / EXPECTED[10:].sum() < 1.3

    def test_refuses_what_does_not_fit(self):
        model = learn_day(*past_days())
        with pytest.raises(EngineInputError, match="intervals"):
            update_day(EXPECTED[:5], seen(1.0), model)
        with pytest.raises(EngineInputError, match="impossible"):
            update_day(EXPECTED, seen(-1.0), model)
        with pytest.raises(EngineInputError, match="known"):
            learn_day(np.full((12, N), np.nan), np.ones((12, N)))
        with pytest.raises(EngineInputError, match="shape"):
            learn_day(np.ones((12, N)), np.ones((11, N)))


class TestTotal:
    @pytest.mark.parametrize("n_known", [0, 6, 12, 18])
    def test_a_band_holds_about_eight_of_ten(self, n_known):
        model = learn_day(*past_days())
        expected, actual = past_days(300, seed=3)

        inside = []
        for before, real in zip(expected, actual, strict=True):
            known = np.where(np.arange(N) < n_known, real, np.nan)
            found = total_of_day(before, known, model)
            inside.append(found.lower <= real.sum() <= found.upper)
        assert 0.72 < np.mean(inside) < 0.96

    def test_is_the_sum_of_the_update_and_gets_surer(self):
        model = learn_day(*past_days())
        totals = [total_of_day(EXPECTED, seen(1.2, n), model) for n in (2, 12, 20)]

        widths = [each.upper - each.lower for each in totals]
        update = update_day(EXPECTED, seen(1.2, 12), model)
        assert widths[0] > widths[1] > widths[2] > 0
        assert totals[1].mean == pytest.approx(update.mean.sum())
        assert all(each.lower <= each.mean <= each.upper for each in totals)

    def test_a_day_that_is_over_is_what_came(self):
        found = total_of_day(EXPECTED, seen(1.1, N), learn_day(*past_days()))

        assert found.lower == found.mean == found.upper
        assert found.mean == pytest.approx(1.1 * EXPECTED.sum())

    def test_few_past_days_make_for_a_wide_band(self):
        few = learn_day(*past_days(4))
        known = total_of_day(EXPECTED, seen(1.0), learn_day(*past_days()))
        guess = total_of_day(EXPECTED, seen(1.0), few)

        assert guess.upper - guess.lower > 0.3 * (known.upper - known.lower)
        assert guess.lower < guess.mean < guess.upper


class TestDaysAhead:
    def test_past_and_coming_days_are_forecast_alike(self):
        volume = past_days(70)[1]
        past = make_calendar(np.arange(70) % 7, N)
        ahead = make_calendar([0], N)

        found = day_ahead_forecasts(make_history(volume, past), ahead, n_days=30)

        assert found.forecast.shape == found.actual.shape == (30, N)
        np.testing.assert_array_equal(found.actual, volume[40:])
        assert found.coming.sum() == pytest.approx(EXPECTED.sum(), rel=0.15)

    def test_days_with_gaps_teach_nothing(self):
        volume = past_days(70)[1]
        volume[60, 3] = np.nan
        past = make_calendar(np.arange(70) % 7, N)

        found = day_ahead_forecasts(
            make_history(volume, past), make_calendar([0], N), n_days=30
        )

        assert len(found.forecast) == 29

    def test_hours_that_were_busier_for_some_days_are_expected_busier(self):
        week = np.arange(141) % 7
        volume = np.tile(EXPECTED, (140, 1))
        volume[np.arange(140) % 28 >= 14, 15:20] *= 1.3
        counted = np.random.default_rng(3).poisson(volume).astype(float)
        history = make_history(counted, make_calendar(week[:140], N))

        coming = day_ahead_forecasts(history, make_calendar(week[140:], N)).coming

        lift = coming / EXPECTED
        assert lift[15:20].mean() > 1.13
        assert lift[:15].mean() < 1.05

    def test_hours_without_a_pattern_are_left_alone(self):
        week = np.arange(141) % 7
        counted = np.random.default_rng(4).poisson(np.tile(EXPECTED, (140, 1)))
        history = make_history(counted.astype(float), make_calendar(week[:140], N))

        coming = day_ahead_forecasts(history, make_calendar(week[140:], N)).coming

        assert np.abs(coming - EXPECTED).sum() < 0.03 * EXPECTED.sum()
