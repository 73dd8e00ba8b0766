"""Small roster problems to build tests on."""

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from callcenter.engine.rostering import (
    Agent,
    BreakRule,
    Contract,
    Demand,
    History,
    PinnedShift,
    PlannedBreak,
    PlannedShift,
    Preference,
    RosterProblem,
    ShiftTemplate,
    make_grid,
)

MONDAY = date(2026, 3, 2)
SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")

LUNCH = BreakRule("lunch", 60, 180, 300, is_paid=False)
PAUSE = BreakRule("pause", 30, 60, 120)
DAY = ShiftTemplate("day", 8 * 60, 10 * 60, (540,), 60, (PAUSE, LUNCH))
LATE = ShiftTemplate("late", 14 * 60, 14 * 60, (540,), 60, (PAUSE, LUNCH))
NIGHT = ShiftTemplate("night", 22 * 60, 22 * 60, (540,), 60, (PAUSE, LUNCH))
SHORT = ShiftTemplate("short", 9 * 60, 16 * 60, (240,), 60)
TEMPLATES = (DAY, LATE, NIGHT, SHORT)

FULL = Contract("full", (0, 1, 2), max_week_min=40 * 60, max_week_days=5)
PART = Contract("part", (3,), max_week_min=20 * 60, max_week_days=5)


def agent(skills: str = "1", contract: int = 0, **more: Any) -> Agent:
    """Someone whose skills are given as zeros and ones."""
    mask = np.array([letter == "1" for letter in skills])
    return Agent(more.pop("key", "Li Na"), contract, mask, **more)


def problem(
    *agents: Agent,
    n_days: int = 7,
    wanted: Any = 1.0,
    zone: ZoneInfo = SHANGHAI,
    first: date = MONDAY,
    **more: Any,
) -> RosterProblem:
    """A week of half-hours that wants so many agents from 8 to 18."""
    grid = make_grid(first, n_days, zone, interval_min=30)
    n_queues = len(agents[0].skills) if agents else 1
    is_open = (grid.local_min >= 480) & (grid.local_min < 1080)
    is_open[grid.day_starts[-1] :] = False
    amounts = np.broadcast_to(np.asarray(wanted, float), (n_queues,))
    demand = Demand(
        tuple(f"queue {n}" for n in range(n_queues)),
        amounts[:, None] * is_open.astype(float),
    )
    made = RosterProblem(grid, demand, agents, (FULL, PART), TEMPLATES)
    return replace(made, **more)


def shift(
    case: RosterProblem, day: int, template: int = 0, hour: float = 8, **more: Any
) -> PlannedShift:
    """A legal shift of a template, breaks as early as they can be."""
    grid, form = case.grid, case.templates[template]
    start = int(grid.day_starts[day] + hour * 60 // grid.interval_min)
    breaks = []
    for rule in form.breaks:
        begin = start + rule.earliest_min // grid.interval_min
        end = begin + rule.length_min // grid.interval_min
        breaks.append(PlannedBreak(rule.code, begin, end, rule.is_paid))
    length = form.lengths_min[0]
    planned = PlannedShift(
        agent=0,
        day=day,
        template=template,
        start=start,
        end=start + length // grid.interval_min,
        breaks=tuple(breaks),
        paid_min=length - form.unpaid_min,
    )
    return replace(planned, **more)


def whole_day(case: RosterProblem, day: int) -> tuple[int, int]:
    """The intervals of a day."""
    return int(case.grid.day_starts[day]), int(case.grid.day_starts[day + 1])


@st.composite
def problems(draw: st.DrawFn) -> RosterProblem:
    """Odd little problems: skills, leave, meetings, pins, wishes, a past, nights."""
    zone, first = draw(
        st.sampled_from([(SHANGHAI, MONDAY), (BERLIN, date(2026, 3, 26))])
    )
    n_days = draw(st.integers(1, 9))
    shell = problem(agent("11"), n_days=n_days, zone=zone, first=first)
    people = draw(st.lists(agents(shell), min_size=0, max_size=4))
    levels = st.floats(0, 3, allow_subnormal=False)
    size = shell.demand.required_agents.shape
    pieces = draw(st.lists(levels, min_size=6, max_size=6))
    required = np.resize(np.array(pieces), size) * (
        np.arange(size[1]) < shell.grid.day_starts[-1]
    )
    contracts = (draw(contract_of(FULL)), draw(contract_of(PART)))
    weights = np.array([draw(st.sampled_from([1.0, 2.0])), 1.0])
    demand = Demand(shell.demand.queues, required, 0.1, weights)
    return replace(shell, agents=tuple(people), demand=demand, contracts=contracts)


def contract_of(base: Contract) -> st.SearchStrategy[Contract]:
    """Variations on a contract, sensible and not."""
    return st.builds(
        replace,
        st.just(base),
        min_week_min=st.sampled_from([0, 16 * 60, base.max_week_min]),
        max_days_in_row=st.integers(1, 6),
        min_rest_min=st.sampled_from([8 * 60, 11 * 60, 14 * 60]),
        max_nights=st.sampled_from([None, 0, 1]),
        max_weekends=st.sampled_from([None, 0, 1]),
        min_period_min=st.sampled_from([None, 24 * 60]),
        max_period_min=st.sampled_from([None, 30 * 60]),
    )


@st.composite
def agents(draw: st.DrawFn, shell: RosterProblem) -> Agent:
    """People with and without skills, leave, meetings, wishes, pins and a past."""
    grid = shell.grid
    days = st.integers(0, grid.n_days - 1)
    blocked = [whole_day(shell, day) for day in draw(st.lists(days, max_size=2))]
    at = draw(st.integers(0, grid.n_intervals - 5))
    meetings = draw(st.sampled_from([(), ((at, at + 3),)]))
    wish = st.builds(
        Preference,
        day=days,
        points=st.floats(0, 5),
        is_wanted=st.booleans(),
        templates=st.sampled_from([None, (0,), (1, 2)]),
    )
    day = draw(days)
    hour = draw(st.sampled_from([8, 10, 22]))
    fixed = shift(shell, day, 2 if hour == 22 else 0, hour)
    pin = PinnedShift(day, fixed.start, fixed.end, fixed.template)
    free = PinnedShift(day, fixed.start, fixed.start + 4)
    history = st.builds(
        History,
        days_in_row=st.integers(0, 6),
        last_end=st.sampled_from([None, -30, 4]),
        week_paid_min=st.sampled_from([0, 480, 2400]),
        week_days=st.integers(0, 5),
        nights=st.integers(0, 3),
        weekends=st.integers(0, 3),
    )
    return agent(
        draw(st.sampled_from(["10", "01", "11", "00"])),
        draw(st.integers(0, 1)),
        blocked=tuple(blocked),
        meetings=meetings,
        preferences=tuple(draw(st.lists(wish, max_size=3))),
        pinned=draw(st.sampled_from([(), (), (pin,), (free,)])),
        history=draw(history),
    )
