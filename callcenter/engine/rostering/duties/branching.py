"""Where a tree of nodes branches: on sums of missing people, or on one person's day."""

from dataclasses import dataclass, replace

import numpy as np

from callcenter.engine.rostering.duties.generate import Generation
from callcenter.engine.rostering.duties.model import (
    OFF,
    Bools,
    DutyProblem,
    Floats,
    Ints,
)
from callcenter.engine.rostering.duties.part import Relaxation
from callcenter.engine.rostering.duties.restricted import (
    ALL,
    Restricted,
    SumKey,
)

FRACTION = 0.02
"""What is nearer to a whole number counts as whole."""

SHARE = 1e-9
MOST_SUMS, MOST_DAYS, MOST_DUTIES = 6, 6, 6
"""How many branchings of each kind are tried out."""

PROBE_STEPS = 40
LEAST_RISE = 1e-3


@dataclass(frozen=True, eq=False)
class Node:
    """What the rosters below a node keep to; none of them is below ``bound``."""

    bound: float
    limits: dict[SumKey, tuple[float, float]]
    may: dict[int, Bools]
    cells: Floats
    sums: dict[SumKey, float]
    """Prices that gave the bound."""

    def limited(self, key: SumKey, least: float, most: float) -> "Node":
        """The node below where a sum keeps to narrower limits."""
        old_least, old_most = self.limits.get(key, (0.0, np.inf))
        both = (max(least, old_least), min(most, old_most))
        return replace(self, limits={**self.limits, key: both})

    def allowed(self, person: int, day: int, kinds: Bools) -> "Node":
        """The node below where a person's day is one of some types, the last is off."""
        before = self.may.get(person)
        may = np.ones((len(self.cells), len(kinds)), np.bool_)
        may = may if before is None else before.copy()
        may[day] &= kinds
        return replace(self, may={**self.may, person: may})


def children(
    problem: DutyProblem, master: Restricted, done: Generation, node: Node, goal: float
) -> tuple[Node, ...]:
    """The pair of nodes that together hold all rosters of a node, where one is found.

    Of some pairs that split the relaxation the one that raises both sides most, by a
    few steps of the simplex; the cheaper side comes last.
    """
    relaxed = done.relaxed
    room = max(goal - relaxed.value, LEAST_RISE)
    best: float = -1.0
    found: tuple[Node, ...] = ()
    for below, above in _pairs(problem, master, relaxed, node):
        rises = []
        for side in (below, above):
            master.bind(side.limits, side.may)
            rise = master.probe(PROBE_STEPS) - relaxed.value
            rises.append(min(max(rise, LEAST_RISE), 1.1 * room))
        if rises[0] * rises[1] > best:
            best = rises[0] * rises[1]
            found = (below, above) if rises[0] > rises[1] else (above, below)
        if min(rises) > room:
            break
    return found


def _pairs(
    problem: DutyProblem, master: Restricted, relaxed: Relaxation, node: Node
) -> list[tuple[Node, Node]]:
    pairs = _sums_split(relaxed, node)
    work = duty_shares(problem, master, relaxed)
    n_types = problem.n_types
    at_work = work.sum(axis=2)
    for person, day in _undecided(at_work, MOST_DAYS):
        is_off = np.arange(n_types + 1) == n_types
        pairs.append(_split(node, int(person), int(day), is_off))
    for person, day, kind in _undecided(work, MOST_DUTIES):
        is_kind = np.arange(n_types + 1) == kind
        pairs.append(_split(node, int(person), int(day), is_kind))
    return pairs


def _split(node: Node, person: int, day: int, kinds: Bools) -> tuple[Node, Node]:
    return node.allowed(person, day, kinds), node.allowed(person, day, ~kinds)


def _sums_split(relaxed: Relaxation, node: Node) -> list[tuple[Node, Node]]:
    """Sums of missing people, and of those too many, that are not whole: all first."""
    found: list[tuple[int, float, SumKey, float]] = []
    for is_over, cells in ((False, relaxed.short), (True, relaxed.over)):
        sums = [(0, (ALL, ALL), cells.sum())]
        sums += [(1, (ALL, k), value) for k, value in enumerate(cells.sum(axis=0))]
        sums += [(2, (d, ALL), value) for d, value in enumerate(cells.sum(axis=1))]
        days, kinds = np.nonzero(cells > FRACTION)
        sums += [
            (3, (int(d), int(k)), cells[d, k]) for d, k in zip(days, kinds, strict=True)
        ]
        for rank, (day, kind), value in sums:
            apart = abs(value - round(value))
            if apart > FRACTION:
                found.append((rank, -apart, (is_over, day, kind), float(value)))
    found.sort()
    return [
        (
            node.limited(key, 0.0, float(np.floor(value))),
            node.limited(key, float(np.ceil(value)), np.inf),
        )
        for _, _, key, value in found[:MOST_SUMS]
    ]


def duty_shares(
    problem: DutyProblem, master: Restricted, relaxed: Relaxation
) -> Floats:
    """How much of each duty the relaxation has, shape (n_people, n_days, n_types)."""
    shares = np.zeros((problem.n_employees, problem.n_days, problem.n_types))
    used = np.flatnonzero(relaxed.shares > SHARE)
    if len(used) == 0:
        return shares
    lines = np.array([master.lines[column] for column in used])
    owner = np.array([master.owners[column] for column in used])
    rows, days = np.nonzero(lines != OFF)
    at = (owner[rows], days, lines[rows, days])
    np.add.at(shares, at, relaxed.shares[used[rows]])
    return shares


def _undecided(shares: Floats, most: int) -> Ints:
    """The places of the shares nearest to one half, shape (n, n_axes)."""
    apart = np.abs(shares - np.round(shares))
    flat = np.argsort(-apart, axis=None, kind="stable")[:most]
    places = np.array(np.unravel_index(flat, shares.shape)).T
    return places[apart.ravel()[flat] > FRACTION]
