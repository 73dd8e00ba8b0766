"""Exchanges of shifts: who could lawfully take whose, and the circles that this closes.

Everybody in an exchange gives one shift and takes one, so whether a person may hold
another's shift depends on what they give for it and on nobody else. The whole question
is therefore a graph: an arrow from shift ``i`` to shift ``j`` says that the owner of
``i`` may work ``j`` in its place, and an exchange is a circle through different people
(Roth, Sönmez, Ünver (2004), Kidney exchange, QJE 119(2), whose chains are the same).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.frame import night_minutes
from callcenter.engine.rostering.model import Contract, PlannedShift, RosterProblem
from callcenter.engine.rostering.rules import (
    Case,
    breaks_as_template,
    day_hours,
    inside_horizon,
    meeting_not_cut,
    shift_in_library,
)

_LONE_RULES = (inside_horizon, shift_in_library, breaks_as_template, day_hours)
_FAR = np.iinfo(np.int64).max // 4
MOST_STEPS = 200_000


@dataclass(frozen=True, eq=False)
class _Columns:
    """The shifts that could change hands, as arrays of shape (n,)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    day: NDArray[np.int64]
    week: NDArray[np.int64]
    weekend: NDArray[np.int64]
    paid_min: NDArray[np.int64]
    is_night: NDArray[np.bool_]

    @classmethod
    def of(cls, problem: RosterProblem, shifts: Sequence[PlannedShift]) -> "_Columns":
        nights = night_minutes(problem)

        def whole(values: list[int]) -> NDArray[np.int64]:
            return np.array(values, np.int64).reshape(len(shifts))

        day = whole([each.day for each in shifts])
        return cls(
            start=whole([each.start for each in shifts]),
            end=whole([each.end for each in shifts]),
            day=day,
            week=np.asarray(problem.grid.week_of_day, np.int64)[day],
            weekend=np.asarray(problem.grid.weekend_of_day, np.int64)[day],
            paid_min=whole([each.paid_min for each in shifts]),
            is_night=np.array(
                [bool(nights[each.start : each.end].any()) for each in shifts], np.bool_
            ),
        )

    def take(self, places: NDArray[np.int64]) -> "_Columns":
        """Some of them, in that order."""
        return _Columns(*(getattr(self, each.name)[places] for each in fields(self)))

    def beside(self, place: int, among: NDArray[np.int64]) -> "_Columns":
        """Those of ``among`` except one, by start."""
        kept = among[among != place]
        return self.take(kept[np.argsort(self.start[kept], kind="stable")])


def who_may_take(
    problem: RosterProblem, shifts: Sequence[PlannedShift], offered: ArrayLike
) -> NDArray[np.bool_]:
    """Whose shift each person may lawfully work in place of the own one they give.

    Parameters
    ----------
    problem : RosterProblem, its demand is not read
    shifts : sequence of PlannedShift, all shifts of everybody who takes part
    offered : array_like of int, shape (n,), positions in ``shifts`` of those that could
        change hands

    Returns
    -------
    ndarray of bool, shape (n, n), ``[i, j]`` whether the owner of ``offered[i]`` may
        work ``offered[j]`` instead; False among the shifts of one person. Skill, rest,
        days in a row, hours of day, week and period, nights, weekends, leave, meetings
        and the library of the contract are kept. For a person whose other shifts break
        no rule the answer is that of `check_shift`.

    Raises
    ------
    EngineInputError : a position is out of range or named twice
    """
    places = np.asarray(offered, np.int64).reshape(-1)
    if places.size and not (places.min() >= 0 and places.max() < len(shifts)):
        raise EngineInputError("an offered shift is not among the shifts")
    if len(set(places.tolist())) != len(places):
        raise EngineInputError("a shift is offered twice")
    columns = _Columns.of(problem, shifts)
    wanted = columns.take(places)
    owner = np.array([each.agent for each in shifts], np.int64)
    alone = _lawful_alone(problem, shifts, places, owner)
    answer = np.zeros((len(places), len(places)), np.bool_)
    for row, place in enumerate(places.tolist()):
        agent = int(owner[place])
        if not problem.agents[agent].skills.any():
            continue
        others = columns.beside(place, np.flatnonzero(owner == agent))
        answer[row] = alone[agent] & _fits(problem, agent, others, wanted)
        answer[row] &= owner[places] != agent
    return answer


