"""A rotating schedule: as many weeks as groups, worked by all one after the other.

Week ``i`` is followed by week ``i + 1`` and the last one by the first, so the schedule
is one cyclic row of days. Each day of the week every type of shift is wanted an exact
number of times (Musliu, Gärtner and Slany 2002).
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError

Ints = NDArray[np.int64]

DAYS = 7
OFF = 0
"""A day off; shifts are numbered from 1."""


@dataclass(frozen=True)
class RotationRules:
    """The rules of blocks; each pair of lengths is least and most days in a row.

    ``shift_blocks`` is by type of shift; ``forbidden`` are runs of two or three values
    that must not occur, days off counting as a value.
    """

    shift_blocks: tuple[tuple[int, int], ...]
    off_block: tuple[int, int]
    work_block: tuple[int, int]
    forbidden: frozenset[tuple[int, ...]] = frozenset()


@dataclass(frozen=True, eq=False)
class RotationProblem:
    """What is to be rotated.

    Parameters
    ----------
    n_groups : int, groups of employees, which is also the number of weeks
    demand : ndarray of int, shape (n_types, 7), groups wanted from Monday to Sunday
    rules : RotationRules
    """

    n_groups: int
    demand: Ints
    rules: RotationRules

    @property
    def n_types(self) -> int:
        """How many types of shift there are."""
        return int(self.demand.shape[0])

    def __post_init__(self) -> None:
        if self.n_groups < 1:
            raise EngineInputError("a rotation needs at least one group")
        if self.demand.ndim != 2 or self.demand.shape[1] != DAYS:
            raise EngineInputError("demand needs a row of seven days for each type")
        if np.any(self.demand < 0):
            raise EngineInputError("demand must not be negative")
        rules = self.rules
        if len(rules.shift_blocks) != self.n_types:
            raise EngineInputError("each type of shift needs least and most days")
        for least, most in (*rules.shift_blocks, rules.off_block, rules.work_block):
            if not 1 <= least <= most:
                raise EngineInputError(f"{least} to {most} days in a row cannot be")
        for run in rules.forbidden:
            known = all(0 <= value <= self.n_types for value in run)
            if len(run) not in (2, 3) or not known:
                raise EngineInputError(f"{run} is not a run of two or three values")


class RotationStatus(StrEnum):
    """What is known of the answer."""

    FOUND = "optimal"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Rotation:
    """The weeks, shape (n_groups, 7), or why there are none.

    ``conflict`` names rules that cannot be met together; without any one of them there
    would be a rotation.
    """

    weeks: Ints
    status: RotationStatus
    seconds: float
    cpu_seconds: float
    conflict: tuple[str, ...] = field(default=())
