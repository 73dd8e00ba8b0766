"""A bound from prices: everybody's cheapest line, and what demand is worth.

For any prices of coverage that its convex points allow, the sum of what the demand is
worth and of everybody's cheapest line at these prices is a bound (Lagrange). Good
prices come from a roster of fractions near the best, its edges rounded; they are
averaged, since those of one moment swing.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.kernel.layout import make_desk
from callcenter.engine.rostering.kernel.parts import Plan, Task
from callcenter.engine.rostering.kernel.pricing import price_lines
from callcenter.engine.rostering.kernel.smooth import Blend, slopes, sweep

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SWEEPS = 200
EACH = 5
"""Sweeps between two bounds."""
MEMORY = 0.9
WIDTH = 1.0
IDLE = 8
"""Bounds in a row without a gain after which no more is expected."""


class Dual:
    """Finds prices that bound a roster from below."""

    def __init__(self, task: Task, constant: float) -> None:
        self.task, self.constant = task, constant
        self.classes = _alike(task)
        self.agents = np.array([each[0] for each in self.classes], np.int64)
        self.times = np.array([len(each) for each in self.classes], np.int64)
        self.price_of, self.named = _price_names(task, self.agents)
        self.desk = make_desk(task)
        # What is compiled at its first call is compiled before the clock starts.
        none = np.zeros(0, np.int64)
        empty = Blend(none, none, np.zeros((0, 1)), np.zeros(0), np.zeros((1, 1, 1)))
        sweep(task, self.desk, empty, none, WIDTH)
        self._price(none, none, none, np.zeros((0, 1)))

    def climb(self, plan: Plan) -> Iterator[float]:
        """Bounds, one after the other, not every one better than the last."""
        if not len(self.agents):
            return
        alone = float(plan.points[self.task.people.part < 0].sum())
        blend = self._blend(plan)
        rng = np.random.default_rng(0)
        now = np.zeros_like(self.task.wanted.demand)
        mean, best, idle = now.copy(), -np.inf, 0
        for number in range(SWEEPS):
            order = rng.permutation(len(self.agents))
            sweep(self.task, self.desk, blend, order, WIDTH)
            slopes(self.task, blend, WIDTH, now)
            memory = min(MEMORY, number / (number + 1))
            mean = memory * mean + (1 - memory) * now
            if number % EACH == EACH - 1:
                found = self.bound(mean) + alone
                idle = 0 if found > best + 1e-4 * abs(best) else idle + 1
                best = max(best, found)
                yield found
                if idle >= IDLE:
                    return

    def bound(self, worth: Floats) -> float:
        """The bound of prices by component, level, set and interval.

        Those who can serve no queue are left out.
        """
        task, people = self.task, self.task.people
        in_all = worth.sum(axis=1)
        prices = np.array(
            [
                task.wanted.over - people.hits[a] @ in_all[people.part[a]]
                for a in self.named
            ]
        )
        lines = self._price(self.agents, self.times, self.price_of, prices)
        demand = float((worth * task.wanted.demand).sum())
        return lines + demand + self.constant

    def _price(self, agents: Ints, times: Ints, names: Ints, prices: Floats) -> float:
        return float(price_lines(self.task, self.desk, agents, times, names, prices))

    def _blend(self, plan: Plan) -> Blend:
        presence = [plan.presence[each].mean(axis=0) for each in self.classes]
        own = [plan.points[each].mean() for each in self.classes]
        return Blend(
            agents=self.agents,
            times=self.times,
            presence=np.array(presence),
            own=np.array(own),
            counts=plan.counts.astype(np.float64),
        )


def _alike(task: Task) -> list[Ints]:
    """Agents of a component by what they may do and bring along."""
    people = task.people
    found: dict[bytes, list[int]] = {}
    for agent in np.flatnonzero(people.part >= 0):
        parts = [getattr(people, name)[agent].tobytes() for name in people._fields]
        found.setdefault(b"|".join(parts), []).append(int(agent))
    return [np.array(each, np.int64) for each in found.values()]


def _price_names(task: Task, agents: Ints) -> tuple[Ints, list[int]]:
    """Which agents see the same prices, and one of each kind."""
    people = task.people
    names: dict[tuple[int, bytes], int] = {}
    named: list[int] = []
    price_of = []
    for agent in agents:
        key = (int(people.part[agent]), people.hits[agent].tobytes())
        if key not in names:
            names[key] = len(named)
            named.append(int(agent))
        price_of.append(names[key])
    return np.array(price_of, np.int64), named
