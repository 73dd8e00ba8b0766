import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import (
    MEMBERS,
    METHODS,
    DayKind,
    FindingKind,
    Method,
    Status,
    forecast,
    make_calendar,
    make_history,
)

N = 24
WEEKDAY_SIZE = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])
SHAPE = np.exp(-(((np.arange(N) - 11.5) / 5.0) ** 2))


def weekdays(n_days, first=0):
    return (np.arange(n_days) + first) % 7


def volumes(n_days, *, size=60.0, seed=1):
    expected = size * WEEKDAY_SIZE[weekdays(n_days)][:, None] * SHAPE
    return np.random.default_rng(seed).poisson(expected).astype(float)


def predict(volume, *, n_ahead=14, kinds=None, kinds_ahead=None, aht=None, **options):
    volume = np.asarray(volume)
    n_days, n_slots = volume.shape[-2:]
    past = make_calendar(weekdays(n_days), n_slots, day_kind=kinds)
    ahead = make_calendar(weekdays(n_ahead, n_days), n_slots, day_kind=kinds_ahead)
    return forecast(make_history(volume, past, aht_s=aht), ahead, **options)


class TestVolumes:
    def test_comes_close_to_what_is_to_be_expected(self):
        found = predict(volumes(140))
        expected = 60.0 * WEEKDAY_SIZE[weekdays(14)][:, None] * SHAPE

        assert np.abs(found.mean[0] - expected).sum() / expected.sum() < 0.06
        assert found.status == (Status.TESTED,)

    def test_the_band_holds_about_eight_of_ten_outcomes(self):
        truth = volumes(168)
        found = predict(truth[:140], n_ahead=28)

        inside = (found.lower[0] <= truth[140:]) & (truth[140:] <= found.upper[0])
        busy = found.mean[0] > 3.0
        assert 0.72 < inside[busy].mean() < 0.9

    def test_one_wild_day_moves_nothing(self):
        wild = volumes(140)
        wild[120] *= 8.0

        spoilt, plain = predict(wild), predict(volumes(140))

        assert spoilt.mean.sum() == pytest.approx(plain.mean.sum(), rel=0.02)

    def test_a_learnt_holiday_is_forecast_quiet(self):
        kinds, ahead = np.zeros(140, int), np.zeros(14, int)
        kinds[[30, 65, 100]] = DayKind.HOLIDAY
        ahead[3] = DayKind.HOLIDAY
        volume = volumes(140)
        volume[kinds > 0] = np.round(volume[kinds > 0] * 0.1)

        found = predict(volume, kinds=kinds, kinds_ahead=ahead)
        plain = predict(volume, kinds=kinds)

        assert found.mean[0, 3].sum() < 0.3 * plain.mean[0, 3].sum()

    def test_a_make_up_sunday_is_like_a_working_day(self):
        ahead = np.zeros(14, int)
        ahead[6] = DayKind.MAKEUP_WORKDAY

        found = predict(volumes(140), kinds_ahead=ahead)

        assert found.mean[0, 6].sum() > 2.5 * found.mean[0, 13].sum()

    def test_closed_intervals_stay_empty(self):
        is_open = np.ones((14, N), dtype=bool)
        is_open[:, :8] = False
        past = make_calendar(weekdays(70), N)
        ahead = make_calendar(weekdays(14), N, is_open=is_open)

        found = forecast(make_history(volumes(70), past), ahead)

        assert (found.upper[0][~is_open] == 0.0).all()
        assert (found.mean[0][is_open] > 0.0).all()

    def test_a_day_that_closes_early_is_forecast_for_its_hours_and_spoils_nothing(self):
        is_open = np.ones((154, N), dtype=bool)
        is_open[[100, 115, 133, 143], 12:] = False
        volume = np.where(is_open[:140], volumes(140), np.nan)
        past = make_calendar(weekdays(140), N, is_open=is_open[:140])
        ahead = make_calendar(weekdays(14, 140), N, is_open=is_open[140:])

        found = forecast(make_history(volume, past), ahead).mean[0]
        plain = predict(volumes(140)).mean[0]

        assert (found[3, 12:] == 0.0).all()
        assert found[3, :12].sum() == pytest.approx(plain[3, :12].sum(), rel=0.04)
        assert found[4:].sum() == pytest.approx(plain[4:].sum(), rel=0.03)

    def test_an_interval_never_measured_lies_between_its_neighbours(self):
        volume = volumes(70)
        volume[:, 10] = np.nan

        found = predict(volume)

        low, high = found.mean[0, 0, [9, 11]]
        assert 0.9 * low < found.mean[0, 0, 10] < 1.1 * high

    def test_forecasts_several_series_at_once_as_each_alone(self):
        both = np.stack([volumes(70), volumes(70, size=5.0, seed=2)])

        found = predict(both)

        np.testing.assert_allclose(found.mean[1], predict(both[1]).mean[0])

    def test_rare_contacts_keep_their_mean(self):
        rare = np.random.default_rng(3).poisson(0.05, (140, N)).astype(float)

        found = predict(rare)

        assert found.mean.mean() == pytest.approx(0.05, rel=0.35)

    @pytest.mark.parametrize(
        "method", [m for m in Method if m is not Method.COMBINATION]
    )
    def test_a_planner_may_insist_on_a_method(self, method):
        found = predict(volumes(70), method=method)

        assert found.method == (method,)
        assert found.mean.sum() > 0.0

    def test_tells_what_every_method_says_when_asked(self):
        kept = predict(volumes(140), keep_methods=True)
        alone = predict(volumes(140), method=Method.MEDIAN6)

        by_method = dict(zip(METHODS, kept.by_method[0], strict=True))
        assert alone.by_method is None
        np.testing.assert_allclose(by_method[kept.method[0]], kept.mean[0])
        np.testing.assert_allclose(by_method[Method.MEDIAN6], alone.mean[0])

    def test_the_back_test_beats_the_naive_forecast(self):
        found = predict(volumes(140), n_ahead=28)

        wape = dict(zip(METHODS, found.wape[0].T, strict=True))
        assert (wape[Method.COMBINATION] < wape[Method.NAIVE]).all()
        np.testing.assert_allclose(found.weights.sum(axis=2), 1.0)

    @settings(max_examples=15, deadline=None)
    @given(st.integers(1, 40), st.floats(0.0, 300.0), st.integers(1, 30))
    def test_any_length_gives_finite_numbers_in_order(self, n_days, size, n_ahead):
        found = predict(volumes(n_days, size=size), n_ahead=n_ahead)

        assert np.isfinite(found.upper).all()
        assert (found.lower >= 0.0).all()
        assert (found.lower <= found.mean + 1e-9).all()
        assert (found.mean <= found.upper + 1e-9).all()


