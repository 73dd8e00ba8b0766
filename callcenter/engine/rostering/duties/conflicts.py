"""Why somebody has no legal line: the smallest sets of rules in conflict."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import (
    Bools,
    DutyConflict,
    DutyContract,
    DutyProblem,
    Ints,
)


@dataclass(frozen=True)
class _Case:
    """One employee's rules, some of them lifted."""

    contract: DutyContract
    is_free: Bools
    may_follow: Bools


Lift = Callable[[DutyProblem, _Case], _Case]


def _changed(case: _Case, **values: object) -> _Case:
    return replace(case, contract=replace(case.contract, **values))  # type: ignore[arg-type]


def _any_number_of_a_type(problem: DutyProblem, case: _Case) -> _Case:
    return _changed(case, max_duties=(problem.n_days,) * problem.n_types)


def _any_minutes(problem: DutyProblem, case: _Case) -> _Case:
    return _changed(case, max_minutes=int(problem.minutes.max()) * problem.n_days)


LIFTS: dict[str, Lift] = {
    "days that must stay free": lambda _p, case: replace(
        case, is_free=np.zeros_like(case.is_free)
    ),
    "most duties of a type": _any_number_of_a_type,
    "most minutes": _any_minutes,
    "most days in a row": lambda p, case: _changed(case, max_days_in_row=p.n_days),
    "least days in a row": lambda _p, case: _changed(case, min_days_in_row=1),
    "least days off in a row": lambda _p, case: _changed(case, min_days_off=1),
    "most weekends": lambda p, case: _changed(case, max_weekends=p.n_days),
    "types that may not follow one another": lambda _p, case: replace(
        case, may_follow=np.ones_like(case.may_follow)
    ),
}

NEEDED = "least minutes"
"""Without this rule a line of days off is legal, so each conflict holds it."""


def find_conflicts(
    problem: DutyProblem, people: Ints | Iterable[int]
) -> tuple[DutyConflict, ...]:
    """For each of these people the smallest set of rules that no line meets."""
    return tuple(
        DutyConflict(problem.employees[person], _smallest(problem, int(person)))
        for person in people
    )


def _smallest(problem: DutyProblem, person: int) -> tuple[str, ...]:
    case = _Case(problem.contracts[person], problem.is_free[person], problem.may_follow)
    for size in range(len(LIFTS) + 1):
        for kept in combinations(LIFTS, size):
            lifted = case
            for name, lift in LIFTS.items():
                if name not in kept:
                    lifted = lift(problem, lifted)
            if not _is_possible(problem, lifted):
                return (NEEDED, *kept)
    return (NEEDED, *LIFTS)


def _is_possible(problem: DutyProblem, case: _Case) -> bool:
    """Whether any line meets the case's rules."""
    alone = DutyProblem(
        employees=("",),
        types=problem.types,
        minutes=problem.minutes,
        may_follow=case.may_follow,
        contracts=(case.contract,),
        is_free=case.is_free[None, :],
        wish_points=np.zeros((1, problem.n_days, problem.n_types)),
        wish_constant=0.0,
        wanted=problem.wanted,
        short_points=problem.short_points,
        over_points=problem.over_points,
    )
    nothing = np.zeros((problem.n_days, problem.n_types))
    return len(LineFinder(alone, 0).find(nothing)[1]) > 0
