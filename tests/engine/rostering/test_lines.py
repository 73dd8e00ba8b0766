"""The compiled line of one agent, against every line there is; and bounds by prices."""

from dataclasses import replace
from datetime import date
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.rostering import (
    Agent,
    BreakRule,
    Contract,
    Demand,
    History,
    RosterProblem,
    ShiftTemplate,
    check_roster,
    make_grid,
    solve_roster,
)
from callcenter.engine.rostering.cover import build_cover
from callcenter.engine.rostering.dual import Dual
from callcenter.engine.rostering.frame import build_frames
from callcenter.engine.rostering.kernel.moving import open_plan
from callcenter.engine.rostering.kernel.pricing import price_lines
from callcenter.engine.rostering.model import PlannedShift
from callcenter.engine.rostering.objective import agent_penalties
from callcenter.engine.rostering.rules import check_agent
from callcenter.engine.rostering.search import Search
from callcenter.engine.rostering.variants import place_breaks, shift_families
from callcenter.engine.rostering.words import Rule

N_DAYS = 4
# From Thursday, so that a weekend lies inside; two lengths, one of them late.
GRID = make_grid(date(2026, 3, 5), N_DAYS, ZoneInfo("Asia/Shanghai"), interval_min=60)
TEMPLATES = (
    ShiftTemplate("day", 8 * 60, 10 * 60, (480,), 120),
    ShiftTemplate("late", 22 * 60, 22 * 60, (360,), 60),
)


def one_agent(contract, history, wanted) -> RosterProblem:
    return RosterProblem(
        grid=GRID,
        demand=Demand(("calls",), np.asarray(wanted, float)[None, :]),
        agents=(Agent("a", 0, np.array([True]), history=history),),
        contracts=(contract,),
        templates=TEMPLATES,
    )


def search_of(problem) -> Search:
    families = shift_families(problem)
    frames = build_frames(problem, families)
    rng = np.random.default_rng(0)
    return Search(problem, families, frames, build_cover(problem), rng)


def every_line(search):
    """Each way to work or not on each day, legal or not."""
    library = search.task.library
    days = [[-1, *range(library.first[d], library.first[d + 1])] for d in range(N_DAYS)]
    return product(*days)


def least_points(problem, search) -> float:
    """Points of the best legal line, by trying all of them."""
    least = np.inf
    for line in every_line(search):
        search.plan.chosen[0] = line
        shifts = search.shifts_of(0)
        if not is_legal(problem, shifts):
            continue
        there = np.zeros(GRID.n_intervals)
        for shift in shifts:
            there[shift.start : shift.end] = 1
        own = sum(agent_penalties(problem, 0, list(shifts)).values())
        least = min(least, cost_of(problem, there) + own)
    return least


def is_legal(problem, shifts) -> bool:
    """Whether no rule is broken; hours that are missing cost points instead."""
    lacking = {Rule.MIN_WEEK_HOURS, Rule.MIN_PERIOD_HOURS}
    return {found.rule for found in check_agent(problem, 0, shifts)} <= lacking


def cost_of(problem, there) -> float:
    cover = build_cover(problem)
    cover.add(0, there.astype(np.int64))
    return cover.total()


contracts = st.builds(
    Contract,
    code=st.just("any"),
    templates=st.just((0, 1)),
    min_week_min=st.sampled_from([0, 960]),
    max_week_min=st.sampled_from([840, 1200, 2400]),
    max_week_days=st.integers(1, 4),
    max_days_in_row=st.integers(1, 4),
    min_rest_min=st.sampled_from([0, 660, 960]),
    max_nights=st.sampled_from([None, 0, 1]),
    max_weekends=st.sampled_from([None, 0, 1]),
    min_period_min=st.sampled_from([None, 960]),
    max_period_min=st.sampled_from([None, 1320]),
)
histories = st.builds(
    History,
    days_in_row=st.integers(0, 3),
    last_end=st.sampled_from([None, -2, 0]),
    week_paid_min=st.sampled_from([0, 480]),
    week_days=st.integers(0, 2),
)
demands = st.lists(
    st.sampled_from([0.0, 0.4, 1.0, 2.5]),
    min_size=GRID.n_intervals,
    max_size=GRID.n_intervals,
)


