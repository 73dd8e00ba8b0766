import numpy as np
import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import (
    Finding,
    FindingKind,
    borrow_early_days,
    forecast,
    learn_event,
    look_over,
    make_calendar,
    make_history,
    repair,
    usual_days,
    with_uplift,
)

N = 24
EARLY = np.exp(-(((np.arange(N) - 8.0) / 3.0) ** 2))
LATE = np.exp(-(((np.arange(N) - 17.0) / 3.0) ** 2))
WEEKDAY_SIZE = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])


def volumes(n_days, shape=EARLY, *, size=80.0, seed=1):
    expected = size * WEEKDAY_SIZE[np.arange(n_days) % 7][:, None] * shape
    return np.random.default_rng(seed).poisson(expected).astype(float)


def calendar(n_days, first=0, **more):
    return make_calendar((np.arange(n_days) + first) % 7, N, **more)


class TestBorrow:
    def young_and_two_lenders(self):
        young = volumes(112, size=8.0, seed=2)
        young[:98] = np.nan
        return np.stack([young, volumes(112, seed=3), volumes(112, LATE, seed=4)])

    def test_a_young_series_takes_the_days_of_its_like(self):
        history = make_history(self.young_and_two_lenders(), calendar(112))

        found = borrow_early_days(history)

        assert found.n_days.tolist() == [98, 0, 0]
        assert found.lenders[0, 1] > 0.8
        early = found.history.offered[0, :98]
        assert early.sum() == pytest.approx(volumes(98, size=8.0).sum(), rel=0.15)

    def test_a_borrowed_shape_forecasts_better_than_two_weeks_alone(self):
        history = make_history(self.young_and_two_lenders(), calendar(112))
        truth = 8.0 * WEEKDAY_SIZE[np.arange(14) % 7][:, None] * EARLY
        alone = make_history(history.offered[0, 98:], calendar(14))

        longer = forecast(borrow_early_days(history).history, calendar(14)).mean[0]
        short = forecast(alone, calendar(14)).mean[0]

        assert np.abs(longer - truth).sum() < 0.8 * np.abs(short - truth).sum()

    def test_nobody_lends_to_a_series_that_is_old_enough(self):
        both = np.stack([volumes(112), volumes(112, LATE)])

        found = borrow_early_days(make_history(both, calendar(112)))

        assert not found.lenders.any()
        np.testing.assert_array_equal(found.history.offered, both)


class TestRepair:
    def test_an_outlier_becomes_what_was_to_be_expected(self):
        volume = volumes(112)
        usual = volume[100].sum()
        volume[100] = 0.0

        mended = repair(
            make_history(volume, calendar(112)),
            [Finding(FindingKind.OUTLIER, 100, 0.0)],
        )

        assert mended.offered[0, 100].sum() == pytest.approx(usual, rel=0.2)
        np.testing.assert_array_equal(mended.offered[0, :100], volume[:100])

    def test_a_gap_is_filled_and_the_rest_of_the_day_kept(self):
        volume = volumes(112)
        volume[50, 7:10] = np.nan

        mended = repair(
            make_history(volume, calendar(112)), [Finding(FindingKind.GAP, 50, 0.1)]
        )

        assert np.isfinite(mended.offered).all()
        np.testing.assert_array_equal(mended.offered[0, 50, :7], volume[50, :7])

    def test_a_shift_brings_earlier_days_to_the_new_level(self):
        volume = volumes(112)
        volume[80:] = np.round(volume[80:] * 1.5)

        mended = repair(
            make_history(volume, calendar(112)),
            [Finding(FindingKind.LEVEL_SHIFT, 80, 1.5)],
        )

        before, after = mended.offered[0, 66:80].sum(), mended.offered[0, 80:94].sum()
        assert before == pytest.approx(after, rel=0.05)

    def test_what_was_not_chosen_stays(self):
        history = make_history(volumes(112), calendar(112))

        assert repair(history, []) is history

    def test_refuses_a_day_outside(self):
        with pytest.raises(EngineInputError, match="outside"):
            repair(
                make_history(volumes(28), calendar(28)),
                [Finding(FindingKind.OUTLIER, 28, 0.0)],
            )


class TestUsualDays:
    def test_days_of_one_interval_have_a_usual_total(self):
        total = volumes(91).sum(axis=1, keepdims=True)
        total[[23, 44, 65, 79]] *= 2.0
        one = make_calendar(np.arange(91) % 7, 1)

        usual = usual_days(make_history(total, one))

        ordinary = np.delete(np.arange(91), [23, 44, 65, 79])
        np.testing.assert_allclose(usual[ordinary], total[ordinary], rtol=0.3)


class TestLookingOver:
    def test_finds_without_a_forecast_what_a_forecast_finds(self):
        volume = volumes(112)
        volume[40], volume[70, 7:10] = volume[40] * 5, np.nan
        history = make_history(volume, calendar(112))

        found = look_over(history)

        told = forecast(history, calendar(7)).findings[0]
        assert [(each.kind, each.day) for each in found] == [
            (each.kind, each.day) for each in told
        ]
        assert {each.day for each in found} == {40, 70}


