from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering import (
    BreakRule,
    Demand,
    PinnedShift,
    Preference,
    RosterStatus,
    Rule,
    ShiftTemplate,
    SoftRule,
    StopReason,
    check_agent,
    check_roster,
    make_grid,
    solve_roster,
)
from tests.engine.rostering.cases import (
    BERLIN,
    FULL,
    SHANGHAI,
    agent,
    problem,
    problems,
    shift,
    whole_day,
)


class TestSolveRoster:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=problems())
    def test_hides_nothing_from_the_independent_checker(self, case):
        roster = solve_roster(case, time_limit_s=60, max_rounds=60)

        verdict = check_roster(case, roster)

        assert verdict.hidden == ()
        assert verdict.objective == pytest.approx(roster.objective, abs=1e-5)
        assert sum(roster.penalties.values()) == pytest.approx(
            roster.objective, abs=1e-5
        )
        assert roster.bound <= verdict.objective + 1e-5

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=problems())
    def test_breaks_no_rule_but_those_of_pins_and_promised_hours(self, case):
        roster = solve_roster(case, time_limit_s=60, max_rounds=60)

        pinned = {n for n, person in enumerate(case.agents) if person.pinned}
        excused = {
            Rule.AGENT_HAS_SKILL,
            Rule.MIN_WEEK_HOURS,
            Rule.MIN_PERIOD_HOURS,
        }
        broken = check_roster(case, roster).broken

        assert {v.rule for v in broken if v.agent not in pinned} <= excused

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=problems())
    def test_counts_every_agent_at_work_once(self, case):
        roster = solve_roster(case, time_limit_s=60, max_rounds=60)

        heads = np.zeros(case.grid.n_intervals)
        for planned in roster.shifts:
            person = case.agents[planned.agent]
            there = np.zeros_like(heads)
            there[planned.start : planned.end] = person.skills.any()
            for start, end in (
                *((p.start, p.end) for p in planned.breaks),
                *person.meetings,
            ):
                there[start:end] = 0
            heads += there

        np.testing.assert_allclose(roster.scheduled_agents.sum(axis=0), heads)

    def test_covers_a_week_that_can_be_covered(self):
        people = [agent(key=str(n)) for n in range(3)]
        case = problem(*people, n_days=5)

        roster = solve_roster(case, time_limit_s=3)

        assert roster.status in {RosterStatus.OPTIMAL, RosterStatus.FEASIBLE}
        assert roster.unmet.sum() == 0
        assert check_roster(case, roster).is_legal

    def test_is_the_same_for_the_same_seed(self):
        people = [agent("11", key=str(n)) for n in range(6)]
        case = problem(*people, wanted=2.5)

        first, second = (
            solve_roster(case, seed=7, max_rounds=80, time_limit_s=60) for _ in "ab"
        )

        assert first.shifts == second.shifts
        assert first.objective == second.objective

    def test_finds_what_trying_everything_finds(self):
        case = problem(agent(), agent(key="Wu"), n_days=1, wanted=1.5)
        starts = [None, 8, 9, 10, 14, 22]
        template = {8: 0, 9: 0, 10: 0, 14: 1, 22: 2}

        roster = solve_roster(case, time_limit_s=10)
        best = min(
            _least_points(
                case,
                [
                    shift(case, 0, template[hour], hour, agent=n)
                    for n, hour in enumerate(pair)
                    if hour is not None
                ],
            )
            for pair in product(starts, starts)
        )

        assert roster.objective <= best + 1e-9
        assert roster.bound <= roster.objective

    def test_moves_breaks_to_where_fewest_are_missed(self):
        case = problem(agent(), n_days=1)
        required = case.demand.required_agents.copy()
        required[0, 24:26] = 0
        case = replace(case, demand=Demand(("only",), required))

        (planned,) = solve_roster(case, time_limit_s=5).shifts

        lunch = planned.breaks[1]
        assert (lunch.start, lunch.end) == (24, 26)

    def test_puts_a_night_shift_on_the_day_it_starts(self):
        case = problem(agent(), n_days=2)
        required = np.zeros_like(case.demand.required_agents)
        required[0, 44:62] = 1
        case = replace(case, demand=Demand(("only",), required))

        (planned,) = solve_roster(case, time_limit_s=5).shifts

        assert (planned.day, planned.start, planned.end) == (0, 44, 62)

    def test_keeps_local_starts_when_the_clocks_change(self):
        case = problem(
            agent(), agent(key="b"), n_days=7, zone=BERLIN, first=date(2026, 3, 26)
        )

        roster = solve_roster(case, time_limit_s=60, max_rounds=60)

        starts = {int(case.grid.local_min[s.start]) for s in roster.shifts}
        assert np.diff(case.grid.day_starts).tolist() == [48, 48, 48, 46, 48, 48, 48]
        assert starts <= {480, 540, 600, 840, 1320}
        assert check_roster(case, roster).is_legal

    def test_spreads_a_shortage_instead_of_emptying_an_interval(self):
        people = [agent(key=str(n), contract=1) for n in range(5)]
        case = problem(*people, n_days=1, wanted=4.0)

        roster = solve_roster(case, time_limit_s=10)

        reachable = roster.scheduled_agents[0, 18:36]
        assert reachable.min() >= 1

    def test_serves_the_dearer_queue_first(self):
        case = problem(agent("11"), n_days=1, wanted=1.0)
        weights = np.array([1.0, 6.0])
        case = replace(case, demand=replace(case.demand, queue_weights=weights))

        roster = solve_roster(case, time_limit_s=5)

        assert roster.scheduled_agents[0].sum() == 0
        assert roster.scheduled_agents[1].sum() > 0

    def test_rosters_more_people_for_shrinkage(self):
        case = problem(agent())
        shrunk = replace(case.demand, shrinkage=0.5)

        assert shrunk.wanted.max() == 2 * case.demand.wanted.max()


