import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import reconcile, split_by_parts
from callcenter.engine.forecasting.reconcile import shrunk_covariance

SUMMING = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])


class TestReconcile:
    def test_sums_add_up(self):
        base = np.array([[100.0, 90.0], [70.0, 60.0], [30.0, 40.0], [35, 20], [20, 30]])

        found = reconcile(base, SUMMING)

        np.testing.assert_allclose(found[0], found[2:].sum(axis=0))
        np.testing.assert_allclose(found[1], found[2:4].sum(axis=0))

    def test_what_adds_up_already_stays(self):
        base = SUMMING @ np.array([3.0, 4.0, 5.0])

        np.testing.assert_allclose(reconcile(base, SUMMING), base)

    def test_the_surer_forecast_moves_less(self):
        rng = np.random.default_rng(1)
        errors = rng.normal(size=(3, 400)) * np.array([[1.0], [10.0], [10.0]])
        summing = np.array([[1, 1], [1, 0], [0, 1]])

        found = reconcile([100.0, 60.0, 60.0], summing, errors=errors)

        assert abs(found[0] - 100.0) < 1.0
        np.testing.assert_allclose(found[1:].sum(), found[0])

    def test_a_narrow_band_holds_its_row(self):
        found = reconcile(
            [100.0, 60.0, 60.0], [[1, 1], [1, 0], [0, 1]], spread=[0.1, 5.0, 5.0]
        )

        np.testing.assert_allclose(found, [100.0, 50.0, 50.0], atol=0.05)

    @given(st.lists(st.floats(0.0, 1e4), min_size=5, max_size=5))
    def test_never_negative_and_always_adds_up(self, base):
        found = reconcile(base, SUMMING)

        assert (found >= 0.0).all()
        np.testing.assert_allclose(SUMMING @ found[2:], found, atol=1e-6)

    def test_errors_that_hang_together_by_chance_are_drawn_apart(self):
        misses = np.random.default_rng(2).normal(size=(6, 8))

        found = shrunk_covariance(misses)

        plain = misses @ misses.T / 8
        off = ~np.eye(6, dtype=bool)
        assert np.abs(found[off]).sum() < 0.5 * np.abs(plain[off]).sum()
        np.testing.assert_allclose(np.diag(found), np.diag(plain))

    def test_refuses_what_does_not_fit(self):
        with pytest.raises(EngineInputError, match="rows"):
            reconcile([1.0], SUMMING)
        with pytest.raises(EngineInputError, match="told"):
            reconcile([1.0], [[1, 1]])
        with pytest.raises(EngineInputError, match="0 and 1"):
            reconcile([1.0], [[0.5]])
        with pytest.raises(EngineInputError, match="spread"):
            reconcile([1.0], [[1]], spread=[0.0])
        with pytest.raises(EngineInputError, match="differ"):
            reconcile([1.0], [[1]], spread=[1.0, 1.0])
        with pytest.raises(EngineInputError, match="three"):
            reconcile([1.0], [[1]], errors=[[1.0]])


class TestSplit:
    def test_a_whole_is_spread_by_its_parts(self):
        found = split_by_parts([90.0, 10.0], [[1.0, 0.0], [2.0, 0.0]])

        np.testing.assert_allclose(found, [[30.0, 5.0], [60.0, 5.0]])

    def test_refuses_what_does_not_fit(self):
        with pytest.raises(EngineInputError, match="shape"):
            split_by_parts([1.0], [[1.0, 2.0]])
        with pytest.raises(EngineInputError, match="negative"):
            split_by_parts([-1.0], [[1.0]])
