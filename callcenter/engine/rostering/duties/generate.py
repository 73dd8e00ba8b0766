"""Column generation: lines of duties priced by what each day and type is worth."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from callcenter.engine.rostering.duties.lines import HUGE, LineFinder
from callcenter.engine.rostering.duties.model import OFF, Bools, Floats, Ints
from callcenter.engine.rostering.duties.restricted import Relaxation, Restricted

NEW_LINES = 6
"""Lines kept of one pricing of one employee."""

WORTH = 1e-6
CENTER_SHARE = 0.6
"""How far prices stay with those of the best bound (Wentges 1997)."""

StopCheck = Callable[[], bool]

Found = tuple[float, Floats, Ints]
"""A bound, points and lines of one employee."""


@dataclass(frozen=True, eq=False)
class Generation:
    """Where generating lines ended.

    ``bound`` is valid for every roster of the part; ``is_settled`` says that no line
    could still lower the relaxation, or that the bound passed the goal.
    """

    relaxed: Relaxation
    bound: float
    is_settled: bool
    prices: Floats
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
    ) -> Generation:
        """Add lines until none helps, ``stop`` says so or the bound passes ``goal``.

        ``held`` names free employees who are fixed to a line and are not priced; the
        bound is then not valid for the whole part and stays at minus infinity. A
        relaxation no dearer than ``enough`` ends it too.
        """
        relaxed = master.relax()
        bound, center = -np.inf, relaxed.prices
        if relaxed.value <= enough:
            return Generation(relaxed, bound, False, center)
        share = CENTER_SHARE
        for _ in range(max_rounds):
            prices = share * center + (1 - share) * relaxed.prices
            total, n_new = self._price(master, prices, held)
            if not held and total > bound:
                bound, center = total, prices
            elif held:
                center = prices
            if n_new or relaxed.n_woken:
                n_new, relaxed = n_new + relaxed.n_woken, master.relax()
            if bound > goal + WORTH or relaxed.value - bound < WORTH:
                return Generation(relaxed, bound, True, center)
            if n_new == 0 and relaxed.n_woken == 0:
                if share == 0.0 or np.abs(prices - relaxed.prices).max() < WORTH:
                    return Generation(relaxed, bound, True, center)
                share = share / 2 if share > 0.1 else 0.0
            if stop() or relaxed.value <= enough:
                break
        return Generation(relaxed, bound, False, center)

    def _price(
        self, master: Restricted, prices: Floats, held: frozenset[int]
    ) -> tuple[float, int]:
        """The bound at these prices, and how many new lines were found."""
        part = master.part
        known = master.best_known(prices)
        todo = [
            (int(person), float(known[place]))
            for place, person in enumerate(part.people)
            if int(person) not in held
        ]

        def find(item: tuple[int, float]) -> Found:
            person, limit = item
            cost = part.problem.wish_points[person] - prices
            cost, off_cost = keep_outside(part.assigned[person], part.days, cost)
            return self.finders[person].find(
                cost, limit=limit, n_lines=NEW_LINES, off_cost=off_cost
            )

        total, n_new = master.bound_constant(prices), 0
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
            cost = part.problem.wish_points[person] - done.prices
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