def _lawful_alone(
    problem: RosterProblem,
    shifts: Sequence[PlannedShift],
    places: NDArray[np.int64],
    owner: NDArray[np.int64],
) -> dict[int, NDArray[np.bool_]]:
    """For each person, which offered shifts break nothing on their own."""
    by_contract: dict[int, NDArray[np.bool_]] = {}
    answer = {}
    for agent in sorted(set(owner[places].tolist())):
        contract = problem.agents[agent].contract
        if contract not in by_contract:
            by_contract[contract] = np.array(
                [_is_lawful(problem, agent, shifts[place]) for place in places.tolist()]
            )
        answer[agent] = by_contract[contract] & _is_free(problem, agent, shifts, places)
    return answer


def _is_lawful(problem: RosterProblem, agent: int, shift: PlannedShift) -> bool:
    case = Case(problem, agent, (shift,))
    return not any(True for rule in _LONE_RULES for _found in rule(case))


def _is_free(
    problem: RosterProblem,
    agent: int,
    shifts: Sequence[PlannedShift],
    places: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether leave and meetings of the person allow each offered shift."""
    start = np.array([shifts[place].start for place in places.tolist()])
    end = np.array([shifts[place].end for place in places.tolist()])
    free = np.ones(len(places), np.bool_)
    for low, high in problem.agents[agent].blocked:
        free &= (np.minimum(end, high) <= np.maximum(start, low)) | (low >= high)
    for low, high in problem.agents[agent].meetings:
        for row in np.flatnonzero((start < high) & (end > low)).tolist():
            case = Case(problem, agent, (shifts[int(places[row])],))
            free[row] &= not any(True for _found in meeting_not_cut(case))
    return free


def _fits(
    problem: RosterProblem, agent: int, others: _Columns, wanted: _Columns
) -> NDArray[np.bool_]:
    """Whether each shift goes with the person's other shifts."""
    contract = problem.contracts[problem.agents[agent].contract]
    fits = ~np.isin(wanted.day, others.day)
    fits &= _rests(problem, agent, contract, others, wanted)
    fits &= _days_in_row(problem, agent, others)[wanted.day] < contract.max_days_in_row
    fits &= _within_hours(problem, agent, contract, others, wanted)
    if contract.max_nights is not None:
        nights = len(set(others.day[others.is_night].tolist()))
        fits &= nights + wanted.is_night <= contract.max_nights
    if contract.max_weekends is not None:
        worked = set(others.weekend.tolist()) - {-1}
        is_new = (wanted.weekend >= 0) & ~np.isin(wanted.weekend, list(worked))
        fits &= len(worked) + is_new <= contract.max_weekends
    return fits


def _rests(
    problem: RosterProblem,
    agent: int,
    contract: Contract,
    others: _Columns,
    wanted: _Columns,
) -> NDArray[np.bool_]:
    """Whether enough rest lies before and after."""
    last_end = problem.agents[agent].history.last_end
    ends = np.concatenate([[-_FAR if last_end is None else last_end], others.end])
    starts = np.concatenate([others.start, [_FAR]])
    place = np.searchsorted(others.start, wanted.start)
    step = problem.grid.interval_min
    before = (wanted.start - ends[place]) >= -(-contract.min_rest_min // step)
    after = (starts[place] - wanted.end) >= -(-contract.min_rest_min // step)
    return np.asarray(before & after)


def _days_in_row(
    problem: RosterProblem, agent: int, others: _Columns
) -> NDArray[np.int64]:
    """How many worked days each day would join, shape (n_days,)."""
    n_days = len(problem.grid.day_starts) - 1
    works = np.zeros(n_days, np.bool_)
    works[others.day] = True
    joined = np.zeros(n_days, np.int64)
    run = problem.agents[agent].history.days_in_row
    for day in range(n_days):
        joined[day] = run
        run = run + 1 if works[day] else 0
    run = 0
    for day in reversed(range(n_days)):
        joined[day] += run
        run = run + 1 if works[day] else 0
    return joined


def _within_hours(
    problem: RosterProblem,
    agent: int,
    contract: Contract,
    others: _Columns,
    wanted: _Columns,
) -> NDArray[np.bool_]:
    """Whether hours and days of the week, and hours of the period, stay lawful."""
    person, n_weeks = problem.agents[agent], problem.grid.n_weeks
    credited = person.credited_min or (0,) * n_weeks
    minutes = np.array(credited, np.int64)
    np.add.at(minutes, others.week, others.paid_min)
    days = np.zeros(n_weeks, np.int64)
    np.add.at(days, others.week, 1)
    minutes[0] += person.history.week_paid_min
    days[0] += person.history.week_days
    fits = minutes[wanted.week] + wanted.paid_min <= contract.max_week_min
    fits &= days[wanted.week] < contract.max_week_days
    if contract.max_period_min is not None:
        paid = int(others.paid_min.sum()) + sum(credited)
        fits &= paid + wanted.paid_min <= contract.max_period_min
    return np.asarray(fits)


def find_circles(
    may_take: ArrayLike,
    owner: ArrayLike,
    start: int,
    *,
    longest: int = 4,
    most: int = 20,
    reluctance: ArrayLike | None = None,
    may_chain: ArrayLike | None = None,
) -> list[tuple[int, ...]]:
    """The exchanges through one shift, the shortest and least reluctant first.

    Parameters
    ----------
    may_take : array_like of bool, shape (n, n), as `who_may_take` answers
    owner : array_like of int, shape (n,), whose each shift is; nobody comes twice
    start : int, the shift that is to be given away
    longest : int, people, >= 2
    most : int, circles of each length, >= 0
    reluctance : array_like of float, shape (n,), tried in this order; equal if None
    may_chain : array_like of bool, shape (n,), which shifts may lie in a circle of
        three and more; all if None

    Returns
    -------
    list of tuple of int, ``(start, a, b, …)``: the owner of each takes the next one,
        the last owner takes ``start``. The search gives up after a fixed number of
        steps, so that the same question has the same answer on every machine.

    Raises
    ------
    EngineInputError : the shapes differ, or a value is out of its range
    """
    arrows, people = np.asarray(may_take, np.bool_), np.asarray(owner, np.int64)
    n = len(people)
    if arrows.shape != (n, n):
        raise EngineInputError("may_take must have one row and column for each shift")
    if not 0 <= start < n or longest < 2 or most < 0:
        raise EngineInputError("start, longest or most is out of its range")
    costs = np.zeros(n) if reluctance is None else np.asarray(reluctance, np.float64)
    chained = np.ones(n, np.bool_) if may_chain is None else np.asarray(may_chain)
    found: list[tuple[int, ...]] = []
    budget = iter(range(MOST_STEPS))
    for length in range(2, longest + 1):
        allowed = arrows if length == 2 else _only(arrows, chained, start)
        search = _Search(allowed, people, costs, start, length, budget)
        here: list[tuple[int, ...]] = []
        for circle in search.circles((start,)):
            if len(here) == most:
                break
            here.append(circle)
        found += sorted(here, key=lambda each: (float(costs[list(each)].sum()), each))
    return found


def _only(
    arrows: NDArray[np.bool_], kept: NDArray[np.bool_], start: int
) -> NDArray[np.bool_]:
    kept = kept.copy()
    kept[start] = True
    return np.asarray(arrows & kept[:, None] & kept[None, :])


class _Search:
    """Depth first, never where the way back to the start has become too long."""

    def __init__(
        self,
        arrows: NDArray[np.bool_],
        people: NDArray[np.int64],
        costs: NDArray[np.float64],
        start: int,
        length: int,
        budget: Iterator[int],
    ) -> None:
        self.arrows, self.people, self.start = arrows, people, start
        self.length, self.budget = length, budget
        self.order = np.lexsort((np.arange(len(people)), costs))
        self.returns = _returning(arrows, start, length)

    def circles(self, path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Every circle that goes on from the path, in order of reluctance."""
        if len(path) == self.length:
            yield path
            return
        left = self.length - len(path)
        steps = self.arrows[path[-1]] & self.returns[left]
        taken = {int(self.people[each]) for each in path}
        for place in self.order[steps[self.order]].tolist():
            if int(self.people[place]) in taken:
                continue
            if next(self.budget, None) is None:
                return
            yield from self.circles((*path, place))


def _returning(
    arrows: NDArray[np.bool_], start: int, length: int
) -> list[NDArray[np.bool_]]:
    """For each number of arrows, the shifts from which it leads to the start."""
    back = np.zeros(len(arrows), np.bool_)
    back[start] = True
    answer = [back]
    for _step in range(length):
        answer.append(np.asarray((arrows & answer[-1][None, :]).any(axis=1)))
    return answer
