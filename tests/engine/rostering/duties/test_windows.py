"""Long horizons: windows cut out, planned one after another, and swept."""

from dataclasses import replace

import numpy as np
import pytest

from callcenter.engine.rostering.duties import (
    check_duties,
    dive,
    restricted,
    rolling,
    solve_duties,
)
from callcenter.engine.rostering.duties.first import first_line, quick_line
from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import OFF, DutyRoster, DutyStatus
from callcenter.engine.rostering.duties.part import Part
from callcenter.engine.rostering.duties.window import cut_window
from tests.engine.rostering.duties.cases import contract, problem

# One process compiles the loops for all of them.
pytestmark = pytest.mark.xdist_group("duties")

STRICT = {
    "min_days_in_row": 2,
    "max_days_in_row": 5,
    "min_days_off": 2,
    "max_weekends": 8,
    "min_minutes": 480 * 50,
    "max_minutes": 480 * 60,
}


@pytest.fixture(scope="module")
def long_problem():
    days = 112
    wanted = np.ones((days, 2))
    return problem(
        [contract(2, **STRICT)] * 4,
        n_days=days,
        minutes=(480, 480),
        clashes=[(1, 0)],
        free=[(0, 3), (1, 40), (2, 41), (3, 90)],
        wanted=wanted,
    )


@pytest.fixture(scope="module")
def long_roster(long_problem):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling, "ROUNDS", 3)
        patch.setattr(dive, "ROUNDS", 1)
        return solve_duties(long_problem, time_limit_s=600, workers=1, max_rounds=1)


def test_a_long_roster_meets_every_rule(long_problem, long_roster):
    assert check_duties(long_problem, long_roster).is_honest


@pytest.mark.parametrize("start", [0, 20, 49, 98])
def test_whatever_is_legal_in_a_window_is_legal_in_the_whole(
    long_problem, long_roster, start
):
    days = np.zeros(112, np.bool_)
    days[start : start + 14] = True
    window = cut_window(
        Part(long_problem, long_roster.assigned, np.array([1, 3]), days)
    )
    piece = window.part
    rng = np.random.default_rng(start)

    lines = []
    for person in piece.people:
        held = np.full((piece.problem.n_days, 2), 1e17)
        held[piece.days] = rng.normal(size=(int(piece.days.sum()), 2)) - 5
        kept = np.flatnonzero(~piece.days & (piece.assigned[person] != OFF))
        held[kept, piece.assigned[person][kept]] = 0.0
        off = np.zeros(len(held))
        off[kept] = 1e17
        lines.append(window.finders[person].find(held, off_cost=off)[2][0])

    pasted = window.pasted(np.array(lines))
    claimed = DutyRoster(pasted, 0.0, 0.0, DutyStatus.FEASIBLE, 0.0, 0.0)
    assert check_duties(long_problem, claimed).breaches == ()
    outside = ~days
    assert np.array_equal(pasted[:, outside], long_roster.assigned[:, outside])


def test_what_a_window_may_hold_now_is_found_there_again(long_problem, long_roster):
    days = np.zeros(112, np.bool_)
    days[30:50] = True
    window = cut_window(Part(long_problem, long_roster.assigned, np.arange(4), days))

    for finder, line in zip(window.finders, window.part.assigned, strict=True):
        assert finder.is_legal(line)


def test_sleeping_lines_change_nothing_that_is_proved(monkeypatch):
    rng = np.random.default_rng(5)
    asked = problem(
        [contract(2, min_minutes=480 * 4, max_minutes=480 * 5)] * 5,
        minutes=(480, 480),
        wishes=rng.integers(-3, 4, (5, 7, 2)).astype(float),
        wanted=rng.integers(0, 4, (7, 2)).astype(float),
    )
    awake = solve_duties(asked, time_limit_s=10, workers=1)

    monkeypatch.setattr(restricted, "AWAKE", 0)
    monkeypatch.setattr(restricted, "LEAST_AWAKE", 2)
    asleep = solve_duties(asked, time_limit_s=10, workers=1)

    assert (awake.status, asleep.status) == (DutyStatus.OPTIMAL,) * 2
    assert awake.objective == asleep.objective


def test_a_finder_knows_that_a_broken_line_is_not_legal(long_problem):
    finder = LineFinder(replace(long_problem), 0)

    assert not finder.is_legal(np.full(112, 1))


def test_a_first_line_of_a_tight_year_meets_every_rule():
    tight = contract(
        3,
        max_duties=(30, 99, 0),
        min_days_in_row=2,
        max_days_in_row=5,
        min_days_off=2,
        max_weekends=8,
        min_minutes=480 * 74,
        max_minutes=480 * 76,
    )
    year = problem(
        [tight], n_days=112, minutes=(480,) * 3, clashes=[(1, 0), (2, 0), (2, 1)]
    )

    line = first_line(year, 0, -year.short_points)

    claimed = DutyRoster(line[None, :], 0.0, 0.0, DutyStatus.FEASIBLE, 0.0, 0.0)
    assert check_duties(year, claimed).breaches == ()


def test_no_quick_line_goes_on_from_days_that_leave_none():
    piece = problem(
        [contract(2, max_days_in_row=3, min_minutes=480 * 5)], minutes=(480, 480)
    )
    none = np.zeros((7, 2))

    assert quick_line(piece, none, np.array([0, 1, 1])) is not None
    assert quick_line(piece, none, np.array([0, OFF, OFF])) is None
