from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.rostering.bound import lower_bound
from callcenter.engine.rostering.cover import allocate, build_cover
from callcenter.engine.rostering.flow import least_shortage
from callcenter.engine.rostering.frame import build_frames
from callcenter.engine.rostering.model import Demand
from callcenter.engine.rostering.variants import (
    place_breaks,
    shift_families,
)
from tests.engine.rostering.cases import agent, problem

SKILLS = ["100", "010", "001", "110", "011", "101", "111"]


@st.composite
def crowds(draw):
    """Agents at work at once, and what three queues want of them."""
    people = draw(st.lists(st.sampled_from(SKILLS), min_size=1, max_size=9))
    wanted = [draw(st.floats(0, 5, allow_subnormal=False)) for _ in range(3)]
    weights = [draw(st.sampled_from([0.5, 1.0, 3.0])) for _ in range(3)]
    base = problem(*(agent(skills) for skills in people), n_days=1)
    required = np.array(wanted)[:, None] * np.ones((1, base.grid.n_intervals))
    demand = Demand(base.demand.queues, required, 0.0, np.array(weights))
    return replace(base, demand=demand)


def full_house(case):
    cover = build_cover(case)
    everywhere = np.ones(case.grid.n_intervals, np.int64)
    for number in range(len(case.agents)):
        cover.add(number, everywhere)
    return cover


class TestCover:
    @settings(max_examples=150, deadline=None)
    @given(case=crowds())
    def test_costs_what_augmenting_paths_find(self, case):
        cover = full_house(case)
        heads: dict = {}
        for person in case.agents:
            key = tuple(bool(skill) for skill in person.skills)
            heads[key] = heads.get(key, 0) + 1
        wanted = case.demand.wanted[:, 0].tolist()

        points, missing = least_shortage(case, wanted, heads)

        idle = len(case.agents) - (sum(wanted) - missing)
        hours = case.grid.n_intervals * case.grid.interval_min / 60
        expected = (points + idle * case.weights.over_h) * hours
        assert cover.total() == pytest.approx(expected, abs=1e-6)

    @settings(max_examples=80, deadline=None)
    @given(case=crowds())
    def test_shares_out_everybody_once_and_to_queues_they_serve(self, case):
        shared = allocate(full_house(case), case)

        assert shared.sum(axis=0) == pytest.approx(len(case.agents))
        for queue in range(3):
            able = sum(person.skills[queue] for person in case.agents)
            assert shared[queue].max() <= able + 1e-9

    @settings(max_examples=80, deadline=None)
    @given(case=crowds())
    def test_price_is_what_one_more_agent_adds(self, case):
        cover = full_house(case)
        everywhere = np.ones(case.grid.n_intervals, np.int64)
        cover.add(0, everywhere, -1)
        before, price = cover.total(), cover.price(0)

        cover.add(0, everywhere)

        assert cover.total() - before == pytest.approx(price.sum(), abs=1e-6)

    def test_an_agent_with_two_skills_fills_one_gap_only(self):
        case = problem(agent("11"), n_days=1, wanted=1.0)

        shared = allocate(full_house(case), case)

        np.testing.assert_allclose(shared.sum(axis=0), 1)


class TestBreakPlacement:
    @settings(max_examples=60, deadline=None)
    @given(seed=st.integers(0, 10**6))
    def test_costs_no_more_than_any_other_place(self, seed):
        rng = np.random.default_rng(seed)
        case = problem(agent(), n_days=1)
        price = rng.normal(size=case.grid.n_intervals)
        free = np.zeros(case.grid.n_intervals, np.int64)
        family = shift_families(case)[0]

        pause, lunch = place_breaks(family, int(family.starts[0]), price, free, 30)

        start, end = int(family.starts[0]), int(family.starts[0]) + family.length
        least = min(
            price[start:end].sum()
            - price[start + first]
            - price[start + second : start + second + 2].sum()
            for first in range(2, 5)
            for second in range(6, 11)
            if second >= first + 2
        )
        placed = price[start:end].sum() - price[pause.start : pause.end].sum()
        placed -= price[lunch.start : lunch.end].sum()
        assert placed == pytest.approx(least)

    def test_keeps_out_of_meetings(self):
        case = problem(agent(), n_days=1)
        family = shift_families(case)[0]
        start = int(family.starts[0])
        barred = np.zeros(case.grid.n_intervals, np.int64)
        barred[start + 6 : start + 10] = 1

        _, lunch = place_breaks(family, start, -barred * 1.0, barred, 30)

        assert lunch.start == start + 10

    def test_gives_up_where_no_break_fits(self):
        case = problem(agent(), n_days=1)
        family = shift_families(case)[0]
        barred = np.ones(case.grid.n_intervals, np.int64)

        price = np.zeros(case.grid.n_intervals)

        assert place_breaks(family, int(family.starts[0]), price, barred, 30) is None


class TestLowerBound:
    def test_coarser_blocks_never_give_a_higher_bound(self):
        people = [agent("10", key="a"), agent("11", key="b"), agent("01", key="c")]
        case = problem(*people, n_days=3, wanted=1.7)
        frames = build_frames(case, shift_families(case))

        fine = lower_bound(case, frames, block=1, limit_s=60)
        coarse = lower_bound(case, frames, block=2, limit_s=60)

        assert 0 < coarse <= fine + 1e-6

    def test_is_exact_when_nobody_can_work(self):
        case = replace(problem(agent(), wanted=1.0), agents=())

        bound = lower_bound(case, [], block=1, limit_s=60)

        assert bound == pytest.approx(build_cover(case).total())
