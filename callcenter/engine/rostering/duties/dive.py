"""Diving: hold employees to promising lines, generate again, and so on to a roster."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from callcenter.engine.rostering.duties.generate import Generator
from callcenter.engine.rostering.duties.model import Floats, Ints
from callcenter.engine.rostering.duties.part import Relaxation
from callcenter.engine.rostering.duties.restricted import (
    Restricted,
)

SURE = 0.999
USED = 1e-6
ROUNDS = 12
"""Rounds of generating after each step; fewer where the relaxation did not rise."""

ROUNDS_AGAIN = 20
"""Rounds of generating when the relaxation has passed the goal, before giving up."""

RISE = 0.2
"""Points that a step may cost without new lines being looked for."""

NOISE = 0.3
OPEN_SHARE = 12
"""Of the employees that are left, one in so many is held at a time."""


def dive(
    generator: Generator,
    master: Restricted,
    relaxed: Relaxation,
    stop: Callable[[], bool],
    *,
    goal: float = np.inf,
    rng: np.random.Generator | None = None,
    discrepancies: int = 0,
) -> Ints | None:
    """A roster near the relaxation, or None when ``goal`` was passed on the way.

    Where the goal is passed, up to ``discrepancies`` times the last lines are let go
    and left out (limited discrepancy, Harvey and Ginsberg 1995). When ``stop`` says so
    no more lines are generated and the dive ends on those known.
    """
    way = _Way(generator, master, stop, goal, relaxed.value)
    try:
        while len(way.held) < len(master.part.people):
            chosen = _next(master, _shaken(relaxed.shares, rng), way.held)
            if not chosen:
                return None
            relaxed = way.hold(chosen)
            while relaxed.value > goal + USED:
                if discrepancies == 0 or stop():
                    return None
                discrepancies -= 1
                relaxed = way.retreat()
    finally:
        way.leave()
    assigned = master.part.assigned.copy()
    for person, column in way.held.items():
        assigned[person] = master.lines[column]
    return assigned


@dataclass(eq=False)
class _Way:
    """The lines held so far, in the order in which they were."""

    generator: Generator
    master: Restricted
    stop: Callable[[], bool]
    goal: float
    level: float
    held: dict[int, int] = field(default_factory=dict)
    steps: list[list[int]] = field(default_factory=list)
    banned: list[int] = field(default_factory=list)

    def hold(self, columns: list[int]) -> Relaxation:
        """Hold employees to lines and generate for the others."""
        self.steps.append(columns)
        for column in columns:
            self.held[self.master.owners[column]] = column
            self.master.fix(column)
        return self._generate()

    def retreat(self) -> Relaxation:
        """Let the last lines go and leave the least sure of them out."""
        if self.steps:
            columns = self.steps.pop()
            for column in columns:
                del self.held[self.master.owners[column]]
                self.master.release(column)
            self.master.ban(columns[-1])
            self.banned.append(columns[-1])
        return self._generate()

    def leave(self) -> None:
        """Let all lines go again."""
        for column in (*self.held.values(), *self.banned):
            self.master.release(column)

    def _generate(self) -> Relaxation:
        held = frozenset(self.held)
        rounds = 0 if self.stop() else ROUNDS
        relaxed = self.generator.generate(
            self.master, self.stop, max_rounds=rounds, held=held,
            enough=self.level + RISE,
        ).relaxed  # fmt: skip
        self.level = max(self.level, relaxed.value)
        if rounds == 0 or relaxed.value <= self.goal + USED:
            return relaxed
        return self.generator.generate(
            self.master, self.stop, max_rounds=ROUNDS_AGAIN, held=held, enough=self.goal
        ).relaxed


def _shaken(shares: Floats, rng: np.random.Generator | None) -> Floats:
    """Shares in another order where they are far from sure."""
    if rng is None:
        return shares
    noise = rng.uniform(0.0, NOISE, len(shares))
    return np.where(
        (shares > USED) & (shares < SURE), np.minimum(shares + noise, 0.99), shares
    )


def _next(master: Restricted, shares: Floats, held: dict[int, int]) -> list[int]:
    """All lines that are sure already and the likeliest of the others, those last."""
    order = np.argsort(-shares, kind="stable")
    left = len(master.part.people) - len(held)
    chosen: list[int] = []
    taken = set(held)
    n_open = 0
    for column in order:
        if shares[column] < USED or n_open >= max(1, left // OPEN_SHARE):
            break
        owner = master.owners[column]
        if owner in taken:
            continue
        n_open += shares[column] < SURE
        chosen.append(int(column))
        taken.add(owner)
    return chosen
