"""The hard rules on a finished roster, one named function each.

Every rule takes a `Case`, one agent's shifts by start, and yields what breaks it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from callcenter.engine.rostering.frame import night_minutes
from callcenter.engine.rostering.model import (
    FREE_FORM,
    Agent,
    BreakRule,
    Contract,
    PlannedBreak,
    PlannedShift,
    RosterProblem,
    ShiftTemplate,
    Violation,
)
from callcenter.engine.rostering.words import (
    Rule,
)


@dataclass(frozen=True, eq=False)
class Case:
    """One agent's shifts, by start, with everything they are judged by."""

    problem: RosterProblem
    number: int
    shifts: tuple[PlannedShift, ...]

    @property
    def agent(self) -> Agent:
        """The person."""
        return self.problem.agents[self.number]

    @property
    def contract(self) -> Contract:
        """The person's contract."""
        return self.problem.contracts[self.agent.contract]

    def broken(
        self, rule: Rule, day: int | None, found: float, limit: float, unit: str
    ) -> Violation:
        """A violation by this agent."""
        return Violation(rule, self.number, day, float(found), float(limit), unit)


RuleCheck = Callable[[Case], Iterator[Violation]]


def agent_has_skill(case: Case) -> Iterator[Violation]:
    """Someone who can serve no queue cannot be rostered."""
    if not case.agent.skills.any():
        yield case.broken(Rule.AGENT_HAS_SKILL, None, 0, 1, "skills")


def inside_horizon(case: Case) -> Iterator[Violation]:
    """A shift starts on its day and ends before the grid does."""
    grid = case.problem.grid
    for shift in case.shifts:
        low, high = grid.day_starts[shift.day], grid.day_starts[shift.day + 1]
        if not low <= shift.start < high:
            yield case.broken(
                Rule.INSIDE_HORIZON, shift.day, shift.start, low, "intervals"
            )
        if shift.end > grid.n_intervals:
            yield case.broken(
                Rule.INSIDE_HORIZON, shift.day, shift.end, grid.n_intervals, "intervals"
            )


def shift_in_library(case: Case) -> Iterator[Violation]:
    """A shift has the start and length of a template that the contract allows."""
    for shift in case.shifts:
        if shift.template == FREE_FORM and shift.is_pinned:
            continue
        if not _is_in_library(case, shift):
            length = (shift.end - shift.start) * case.problem.grid.interval_min
            yield case.broken(Rule.SHIFT_IN_LIBRARY, shift.day, length, 0, "min")


def breaks_as_template(case: Case) -> Iterator[Violation]:
    """A shift has its template's breaks, in order, in their windows, well apart."""
    for shift in case.shifts:
        if shift.template == FREE_FORM:
            continue
        template = case.problem.templates[shift.template]
        wrong = _count_wrong_breaks(case, shift, template)
        if wrong:
            yield case.broken(Rule.BREAKS_AS_TEMPLATE, shift.day, wrong, 0, "shifts")


def not_blocked(case: Case) -> Iterator[Violation]:
    """No shift lies in leave or in another commitment."""
    for shift in case.shifts:
        for start, end in case.agent.blocked:
            shared = min(shift.end, end) - max(shift.start, start)
            if shared > 0:
                yield case.broken(Rule.NOT_BLOCKED, shift.day, shared, 0, "intervals")


def meeting_not_cut(case: Case) -> Iterator[Violation]:
    """A shift holds the whole of a meeting or none, and no break during it."""
    for shift in case.shifts:
        for start, end in case.agent.meetings:
            shared = min(shift.end, end) - max(shift.start, start)
            lost = end - start - shared if shared > 0 else 0
            for pause in shift.breaks:
                lost += max(min(pause.end, end) - max(pause.start, start), 0)
            if lost:
                yield case.broken(Rule.MEETING_NOT_CUT, shift.day, lost, 0, "intervals")


def no_overlap(case: Case) -> Iterator[Violation]:
    """Nobody works two shifts at once."""
    for before, after in pairwise(case.shifts):
        if after.start < before.end:
            shared = before.end - after.start
            yield case.broken(Rule.NO_OVERLAP, after.day, shared, 0, "intervals")


def one_shift_a_day(case: Case) -> Iterator[Violation]:
    """At most one shift starts on a day."""
    for day, count in sorted(Counter(shift.day for shift in case.shifts).items()):
        if count > 1:
            yield case.broken(Rule.ONE_SHIFT_A_DAY, day, count, 1, "shifts")


