"""Branch and price: a tree of nodes whose least bound is proved for the whole.

Every node is bounded by generating lines. Limits of sums of missing people leave the
search for lines as it is; what one person may do on a day only masks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.rostering.duties.branching import Node, children
from callcenter.engine.rostering.duties.generate import Generator, Prices, StopCheck
from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import Ints
from callcenter.engine.rostering.duties.part import Relaxation
from callcenter.engine.rostering.duties.restricted import (
    Restricted,
)

NODES = 3
"""Nodes that a worker looks at before it hands back what is open."""

SURE = 1e-6


@dataclass(frozen=True, eq=False)
class Explored:
    """What became of a node: those below it that are still open, the best roster.

    ``closed`` is the least bound of nodes that were closed without more nodes below.
    """

    open: list[Node]
    assigned: Ints | None
    closed: float


@dataclass(eq=False)
class Explorer:
    """One worker's own master and finders for the nodes it is given."""

    master: Restricted
    finders: Sequence[LineFinder]

    def explore(self, node: Node, goal: float, stop: StopCheck) -> Explored:
        """Look at a node and some below it, deep ones first."""
        problem, generator = self.master.part.problem, Generator(self.finders)
        todo, best, closed = [node], None, np.inf
        for _ in range(NODES):
            if not todo or stop():
                break
            now = todo.pop()
            self.master.bind(now.limits, now.may)
            sums = np.array([now.sums.get(key, 0.0) for key in self.master.sums])
            done = generator.generate(
                self.master, stop, goal=goal, center=Prices(now.cells, sums)
            )
            keys = zip(self.master.sums, done.prices.sums.tolist(), strict=False)
            now = replace(
                now,
                bound=max(now.bound, done.bound),
                cells=done.prices.cells,
                sums=dict(keys),
            )
            if now.bound > goal:
                closed = min(closed, now.bound)
            elif not done.is_settled:
                todo.append(now)
            elif (whole := self._whole(done.relaxed)) is not None:
                best, closed = whole, min(closed, now.bound)
                goal = min(goal, done.relaxed.value - SURE)
            elif below := children(problem, self.master, done, now, goal):
                todo += below
            else:
                closed = min(closed, now.bound)
        return Explored(todo, best, closed)

    def _whole(self, relaxed: Relaxation) -> Ints | None:
        """The roster of a relaxation that is one."""
        columns = np.flatnonzero(relaxed.shares > 1.0 - SURE)
        owners = [self.master.owners[column] for column in columns]
        if len(owners) < len(self.master.part.people):
            return None
        assigned = self.master.part.assigned.copy()
        for owner, column in zip(owners, columns, strict=True):
            assigned[owner] = self.master.lines[column]
        return assigned


@dataclass(eq=False)
class Tree:
    """The open nodes of the whole, and what is proved by them."""

    explorers: list[Explorer]
    open: list[Node]
    closed: float = np.inf
    taken: int = 0

    @property
    def bound(self) -> float:
        """No roster is below, while no node is taken."""
        return min(self.closed, *(node.bound for node in self.open), np.inf)

    @property
    def is_done(self) -> bool:
        """Whether no node is left."""
        return not self.open and self.taken == 0

    def take(self, *, newest: bool = False) -> Node:
        """The open node of the least bound, or the newest one to go deep."""
        bounds = [node.bound for node in self.open]
        place = len(bounds) - 1 if newest else int(np.argmin(bounds))
        self.taken += 1
        return self.open.pop(place)

    def give(self, explored: Explored, goal: float) -> None:
        """Take over what became of a node; what passes ``goal`` is closed."""
        self.taken -= 1
        self.closed = min(self.closed, explored.closed)
        self.open += explored.open
        for node in self.open:
            if node.bound > goal:
                self.closed = min(self.closed, node.bound)
        self.open = [node for node in self.open if node.bound <= goal]
