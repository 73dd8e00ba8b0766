"""A second opinion on a roster of duties, by plain counting.

Nothing here is shared with the solver but the description of the problem: every rule
and every point is worked out anew from the rows, day by day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import isclose

from callcenter.engine.rostering.duties.model import (
    DutyContract,
    DutyProblem,
    DutyRoster,
)

Row = Sequence[str | None]
"""Of one employee: by day the name of the type worked, None on a day off."""


@dataclass(frozen=True)
class DutyBreach:
    """A hard rule that somebody's row breaks; ``day`` is None for the whole horizon."""

    rule: str
    employee: str
    day: int | None
    words: str


@dataclass(frozen=True)
class DutyVerdict:
    """What a roster is worth and which hard rules it breaks."""

    breaches: tuple[DutyBreach, ...]
    wish_points: float
    short_points: float
    over_points: float
    claimed: float

    @property
    def objective(self) -> float:
        """All points together."""
        return self.wish_points + self.short_points + self.over_points

    @property
    def is_honest(self) -> bool:
        """Whether no rule is broken and the points are those claimed."""
        same = isclose(self.objective, self.claimed, rel_tol=1e-9, abs_tol=1e-6)
        return same and not self.breaches


def check_duties(problem: DutyProblem, roster: DutyRoster) -> DutyVerdict:
    """Check every rule and count every point of a roster anew."""
    rows = {
        name: [problem.types[number] if number >= 0 else None for number in numbers]
        for name, numbers in zip(
            problem.employees, roster.assigned.tolist(), strict=True
        )
    }
    breaches: list[DutyBreach] = []
    for number, (name, row) in enumerate(rows.items()):
        free = [bool(value) for value in problem.is_free[number]]
        contract = problem.contracts[number]
        for found in (
            forbidden_succession(problem, row),
            max_duties_of_type(problem, contract, row),
            paid_minutes(problem, contract, row),
            runs_of_work(contract, row),
            runs_of_days_off(contract, row),
            max_weekends(contract, row),
            days_kept_free(free, row),
        ):
            breaches += [DutyBreach(r, name, day, words) for r, day, words in found]
    short, over = _cover_points(problem, list(rows.values()))
    return DutyVerdict(
        breaches=tuple(breaches),
        wish_points=_wish_points(problem, list(rows.values())),
        short_points=short,
        over_points=over,
        claimed=roster.objective,
    )


Found = Iterator[tuple[str, int | None, str]]


def forbidden_succession(problem: DutyProblem, row: Row) -> Found:
    """No type follows one that it may not follow the next day."""
    for day, (today, tomorrow) in enumerate(pairwise(row)):
        if today is None or tomorrow is None:
            continue
        before, after = problem.types.index(today), problem.types.index(tomorrow)
        if not problem.may_follow[before, after]:
            yield "forbidden succession", day, f"{today} then {tomorrow}"


def max_duties_of_type(problem: DutyProblem, contract: DutyContract, row: Row) -> Found:
    """No type is worked more often than the contract allows."""
    worked = Counter(name for name in row if name is not None)
    for name, most in zip(problem.types, contract.max_duties, strict=True):
        if worked[name] > most:
            yield "most duties of a type", None, f"{name}: {worked[name]} > {most}"


def paid_minutes(problem: DutyProblem, contract: DutyContract, row: Row) -> Found:
    """The minutes worked lie within the contract's."""
    length = dict(zip(problem.types, problem.minutes.tolist(), strict=True))
    minutes = sum(length[name] for name in row if name is not None)
    if minutes > contract.max_minutes:
        yield "most minutes", None, f"{minutes} > {contract.max_minutes}"
    if minutes < contract.min_minutes:
        yield "least minutes", None, f"{minutes} < {contract.min_minutes}"


def runs_of_work(contract: DutyContract, row: Row) -> Found:
    """No run of working days is too long, none inside the horizon too short."""
    for is_work, start, length in _runs(row):
        if not is_work:
            continue
        if length > contract.max_days_in_row:
            words = f"{length} > {contract.max_days_in_row}"
            yield "most days in a row", start, words
        is_edge = start == 0 or start + length == len(row)
        if length < contract.min_days_in_row and not is_edge:
            words = f"{length} < {contract.min_days_in_row}"
            yield "least days in a row", start, words


def runs_of_days_off(contract: DutyContract, row: Row) -> Found:
    """No run of days off inside the horizon is too short."""
    for is_work, start, length in _runs(row):
        is_edge = start == 0 or start + length == len(row)
        if not is_work and length < contract.min_days_off and not is_edge:
            words = f"{length} < {contract.min_days_off}"
            yield "least days off in a row", start, words


def max_weekends(contract: DutyContract, row: Row) -> Found:
    """No more weekends are worked, in part or whole, than the contract allows."""
    weekends = {day // 7 for day, name in enumerate(row) if name and day % 7 > 4}
    if len(weekends) > contract.max_weekends:
        words = f"{len(weekends)} > {contract.max_weekends}"
        yield "most weekends", None, words


def days_kept_free(free: Sequence[bool], row: Row) -> Found:
    """Nobody works on a day that is to stay free."""
    for day, (is_free, name) in enumerate(zip(free, row, strict=True)):
        if is_free and name is not None:
            yield "day to stay free", day, str(name)


def _runs(row: Row) -> Iterator[tuple[bool, int, int]]:
    """Each run of like days: whether worked, its first day, its length."""
    start = 0
    for is_work, days in groupby(row, key=lambda name: name is not None):
        length = len(list(days))
        yield is_work, start, length
        start += length


def _wish_points(problem: DutyProblem, rows: list[Row]) -> float:
    points = problem.wish_constant
    for number, row in enumerate(rows):
        for day, name in enumerate(row):
            if name is not None:
                kind = problem.types.index(name)
                points += float(problem.wish_points[number, day, kind])
    return points


def _cover_points(problem: DutyProblem, rows: list[Row]) -> tuple[float, float]:
    short = over = 0.0
    for day in range(problem.n_days):
        present = Counter(row[day] for row in rows)
        for kind, name in enumerate(problem.types):
            missing = float(problem.wanted[day, kind]) - present[name]
            if missing > 0:
                short += missing * float(problem.short_points[day, kind])
            else:
                over -= missing * float(problem.over_points[day, kind])
    return short, over
