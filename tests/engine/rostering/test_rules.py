from dataclasses import replace

import numpy as np
import pytest

from callcenter.engine.rostering import (
    Contract,
    History,
    PinnedShift,
    PlannedShift,
    Roster,
    RosterProblem,
    RosterStatus,
    Rule,
    StopReason,
    check_agent,
    check_roster,
    check_shift,
)
from tests.engine.rostering.cases import (
    FULL,
    NIGHT,
    agent,
    problem,
    shift,
    whole_day,
)


def with_contract(**terms):
    return problem(agent(), contracts=(replace(FULL, **terms),), n_days=14)


def plain_roster(case: RosterProblem, shifts: tuple[PlannedShift, ...]) -> Roster:
    nothing = np.zeros_like(case.demand.wanted)
    return Roster(
        shifts=shifts,
        status=RosterStatus.FEASIBLE,
        stopped_by=StopReason.TIME,
        objective=0.0,
        bound=0.0,
        gap=0.0,
        penalties={},
        scheduled_agents=nothing,
        wanted_agents=nothing,
        unmet=nothing,
        conflicts=(),
        seconds=0.0,
        n_rounds=0,
    )


def outside_horizon():
    case = problem(agent())
    return case, (replace(shift(case, 0), day=1),)


def wrong_start():
    case = problem(agent())
    return case, (shift(case, 0, hour=8.5),)


def wrong_template():
    case = problem(agent(contract=1))
    return case, (shift(case, 0),)


def no_lunch():
    case = problem(agent())
    good = shift(case, 0)
    return case, (replace(good, breaks=good.breaks[:1], paid_min=540),)


def lunch_too_early():
    case = problem(agent())
    good = shift(case, 0)
    pause, lunch = good.breaks
    early = replace(lunch, start=lunch.start - 2, end=lunch.end - 2)
    return case, (replace(good, breaks=(pause, early)),)


def breaks_too_close():
    short = replace(NIGHT, min_work_min=180)
    base = problem(agent())
    case = replace(base, templates=(*base.templates[:2], short, base.templates[3]))
    return case, (shift(case, 0, 2, 22),)


def on_leave():
    case = problem(agent())
    case = problem(agent(blocked=(whole_day(case, 0),)))
    return case, (shift(case, 0),)


def meeting_cut():
    case = problem(agent(meetings=((30, 38),)))
    return case, (shift(case, 0),)


def break_in_meeting():
    case = problem(agent(meetings=((18, 20),)))
    return case, (shift(case, 0),)


def overlap():
    case = problem(agent())
    return case, (shift(case, 0), shift(case, 0, hour=9))


def two_shifts_a_day():
    case = problem(agent(), contracts=(replace(FULL, max_day_min=24 * 60),))
    return case, (shift(case, 0), shift(case, 0, 2, 22))


def short_rest():
    case = problem(agent())
    return case, (shift(case, 0, 1, 14), shift(case, 1))


def short_rest_after_history():
    case = problem(agent(history=History(last_end=6)))
    return case, (shift(case, 0),)


def seven_days_in_row():
    case = with_contract(max_week_days=7, max_week_min=80 * 60)
    return case, tuple(shift(case, day) for day in range(7))


def days_in_row_with_history():
    case = problem(agent(history=History(days_in_row=5)))
    return case, (shift(case, 0), shift(case, 1))


def long_day():
    case = with_contract(max_day_min=7 * 60)
    return case, (shift(case, 0),)


def short_day():
    case = with_contract(min_day_min=9 * 60)
    return case, (shift(case, 0),)


def long_week():
    case = with_contract(max_week_min=16 * 60)
    return case, tuple(shift(case, day) for day in (0, 2, 4))


def long_week_with_history():
    past = History(week_paid_min=40 * 60)
    case = problem(agent(history=past))
    return case, (shift(case, 0),)


def short_week():
    case = with_contract(min_week_min=8 * 60)
    return case, (shift(case, 0),)


def six_days_a_week():
    case = with_contract(max_week_min=60 * 60)
    return case, tuple(shift(case, day) for day in range(6))


def short_period():
    case = with_contract(min_period_min=9 * 60)
    return case, (shift(case, 0),)


def long_period():
    case = with_contract(max_period_min=9 * 60)
    return case, (shift(case, 0), shift(case, 8))


def night_too_many():
    case = with_contract(max_nights=1)
    return case, (shift(case, 0, 2, 22), shift(case, 3, 2, 22))


def weekend_too_many():
    case = with_contract(max_weekends=1)
    return case, (shift(case, 5), shift(case, 13))


