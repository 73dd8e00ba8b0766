import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.cli.engine.roster_formats.rws import read_rws
from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.rotation import (
    Rotation,
    RotationProblem,
    RotationRules,
    RotationStatus,
    check_rotation,
    solve_rotation,
)
from tests.bench_data import bench_path

NOTHING = RotationRules(((1, 7), (1, 7)), (1, 7), (1, 7))


def problem(weeks, rules=NOTHING):
    weeks = np.array(weeks)
    demand = np.array([(weeks == shift).sum(axis=0) for shift in (1, 2)])
    return RotationProblem(len(weeks), demand, rules)


def breaches(weeks, rules):
    found = Rotation(np.array(weeks), RotationStatus.FOUND, 0.0, 0.0)
    return {breach.rule for breach in check_rotation(problem(weeks, rules), found)}


def test_finds_a_rotation_of_two_groups():
    asked = problem([[1, 1, 1, 1, 1, 0, 0], [0, 0, 2, 2, 2, 2, 0]])

    found = solve_rotation(asked)

    assert found.status == RotationStatus.FOUND
    assert check_rotation(asked, found) == ()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.integers(0, 2), min_size=7, max_size=7), max_size=1))
def test_every_row_of_days_can_be_found_again(weeks):
    weeks = [[1, 1, 1, 1, 1, 0, 0], *weeks]
    rules = RotationRules(((1, 14), (1, 14)), (1, 14), (1, 14))
    asked = problem(weeks, rules)

    found = solve_rotation(asked)

    assert found.status == RotationStatus.FOUND
    assert check_rotation(asked, found) == ()


def test_joins_what_would_be_two_rotations():
    """Early weeks and late weeks never meet but by the one day off in the middle."""
    early, late = [1, 1, 1, 1, 1, 0, 0], [2, 2, 2, 2, 2, 0, 0]
    rules = RotationRules(((5, 5), (5, 5)), (2, 2), (5, 5))

    found = solve_rotation(problem([early, late, early, late], rules))

    assert found.status == RotationStatus.FOUND


def test_everybody_may_work_the_same_on_all_days():
    rules = RotationRules(((1, 14), (1, 7)), (1, 7), (1, 14))

    found = solve_rotation(problem([[1] * 7, [1] * 7], rules))

    assert found.weeks.tolist() == [[1] * 7, [1] * 7]


def test_names_rules_that_cannot_be_met_together():
    rules = RotationRules(((1, 7), (1, 7)), (1, 7), (1, 4))

    found = solve_rotation(problem([[1, 1, 1, 1, 1, 1, 0]], rules))

    assert found.status == RotationStatus.INFEASIBLE
    assert found.conflict == ("demand by day and type", "days of work in a row")


def test_says_when_the_demand_is_above_the_groups():
    found = solve_rotation(RotationProblem(1, np.ones((2, 7), np.int64), NOTHING))

    assert found.conflict == ("demand by day and type", "number of groups")


def test_stopped_at_once_nothing_is_claimed():
    asked = problem([[1, 1, 1, 1, 1, 0, 0]])

    found = solve_rotation(asked, should_stop=lambda: True)

    assert found.status == RotationStatus.UNKNOWN


@pytest.mark.parametrize(
    ("weeks", "rules", "rule"),
    [
        ([[1, 1, 1, 1, 1, 1, 0]], RotationRules(((1, 5), (1, 7)), (1, 7), (1, 7)),
         "days in a row"),
        ([[1, 1, 1, 1, 1, 1, 0]], RotationRules(((1, 7), (1, 7)), (2, 7), (1, 7)),
         "days in a row"),
        ([[1, 1, 1, 2, 2, 2, 0]], RotationRules(((1, 7), (1, 7)), (1, 7), (1, 5)),
         "days of work in a row"),
        ([[2, 0, 0, 0, 0, 0, 1]],
         RotationRules(((1, 7), (1, 7)), (1, 7), (1, 7), frozenset([(1, 2)])),
         "forbidden run"),
        ([[0, 2, 0, 0, 0, 0, 1]],
         RotationRules(((1, 7), (1, 7)), (1, 7), (1, 7), frozenset([(1, 0, 2)])),
         "forbidden run"),
    ],
)  # fmt: skip
def test_the_checker_sees_each_rule_broken_around_the_end_too(weeks, rules, rule):
    assert breaches(weeks, rules) == {rule}


def test_the_checker_counts_the_demand():
    asked = problem([[1, 1, 1, 1, 1, 0, 0]])
    found = Rotation(np.array([[1, 1, 1, 1, 2, 0, 0]]), RotationStatus.FOUND, 0.0, 0.0)

    assert {breach.rule for breach in check_rotation(asked, found)} == {"demand"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_groups": 0},
        {"demand": np.ones((2, 6), np.int64)},
        {"demand": -np.ones((2, 7), np.int64)},
        {"rules": RotationRules(((1, 7),), (1, 7), (1, 7))},
        {"rules": RotationRules(((2, 1), (1, 7)), (1, 7), (1, 7))},
        {"rules": RotationRules(((1, 7),) * 2, (1, 7), (1, 7), frozenset([(1,)]))},
    ],
)
def test_refuses_what_is_not_a_rotation(wrong):
    whole = {"n_groups": 1, "demand": np.zeros((2, 7), np.int64), "rules": NOTHING}

    with pytest.raises(EngineInputError):
        RotationProblem(**{**whole, **wrong})


@pytest.mark.parametrize("number", [1, 15])
def test_solves_published_instances(number):
    asked = read_rws(bench_path(f"rws/instances/Example{number}.dzn"))

    found = solve_rotation(asked, time_limit_s=60)

    assert check_rotation(asked, found) == ()
    assert found.cpu_seconds < 10
