"""How long people stay, from those who left and those who did not."""

import numpy as np
import pytest

from callcenter.engine.capacity import (
    TENURE_WEEKS,
    TenureCounts,
    add_counts,
    count_tenure,
    estimate_attrition,
    pooling_strength,
    survival_curve,
)
from callcenter.engine.errors import EngineInputError

# 6-MP group of Freireich et al. (1963), weeks of remission; Klein and Moeschberger
# (2003), table 4.1: 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


class TestSurvivalCurve:
    def test_gives_the_published_curve(self):
        curve = survival_curve(WEEKS, ENDED)

        assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
        assert curve.survival == pytest.approx(
            [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4
        )

    def test_gives_the_published_band(self):
        curve = survival_curve(WEEKS, ENDED)

        # R survival, conf.type "log-log", at week 10 and 23.
        assert curve.lower[[2, 6]] == pytest.approx([0.503, 0.188], abs=1e-3)
        assert curve.upper[[2, 6]] == pytest.approx([0.889, 0.680], abs=1e-3)

    def test_nobody_is_at_risk_before_being_seen(self):
        curve = survival_curve([5, 8, 9], [1, 1, 0], seen_from=[0, 6, 0])

        assert curve.n_at_risk.tolist() == [2, 2]
        assert curve.survival.tolist() == [0.5, 0.25]

    def test_without_leavers_there_is_no_step(self):
        assert survival_curve([3, 4], [0, 0]).times.size == 0

    @pytest.mark.parametrize("weeks", [[-1.0], [np.nan], [1.0, 2.0]])
    def test_refuses_impossible_times(self, weeks):
        with pytest.raises(EngineInputError):
            survival_curve(weeks, [True])


class TestTenureCounts:
    def test_person_weeks_are_spread_over_the_classes(self):
        counts = count_tenure([30.0], [True])

        assert counts.exposure.tolist() == [4, 9, 13, 4, 0, 0]
        assert counts.leavers.tolist() == [0, 0, 0, 1, 0, 0]

    def test_weeks_before_being_seen_do_not_count(self):
        assert count_tenure([30.0], [False], seen_from=20.0).exposure.sum() == 10.0


class TestAttrition:
    def test_finds_the_rate_that_made_the_data(self):
        rng = np.random.default_rng(3)
        left, until = rng.exponential(50, 20_000), rng.uniform(0, 150, 20_000)
        counts = count_tenure(np.minimum(left, until), left < until)

        curve = estimate_attrition(counts, counts, strength=1.0)

        assert curve.hazard == pytest.approx(np.full(6, 0.02), rel=0.12)
        assert (curve.lower < curve.hazard).all()
        assert (curve.upper > curve.hazard).all()

    def test_a_thin_project_takes_the_rate_of_the_company(self):
        company = TenureCounts(np.full(6, 100.0), np.full(6, 10_000.0))
        nobody = TenureCounts(np.zeros(6), np.zeros(6))

        curve = estimate_attrition(nobody, company, strength=8.0)

        assert curve.hazard == pytest.approx(np.full(6, 0.01005))

    def test_a_large_project_keeps_its_own_rate(self):
        company = TenureCounts(np.full(6, 1_000.0), np.full(6, 100_000.0))
        own = TenureCounts(np.full(6, 400.0), np.full(6, 20_000.0))

        curve = estimate_attrition(own, company, strength=8.0)

        assert curve.hazard == pytest.approx(np.full(6, 0.02), rel=0.03)

    def test_a_class_of_tenure_that_nobody_reached_takes_its_neighbours(self):
        counts = count_tenure([10.0, 12.0, 12.5], [True, False, False])

        curve = estimate_attrition(counts, counts, strength=8.0)

        assert np.isfinite(curve.hazard).all()
        assert curve.hazard[5] == pytest.approx(curve.hazard[2])

    def test_staying_and_leaving_are_the_same_curve(self):
        counts = count_tenure([30.0, 8.0, 100.0, 60.0], [True, True, False, False])
        curve = estimate_attrition(counts, counts, strength=4.0)

        by_week = np.cumprod(1.0 - curve.leaving())

        assert by_week[[3, 12, 51]] == pytest.approx(curve.staying([4, 13, 52]))

    def test_nobody_at_all_is_refused(self):
        nobody = TenureCounts(np.zeros(6), np.zeros(6))

        with pytest.raises(EngineInputError):
            estimate_attrition(nobody, nobody, strength=8.0)


class TestPooling:
    def test_groups_that_differ_are_pooled_less_than_those_alike(self):
        exposure = np.full(len(TENURE_WEEKS), 5_000.0)
        alike = [TenureCounts(exposure * 0.01, exposure) for _ in range(5)]
        unlike = [
            TenureCounts(exposure * rate, exposure)
            for rate in (0.002, 0.005, 0.01, 0.02, 0.05)
        ]

        assert pooling_strength(alike) == 128.0
        assert pooling_strength(unlike) <= 2.0

    def test_counts_add_up(self):
        one = count_tenure([30.0], [True])

        assert add_counts([one, one]).exposure.sum() == 60.0
