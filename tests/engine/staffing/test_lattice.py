import numpy as np
import pytest

from callcenter.engine.compiled import is_compiling
from callcenter.engine.staffing import lattice
from callcenter.engine.staffing.lattice import Lattice, Rates, Window, advance
from callcenter.engine.staffing.marching import march

COLUMN = np.ones((2, 1))
RATES = Rates(
    arrival=np.array([[0.1], [0.4]]), service=COLUMN / 300, leaving=COLUMN / 120
)


def whole_window(most):
    states = Lattice.reaching(most)
    return Window.on(states, np.zeros(2), np.full(2, states.x[-1]))


def begun(window):
    state = np.zeros_like(window.x)
    state[:, 20] = 1.0
    return state


class TestAdvance:
    def test_keeps_all_probability(self):
        window = whole_window(300.0)
        state, mean = advance(
            begun(window), window, RATES, 40 * COLUMN, 90 * COLUMN, 900 * COLUMN
        )

        assert state.sum(axis=1) == pytest.approx([1.0, 1.0])
        assert mean.sum(axis=1) == pytest.approx([1.0, 1.0])
        assert state.min() >= -1e-15

    def test_keeps_the_mean_of_an_infinite_server(self):
        window = whole_window(400.0)
        rates = Rates(arrival=RATES.arrival, service=COLUMN / 300, leaving=COLUMN / 300)
        state = begun(window)
        start = (state * window.x).sum(axis=1)
        state, _ = advance(state, window, rates, 50 * COLUMN, 50 * COLUMN, 900 * COLUMN)

        load = rates.arrival[:, 0] * 300
        expected = load + (start - load) * np.exp(-3.0)
        mean = (state * window.x).sum(axis=1)
        assert mean == pytest.approx(expected, rel=0.005)
        spread = ((state * window.x**2).sum(axis=1) - mean**2) ** 0.5
        stayed = start * np.exp(-3.0) * (1 - np.exp(-3.0))
        poisson = (load * (1 - np.exp(-3.0)) + stayed) ** 0.5
        assert spread == pytest.approx(poisson, rel=0.005)

    @pytest.mark.skipif(not is_compiling(), reason="there is no compiler")
    def test_the_compiled_steps_are_those_of_numpy(self, monkeypatch):
        window = whole_window(200.0)
        given = (RATES, 40 * COLUMN, 60 * COLUMN, 900 * COLUMN)
        compiled = advance(begun(window), window, *given)
        monkeypatch.setattr(lattice, "is_compiling", lambda: False)
        plain = advance(begun(window), window, *given)

        for one, other in zip(compiled, plain, strict=True):
            assert one == pytest.approx(other, abs=1e-13)

    def test_the_steps_run_uncompiled_too(self):
        plain = getattr(march, "py_func", march)
        state, total = np.array([[0.0, 1.0, 0.0]]), np.zeros((1, 3))

        plain(state, total, np.array([[0.5, 0.25]]), np.array([[0.5, 0.5]]), 1)

        assert state[0].tolist() == [0.5, 0.25, 0.25]
        assert total[0].tolist() == [0.0, 1.0, 0.0]
