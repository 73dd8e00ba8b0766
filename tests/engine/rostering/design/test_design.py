from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner

from callcenter.cli.engine import engine
from callcenter.cli.engine.roster_formats.shift_design import read_shift_design
from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.design import (
    Design,
    DesignProblem,
    DesignStatus,
    Shift,
    check_design,
    solve_design,
)
from callcenter.engine.rostering.design.solve import points_step
from tests.bench_data import bench_path


def problem(**changes):
    asked = {
        "demand": np.array([[1, 2, 2, 1], [0, 1, 1, 0]]),
        "slot_minutes": 360,
        "shifts": (Shift(0, 2), Shift(1, 2), Shift(2, 2), Shift(3, 2)),
        "short_points": 1.0,
        "over_points": 1.0,
        "shift_points": 100.0,
    }
    return DesignProblem(**{**asked, **changes})


def test_no_design_is_better_than_the_best_of_all():
    asked = problem(shifts=(Shift(0, 2), Shift(1, 2), Shift(3, 2)))
    every = (np.array(numbers).reshape(3, 2) for numbers in product(range(3), repeat=6))
    best = min(
        check_design(
            asked, Design(people, 0.0, 0.0, DesignStatus.FEASIBLE, 0.0, 0.0)
        ).objective
        for people in every
    )

    found = solve_design(asked)

    assert found.status == DesignStatus.OPTIMAL
    assert found.objective == best
    assert check_design(asked, found).is_honest


def test_a_shift_of_the_last_day_runs_into_the_first():
    demand = np.array([[1, 0, 0, 0], [0, 0, 0, 1]])

    found = solve_design(problem(demand=demand, shifts=(Shift(3, 2),)))

    assert found.people.tolist() == [[0, 1]]
    assert found.objective == 100


def test_nobody_comes_where_a_shift_costs_more_than_it_covers():
    found = solve_design(problem(shift_points=10.0**6))

    assert not found.people.any()
    assert found.objective == problem().demand.sum() * 360


def test_stopped_at_once_the_bound_stays_honest():
    found = solve_design(problem(), should_stop=lambda: True)

    assert found.bound <= solve_design(problem()).objective
    assert check_design(problem(), found).is_honest


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, 20.0),
        ({"shift_points": 0.5}, 0.5),
        ({"shift_points": 2**0.5}, 0.0),
        ({"short_points": 0.0, "over_points": 0.0}, 100.0),
    ],
)
def test_all_points_are_multiples_of_a_step(changes, step):
    assert points_step(problem(**changes)) == step


def test_the_checker_counts_minutes_and_shifts():
    people = np.array([[1, 0], [1, 0], [0, 0], [0, 0]])
    claimed = Design(people, 1.0, 1.0, DesignStatus.OPTIMAL, 0.0, 0.0)

    verdict = check_design(problem(), claimed)

    assert (verdict.short_minutes, verdict.over_minutes) == (4 * 360, 0)
    assert verdict.n_shifts == 2
    assert not verdict.is_honest


def test_the_checker_refuses_numbers_that_cannot_be():
    people = np.array([[-1, 0], [0, 0], [0, 0]])
    claimed = Design(people, 0.0, 0.0, DesignStatus.OPTIMAL, 0.0, 0.0)

    assert len(check_design(problem(), claimed).complaints) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"demand": np.zeros(4, np.int64)},
        {"demand": -np.ones((2, 4), np.int64)},
        {"shifts": ()},
        {"shifts": (Shift(0, 2), Shift(0, 2))},
        {"shifts": (Shift(4, 2),)},
        {"shifts": (Shift(0, 9),)},
        {"over_points": -1.0},
    ],
)
def test_refuses_what_is_not_a_design(wrong):
    with pytest.raises(EngineInputError):
        problem(**wrong)


def test_refuses_no_time():
    with pytest.raises(EngineInputError):
        solve_design(problem(), time_limit_s=0.0)


@pytest.mark.parametrize(("number", "points"), [(1, 480), (3, 600), (5, 480)])
def test_proves_published_instances(number, points):
    path = bench_path(f"shift-design/instances/DataSet1/RandomExample{number}.dzn")
    asked = read_shift_design(path)

    found = solve_design(asked)

    assert (found.objective, found.status) == (points, DesignStatus.OPTIMAL)
    assert check_design(asked, found).is_honest


INSTANCE = """\
interval = 360;
days = 2;
demand = [1,2,2,1,0,1,1,0];
shiftTypes = 2;
minStart = [0, 2];
maxStart = [1, 3];
minLength = [2, 2];
maxLength = [2, 2];
weightUnderCover = 1;
weightOverCover = 1;
weightShiftInstances = 100;
"""


@pytest.fixture
def roster(tmp_path):
    def command(text):
        path = tmp_path / "instance.dzn"
        path.write_text(text, encoding="utf-8")
        out = tmp_path / "design.csv"
        line = ["roster", "--format", "shift-design", str(path), "--out", str(out)]
        return CliRunner().invoke(engine, line), out

    return command


def test_writes_a_row_for_each_shift_and_day(roster):
    done, out = roster(INSTANCE)

    assert done.exit_code == 0, done.output
    assert "status optimal" in done.output
    head, *rows = out.read_text().splitlines()
    assert head == "start,length,day,workers"
    assert all(len(row.split(",")) == 4 for row in rows)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("interval = 360", "interval = 361", "interval: 361 minutes do not divide"),
        ("interval = 360", "interval = 0", "interval: 0 must be at least 1"),
        ("days = 2", "days = 3", "demand: has 8 values, 12 are needed"),
        ("days = 2", "days = 400", "days: must not be over 366"),
        ("shiftTypes = 2", "shiftTypes = 999", "shiftTypes: must not be over"),
        ("maxStart = [1, 3]", "maxStart = [1, 4]", "maxStart: 4 is after the last"),
        ("maxLength = [2, 2]", "maxLength = [2, 9]", "maxLength: 9 slots are longer"),
        ("minStart = [0, 2]", "minStart = [2, 2]", "shiftTypes: a type has no start"),
        ("weightOverCover = 1", "weightOverCover = x", "'x' is not a list"),
    ],
)
def test_names_the_field_of_a_mistake(roster, old, new, words):
    done, _ = roster(INSTANCE.replace(old, new, 1))

    assert done.exit_code == 2
    assert words in done.output
