import numpy as np
import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import (
    Finding,
    FindingKind,
    borrow_early_days,
    forecast,
    learn_event,
    make_calendar,
    make_history,
    repair,
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
