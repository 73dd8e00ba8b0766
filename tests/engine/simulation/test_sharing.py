"""Days shared over threads: the same comes out, and whoever stops it is heard."""

import pickle

import pytest

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation import Duration
from callcenter.engine.simulation import run as running
from tests.engine.simulation.cases import calls, center, simulated, team
from tests.engine.simulation.test_invariants import lively


@pytest.mark.parametrize("workers", [2, 3, 20])
def test_the_result_does_not_depend_on_the_workers(workers):
    of = lively(seed=3)

    shared = simulated(of, n_days=13, workers=workers)

    assert pickle.dumps(shared) == pickle.dumps(simulated(of, n_days=13))


def test_nor_does_it_where_the_memory_was_too_small(monkeypatch):
    of = center(
        types=[calls(offered=60.0, patience=Duration(mean_s=900.0))],
        groups=[team(staff=1)],
    )
    alone = pickle.dumps(simulated(of, n_days=5))

    monkeypatch.setattr(running, "FIRST_ROOM", 8)

    assert pickle.dumps(simulated(of, n_days=5, workers=2)) == alone


def test_progress_is_told_in_order_and_what_it_raises_ends_all():
    told = []

    def tell(done, of):
        told.append((done, of))
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulated(center(), n_days=50, workers=2, progress=tell)

    assert told == [(day, 50) for day in range(1, 8)]


def test_nobody_is_no_worker():
    with pytest.raises(EngineInputError, match="workers must be at least 1"):
        simulated(center(), workers=0)
