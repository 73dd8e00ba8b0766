"""Judges a roster from its plain result; shares no code with the solver.

Everything is worked out again, minute by minute and agent by agent, in the plainest way
there is. It reads the problem's and the result's dataclasses and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.engine.rostering.flow import least_shortage
from callcenter.engine.rostering.model import (
    FREE_FORM,
    PlannedShift,
    Preference,
    Roster,
    RosterProblem,
    Violation,
)
from callcenter.engine.rostering.words import (
    Rule,
    SoftRule,
)


@dataclass(frozen=True)
class Verdict:
    """What the checker found.

    Attributes
    ----------
    broken : tuple of Violation, hard rules broken, whether the roster admits it or not
    hidden : tuple of Violation, those that the roster does not admit
    penalties : dict, points by SoftRule as the checker counts them
    objective : float, their sum
    is_legal : bool, no hard rule is broken
    is_honest : bool, nothing is hidden and the roster's objective is the checker's
    """

    broken: tuple[Violation, ...]
    hidden: tuple[Violation, ...]
    penalties: dict[SoftRule, float]
    objective: float
    is_legal: bool
    is_honest: bool


def check_roster(
    problem: RosterProblem, roster: Roster, *, tolerance: float = 1e-4
) -> Verdict:
    """Recompute every hard rule and the objective of a roster.

    Parameters
    ----------
    tolerance : float, relative difference of objectives that counts as equal
    """
    mine: dict[int, list[PlannedShift]] = defaultdict(list)
    for shift in sorted(roster.shifts, key=lambda planned: planned.start):
        mine[shift.agent].append(shift)
    broken = tuple(
        violation
        for number in range(len(problem.agents))
        for violation in _judge(problem, number, mine[number])
    )
    admitted = {(v.rule, v.agent) for v in roster.conflicts}
    hidden = tuple(v for v in broken if (v.rule, v.agent) not in admitted)
    penalties = _penalties(problem, mine)
    objective = sum(penalties.values())
    apart = abs(objective - roster.objective)
    is_same = apart <= tolerance * max(1.0, abs(objective))
    return Verdict(
        broken=broken,
        hidden=hidden,
        penalties=penalties,
        objective=objective,
        is_legal=not broken,
        is_honest=not hidden and is_same and roster.bound <= objective + 1e-6,
    )


def _judge(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> Iterator[Violation]:
    """All hard rules for one agent."""
    agent = problem.agents[number]
    if not any(agent.skills):
        yield Violation(Rule.AGENT_HAS_SKILL, number, None, 0, 1, "skills")
    for shift in shifts:
        yield from _judge_shift(problem, number, shift)
    yield from _judge_days(problem, number, shifts)
    yield from _judge_rest(problem, number, shifts)
    yield from _judge_weeks(problem, number, shifts)
    yield from _judge_period(problem, number, shifts)
    for pin in agent.pinned:
        same = [s for s in shifts if (s.start, s.end) == (pin.start, pin.end)]
        if not same:
            yield Violation(Rule.PIN_KEPT, number, pin.day, 0, 1, "shifts")


def _judge_shift(
    problem: RosterProblem, number: int, shift: PlannedShift
) -> Iterator[Violation]:
    agent = problem.agents[number]
    grid = problem.grid

    def bad(rule: Rule, found: float, limit: float, unit: str) -> Violation:
        return Violation(rule, number, shift.day, found, limit, unit)

    span = range(shift.start, shift.end)
    first, last = grid.day_starts[shift.day], grid.day_starts[shift.day + 1]
    if shift.start < first or shift.start >= last or shift.end > grid.n_intervals:
        yield bad(Rule.INSIDE_HORIZON, shift.start, float(first), "intervals")
    taken = {t for start, end in agent.blocked for t in range(start, end)}
    lost = len(taken.intersection(span))
    if lost:
        yield bad(Rule.NOT_BLOCKED, lost, 0, "intervals")
    resting = {t for pause in shift.breaks for t in range(pause.start, pause.end)}
    for start, end in agent.meetings:
        meeting = set(range(start, end))
        inside = meeting.intersection(span)
        if inside and (inside != meeting or meeting & resting):
            yield bad(Rule.MEETING_NOT_CUT, len(meeting), 0, "intervals")
    unpaid = sum(p.end - p.start for p in shift.breaks if not p.is_paid)
    if (len(span) - unpaid) * grid.interval_min != shift.paid_min:
        yield bad(Rule.DAY_HOURS, shift.paid_min, 0, "min")
    if shift.template != FREE_FORM:
        yield from _judge_form(problem, number, shift)
    elif (shift.day, shift.start, shift.end) not in {
        (pin.day, pin.start, pin.end) for pin in agent.pinned
    }:
        yield bad(Rule.SHIFT_IN_LIBRARY, len(span) * grid.interval_min, 0, "min")


def _judge_form(
    problem: RosterProblem, number: int, shift: PlannedShift
) -> Iterator[Violation]:
    """Start, length and breaks against the template."""
    step = problem.grid.interval_min
    template = problem.templates[shift.template]
    contract = problem.contracts[problem.agents[number].contract]
    minute = int(problem.grid.local_min[shift.start])
    starts = range(
        template.earliest_start_min,
        template.latest_start_min + 1,
        template.step_min,
    )
    length = (shift.end - shift.start) * step
    is_form = minute in starts and length in template.lengths_min
    if not is_form or shift.template not in contract.templates:
        yield Violation(Rule.SHIFT_IN_LIBRARY, number, shift.day, length, 0, "min")
    free_from, is_right = 0, len(shift.breaks) == len(template.breaks)
    for pause, wanted in zip(shift.breaks, template.breaks, strict=False):
        begin = (pause.start - shift.start) * step
        end = (pause.end - shift.start) * step
        is_right &= wanted.earliest_min <= begin <= wanted.latest_min
        is_right &= free_from <= begin and end <= length
        is_right &= end - begin == wanted.length_min and pause.code == wanted.code
        is_right &= pause.is_paid == wanted.is_paid
        free_from = end + template.min_work_min
    if not is_right:
        yield Violation(Rule.BREAKS_AS_TEMPLATE, number, shift.day, 1, 0, "shifts")


def _judge_days(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> Iterator[Violation]:
    agent = problem.agents[number]
    contract = problem.contracts[agent.contract]
    in_row = agent.history.days_in_row
    busy: set[int] = set()
    for shift in shifts:
        span = set(range(shift.start, shift.end))
        if span & busy:
            yield Violation(Rule.NO_OVERLAP, number, shift.day, 1, 0, "intervals")
        busy |= span
    for day in range(problem.grid.n_days):
        today = [shift for shift in shifts if shift.day == day]
        in_row = in_row + 1 if today else 0
        if len(today) > 1:
            found = len(today)
            yield Violation(Rule.ONE_SHIFT_A_DAY, number, day, found, 1, "shifts")
        if in_row > contract.max_days_in_row:
            limit = contract.max_days_in_row
            yield Violation(Rule.MAX_DAYS_IN_ROW, number, day, in_row, limit, "days")
        paid = sum(shift.paid_min for shift in today)
        low, high = contract.min_day_min, contract.max_day_min
        if today and not low <= paid <= high:
            limit = low if paid < low else high
            yield Violation(Rule.DAY_HOURS, number, day, paid, limit, "min")


def _judge_rest(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> Iterator[Violation]:
    agent = problem.agents[number]
    limit = problem.contracts[agent.contract].min_rest_min
    ends: list[tuple[int, int]] = [(shift.end, shift.day) for shift in shifts]
    if agent.history.last_end is not None:
        ends.append((agent.history.last_end, -1))
    for shift in shifts:
        for end, day in ends:
            rest = (shift.start - end) * problem.grid.interval_min
            if day < shift.day and rest < limit:
                yield Violation(Rule.MIN_REST, number, shift.day, rest, limit, "min")


def _judge_weeks(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> Iterator[Violation]:
    agent, weeks = problem.agents[number], problem.grid.week_of_day
    contract = problem.contracts[agent.contract]
    for week in range(problem.grid.n_weeks):
        days = {shift.day for shift in shifts if weeks[shift.day] == week}
        paid, count = _week_before(problem, number, week), len(days)
        paid += sum(shift.paid_min for shift in shifts if shift.day in days)
        if week == 0 and days:
            count += agent.history.week_days
        first = [day for day, w in enumerate(weeks) if w == week]
        if days and paid > contract.max_week_min:
            limit = contract.max_week_min
            yield Violation(Rule.MAX_WEEK_HOURS, number, first[0], paid, limit, "min")
        if days and count > contract.max_week_days:
            limit = contract.max_week_days
            yield Violation(Rule.MAX_WEEK_DAYS, number, first[0], count, limit, "days")
        is_able = len(first) == 7 and any(agent.skills)
        if is_able and paid < contract.min_week_min:
            limit = contract.min_week_min
            yield Violation(Rule.MIN_WEEK_HOURS, number, first[0], paid, limit, "min")


def _week_before(problem: RosterProblem, number: int, week: int) -> int:
    agent = problem.agents[number]
    credited = agent.credited_min[week] if agent.credited_min else 0
    return credited + (agent.history.week_paid_min if week == 0 else 0)


def _judge_period(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> Iterator[Violation]:
    agent = problem.agents[number]
    contract = problem.contracts[agent.contract]
    paid = sum(shift.paid_min for shift in shifts) + sum(agent.credited_min)
    least, most = contract.min_period_min, contract.max_period_min
    if most is not None and shifts and paid > most:
        yield Violation(Rule.MAX_PERIOD_HOURS, number, None, paid, most, "min")
    if least is not None and paid < least and any(agent.skills):
        yield Violation(Rule.MIN_PERIOD_HOURS, number, None, paid, least, "min")
    nights = len(_night_days(problem, shifts))
    if contract.max_nights is not None and nights > contract.max_nights:
        limit = contract.max_nights
        yield Violation(Rule.MAX_NIGHTS, number, None, nights, limit, "shifts")
    weekends = len(_weekends(problem, shifts))
    if contract.max_weekends is not None and weekends > contract.max_weekends:
        limit = contract.max_weekends
        yield Violation(Rule.MAX_WEEKENDS, number, None, weekends, limit, "weekends")


def _night_days(problem: RosterProblem, shifts: list[PlannedShift]) -> set[int]:
    low, high = problem.night_from_min, problem.night_to_min
    night = (
        set(range(low, high))
        if low <= high
        else set(range(low, 1440)) | set(range(high))
    )
    return {
        shift.day
        for shift in shifts
        if any(
            int(problem.grid.local_min[t]) in night
            for t in range(shift.start, shift.end)
        )
    }


def _weekends(problem: RosterProblem, shifts: list[PlannedShift]) -> set[int]:
    """The Mondays, counted in days from the first, before each weekend worked."""
    weekdays = problem.grid.weekdays
    return {
        shift.day - int(weekdays[shift.day])
        for shift in shifts
        if weekdays[shift.day] >= 5
    }


def _penalties(
    problem: RosterProblem, mine: dict[int, list[PlannedShift]]
) -> dict[SoftRule, float]:
    """Points by soft rule."""
    points = dict.fromkeys(SoftRule, 0.0)
    short, over = _coverage(problem, mine)
    points[SoftRule.UNDER_STAFFING] = short
    points[SoftRule.OVER_STAFFING] = over
    weights = problem.weights
    for number, agent in enumerate(problem.agents):
        shifts = mine[number]
        lacking = _lacking_min(problem, number, shifts)
        points[SoftRule.CONTRACT_SHORT] += lacking / 60 * weights.contract_short_h
        missed = sum(wish.points for wish in agent.preferences if _misses(wish, shifts))
        points[SoftRule.PREFERENCE] += missed * weights.preference
        points[SoftRule.START_CHANGE] += _start_hours(problem, shifts) * (
            weights.start_change_h
        )
        for n in range(len(_night_days(problem, shifts))):
            load = agent.history.nights + n + 1
            points[SoftRule.NIGHT_FAIRNESS] += weights.night * load
        for n in range(len(_weekends(problem, shifts))):
            load = agent.history.weekends + n + 1
            points[SoftRule.WEEKEND_FAIRNESS] += weights.weekend * load
    return points


def _lacking_min(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> float:
    found = [
        *_judge_weeks(problem, number, shifts),
        *_judge_period(problem, number, shifts),
    ]
    least = {Rule.MIN_WEEK_HOURS, Rule.MIN_PERIOD_HOURS}
    return sum(v.limit - v.found for v in found if v.rule in least)


def _misses(wish: Preference, shifts: list[PlannedShift]) -> bool:
    named = [
        shift
        for shift in shifts
        if shift.day == wish.day
        and (wish.templates is None or shift.template in wish.templates)
    ]
    return bool(named) != wish.is_wanted


def _start_hours(problem: RosterProblem, shifts: list[PlannedShift]) -> float:
    """Hours between the starts of days that follow each other, around the clock."""
    start: dict[int, int] = {}
    for shift in shifts:
        start.setdefault(shift.day, int(problem.grid.local_min[shift.start]))
    hours = 0.0
    for day, minute in start.items():
        if day - 1 in start:
            ahead = (minute - start[day - 1]) % 1440
            hours += min(ahead, 1440 - ahead) / 60
    return hours


def _coverage(
    problem: RosterProblem, mine: dict[int, list[PlannedShift]]
) -> tuple[float, float]:
    """Points of missing and of idle agents, each person counted once an interval."""
    heads: list[dict[tuple[bool, ...], int]] = [
        defaultdict(int) for _ in range(problem.grid.n_intervals)
    ]
    for number, agent in enumerate(problem.agents):
        skills = tuple(bool(skill) for skill in agent.skills)
        if not any(skills):
            continue
        for t in _at_work(problem, number, mine[number]):
            heads[t][skills] += 1
    hours = problem.grid.interval_min / 60
    wanted = problem.demand.wanted
    short, over = 0.0, 0.0
    for t, here in enumerate(heads):
        points, missing = least_shortage(problem, wanted[:, t].tolist(), dict(here))
        idle = sum(here.values()) - (float(wanted[:, t].sum()) - missing)
        short += points * hours
        over += max(idle, 0.0) * hours * problem.weights.over_h
    return short, over


def _at_work(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> set[int]:
    there = {t for shift in shifts for t in range(shift.start, shift.end)}
    away = {t for s in shifts for p in s.breaks for t in range(p.start, p.end)}
    meetings = problem.agents[number].meetings
    return there - away - {t for start, end in meetings for t in range(start, end)}
