"""A roster of whole duties: who works which type of shift on which day.

The published benchmark family (Curtois and Qu 2014) and any center that plans by day
and type of shift fit this shape: every hard rule is about one employee, and only the
wished number of people on each day and type of shift ties the employees together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

OFF = -1
"""The type of a day without a duty."""

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class DutyContract:
    """The hard rules of one employee.

    Runs that touch the first or the last day may be shorter than the least run; nothing
    is carried in from before the first day.
    """

    max_duties: tuple[int, ...]
    """By type of shift, the most duties in the horizon; 0 forbids the type."""
    min_minutes: int
    max_minutes: int
    min_days_in_row: int
    max_days_in_row: int
    min_days_off: int
    max_weekends: int


@dataclass(frozen=True, eq=False)
class DutyProblem:
    """What is to be rostered; day 0 is a Monday.

    Parameters
    ----------
    employees, types : names, in the order of all arrays
    minutes : ndarray, shape (n_types,), paid length of a duty
    may_follow : ndarray of bool, shape (n_types, n_types), ``[t, u]``: u after t
    contracts : tuple of DutyContract, one for each employee
    is_free : ndarray of bool, shape (n_employees, n_days), days that must stay free
    wish_points : ndarray, shape (n_employees, n_days, n_types), points of working there
    wish_constant : float, points of all wishes to work when nobody works
    wanted, short_points, over_points : ndarray, shape (n_days, n_types), people wanted,
        points for each one missing and for each one too many
    """

    employees: tuple[str, ...]
    types: tuple[str, ...]
    minutes: Ints
    may_follow: Bools
    contracts: tuple[DutyContract, ...]
    is_free: Bools
    wish_points: Floats
    wish_constant: float
    wanted: Floats
    short_points: Floats
    over_points: Floats

    @property
    def n_employees(self) -> int:
        """How many people there are."""
        return len(self.employees)

    @property
    def n_days(self) -> int:
        """How many days are rostered."""
        return int(self.wanted.shape[0])

    @property
    def n_types(self) -> int:
        """How many types of shift there are."""
        return len(self.types)

    def __post_init__(self) -> None:
        people, days, types = self.n_employees, self.n_days, self.n_types
        shapes = {
            "minutes": (self.minutes, (types,)),
            "may_follow": (self.may_follow, (types, types)),
            "is_free": (self.is_free, (people, days)),
            "wish_points": (self.wish_points, (people, days, types)),
            "short_points": (self.short_points, (days, types)),
            "over_points": (self.over_points, (days, types)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise EngineInputError(
                    f"{name} has shape {array.shape}, wanted {shape}"
                )
        if len(self.contracts) != people:
            raise EngineInputError("every employee needs exactly one contract")
        if types == 0 or days == 0:
            raise EngineInputError("a roster needs at least one day and one type")
        if np.any(self.minutes <= 0):
            raise EngineInputError("minutes of a duty have to be positive")
        if np.any(self.short_points < 0) or np.any(self.over_points < 0):
            raise EngineInputError("points for cover must not be negative")
        for name, contract in zip(self.employees, self.contracts, strict=True):
            if len(contract.max_duties) != types:
                raise EngineInputError(f"{name}: max_duties needs one value a type")


class DutyStatus(StrEnum):
    """How good the answer is known to be."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class DutyProgress:
    """How far the solver is."""

    objective: float
    bound: float
    phase: str
    seconds: float


@dataclass(frozen=True)
class DutyConflict:
    """Rules of one employee that no row of duties meets together."""

    employee: str
    rules: tuple[str, ...]


ReportProgress = Callable[[DutyProgress], None]


@dataclass(frozen=True, eq=False)
class DutyRoster:
    """The best roster found and what is proved about it.

    ``assigned`` has shape (n_employees, n_days): a position in ``types`` or `OFF`.
    Where ``status`` is infeasible, ``conflicts`` names the people whose own rules
    contradict one another, and all rows are off.
    """

    assigned: Ints
    objective: float
    bound: float
    status: DutyStatus
    seconds: float
    cpu_seconds: float
    conflicts: tuple[DutyConflict, ...] = ()
    trace: tuple[DutyProgress, ...] = ()

    @property
    def gap(self) -> float:
        """(objective - bound) / objective, 0 when proved."""
        if self.objective <= 0:
            return 0.0
        return max(0.0, (self.objective - self.bound) / self.objective)


def cover_of(problem: DutyProblem, assigned: Ints) -> Floats:
    """People at work, shape (n_days, n_types)."""
    cover = np.zeros((problem.n_days, problem.n_types))
    people, days = np.nonzero(assigned != OFF)
    np.add.at(cover, (days, assigned[people, days]), 1.0)
    return cover


def roster_points(problem: DutyProblem, assigned: Ints) -> float:
    """The objective: points of wishes and of cover."""
    people, days = np.nonzero(assigned != OFF)
    wishes = problem.wish_points[people, days, assigned[people, days]].sum()
    cover = cover_of(problem, assigned)
    short = np.maximum(problem.wanted - cover, 0.0) * problem.short_points
    over = np.maximum(cover - problem.wanted, 0.0) * problem.over_points
    return float(problem.wish_constant + wishes + short.sum() + over.sum())