class TestCopies:
    def test_a_day_loaded_twice_is_found_with_its_origin_and_can_be_mended(self):
        volume = volumes(84)
        volume[60] = volume[53]
        usual = volumes(84)[60].sum()
        history = make_history(volume, calendar(84))

        found = forecast(history, calendar(7)).findings[0]
        mended = repair(history, found)

        copies = [each for each in found if each.kind is FindingKind.DUPLICATE]
        assert [(each.day, each.size) for each in copies] == [(60, 7.0)]
        assert mended.offered[0, 60].sum() == pytest.approx(usual, rel=0.25)

    def test_days_made_by_a_formula_are_no_copies(self):
        same = np.tile(volumes(7), (12, 1))

        found = forecast(make_history(same, calendar(84)), calendar(7)).findings[0]

        assert not [each for each in found if each.kind is FindingKind.DUPLICATE]


class TestEvents:
    def test_learns_what_a_mailing_did_before_and_after(self):
        events = np.zeros(140, int)
        at = np.array([20, 48, 80, 108])
        events[at] = 1
        volume = volumes(140)
        volume[at] *= 1.5
        volume[at + 1] *= 1.3

        effect = learn_event(make_history(volume, calendar(140, event=events)), 1)

        factor = dict(zip(effect.offset.tolist(), effect.factor, strict=True))
        assert 1.25 < factor[0] < 1.55
        assert 1.1 < factor[1] < 1.35
        assert factor[-2] == pytest.approx(1.0, abs=0.06)
        assert effect.n_seen.max() == 4

    def test_an_event_of_several_days_has_one_effect_on_all_of_them(self):
        events = np.zeros(140, int)
        for first in (30, 65, 100):
            events[first : first + 3] = 1
        volume = volumes(140)
        volume[events > 0] *= 1.6
        volume[[33, 68, 103]] *= 1.2

        effect = learn_event(make_history(volume, calendar(140, event=events)), 1)

        factor = dict(zip(effect.offset.tolist(), effect.factor, strict=True))
        seen = dict(zip(effect.offset.tolist(), effect.n_seen, strict=True))
        assert factor[0] == pytest.approx(1.6 ** (9 / 10), rel=0.06)
        assert factor[1] == pytest.approx(1.2 ** (3 / 4), rel=0.08)
        assert (seen[0], seen[1]) == (9, 3)

    def test_what_comes_on_top_grows_with_the_size(self):
        events, size = np.zeros(140, int), np.ones(140)
        for at, pieces in ((30, 1.0), (60, 2.0), (90, 1.0), (120, 2.0)):
            events[at], size[at] = 1, pieces
        volume = volumes(140)
        volume[events > 0] *= 1.0 + 0.3 * size[events > 0][:, None]
        history = make_history(volume, calendar(140, event=events))

        small = learn_event(history, 1, relative_size=size)
        large = learn_event(history, 1, relative_size=size / 2.0)

        assert small.factor[3] == pytest.approx(1.3 ** (4 / 5), rel=0.06)
        assert large.factor[3] == pytest.approx(1.6 ** (4 / 5), rel=0.06)

    def test_a_size_of_nothing_is_refused(self):
        events = np.zeros(28, int)
        events[20] = 1
        history = make_history(volumes(28), calendar(28, event=events))

        with pytest.raises(EngineInputError, match="relative_size"):
            learn_event(history, 1, relative_size=np.zeros(28))

    def test_is_surer_the_oftener_it_was_seen_and_the_more_alike_they_were(self):
        def spread(factors):
            events, volume = np.zeros(280, int), volumes(280)
            for place, factor in enumerate(factors):
                events[30 + 40 * place] = 1
                volume[30 + 40 * place] *= factor
            history = make_history(volume, calendar(280, event=events))
            return learn_event(history, 1)

        once, often = spread([1.5]), spread([1.5] * 6)
        scattered = spread([1.1, 2.2, 1.0, 1.9, 1.2, 2.4])

        assert often.spread[3] < once.spread[3]
        assert often.spread[3] < scattered.spread[3]
        assert (often.lower < often.factor).all()
        assert (often.factor < often.upper).all()

    def test_an_event_that_never_was_is_refused(self):
        with pytest.raises(EngineInputError, match="never"):
            learn_event(make_history(volumes(28), calendar(28)), 1)

    def test_a_planned_uplift_scales_forecast_and_bands(self):
        found = forecast(make_history(volumes(70), calendar(70)), calendar(7))

        lifted = with_uplift(found, [1.0, 1.5, 1.0, 1.0, 1.0, 1.0, 1.0])

        np.testing.assert_allclose(lifted.mean[0, 1], 1.5 * found.mean[0, 1])
        np.testing.assert_allclose(lifted.upper[0, 1], 1.5 * found.upper[0, 1])
        np.testing.assert_allclose(lifted.total_upper[0, 0], found.total_upper[0, 0])

    @pytest.mark.parametrize("factor", [[1.0], [-1.0] * 7, [np.nan] * 7])
    def test_refuses_factors_without_meaning(self, factor):
        found = forecast(make_history(volumes(70), calendar(70)), calendar(7))

        with pytest.raises(EngineInputError):
            with_uplift(found, factor)