@settings(max_examples=40, deadline=None)
@given(contracts, histories, demands)
def test_a_line_is_the_best_of_all_legal_ones(contract, history, wanted):
    problem = one_agent(contract, history, wanted)
    # The first night or weekend has its price; the second one's is not looked ahead to.
    problem = replace(problem, weights=replace(problem.weights, night=0.0, weekend=0.0))
    search = search_of(problem)

    search.improve(np.array([0]))

    found = search.objective
    shifts = search.shifts_of(0)
    assert is_legal(problem, shifts)
    own = sum(agent_penalties(problem, 0, list(shifts)).values())
    assert search.plan.points[0] == pytest.approx(own)
    assert found == pytest.approx(least_points(problem, search))


@settings(max_examples=25, deadline=None)
@given(histories, demands, st.lists(st.integers(-1, 2), min_size=4, max_size=4))
def test_own_points_are_those_of_the_objective(history, wanted, places):
    problem = one_agent(Contract("any", (0, 1), 960), history, wanted)
    search = search_of(problem)
    first = search.task.library.first
    line = [-1 if p < 0 else int(first[d]) + p for d, p in enumerate(places)]
    search.plan.chosen[0] = line

    open_plan(search.task, search.plan)

    shifts: list[PlannedShift] = list(search.shifts_of(0))
    own = sum(agent_penalties(problem, 0, shifts).values())
    assert search.plan.points[0] == pytest.approx(own)


def team(n_agents: int, seed: int) -> RosterProblem:
    """Agents of two queues with breaks, who can nearly cover what is asked."""
    rng = np.random.default_rng(seed)
    grid = make_grid(date(2026, 3, 2), 7, ZoneInfo("Asia/Shanghai"), interval_min=30)
    hour = grid.local_min / 60
    shape = np.where((hour >= 8) & (hour < 20), n_agents / 5, 0.0)
    shape[grid.day_starts[-1] :] = 0.0
    rest = BreakRule("lunch", 60, 180, 300, is_paid=False)
    template = ShiftTemplate("day", 7 * 60, 12 * 60, (540,), 60, (rest,))
    skills = rng.random((n_agents, 2)) < 0.7
    skills[np.arange(n_agents), rng.integers(2, size=n_agents)] = True
    return RosterProblem(
        grid=grid,
        demand=Demand(("calls", "chats"), np.round([shape * 0.6, shape * 0.4])),
        agents=tuple(Agent(f"{n}", 0, row) for n, row in enumerate(skills)),
        contracts=(Contract("full", (0,), 32 * 60, 40 * 60, max_week_days=5),),
        templates=(template,),
    )


def test_prices_bound_from_below_and_come_near():
    problem = team(30, 1)
    roster = solve_roster(problem, time_limit_s=60, max_rounds=1200, seed=2)
    search = search_of(problem)
    for width in (1.0, 0.5, 0.25):
        search.improve(search.able, width)
    constant = sum(float(p.constant.sum()) for p in search.cover.components)

    bounds = list(Dual(search.task, constant).climb(search.copy_plan()))

    assert check_roster(problem, roster).is_honest
    assert max(bounds) <= roster.objective + 1e-6
    assert max(bounds) > 0.5 * roster.objective


def test_rounded_edges_find_what_single_moves_do_not():
    problem = team(40, 3)
    alone, led = search_of(problem), search_of(problem)
    for _ in range(12):
        alone.improve(alone.able)
    for width in np.geomspace(led.widest, 0.1, 10):
        led.improve(led.able, float(width))
    for _ in range(2):
        led.improve(led.able)

    assert led.objective < alone.objective


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_breaks_cost_no_more_than_the_plain_placement(seed):
    problem = team(3, 5)
    search = search_of(problem)
    rng = np.random.default_rng(seed)
    search.desk.price[:] = rng.normal(size=problem.grid.n_intervals)
    agents = np.array([0])

    least = price_lines(
        search.task,
        search.desk,
        agents,
        np.array([1]),
        np.array([0]),
        search.desk.price[None, :].copy(),
    )

    price, free = search.desk.price, np.zeros(problem.grid.n_intervals, np.int64)
    for option, found in enumerate(search.desk.cost):
        if not np.isfinite(found):
            continue
        start = int(search.task.library.start[option])
        family = search.families[int(search.task.library.family[option])]
        (lunch,) = place_breaks(family, start, price, free, 30) or (None,)
        worked = price[start : start + family.length].sum()
        assert found == pytest.approx(worked - price[lunch.start : lunch.end].sum())
    assert np.isfinite(least)
