"""Column generation: lines of duties priced by what each day and type is worth."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from callcenter.engine.rostering.duties.lines import HUGE, LineFinder
from callcenter.engine.rostering.duties.model import OFF, Bools, Floats, Ints
from callcenter.engine.rostering.duties.part import Relaxation
from callcenter.engine.rostering.duties.restricted import (
    Restricted,
)

NEW_LINES = 6
"""Lines kept of one pricing of one employee."""

WORTH = 1e-6
CENTER_SHARE = 0.6
"""How far prices stay with those of the best bound (Wentges 1997)."""

StopCheck = Callable[[], bool]

Found = tuple[float, Floats, Ints]
"""A bound, points and lines of one employee."""


@dataclass(frozen=True, eq=False)
class Prices:
    """What one more person is worth on each day and type, and limits of sums."""

    cells: Floats
    sums: Floats

    @classmethod
    def of(cls, relaxed: Relaxation) -> "Prices":
        """Those of a relaxation."""
        return cls(relaxed.prices, relaxed.sum_prices)

    def mixed(self, other: "Prices", share: float) -> "Prices":
        """A share of these and the rest of others, which may limit more sums."""
        cells = share * self.cells + (1 - share) * other.cells
        sums = (1 - share) * other.sums
        sums[: len(self.sums)] += share * self.sums
        return Prices(cells, sums)

    def distance(self, other: "Prices") -> float:
        """The largest difference."""
        apart = np.abs(self.cells - other.cells).max()
        n_sums = len(self.sums)
        own = np.abs(self.sums - other.sums[:n_sums]).max(initial=0.0)
        more = np.abs(other.sums[n_sums:]).max(initial=0.0)
        return float(max(apart, own, more))


@dataclass(frozen=True, eq=False)
class Generation:
    """Where generating lines ended.

    ``bound`` is valid for every roster of the part; ``is_settled`` says that no line
    could still lower the relaxation, or that the bound passed the goal.
    """

    relaxed: Relaxation
    bound: float
    is_settled: bool
    prices: Prices
    """Those that gave the bound."""


@dataclass(frozen=True, eq=False)
class Generator:
    """Prices the employees, side by side where an executor is given."""

    finders: Sequence[LineFinder]
    executor: Executor | None = None
    n_workers: int = 1

    def generate(
        self,
        master: Restricted,
        stop: StopCheck,
        *,
        max_rounds: int = 10**6,
        goal: float = np.inf,
        enough: float = -np.inf,
        held: frozenset[int] = frozenset(),
        center: Prices | None = None,
    ) -> Generation:
        """Add lines until none helps, ``stop`` says so or the bound passes ``goal``.

        ``held`` names free employees who are fixed to a line and are not priced; the
        bound is then not valid for the whole part and stays at minus infinity. A
        relaxation no dearer than ``enough`` ends it too. ``center`` are prices that
        bounded a larger part well.
        """
        relaxed = master.relax()
        bound, center = -np.inf, center or Prices.of(relaxed)
        if relaxed.value <= enough:
            return Generation(relaxed, bound, False, center)
        share = CENTER_SHARE
        for _ in range(max_rounds):
            prices = center.mixed(Prices.of(relaxed), share)
            total, n_new = self._price(master, prices, held, stop)
            if held or total > bound:
                bound, center = bound if held else total, prices
            if n_new or relaxed.n_woken:
                n_new, relaxed = n_new + relaxed.n_woken, master.relax()
            if bound > goal + WORTH or relaxed.value - bound < WORTH:
                return Generation(relaxed, bound, True, center)
            if n_new == 0 and relaxed.n_woken == 0 and total > -np.inf:
                if share == 0.0 or prices.distance(Prices.of(relaxed)) < WORTH:
                    return Generation(relaxed, bound, True, center)
                share = share / 2 if share > 0.1 else 0.0
            if stop() or relaxed.value <= enough:
                break
        return Generation(relaxed, bound, False, center)

    def _price(
        self,
        master: Restricted,
        prices: Prices,
        held: frozenset[int],
        stop: StopCheck,
    ) -> tuple[float, int]:
        """The bound at these prices, and how many new lines were found.

        Where ``stop`` says so on the way the others are left out: there is no bound.
        """
        part = master.part
        known = master.best_known(prices.cells)
        todo = [
            (int(person), float(known[place]))
            for place, person in enumerate(part.people)
            if int(person) not in held
        ]

        def find(item: tuple[int, float]) -> Found:
            person, limit = item
            if stop():
                return (
                    -np.inf,
                    np.zeros(0),
                    np.zeros((0, part.problem.n_days), np.int64),
                )
            cost = part.problem.wish_points[person] - prices.cells
            cost, off_cost = keep_outside(part.assigned[person], part.days, cost)
            if person in master.may:
                may = master.may[person]
                cost = np.where(may[:, :-1], cost, HUGE)
                off_cost = np.where(may[:, -1], off_cost, HUGE)
            return self.finders[person].find(
                cost, limit=limit, n_lines=NEW_LINES, off_cost=off_cost
            )

        total, n_new = master.bound_constant(prices.cells, prices.sums), 0
        for (person, _), found in zip(todo, self._each(find, todo), strict=True):
            total += found[0]
            if len(found[2]):
                n_new += master.add_lines(person, found[2])
        return total, n_new

    def enumerate(
        self, master: Restricted, done: Generation, goal: float, most: int
    ) -> bool:
        """Add every line that a roster up to ``goal`` could hold.

        A line whose reduced cost at the bound's prices passes what is left between
        bound and goal cannot be in such a roster. False where there are over ``most``.
        """
        part, room = master.part, goal - done.bound + WORTH
        total = 0
        for person in part.people:
            cost = part.problem.wish_points[person] - done.prices.cells
            cost, off_cost = keep_outside(part.assigned[person], part.days, cost)
            finder = self.finders[person]
            _, values, _ = finder.find(cost, off_cost=off_cost)
            least = values[0]
            lines = finder.find_all(
                cost, limit=least + room, most=most - total, off_cost=off_cost
            )
            if lines is None:
                return False
            total += len(lines)
            master.add_lines(int(person), lines)
        return True

    def _each(
        self, find: Callable[[tuple[int, float]], Found], todo: list[tuple[int, float]]
    ) -> list[Found]:
        if self.executor is None or len(todo) < 4:
            return [find(item) for item in todo]
        size = -(-len(todo) // self.n_workers)
        parts = [todo[i : i + size] for i in range(0, len(todo), size)]
        done = self.executor.map(lambda some: [find(item) for item in some], parts)
        return [found for some in done for found in some]


def keep_outside(assigned: Ints, days: Bools, cost: Floats) -> tuple[Floats, Floats]:
    """Costs that leave a line only what it has on days that are not free."""
    off_cost = np.zeros(len(assigned))
    if days.all():
        return cost, off_cost
    kept = np.flatnonzero(~days)
    held = np.full((len(kept), cost.shape[1]), HUGE)
    at_work = np.flatnonzero(assigned[kept] != OFF)
    types = assigned[kept[at_work]]
    held[at_work, types] = cost[kept[at_work], types]
    cost = cost.copy()
    cost[kept] = held
    off_cost[kept[at_work]] = HUGE
    return cost, off_cost
