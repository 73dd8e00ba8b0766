import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.engine.rostering.duties.lines import LineFinder
from tests.engine.rostering.duties.cases import contract, legal_rows, problem, problems

# One process compiles the loops for all of them.
pytestmark = pytest.mark.xdist_group("duties")

CALM = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def value_of(case, row, cost):
    return sum(
        cost[day, case.types.index(name)] for day, name in enumerate(row) if name != "."
    )


class TestFind:
    @CALM
    @given(case=problems(most_people=1), seed=st.integers(0, 99))
    def test_finds_what_trying_all_finds(self, case, seed):
        cost = np.random.default_rng(seed).normal(0.0, 10.0, (7, len(case.types)))
        values = [value_of(case, row, cost) for row in legal_rows(case, 0)]

        bound, found, lines = LineFinder(case, 0).find(cost)

        assert len(lines) == min(1, len(values))
        assert list(found) == pytest.approx(sorted(values)[:1])
        assert bound == pytest.approx(min(values, default=bound))

    @CALM
    @given(case=problems(most_people=1), seed=st.integers(0, 99))
    def test_finds_all_lines_below_a_limit(self, case, seed):
        cost = np.random.default_rng(seed).normal(0.0, 10.0, (7, len(case.types)))
        rows = legal_rows(case, 0)
        wanted = {row for row in rows if value_of(case, row, cost) <= 3.0}

        lines = LineFinder(case, 0).find_all(cost, limit=3.0, most=100_000)

        names = (*case.types, ".")
        assert {"".join(names[kind] for kind in line) for line in lines} == wanted

    @CALM
    @given(case=problems(most_people=1))
    def test_calls_legal_what_the_checker_calls_legal(self, case):
        finder = LineFinder(case, 0)
        rows = legal_rows(case, 0)

        rng = np.random.default_rng(len(rows))
        for line in rng.integers(-1, len(case.types), (20, 7)):
            row = "".join("." if kind < 0 else case.types[kind] for kind in line)
            assert finder.is_legal(line) == (row in rows)

    def test_prices_limits_of_types_that_are_too_many_to_count(self, monkeypatch):
        monkeypatch.setattr("callcenter.engine.rostering.duties.lines.MOST_STATES", 0)
        case = problem([contract(2, max_duties=(2, 2))], minutes=(480, 480))
        cost = np.full((7, 2), -10.0)
        cost[:, 0] -= np.arange(7)

        bound, values, lines = LineFinder(case, 0).find(cost)

        assert LineFinder(case, 0).is_legal(lines[0])
        assert bound <= -51.0 <= values[0]


def test_gives_up_where_there_are_too_many_lines():
    case = problem([contract()])

    assert LineFinder(case, 0).find_all(np.zeros((7, 1)), limit=1.0, most=10) is None
