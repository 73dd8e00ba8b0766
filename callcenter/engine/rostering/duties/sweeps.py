"""Which parts of a long horizon to plan anew: windows of days, sweep after sweep."""

from dataclasses import dataclass, field

import numpy as np

from callcenter.engine.rostering.duties.model import DutyProblem, Ints
from callcenter.engine.rostering.duties.part import Part

LONG_DAYS = 100
"""From here on the whole is not relaxed at once but planned window by window."""

FIRST_DAYS = 14
LONGER = 1.4
"""How much longer the windows of the next sweep are."""

MOST_ROWS = 420
"""Rows of a window's master, beyond which it takes too long."""


@dataclass(eq=False)
class Sweeper:
    """Sweeps of windows that overlap by half, ever longer ones."""

    problem: DutyProblem
    rng: np.random.Generator
    n_workers: int
    days: float = FIRST_DAYS / LONGER
    todo: list[int] = field(default_factory=list)

    def choose(self, assigned: Ints, worker: int) -> tuple[str, Part]:
        """The next window of the sweep; workers keep apart."""
        if not self.todo:
            self._begin()
        start = self.todo.pop(worker * len(self.todo) // self.n_workers)
        days = np.zeros(self.problem.n_days, np.bool_)
        days[start : start + round(self.days)] = True
        return "days", Part(
            self.problem, assigned, np.arange(self.problem.n_employees), days
        )

    def learn(self, kind: str, *, helped: bool, was_settled: bool) -> None:
        """Sweeps come in a fixed order whatever helps."""

    def _begin(self) -> None:
        longest = longest_window(self.problem)
        self.days = min(self.days * LONGER, float(longest))
        length = round(self.days)
        last, step = self.problem.n_days - length, max(1, length // 2)
        first = int(self.rng.integers(step)) - step
        starts = {min(max(at, 0), last) for at in range(first, last + step, step)}
        self.todo = sorted(starts)


def longest_window(problem: DutyProblem) -> int:
    """Days of a window of all people whose master stays small enough."""
    days = (MOST_ROWS - problem.n_employees) // problem.n_types
    return int(min(max(days, FIRST_DAYS), problem.n_days))
