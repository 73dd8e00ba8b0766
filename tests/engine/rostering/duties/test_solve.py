import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from callcenter.cli.engine.roster_formats.nrp_file import read_nrp
from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.duties import (
    DutyStatus,
    check_duties,
    solve_duties,
)
from tests.bench_data import bench_path
from tests.engine.rostering.duties.cases import (
    best_by_trying_all,
    contract,
    problem,
    problems,
)

# One process compiles the loops for all of them.
pytestmark = pytest.mark.xdist_group("duties")


class TestSolveDuties:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=problems())
    def test_is_as_good_as_trying_all_and_says_so(self, case):
        best = best_by_trying_all(case)

        found = solve_duties(case, time_limit_s=20, workers=1)

        if found.conflicts:
            assert best is None or best == np.inf
            return
        assert check_duties(case, found).is_honest
        assert found.bound <= found.objective + 1e-6
        if best is not None:
            assert found.objective == pytest.approx(best)
            assert found.status is DutyStatus.OPTIMAL

    @pytest.mark.parametrize(
        ("number", "published"), [(1, 607), (2, 828), (3, 1001), (4, 1716)]
    )
    def test_proves_the_published_optimum(self, number, published):
        case = read_nrp(bench_path(f"nrp/instances/Instance{number}.txt"))

        found = solve_duties(case, time_limit_s=60, seed=1)

        assert found.objective == published
        assert found.bound == published
        assert check_duties(case, found).is_honest

    @pytest.mark.parametrize(("number", "optimum"), [(5, 1143), (16, 3225)])
    def test_bounds_from_below_and_keeps_the_best_when_stopped(self, number, optimum):
        case = read_nrp(bench_path(f"nrp/instances/Instance{number}.txt"))
        told = []

        found = solve_duties(
            case,
            time_limit_s=600,
            progress=told.append,
            should_stop=lambda: len(told) > 4,
        )

        assert found.bound <= optimum <= found.objective
        assert check_duties(case, found).is_honest

    def test_repeats_itself_with_the_same_seed(self):
        case = problem(
            [contract(max_minutes=1920)] * 3, n_days=7, minutes=(480, 600)[:1]
        )

        one, two = (solve_duties(case, seed=7, workers=2) for _ in range(2))

        assert np.array_equal(one.assigned, two.assigned)

    def test_repeats_itself_on_two_workers_when_the_rounds_end_it(self):
        case = read_nrp(bench_path("nrp/instances/Instance5.txt"))

        one, two = (
            solve_duties(case, time_limit_s=600, seed=3, workers=2, max_rounds=1)
            for _ in range(2)
        )

        assert one.objective > one.bound
        assert np.array_equal(one.assigned, two.assigned)

    @pytest.mark.parametrize(("seconds", "workers"), [(0, 1), (1, 0)])
    def test_refuses_no_time_and_no_workers(self, seconds, workers):
        with pytest.raises(EngineInputError):
            solve_duties(problem([contract()]), time_limit_s=seconds, workers=workers)


class TestConflicts:
    def test_names_the_person_and_the_smallest_set_of_rules(self):
        busy = contract(min_minutes=480 * 4, max_days_in_row=2, max_weekends=0)
        case = problem([contract(), busy], free=((1, 1), (1, 2)))

        found = solve_duties(case)

        assert found.status is DutyStatus.INFEASIBLE
        assert [(c.employee, c.rules) for c in found.conflicts] == [
            ("B", ("least minutes", "days that must stay free", "most weekends"))
        ]

    def test_minutes_alone_can_contradict_each_other(self):
        case = problem([contract(min_minutes=500, max_minutes=900)])

        found = solve_duties(case)

        assert found.conflicts[0].rules == ("least minutes", "most minutes")
