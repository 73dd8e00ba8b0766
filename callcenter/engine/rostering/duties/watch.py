"""The best roster so far, what is proved about it, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, gcd

import numpy as np

from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyProblem,
    DutyProgress,
    Ints,
    ReportProgress,
    roster_points,
)

Clock = Callable[[], float]

BETTER = 1e-6


@dataclass(eq=False)
class Watch:
    """Keeps the best roster and the bound; says when to stop."""

    problem: DutyProblem
    limit_s: float
    clock: Clock
    report: ReportProgress | None = None
    should_stop: Callable[[], bool] | None = None
    assigned: Ints = field(init=False)
    objective: float = np.inf
    bound: float = -np.inf
    trace: list[DutyProgress] = field(default_factory=list)

    def __post_init__(self) -> None:
        shape = (self.problem.n_employees, self.problem.n_days)
        self.assigned = np.full(shape, OFF, np.int64)
        self.began = self.clock()
        self.step = points_step(self.problem)

    @property
    def seconds(self) -> float:
        """How long the solver has been at work."""
        return self.clock() - self.began

    @property
    def seconds_left(self) -> float:
        """How much of the time is left."""
        return max(0.0, self.limit_s - self.seconds)

    @property
    def is_proved(self) -> bool:
        """Whether no roster can be better than the best."""
        return self.objective <= self.lifted(self.bound) + BETTER

    @property
    def least_gain(self) -> float:
        """What a better roster is better by at least."""
        return self.step if self.step > 0 else max(1e-4, 1e-6 * abs(self.objective))

    def lifted(self, bound: float) -> float:
        """The least points from the bound up that a roster can have at all."""
        if self.step <= 0 or not np.isfinite(bound):
            return bound
        offset = self.problem.wish_constant
        return offset + self.step * ceil((bound - offset) / self.step - BETTER)

    def offer(self, assigned: Ints, phase: str) -> bool:
        """Keep a roster when it is better than the best."""
        points = roster_points(self.problem, assigned)
        if points >= self.objective - BETTER:
            return False
        self.assigned, self.objective = assigned.copy(), points
        self._tell(phase)
        return True

    def prove(self, bound: float, phase: str) -> None:
        """Raise the bound."""
        if bound > self.bound + BETTER:
            self.bound = min(bound, self.objective)
            self._tell(phase)

    def _tell(self, phase: str) -> None:
        progress = DutyProgress(self.objective, self.bound, phase, self.seconds)
        self.trace.append(progress)
        if self.report is not None:
            self.report(progress)

    def is_over(self, share: float = 1.0) -> bool:
        """Whether to stop now, or when a share of the time is gone."""
        if self.should_stop is not None and self.should_stop():
            return True
        return self.is_proved or self.seconds >= self.limit_s * share


def points_step(problem: DutyProblem) -> float:
    """What all rosters' points differ by a multiple of; 0 where they are not whole."""
    points = (problem.wish_points, problem.short_points, problem.over_points)
    whole = (*points, problem.wanted)
    if any(np.any(values != np.round(values)) for values in whole):
        return 0.0
    values = np.unique(np.concatenate([np.abs(v).ravel() for v in points]))
    return float(gcd(*(int(value) for value in values)))