def _least_points(case, shifts):
    """Points of shifts with the breaks where they are, which is never less."""
    from tests.engine.rostering.test_rules import plain_roster

    return check_roster(case, plain_roster(case, tuple(shifts))).objective


class TestWishesAndPins:
    def test_a_wish_for_a_day_off_is_followed_when_it_is_dear(self):
        wish = Preference(day=1, points=10_000)
        case = problem(agent(preferences=(wish,)), n_days=3)

        roster = solve_roster(case, time_limit_s=5)

        assert {s.day for s in roster.shifts} == {0, 2}
        assert roster.penalties[SoftRule.PREFERENCE] == 0

    def test_a_pin_stays_even_when_a_rule_forbids_it(self):
        pin = PinnedShift(0, 28, 46, template=1)
        other = PinnedShift(1, 64, 82, template=0)
        case = problem(agent(pinned=(pin, other)), n_days=3)

        roster = solve_roster(case, time_limit_s=5)

        kept = [(s.start, s.end) for s in roster.shifts if s.is_pinned]
        assert kept == [(28, 46), (64, 82)]
        assert roster.status is RosterStatus.CONFLICT
        assert {v.rule for v in roster.conflicts} == {Rule.MIN_REST}

    def test_a_meeting_takes_its_agent_off_contacts(self):
        case = problem(agent(meetings=((20, 22),)), n_days=1)

        roster = solve_roster(case, time_limit_s=5)

        assert roster.scheduled_agents[0, 20:22].sum() == 0
        assert check_roster(case, roster).is_honest