def min_rest(case: Case) -> Iterator[Violation]:
    """Enough rest lies between the end of one day's work and the next start."""
    step, limit = case.problem.grid.interval_min, case.contract.min_rest_min
    last_end, last_day = case.agent.history.last_end, -1
    for shift in case.shifts:
        if last_end is not None and shift.day != last_day:
            rest = (shift.start - last_end) * step
            if rest < limit:
                yield case.broken(Rule.MIN_REST, shift.day, rest, limit, "min")
        last_end, last_day = shift.end, shift.day


def max_days_in_row(case: Case) -> Iterator[Violation]:
    """A day off comes in time; each day beyond the limit is named."""
    limit, in_row, last = case.contract.max_days_in_row, 0, -1
    in_row = case.agent.history.days_in_row
    for day in sorted({shift.day for shift in case.shifts}):
        in_row = in_row + 1 if day == last + 1 else 1
        last = day
        if in_row > limit:
            yield case.broken(Rule.MAX_DAYS_IN_ROW, day, in_row, limit, "days")


def day_hours(case: Case) -> Iterator[Violation]:
    """The paid time of a working day lies within the contract."""
    paid: dict[int, int] = defaultdict(int)
    for shift in case.shifts:
        paid[shift.day] += shift.paid_min
    for day, minutes in sorted(paid.items()):
        if minutes > case.contract.max_day_min:
            yield case.broken(
                Rule.DAY_HOURS, day, minutes, case.contract.max_day_min, "min"
            )
        if minutes < case.contract.min_day_min:
            yield case.broken(
                Rule.DAY_HOURS, day, minutes, case.contract.min_day_min, "min"
            )


def max_week_hours(case: Case) -> Iterator[Violation]:
    """The paid time of a contract week stays within the contract."""
    limit = case.contract.max_week_min
    for week, minutes in enumerate(week_minutes(case)):
        if minutes > limit and _works_in(case, week):
            day = _first_day(case, week)
            yield case.broken(Rule.MAX_WEEK_HOURS, day, minutes, limit, "min")


def min_week_hours(case: Case) -> Iterator[Violation]:
    """A whole contract week brings the hours that the contract promises."""
    limit = case.contract.min_week_min
    if not case.agent.skills.any():
        return
    for week, minutes in enumerate(week_minutes(case)):
        if minutes < limit and case.problem.grid.full_weeks[week]:
            day = _first_day(case, week)
            yield case.broken(Rule.MIN_WEEK_HOURS, day, minutes, limit, "min")


def max_week_days(case: Case) -> Iterator[Violation]:
    """The working days of a contract week stay within the contract."""
    weeks = case.problem.grid.week_of_day
    days = Counter(int(weeks[day]) for day in {shift.day for shift in case.shifts})
    if days[0]:
        days[0] += case.agent.history.week_days
    for week, count in sorted(days.items()):
        if count > case.contract.max_week_days:
            day, limit = _first_day(case, week), case.contract.max_week_days
            yield case.broken(Rule.MAX_WEEK_DAYS, day, count, limit, "days")


def period_hours(case: Case) -> Iterator[Violation]:
    """The paid time of the horizon lies within the contract."""
    paid = sum(shift.paid_min for shift in case.shifts)
    paid += sum(case.agent.credited_min)
    least, most = case.contract.min_period_min, case.contract.max_period_min
    if most is not None and paid > most and case.shifts:
        yield case.broken(Rule.MAX_PERIOD_HOURS, None, paid, most, "min")
    if least is not None and paid < least and case.agent.skills.any():
        yield case.broken(Rule.MIN_PERIOD_HOURS, None, paid, least, "min")


def max_nights(case: Case) -> Iterator[Violation]:
    """Night shifts stay within the contract."""
    limit, nights = case.contract.max_nights, night_minutes(case.problem)
    worked = [s.day for s in case.shifts if nights[s.start : s.end].any()]
    if limit is not None and len(set(worked)) > limit:
        yield case.broken(
            Rule.MAX_NIGHTS, worked[limit], len(set(worked)), limit, "shifts"
        )


def max_weekends(case: Case) -> Iterator[Violation]:
    """Weekends with a shift stay within the contract."""
    limit, weekend = case.contract.max_weekends, case.problem.grid.weekend_of_day
    worked = sorted({int(weekend[shift.day]) for shift in case.shifts} - {-1})
    if limit is not None and len(worked) > limit:
        yield case.broken(Rule.MAX_WEEKENDS, None, len(worked), limit, "weekends")


def pin_kept(case: Case) -> Iterator[Violation]:
    """Every pinned shift is in the roster as it was pinned."""
    planned = {(s.day, s.start, s.end, s.template) for s in case.shifts}
    for pin in case.agent.pinned:
        if (pin.day, pin.start, pin.end, pin.template) not in planned:
            yield case.broken(Rule.PIN_KEPT, pin.day, 0, 1, "shifts")


