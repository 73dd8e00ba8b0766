"""Exchanges: the fast answer agrees with the rules, and circles are what they say."""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering import (
    History,
    check_agent,
    check_shift,
    find_circles,
    who_may_take,
)
from tests.engine.rostering.cases import FULL, PART, agent, problem, shift, whole_day

SHAPES = [(0, 8), (0, 10), (1, 14), (2, 22), (3, 9)]
LEAVE_HALF_WAY = (55, 70)


def planned(case, number, day, shape):
    template, hour = SHAPES[shape]
    return shift(case, day, template, hour, agent=number)


@st.composite
def teams(draw):
    """Up to four people on one or the other contract, each with some lawful days."""
    terms = {
        "max_week_days": draw(st.integers(2, 5)),
        "max_days_in_row": draw(st.integers(2, 6)),
        "max_nights": draw(st.sampled_from([None, 1, 2])),
        "max_weekends": draw(st.sampled_from([None, 1])),
        "max_period_min": draw(st.sampled_from([None, 40 * 60])),
    }
    full, part = replace(FULL, **terms), replace(PART, templates=(0, 3))
    people = []
    for _each in range(draw(st.integers(2, 4))):
        past = History(
            days_in_row=draw(st.integers(0, 3)),
            last_end=draw(st.sampled_from([None, -4, -30])),
            week_days=draw(st.integers(0, 1)),
        )
        blocked = draw(st.sampled_from([(), (LEAVE_HALF_WAY,)]))
        meetings = draw(st.sampled_from([(), ((20, 24),), ((24, 26),)]))
        kind, skills = draw(st.integers(0, 1)), draw(st.sampled_from(["1", "1", "0"]))
        people.append(
            agent(skills, kind, history=past, blocked=blocked, meetings=meetings)
        )
    case = problem(*people, n_days=9, contracts=(full, part))
    shifts = []
    for number in range(len(people)):
        days = sorted(draw(st.sets(st.integers(0, 8), max_size=4)))
        shifts += [planned(case, number, day, draw(st.integers(0, 4))) for day in days]
    return case, shifts


@settings(max_examples=60, deadline=None)
@given(teams())
def test_what_may_be_taken_is_what_the_rules_allow(team):
    case, shifts = team

    answer = who_may_take(case, shifts, range(len(shifts)))

    for i, given_away in enumerate(shifts):
        others = tuple(
            each
            for each in shifts
            if each.agent == given_away.agent and each is not given_away
        )
        breaks = {v.rule for v in check_agent(case, given_away.agent, others)}
        for j, wanted in enumerate(shifts):
            found = check_shift(case, given_away.agent, wanted, others)
            is_other = wanted.agent != given_away.agent
            # Nothing that breaks a rule is ever offered; all else is, unless the
            # person's other shifts break rules themselves.
            if answer[i, j] or not breaks - {"min_week_hours"}:
                assert answer[i, j] == (not found and is_other)


def test_the_shift_of_somebody_on_leave_that_day_cannot_be_theirs():
    away = agent(blocked=())
    case = problem(away, agent())
    away = replace(away, blocked=(whole_day(case, 1),))
    case = replace(case, agents=(away, case.agents[1]))
    shifts = [planned(case, 0, 0, 0), planned(case, 1, 1, 0)]

    answer = who_may_take(case, shifts, [0, 1])

    assert answer.tolist() == [[False, False], [True, False]]


def test_nobody_without_a_skill_takes_part():
    case = problem(agent("1"), agent("0"))
    shifts = [planned(case, 0, 0, 0), planned(case, 1, 0, 1)]

    assert who_may_take(case, shifts, [0, 1]).tolist() == [
        [False, True],
        [False, False],
    ]


@pytest.mark.parametrize("offered", [[0, 0], [2], [-1]], ids=str)
def test_shifts_that_are_not_there_or_named_twice_are_refused(offered):
    case = problem(agent())
    shifts = [planned(case, 0, 0, 0), planned(case, 0, 2, 0)]

    with pytest.raises(EngineInputError):
        who_may_take(case, shifts, offered)


def test_no_shifts_make_no_exchanges():
    assert who_may_take(problem(agent()), [], []).shape == (0, 0)


class TestFindCircles:
    def test_finds_the_chain_of_three_where_nobody_can_swap_directly(self):
        # 0 wants what 1 has, 1 what 2 has, 2 what 0 has.
        arrows = np.zeros((3, 3), bool)
        arrows[0, 1] = arrows[1, 2] = arrows[2, 0] = True

        assert find_circles(arrows, [0, 1, 2], 0) == [(0, 1, 2)]

    def test_nobody_comes_twice(self):
        arrows = ~np.eye(3, dtype=bool)

        found = find_circles(arrows, [0, 1, 1], 0)

        assert found == [(0, 1), (0, 2)]

    def test_the_willing_are_asked_first(self):
        arrows = ~np.eye(4, dtype=bool)

        found = find_circles(
            arrows, range(4), 0, longest=2, reluctance=[0, 5, 1, 3], most=2
        )

        assert found == [(0, 2), (0, 3)]

    def test_long_chains_go_only_through_those_who_want_to_swap(self):
        arrows = ~np.eye(4, dtype=bool)
        wants = [True, True, True, False]

        found = find_circles(arrows, range(4), 0, may_chain=wants)

        assert (0, 3) in found
        assert [each for each in found if len(each) > 2] == [(0, 1, 2), (0, 2, 1)]

    def test_gives_up_after_so_many_steps_not_after_some_time(self):
        n = 60
        arrows = np.triu(np.ones((n, n), bool), 1)
        arrows[n - 1, 0] = True

        first, again = (
            find_circles(arrows, range(n), 0, longest=5, most=10**9) for _ in range(2)
        )

        assert first == again
        assert first

    @pytest.mark.parametrize(
        ("start", "longest", "most"), [(-1, 2, 1), (3, 2, 1), (0, 1, 1), (0, 2, -1)]
    )
    def test_senseless_questions_are_refused(self, start, longest, most):
        with pytest.raises(EngineInputError):
            find_circles(
                np.zeros((3, 3), bool), range(3), start, longest=longest, most=most
            )

    def test_one_row_too_few_is_refused(self):
        with pytest.raises(EngineInputError):
            find_circles(np.zeros((2, 3), bool), range(3), 0)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(
            st.lists(st.booleans(), min_size=n * n, max_size=n * n),
            st.lists(st.integers(0, 4), min_size=n, max_size=n),
        )
    )
)
def test_circles_are_all_there_are_and_each_closes(graph):
    flags, owner = graph
    n = len(owner)
    arrows = np.array(flags).reshape(n, n)

    found = find_circles(arrows, owner, 0, longest=4, most=1000)

    every = {
        (0, *rest)
        for length in range(1, min(4, n))
        for rest in permutations(range(1, n), length)
        if len({owner[each] for each in (0, *rest)}) == length + 1
        and all(arrows[a, b] for a, b in pairwise((0, *rest, 0)))
    }
    assert set(found) == every
    assert len(found) == len(every)
    assert [len(each) for each in found] == sorted(len(each) for each in found)