class TestOddInput:
    def test_nobody_to_roster_leaves_everything_unmet(self):
        case = replace(problem(agent()), agents=())

        roster = solve_roster(case, time_limit_s=5)

        assert roster.shifts == ()
        np.testing.assert_array_equal(roster.unmet, roster.wanted_agents)
        assert roster.gap == pytest.approx(0, abs=1e-6)

    def test_no_demand_needs_nobody(self):
        roster = solve_roster(problem(agent(), wanted=0.0), time_limit_s=5)

        assert (roster.shifts, roster.objective) == ((), 0)
        assert roster.status is RosterStatus.OPTIMAL

    def test_an_agent_without_skills_is_named(self):
        roster = solve_roster(problem(agent("0")), time_limit_s=5)

        assert [v.rule for v in roster.conflicts] == [Rule.AGENT_HAS_SKILL]

    def test_a_contract_that_cannot_be_met_is_named_with_what_is_missing(self):
        case = problem(agent())
        leave = tuple(whole_day(case, day) for day in range(3, 7))
        promising = replace(FULL, min_week_min=40 * 60)
        case = problem(agent(blocked=leave), contracts=(promising,))

        roster = solve_roster(case, time_limit_s=5)

        (found,) = roster.conflicts
        assert roster.status is RosterStatus.CONFLICT
        assert (found.rule, found.agent) == (Rule.MIN_WEEK_HOURS, 0)
        assert (found.found, found.limit) == (3 * 480, 2400)

    def test_everybody_on_leave_is_no_error(self):
        case = problem(agent())
        away = agent(blocked=((0, case.grid.n_intervals),))

        roster = solve_roster(replace(case, agents=(away,)), time_limit_s=5)

        assert roster.shifts == ()
        assert roster.unmet.sum() == roster.wanted_agents.sum()

    def test_many_linked_queues_are_simplified_and_said_to_be(self):
        rng = np.random.default_rng(1)
        people = [
            agent("".join(rng.choice(["0", "1"], 14)), key=str(n)) for n in range(20)
        ]
        case = problem(*people, n_days=1, wanted=0.5)

        roster = solve_roster(case, time_limit_s=10, max_rounds=40)

        assert roster.notes == ("skills_simplified",)
        assert not check_roster(case, roster).hidden
        assert roster.objective >= check_roster(case, roster).objective - 1e-6

    @pytest.mark.parametrize(
        "break_it",
        [
            lambda case: replace(
                case, demand=Demand(("a",), case.demand.required_agents[:, 1:])
            ),
            lambda case: replace(
                case, demand=Demand(("a",), -case.demand.required_agents)
            ),
            lambda case: replace(
                case, demand=Demand(("a",), case.demand.required_agents * np.nan)
            ),
            lambda case: replace(case, demand=replace(case.demand, shrinkage=1.0)),
            lambda case: replace(
                case, demand=replace(case.demand, shrinkage=np.zeros(3))
            ),
            lambda case: replace(case, agents=(agent("11"),)),
            lambda case: replace(case, agents=(agent(contract=9),)),
            lambda case: replace(case, agents=(agent(blocked=((5, 5),)),)),
            lambda case: replace(
                case, agents=(agent(pinned=(PinnedShift(0, 60, 64),)),)
            ),
            lambda case: replace(
                case, agents=(agent(preferences=(Preference(99, 1),)),)
            ),
            lambda case: replace(
                case, templates=(ShiftTemplate("odd", 0, 60, (100,)),) * 4
            ),
            lambda case: replace(
                case,
                templates=(
                    ShiftTemplate(
                        "x", 0, 60, (120,), 60, (BreakRule("l", 60, 90, 90),)
                    ),
                )
                * 4,
            ),
            lambda case: replace(
                case, weights=replace(case.weights, short_tiers=((0.5, 1.0),))
            ),
            lambda case: replace(case, weights=replace(case.weights, over_h=-1)),
        ],
    )
    def test_what_does_not_fit_together_is_refused(self, break_it):
        with pytest.raises(EngineInputError):
            solve_roster(break_it(problem(agent())), time_limit_s=1)

    def test_no_time_at_all_is_refused(self):
        with pytest.raises(EngineInputError):
            solve_roster(problem(agent()), time_limit_s=0)


class TestProgress:
    def test_stops_when_asked_and_keeps_what_it_has(self):
        people = [agent(key=str(n)) for n in range(30)]
        asked = iter([False] * 12)

        roster = solve_roster(
            problem(*people, wanted=9.0),
            time_limit_s=60,
            should_stop=lambda: next(asked, True),
        )

        assert roster.stopped_by is StopReason.ASKED
        assert 0 < len({s.agent for s in roster.shifts}) < 30
        assert roster.seconds < 20

    def test_tells_best_bound_and_gap_as_it_goes(self):
        people = [agent(key=str(n)) for n in range(20)]
        told = []

        solve_roster(problem(*people, wanted=7.3), time_limit_s=2, progress=told.append)

        assert told
        assert all(0 <= step.bound <= step.best for step in told)
        assert all(0 <= step.gap <= 1 for step in told)
        assert {step.phase for step in told} <= {
            "build",
            "sweep",
            "breaks",
            "improve",
            "prove",
        }

    def test_keeps_to_its_time(self):
        people = [agent("11", key=str(n)) for n in range(60)]

        roster = solve_roster(problem(*people, wanted=13.7), time_limit_s=2)

        assert roster.seconds < 6


class TestGrid:
    @pytest.mark.parametrize(
        ("day", "quarters"),
        [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2026, 7, 1), 96)],
    )
    def test_has_as_many_quarters_as_the_day_has(self, day, quarters):
        grid = make_grid(day, 1, BERLIN)

        assert grid.day_starts.tolist() == [0, quarters]

    def test_numbers_weeks_and_weekends(self):
        grid = make_grid(date(2026, 3, 6), 10, SHANGHAI, interval_min=30)

        assert grid.week_of_day.tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
        assert grid.full_weeks.tolist() == [False, True]
        assert grid.weekend_of_day.tolist() == [-1, 0, 0, -1, -1, -1, -1, -1, 1, 1]


class TestHonesty:
    def test_the_checker_catches_a_roster_that_praises_itself(self):
        case = problem(agent())
        roster = solve_roster(case, time_limit_s=5)

        flattered = replace(roster, objective=roster.objective / 2)

        assert not check_roster(case, flattered).is_honest

    def test_solver_rules_and_checker_find_the_same_rules_broken(self):
        pins = (PinnedShift(0, 28, 46, 1), PinnedShift(1, 64, 82, 0))
        case = problem(agent(pinned=pins))
        roster = solve_roster(case, time_limit_s=5)

        ours = {v.rule for v in check_agent(case, 0, roster.shifts)}

        assert ours == {v.rule for v in check_roster(case, roster).broken}