SHIFT_RULES: tuple[RuleCheck, ...] = (
    inside_horizon,
    shift_in_library,
    breaks_as_template,
    not_blocked,
    meeting_not_cut,
    no_overlap,
    one_shift_a_day,
    min_rest,
    max_days_in_row,
    day_hours,
    max_week_hours,
    max_week_days,
    max_nights,
    max_weekends,
)
"""Rules that placing one shift can break."""

WHOLE_RULES: tuple[RuleCheck, ...] = (
    agent_has_skill,
    min_week_hours,
    period_hours,
    pin_kept,
)
"""Rules about all that an agent does or lacks."""


def check_agent(
    problem: RosterProblem, agent: int, shifts: tuple[PlannedShift, ...]
) -> tuple[Violation, ...]:
    """Every hard rule that an agent's shifts break, one entry per breach."""
    ordered = tuple(sorted(shifts, key=lambda shift: (shift.start, shift.end)))
    case = Case(problem, agent, ordered)
    return tuple(v for rule in (*SHIFT_RULES, *WHOLE_RULES) for v in rule(case))


def check_shift(
    problem: RosterProblem,
    agent: int,
    candidate: PlannedShift,
    other_shifts: tuple[PlannedShift, ...],
) -> tuple[Violation, ...]:
    """The rules that giving ``candidate`` to the agent would break anew.

    Parameters
    ----------
    candidate : PlannedShift, as it would be after the move; its ``agent`` is ignored
    other_shifts : tuple of PlannedShift, the agent's other shifts on the horizon

    Returns
    -------
    tuple of Violation, empty when the move is clean; what was broken before without the
        candidate, and hours still lacking, are left out
    """
    before = set(_placing(problem, agent, other_shifts))
    after = _placing(problem, agent, (*other_shifts, candidate))
    lacks_skill = agent_has_skill(Case(problem, agent, ()))
    return (*lacks_skill, *(v for v in after if v not in before))


def week_minutes(case: Case) -> list[int]:
    """Paid minutes by contract week, leave and history counted."""
    grid = case.problem.grid
    credited = case.agent.credited_min or (0,) * grid.n_weeks
    minutes = list(credited)
    minutes[0] += case.agent.history.week_paid_min
    for shift in case.shifts:
        minutes[int(grid.week_of_day[shift.day])] += shift.paid_min
    return minutes


def _placing(
    problem: RosterProblem, agent: int, shifts: tuple[PlannedShift, ...]
) -> list[Violation]:
    ordered = tuple(sorted(shifts, key=lambda shift: (shift.start, shift.end)))
    case = Case(problem, agent, ordered)
    found = [v for rule in SHIFT_RULES for v in rule(case)]
    too_much = [v for v in period_hours(case) if v.rule is Rule.MAX_PERIOD_HOURS]
    return found + too_much


def _is_in_library(case: Case, shift: PlannedShift) -> bool:
    if shift.template not in case.contract.templates:
        return False
    template = case.problem.templates[shift.template]
    grid = case.problem.grid
    length = (shift.end - shift.start) * grid.interval_min
    minute = int(grid.local_min[shift.start])
    is_start = template.earliest_start_min <= minute <= template.latest_start_min
    on_step = (minute - template.earliest_start_min) % template.step_min == 0
    return length in template.lengths_min and is_start and on_step


def _count_wrong_breaks(
    case: Case, shift: PlannedShift, template: ShiftTemplate
) -> int:
    """Breaks that miss, are extra, lie outside their window or too close together."""
    grid = case.problem.grid
    wrong = abs(len(shift.breaks) - len(template.breaks))
    for pause, rule in zip(shift.breaks, template.breaks, strict=False):
        wrong += not _is_break_legal(case, shift, pause, rule)
    gap = grid.intervals_of(template.min_work_min)
    for before, after in pairwise(shift.breaks):
        wrong += after.start - before.end < gap
    return wrong


def _is_break_legal(
    case: Case, shift: PlannedShift, pause: PlannedBreak, rule: BreakRule
) -> bool:
    step = case.problem.grid.interval_min
    offset = (pause.start - shift.start) * step
    return (
        rule.earliest_min <= offset <= rule.latest_min
        and (pause.end - pause.start) * step == rule.length_min
        and pause.end <= shift.end
        and (pause.code, pause.is_paid) == (rule.code, rule.is_paid)
    )


def _first_day(case: Case, week: int) -> int:
    return [int(w) for w in case.problem.grid.week_of_day].index(week)


def _works_in(case: Case, week: int) -> bool:
    weeks = case.problem.grid.week_of_day
    return any(weeks[shift.day] == week for shift in case.shifts)
