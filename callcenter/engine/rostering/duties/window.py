"""A window of days cut out of a long horizon as a problem of its own.

What stays around the window enters by the limits that it leaves: minutes, weekends and
duties of each type are reduced by those outside. The piece reaches so far beyond the
window that all runs which end or begin in it are there whole, and has whole weeks.
"""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyContract,
    DutyProblem,
    Ints,
    cover_of,
)
from callcenter.engine.rostering.duties.part import Part

WEEK = 7


@dataclass(frozen=True, eq=False)
class Window:
    """The window as a part of a smaller problem, and where that lies in the whole."""

    part: Part
    finders: list[LineFinder]
    whole: Part
    first: int
    last: int

    def pasted(self, assigned: Ints) -> Ints:
        """The whole roster with the piece's lines."""
        whole = self.whole.assigned.copy()
        whole[self.whole.people, self.first : self.last] = assigned
        return whole


def cut_window(whole: Part) -> Window:
    """Cut the part's days and people out of its problem."""
    free = np.flatnonzero(whole.days)
    lines = whole.assigned[whole.people]
    first = min(run_before(line, int(free[0])) for line in lines)
    last = max(_run_after(line, int(free[-1])) for line in lines)
    first = first // WEEK * WEEK
    last = min(whole.problem.n_days, -(-last // WEEK) * WEEK)
    problem = _piece(whole, first, last)
    part = Part(
        problem=problem,
        assigned=lines[:, first:last].copy(),
        people=np.arange(len(lines)),
        days=whole.days[first:last],
    )
    finders = [LineFinder(problem, person) for person in part.people]
    return Window(part, finders, whole, first, last)


def run_before(line: Ints, day: int) -> int:
    """The last day of the run before the one that leads up to a day."""
    if day == 0:
        return 0
    is_other = (line[:day] != OFF) != (line[day - 1] != OFF)
    return int(np.flatnonzero(is_other)[-1]) if is_other.any() else 0


def _run_after(line: Ints, day: int) -> int:
    """One past the first day of the run after the one that follows a day."""
    rest = line[day + 1 :] != OFF
    if len(rest) == 0:
        return len(line)
    other = np.flatnonzero(rest != rest[0])
    return day + 2 + int(other[0]) if len(other) else len(line)


def _piece(whole: Part, first: int, last: int) -> DutyProblem:
    problem, people = whole.problem, whole.people
    others = whole.assigned.copy()
    others[people] = OFF
    wanted = (problem.wanted - cover_of(problem, others))[first:last]
    contracts = tuple(
        left_of(problem, problem.contracts[person], whole.assigned[person], first, last)
        for person in people
    )
    return DutyProblem(
        employees=tuple(problem.employees[person] for person in people),
        types=problem.types,
        minutes=problem.minutes,
        may_follow=problem.may_follow,
        contracts=contracts,
        is_free=problem.is_free[people, first:last],
        wish_points=problem.wish_points[people, first:last],
        wish_constant=0.0,
        wanted=wanted,
        short_points=problem.short_points[first:last],
        over_points=problem.over_points[first:last],
    )


def left_of(
    problem: DutyProblem, contract: DutyContract, line: Ints, first: int, last: int
) -> DutyContract:
    """What the days outside leave of a contract's limits."""
    outside = np.concatenate((line[:first], line[last:]))
    at_work = outside[outside != OFF]
    used = np.bincount(at_work, minlength=problem.n_types)
    paid = int((used * problem.minutes).sum())
    weekends = weekends_of(line) - weekends_of(line[first:last])
    return replace(
        contract,
        max_duties=tuple(
            most - int(count)
            for most, count in zip(contract.max_duties, used, strict=True)
        ),
        min_minutes=max(0, contract.min_minutes - paid),
        max_minutes=contract.max_minutes - paid,
        max_weekends=contract.max_weekends - weekends,
    )


def weekends_of(line: Ints) -> int:
    """Weekends with a duty, of a line that begins on a Monday."""
    weeks = np.full(-(-len(line) // WEEK) * WEEK, OFF)
    weeks[: len(line)] = line
    return int((weeks.reshape(-1, WEEK)[:, 5:] != OFF).any(axis=1).sum())
