import pytest

from callcenter.engine.rostering.duties import check_duties
from tests.engine.rostering.duties.cases import contract, problem, roster

# One process compiles the loops for all of them.
pytestmark = pytest.mark.xdist_group("duties")


def rules_broken(case, row):
    return [breach.rule for breach in check_duties(case, roster(case, [row])).breaches]


class TestEachRule:
    def test_a_type_may_not_follow_one_that_forbids_it(self):
        case = problem([contract(2)], minutes=(480, 480), clashes=((1, 0),))

        assert rules_broken(case, ".DE....") == ["forbidden succession"]
        assert rules_broken(case, ".D.E...") == []

    def test_a_type_has_a_limit(self):
        case = problem([contract(2, max_duties=(1, 9))], minutes=(480, 480))

        assert rules_broken(case, "E..E...") == ["most duties of a type"]
        assert rules_broken(case, "E..D...") == []

    @pytest.mark.parametrize(
        ("row", "rules"),
        [
            ("E......", ["least minutes"]),
            ("EE.....", []),
            ("EEE....", []),
            ("EEEE...", ["most minutes"]),
        ],
    )
    def test_minutes_have_two_limits(self, row, rules):
        case = problem([contract(min_minutes=960, max_minutes=1440)])

        assert rules_broken(case, row) == rules

    @pytest.mark.parametrize(
        ("row", "rules"),
        [
            (".EEEE..", ["most days in a row"]),
            ("EEEE...", ["most days in a row"]),
            ("..E....", ["least days in a row"]),
            ("E......", []),
            ("......E", []),
        ],
    )
    def test_runs_of_work_at_the_edges_may_be_short_but_not_long(self, row, rules):
        case = problem([contract(min_days_in_row=2, max_days_in_row=3)])

        assert rules_broken(case, row) == rules

    @pytest.mark.parametrize(
        ("row", "rules"),
        [("EE.EE..", ["least days off in a row"]), (".EEEEE.", []), ("E..EE..", [])],
    )
    def test_days_off_at_the_edges_may_be_few(self, row, rules):
        case = problem([contract(min_days_off=2)])

        assert rules_broken(case, row) == rules

    def test_a_weekend_counts_once_whether_one_day_is_worked_or_both(self):
        case = problem([contract(max_weekends=1)], n_days=14)

        assert rules_broken(case, ".....EE.......") == []
        assert rules_broken(case, ".....E.......E") == ["most weekends"]

    def test_days_to_stay_free_stay_free(self):
        case = problem([contract()], free=((0, 3),))

        assert rules_broken(case, "...E...") == ["day to stay free"]


class TestPoints:
    def test_missing_and_spare_people_and_wishes_are_counted_apart(self):
        case = problem([contract(), contract()], short=100, over=1)
        case.wish_points[0, 0, 0] = 5.0

        verdict = check_duties(case, roster(case, ["E......", "EEEEE.."], 206.0))

        assert (verdict.wish_points, verdict.short_points) == (5.0, 200.0)
        assert verdict.over_points == 1.0
        assert verdict.is_honest

    def test_a_wrong_claim_is_not_honest(self):
        case = problem([contract()])

        assert not check_duties(case, roster(case, ["EEEEEEE"], 1.0)).is_honest