def pin_lost():
    case = problem(agent(pinned=(PinnedShift(1, 70, 80),)))
    return case, (shift(case, 0),)


def no_skill():
    case = problem(agent("0"))
    return case, ()


BREACHES = [
    (outside_horizon, Rule.INSIDE_HORIZON),
    (wrong_start, Rule.SHIFT_IN_LIBRARY),
    (wrong_template, Rule.SHIFT_IN_LIBRARY),
    (no_lunch, Rule.BREAKS_AS_TEMPLATE),
    (lunch_too_early, Rule.BREAKS_AS_TEMPLATE),
    (breaks_too_close, Rule.BREAKS_AS_TEMPLATE),
    (on_leave, Rule.NOT_BLOCKED),
    (meeting_cut, Rule.MEETING_NOT_CUT),
    (break_in_meeting, Rule.MEETING_NOT_CUT),
    (overlap, Rule.NO_OVERLAP),
    (two_shifts_a_day, Rule.ONE_SHIFT_A_DAY),
    (short_rest, Rule.MIN_REST),
    (short_rest_after_history, Rule.MIN_REST),
    (seven_days_in_row, Rule.MAX_DAYS_IN_ROW),
    (days_in_row_with_history, Rule.MAX_DAYS_IN_ROW),
    (long_day, Rule.DAY_HOURS),
    (short_day, Rule.DAY_HOURS),
    (long_week, Rule.MAX_WEEK_HOURS),
    (long_week_with_history, Rule.MAX_WEEK_HOURS),
    (short_week, Rule.MIN_WEEK_HOURS),
    (six_days_a_week, Rule.MAX_WEEK_DAYS),
    (short_period, Rule.MIN_PERIOD_HOURS),
    (long_period, Rule.MAX_PERIOD_HOURS),
    (night_too_many, Rule.MAX_NIGHTS),
    (weekend_too_many, Rule.MAX_WEEKENDS),
    (pin_lost, Rule.PIN_KEPT),
    (no_skill, Rule.AGENT_HAS_SKILL),
]


@pytest.mark.parametrize(
    ("breach", "rule"), BREACHES, ids=lambda x: getattr(x, "__name__", str(x))
)
class TestEachRule:
    def test_is_named_by_the_solvers_rules(self, breach, rule):
        case, shifts = breach()

        found = {violation.rule for violation in check_agent(case, 0, shifts)}

        assert rule in found

    def test_is_named_by_the_independent_checker(self, breach, rule):
        case, shifts = breach()

        verdict = check_roster(case, plain_roster(case, shifts))

        assert rule in {violation.rule for violation in verdict.broken}
        assert not verdict.is_honest


class TestCleanShifts:
    def test_a_common_week_breaks_nothing(self):
        case = problem(agent())
        shifts = tuple(shift(case, day) for day in range(5))

        assert check_agent(case, 0, shifts) == ()
        assert check_roster(case, plain_roster(case, shifts)).is_legal

    def test_leave_that_is_paid_counts_towards_the_contract(self):
        case = with_contract(min_week_min=16 * 60)
        case = replace(case, agents=(agent(credited_min=(8 * 60, 16 * 60)),))

        assert check_agent(case, 0, (shift(case, 0),)) == ()

    def test_an_empty_horizon_breaks_no_contract_without_a_minimum(self):
        case = problem(agent())

        assert check_agent(case, 0, ()) == ()


class TestCheckShift:
    def test_accepts_a_clean_move(self):
        case = problem(agent())

        assert check_shift(case, 0, shift(case, 1), (shift(case, 0),)) == ()

    def test_names_only_what_the_candidate_breaks_anew(self):
        case = problem(agent())
        others = (shift(case, 0, 1, 14), shift(case, 1))

        found = check_shift(case, 0, shift(case, 3, hour=8.5), others)

        assert [violation.rule for violation in found] == [Rule.SHIFT_IN_LIBRARY]

    def test_says_how_much_rest_is_left(self):
        case = problem(agent())

        (found,) = check_shift(case, 0, shift(case, 1), (shift(case, 0, 1, 14),))

        assert (found.rule, found.day) == (Rule.MIN_REST, 1)
        assert (found.found, found.limit, found.unit) == (540, 660, "min")

    def test_does_not_ask_for_the_hours_still_missing(self):
        case = problem(agent(), contracts=(Contract("f", (0,), min_week_min=2400),))

        assert check_shift(case, 0, shift(case, 0), ()) == ()

    def test_refuses_someone_without_skills(self):
        case = problem(agent("0"))

        (found,) = check_shift(case, 0, shift(case, 0), ())

        assert found.rule is Rule.AGENT_HAS_SKILL
