"""Branch and price against trying all rosters of tiny problems."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from callcenter.engine.rostering.duties.branching import Node
from callcenter.engine.rostering.duties.generate import Generator
from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import OFF, roster_points
from callcenter.engine.rostering.duties.part import Part
from callcenter.engine.rostering.duties.restricted import ALL, Restricted
from callcenter.engine.rostering.duties.tree import Explorer, Tree
from tests.engine.rostering.duties.cases import best_by_trying_all, contract, problem
from tests.engine.rostering.duties.cases import problems as some_problems

# One process compiles the loops for all of them.
pytestmark = pytest.mark.xdist_group("duties")

CALM = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def never():
    return False


def planted(case):
    everybody = np.arange(case.n_employees)
    nobody = np.full((case.n_employees, case.n_days), OFF, np.int64)
    part = Part(case, nobody, everybody, np.ones(case.n_days, np.bool_))
    master, finders = Restricted(part), [LineFinder(case, e) for e in everybody]
    done = Generator(finders).generate(master, never)
    root = Node(done.bound, {}, {}, done.prices.cells, {})
    return Tree([Explorer(master, finders)], [root]), root


def climbed(tree, goal):
    """All rosters found on the way until no node is open."""
    found = []
    while not tree.is_done:
        explored = tree.explorers[0].explore(tree.take(), goal, never)
        if explored.assigned is not None:
            found.append(explored.assigned)
        tree.give(explored, goal)
    return found


@CALM
@given(case=some_problems())
def test_a_tree_finds_the_best_roster_and_closes_on_its_points(case):
    best = best_by_trying_all(case)
    assume(best is not None and best < np.inf)
    tree, _ = planted(case)

    found = climbed(tree, best + 0.5)

    assert min(roster_points(case, one) for one in found) == pytest.approx(best)
    assert tree.closed == pytest.approx(best) or tree.closed > best


@CALM
@given(case=some_problems())
def test_a_tree_proves_that_nothing_is_below_the_best(case):
    best = best_by_trying_all(case)
    assume(best is not None and best < np.inf)
    tree, _ = planted(case)

    assert climbed(tree, best - 0.5) == []
    assert best - 0.5 < tree.bound


def test_a_limit_of_missing_people_is_kept_and_priced():
    case = problem([contract(max_minutes=480 * 4)], short=10)
    tree, root = planted(case)
    explorer = tree.explorers[0]

    few = explorer.explore(root.limited((False, ALL, ALL), 0.0, 2.0), 1e4, never)
    many = explorer.explore(root.limited((False, ALL, ALL), 5.0, np.inf), 1e4, never)

    assert root.bound == pytest.approx(30.0)
    assert few.closed > 1e4
    assert many.closed == pytest.approx(50.0)


def test_what_a_person_may_do_is_kept_below_a_node():
    case = problem([contract(), contract(max_minutes=480)], short=10)
    tree, root = planted(case)
    is_off = np.array([False, True])

    explored = tree.explorers[0].explore(root.allowed(0, 2, is_off), 1e4, never)

    assert explored.assigned[0, 2] == OFF
    assert explored.assigned[1, 2] == 0


def test_a_person_who_may_do_nothing_closes_the_node():
    case = problem([contract(min_minutes=480 * 6)], short=10)
    tree, root = planted(case)
    is_off = np.array([False, True])
    below = root.allowed(0, 2, is_off).allowed(0, 4, is_off)

    explored = tree.explorers[0].explore(below, 1e4, never)

    assert explored.open == []
    assert explored.assigned is None
    assert explored.closed > 1e4
