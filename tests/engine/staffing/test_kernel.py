"""The compiled walk: the chain keeps its laws, and runs without a compiler too."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from callcenter.engine.staffing import modified_offered_load, service_over_time
from callcenter.engine.staffing.cells import Asked, Cells, margins, worst
from callcenter.engine.staffing.measures import QueueMeasures

CHAIN = """
import json
from callcenter.engine.staffing.kernel import chain
from callcenter.engine.staffing.kernel.parts import *
memory = memory_reaching(400.0)
room = memory.rows
size = room.shape[1] - PADDING
found = []
for arrival, leaving, agents, before in {cases}:
    room[STATE] = 0.0
    room[STATE, 20] = 1.0
    at = Interval(arrival, 1 / 300, leaving, 900.0, arrival * 300, 20.0, 0.8,
                  1e9, 1.0, 1.0, 0, 0, size, before, before)
    chain.advance(at, agents, room)
    for state in (room[HERE, EDGE : EDGE + size], room[MEAN, :size]):
        x = room[X, :size]
        mean = (state * x).sum()
        spread = ((state * x**2).sum() - mean**2) ** 0.5
        found.append([state.sum(), state.min(), mean, spread])
print(json.dumps(found))
"""

DAY = """
import json
from callcenter.engine.staffing import service_over_time, staff_over_time
given = [40.0, 0.0, 25.0], 300.0, 300.0
found = []
for definition in ("offered", "answered", "excluding-short-abandons"):
    kw = dict(patience_s=120.0, sl_definition=definition, start="running")
    one = staff_over_time(*given, model="erlang-a", sl_target=0.8, max_asa_s=9.0, **kw)
    two = service_over_time(given[0], [30.0, 0.0, 20.0], *given[1:], **kw)
    for each in (one, two):
        found += [values.tolist() for values in vars(each).values()]
print(json.dumps(found))
"""


def told(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.process
def test_the_chain_keeps_all_probability_and_the_moments_of_an_infinite_server():
    cases = [(0.1, 1 / 120, 40.0, 90.0), (0.4, 1 / 300, 50.0, 50.0)]
    code = CHAIN.format(cases=cases)
    falling, _, ended, _ = np.array(told(code, NUMBA_DISABLE_JIT="1"))

    assert falling[0] == pytest.approx(1.0)
    assert falling[1] >= -1e-15
    stays = np.exp(-3.0)
    load = 0.4 * 300 * (1 - stays)
    assert ended[2] == pytest.approx(load + 20 * stays, rel=0.005)
    spread = (load + 20 * stays * (1 - stays)) ** 0.5
    assert ended[3] == pytest.approx(spread, rel=0.005)


@pytest.mark.process
def test_walks_the_same_days_without_a_compiler():
    compiled, plain = told(DAY), told(DAY, NUMBA_DISABLE_JIT="1")

    for one, other in zip(compiled, plain, strict=True):
        assert one == pytest.approx(other, rel=1e-12, abs=1e-14)


def test_busy_agents_are_those_of_an_infinite_server_where_nobody_waits():
    offered = np.array([60.0, 180.0, 400.0, 90.0, 0.5])
    found = service_over_time(offered, np.full(5, 500.0), 300.0, 900.0, start="running")

    busy = modified_offered_load(offered, 300.0, 900.0)
    assert 500.0 * found.occupancy == pytest.approx(busy, rel=0.005, abs=0.01)
    assert found.sl == pytest.approx(np.ones(5))


@pytest.mark.parametrize("sl", [0.0, 0.3, 0.8, 0.95, 1.0])
def test_margins_of_the_walk_are_those_of_the_formula(sl):
    from callcenter.engine.staffing.kernel import trying

    at = QueueMeasures(
        *(np.array([value]) for value in (0.2, sl, 12.0, 9.0, 0.8, 0.03))
    )
    cells = Cells(*(np.array([v]) for v in (9.0, 300, 90, 20, 0.8, 0.85, 15, 0.05)))
    sl_margin, asa, abandon, occupancy = margins(at, cells, Asked.of(cells))

    plain = getattr(trying.sl_margin, "py_func", trying.sl_margin)
    room = getattr(trying.room_below, "py_func", trying.room_below)
    assert plain(sl, 0.8) == pytest.approx(sl_margin[0])
    assert room(15.0, 12.0) == pytest.approx(asa[0])
    assert room(0.05, 0.03) == pytest.approx(abandon[0])
    assert room(0.85, 0.8) == pytest.approx(occupancy[0])
    least = min(sl_margin[0], asa[0], abandon[0], occupancy[0])
    assert worst([sl_margin, asa, abandon, occupancy], cells) == pytest.approx([least])
