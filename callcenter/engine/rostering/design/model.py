"""What shift design is given and answers (Di Gaspero, Gärtner, Kortsarz, Musliu,
Schaerf and Slany 2007).

Days are cut into slots and follow one another around: a shift of the last day may run
into the first one. Points are paid for each minute short, each minute over and each
different shift that occurs at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Shift(NamedTuple):
    """A shift in slots: its first one within the day, and how many."""

    start: int
    length: int


@dataclass(frozen=True, eq=False)
class DesignProblem:
    """What is to be covered, and by which shifts.

    Parameters
    ----------
    demand : ndarray of int, shape (n_days, n_slots_of_a_day), people wanted
    slot_minutes : int
    shifts : tuple of Shift, all that are possible
    short_points, over_points : float, points of one minute of one person
    shift_points : float, points of each different shift in use
    """

    demand: Ints
    slot_minutes: int
    shifts: tuple[Shift, ...]
    short_points: float
    over_points: float
    shift_points: float

    @property
    def n_days(self) -> int:
        """How many days go around."""
        return int(self.demand.shape[0])

    @property
    def n_slots(self) -> int:
        """Slots of all days."""
        return int(self.demand.size)

    def __post_init__(self) -> None:
        if self.demand.ndim != 2 or self.demand.size == 0:
            raise EngineInputError("demand needs a row of slots for each day")
        if np.any(self.demand < 0):
            raise EngineInputError("demand must not be negative")
        if self.slot_minutes < 1 or not self.shifts:
            raise EngineInputError("a design needs minutes of a slot and shifts")
        if len(set(self.shifts)) < len(self.shifts):
            raise EngineInputError("a shift occurs twice")
        for start, length in self.shifts:
            if not 0 <= start < self.demand.shape[1]:
                raise EngineInputError(f"no slot {start} in the day to start at")
            if not 1 <= length <= self.n_slots:
                raise EngineInputError(f"a shift cannot be {length} slots long")
        if min(self.short_points, self.over_points, self.shift_points) < 0:
            raise EngineInputError("points must not be negative")


class DesignStatus(StrEnum):
    """How good the answer is known to be."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


ReportProgress = Callable[[float, float, str, float], None]
"""Told objective, bound, phase and seconds."""


@dataclass(frozen=True, eq=False)
class Design:
    """People by shift and day, shape (n_shifts, n_days), and what is proved of them."""

    people: Ints
    objective: float
    bound: float
    status: DesignStatus
    seconds: float
    cpu_seconds: float