class TestChoice:
    def test_one_method_that_did_better_alone_is_chosen_and_named(self):
        found = predict(volumes(200, size=15.0, seed=4))

        used = (found.weights[0] > 0.0).any(axis=0)
        assert [MEMBERS[i] for i in np.flatnonzero(used)] == [found.method[0]]
        assert found.method[0] is not Method.COMBINATION

    def test_methods_that_missed_alike_are_combined(self):
        found = predict(volumes(200, size=15.0, seed=1))

        assert found.method[0] is Method.COMBINATION
        assert (found.weights[0] > 0.0).sum(axis=1).min() > 1

    def test_what_is_chosen_missed_no_more_than_the_best_by_more_than_chance(self):
        for seed in range(4):
            found = predict(volumes(200, size=15.0, seed=seed), n_ahead=28)

            by_method = found.wape[0].sum(axis=0)
            taken = by_method[METHODS.index(found.method[0])]
            assert taken < 1.02 * np.nanmin(by_method)


class TestHonesty:
    def test_two_weeks_are_forecast_and_called_short(self):
        found = predict(volumes(14))

        assert found.status == (Status.SHORT,)
        assert found.mean[0, :7].sum() == pytest.approx(volumes(14)[:7].sum(), rel=0.1)

    @pytest.mark.parametrize("value", [0.0, np.nan])
    def test_nothing_known_or_nobody_calling_is_empty(self, value):
        found = predict(np.full((60, N), value))

        assert found.status == (Status.EMPTY,)
        assert found.upper.sum() == 0.0

    def test_finds_gaps_outliers_and_level_shifts(self):
        volume = volumes(140)
        volume[20, 5:8] = np.nan
        volume[50] = 0.0
        volume[110:] = np.round(volume[110:] * 1.6)

        kinds = {(f.kind, f.day) for f in predict(volume).findings[0]}

        assert (FindingKind.GAP, 20) in kinds
        assert (FindingKind.OUTLIER, 50) in kinds
        shifts = [day for kind, day in kinds if kind is FindingKind.LEVEL_SHIFT]
        assert len(shifts) == 1
        assert abs(shifts[0] - 110) <= 4

    def test_a_strike_is_no_level_shift(self):
        volume = volumes(140)
        volume[60:70] = 0.0

        kinds = [f.kind for f in predict(volume).findings[0]]

        assert FindingKind.LEVEL_SHIFT not in kinds
        assert kinds.count(FindingKind.OUTLIER) == 10


class TestHandlingTime:
    def test_divides_sums_and_never_averages_averages(self):
        volume = np.tile([[100.0, 1.0]], (28, 1))
        aht = np.tile([[200.0, 900.0]], (28, 1))

        found = predict(volume, aht=aht)

        total = (found.aht_s[0] * volume[:14]).sum() / volume[:14].sum()
        assert total == pytest.approx(206.9, rel=0.01)

    def test_a_new_level_comes_through(self):
        aht = np.where(np.arange(140)[:, None] < 120, 200.0, 300.0) * np.ones(N)

        found = predict(volumes(140), aht=aht)

        assert np.nanmean(found.aht_s) == pytest.approx(288.0, abs=12.0)

    def test_is_unknown_where_nothing_was_handled(self):
        assert np.isnan(predict(volumes(28)).aht_s).all()


class TestRefusals:
    @pytest.mark.parametrize("value", [-1.0, np.inf])
    def test_refuses_volumes_without_meaning(self, value):
        with pytest.raises(EngineInputError, match="offered"):
            predict(np.full((14, N), value))

    def test_refuses_calendars_that_do_not_fit(self):
        with pytest.raises(EngineInputError, match="shape"):
            make_history(volumes(14), make_calendar(weekdays(13), N))
        with pytest.raises(EngineInputError, match="intervals"):
            forecast(
                make_history(volumes(14), make_calendar(weekdays(14), N)),
                make_calendar(weekdays(7), 2 * N),
            )

    @pytest.mark.parametrize("level", [0.0, 1.0])
    def test_refuses_a_level_that_is_no_share(self, level):
        with pytest.raises(EngineInputError, match="level"):
            predict(volumes(14), level=level)

    def test_refuses_an_unknown_method_and_weekday(self):
        with pytest.raises(EngineInputError, match="guess"):
            predict(volumes(14), method="guess")
        with pytest.raises(EngineInputError, match="weekday"):
            make_calendar([7], N)
