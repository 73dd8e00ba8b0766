"""What a shortage costs when agents serve several queues, each counted once.

In one interval, the least shortage over a set of queues ``A`` is
``max over S within A of demand(S) - agents that can serve any queue of S`` (max-flow,
min-cut). The amounts that can be served form a polymatroid, so serving the dearest
demand first is optimal and the weighted shortage is a sum over weight levels of such
maxima (Edmonds 1970, "Submodular functions, matroids, and certain polyhedra"). That
makes it exact, convex in the head count and fast on whole arrays, without a flow per
interval.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.model import RosterProblem, Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MAX_SETS = 128
"""Queue sets per component beyond which skills are simplified."""


@dataclass(frozen=True, eq=False)
class Component:
    """Queues tied together by agents that can serve several of them.

    Attributes
    ----------
    queues : ndarray of int, shape (q,), queue numbers
    sets : ndarray of bool, shape (n_sets, q), the sets S that can be binding
    demand : ndarray, shape (n_levels, n_sets, n_intervals), agents at or above the
        level
    steps : ndarray, shape (n_levels,), points per agent-interval, drop to the next
        level
    surplus_points : float, points per agent-interval of each agent at work
    constant : ndarray, shape (n_intervals,), points added to make surplus count from
        zero
    """

    queues: Ints
    sets: Bools
    demand: Floats
    steps: Floats
    surplus_points: float
    constant: Floats

    def hits(self, skills: Bools) -> Ints:
        """1 for each set that an agent with these skills can help, shape (n_sets,)."""
        touched = np.any(self.sets & skills[self.queues], axis=1)
        return np.asarray(touched, np.int64)

    def cost(self, counts: Ints, staff: Ints) -> Floats:
        """Points per interval for head counts by set and in all.

        Parameters
        ----------
        counts : ndarray of int, shape (n_sets, n_intervals)
        staff : ndarray of int, shape (n_intervals,)
        """
        short = (self.demand - counts[None]).max(axis=1)
        np.maximum(short, 0.0, out=short)
        points: Floats = self.steps @ short
        return points + self.surplus_points * staff + self.constant


@dataclass(eq=False)
class Cover:
    """Head counts of a roster under construction, and what they cost."""

    components: list[Component]
    component_of_agent: Ints
    hits_of_agent: list[Ints]
    counts: list[Ints]
    staff: list[Ints]
    is_simplified: bool

    def price(self, agent: int) -> Floats:
        """Points by interval that one more agent like this adds, mostly negative."""
        number = int(self.component_of_agent[agent])
        part, counts, staff = self._part(number)
        more = counts + self.hits_of_agent[agent][:, None]
        return part.cost(more, staff + 1) - part.cost(counts, staff)

    def add(self, agent: int, presence: Ints, sign: int = 1) -> None:
        """Count an agent in (or out, with sign -1) where ``presence`` is 1."""
        number = int(self.component_of_agent[agent])
        if number < 0:
            return
        moved = sign * presence
        self.counts[number] += self.hits_of_agent[agent][:, None] * moved[None, :]
        self.staff[number] += moved

    def total(self) -> float:
        """Points of the whole horizon."""
        return sum(
            float(part.cost(counts, staff).sum())
            for part, counts, staff in map(self._part, range(len(self.components)))
        )

    def _part(self, number: int) -> tuple[Component, Ints, Ints]:
        return self.components[number], self.counts[number], self.staff[number]


def build_cover(problem: RosterProblem) -> Cover:
    """An empty `Cover` for a problem."""
    wanted = problem.demand.wanted
    true_skills = skill_matrix(problem)
    skills, is_simplified = simplify_skills(true_skills, wanted.sum(axis=1))
    labels = connect_queues(skills)
    components = [
        _component(problem, np.flatnonzero(labels == label), skills)
        for label in range(int(labels.max(initial=-1)) + 1)
    ]
    first = np.argmax(skills, axis=1) if len(skills) else np.zeros(0, np.int64)
    of_agent = np.where(skills.any(axis=1), labels[first], -1)
    hits = [
        components[number].hits(row) if number >= 0 else np.zeros(0, np.int64)
        for number, row in zip(of_agent, skills, strict=True)
    ]
    shapes = [(len(part.sets), wanted.shape[1]) for part in components]
    return Cover(
        components=components,
        component_of_agent=of_agent,
        hits_of_agent=hits,
        counts=[np.zeros(shape, np.int64) for shape in shapes],
        staff=[np.zeros(wanted.shape[1], np.int64) for _ in shapes],
        is_simplified=is_simplified,
    )


def skill_matrix(problem: RosterProblem) -> Bools:
    """Who can serve what, shape (n_agents, n_queues)."""
    n_queues = len(problem.demand.queues)
    rows = [np.asarray(agent.skills, np.bool_) for agent in problem.agents]
    return np.array(rows, np.bool_).reshape(len(rows), n_queues)


def simplify_skills(skills: Bools, volume: Floats) -> tuple[Bools, bool]:
    """Skills cut to each agent's largest queues until the queue sets stay few.

    Coverage under fewer skills is never overstated. Returns the skills and whether they
    were cut.
    """
    order = np.argsort(-volume, kind="stable")
    kept = skills
    most = int(skills.sum(axis=1).max(initial=0))
    while most > 1 and not _has_few_sets(kept):
        most -= 1
        rank = np.cumsum(skills[:, order], axis=1)
        kept = np.zeros_like(skills)
        kept[:, order] = skills[:, order] & (rank <= most)
    return kept, kept is not skills


def connect_queues(skills: Bools) -> Ints:
    """Component number of each queue, shape (n_queues,)."""
    n_queues = skills.shape[1]
    labels = np.arange(n_queues)
    for row in np.unique(skills, axis=0):
        linked = labels[row]
        if len(linked):
            labels[np.isin(labels, linked)] = linked.min()
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def binding_sets(skills: Bools, queues: Ints) -> Bools | None:
    """The queue sets that can bind, shape (n_sets, len(queues)); None when too many.

    A set binds only when it holds every queue that its agents do not leave, that is
    when it is the complement of a union of skill sets.
    """
    groups = np.unique(skills[:, queues], axis=0)
    unions = {(False,) * len(queues)}
    for group in groups[groups.any(axis=1)]:
        unions |= {
            tuple(bool(a or b) for a, b in zip(union, group, strict=True))
            for union in unions
        }
        if len(unions) > MAX_SETS:
            return None
    return ~np.array(sorted(unions), np.bool_).reshape(-1, len(queues))


def weight_levels(weights: Weights, queue_weights: Floats) -> tuple[Floats, Floats]:
    """Distinct costs of a missing agent-hour, highest first, and the shares they cover.

    Returns
    -------
    levels : ndarray, shape (n_levels,), points per hour
    shares : ndarray, shape (n_levels, n_queues), share of the requirement of each queue
        that costs at least the level
    """
    cells = [
        (weight * factor * weights.short_h, queue, share)
        for queue, weight in enumerate(queue_weights)
        for share, factor in weights.short_tiers
    ]
    levels = np.array(sorted({cost for cost, _, _ in cells}, reverse=True))
    shares = np.zeros((len(levels), len(queue_weights)))
    for cost, queue, share in cells:
        at_or_below = levels <= cost
        shares[at_or_below, queue] = np.maximum(shares[at_or_below, queue], share)
    return levels, shares


def _has_few_sets(skills: Bools) -> bool:
    labels = connect_queues(skills)
    return all(
        binding_sets(skills, np.flatnonzero(labels == label)) is not None
        for label in range(int(labels.max(initial=-1)) + 1)
    )


def _component(problem: RosterProblem, queues: Ints, skills: Bools) -> Component:
    wanted = problem.demand.wanted[queues]
    levels, shares = weight_levels(problem.weights, problem.demand.weights[queues])
    sets = binding_sets(skills, queues)
    if sets is None:
        sets = np.ones((1, len(queues)), np.bool_)
    hours = problem.grid.interval_min / 60
    steps = (levels - np.append(levels[1:], 0.0)) * hours
    over = problem.weights.over_h * hours
    steps[-1] += over
    demand = np.einsum("sq,kq,qt->kst", sets.astype(np.float64), shares, wanted)
    return Component(
        queues=queues,
        sets=sets,
        demand=demand,
        steps=steps,
        surplus_points=over,
        constant=-over * wanted.sum(axis=0),
    )


def allocate(cover: Cover, problem: RosterProblem) -> Floats:
    """Agents at work by queue, shape (n_queues, n_intervals), each counted once.

    Demand is served dearest first in thin slices, in turn over the queues, and agents
    left over are shown where they can help and the surplus is relatively smallest.
    """
    wanted = problem.demand.wanted
    served = np.zeros_like(wanted)
    for number, part in enumerate(cover.components):
        slices = _slices(problem, part.queues, wanted[part.queues])
        total = np.zeros_like(wanted[part.queues])
        before = np.zeros(wanted.shape[1])
        for queue, amount in slices:
            total[queue] += amount
            in_sets = part.sets.astype(np.float64) @ total
            short = np.maximum((in_sets - cover.counts[number]).max(axis=0), 0.0)
            now = total.sum(axis=0) - short
            served[part.queues[queue]] += now - before
            before = now
    return np.asarray(np.maximum(served, 0.0), np.float64)


def _slices(
    problem: RosterProblem, queues: Ints, wanted: Floats
) -> list[tuple[int, Floats]]:
    """Slices of demand as (queue, agents by interval), dearest first, then surplus."""
    cuts = np.unique(
        np.append(np.linspace(0, 1, 11), [s for s, _ in problem.weights.short_tiers])
    )
    weights = problem.demand.weights[queues]
    cells: list[tuple[float, float, int, float]] = []
    for low, high in pairwise(cuts):
        factor = next(
            f for share, f in problem.weights.short_tiers if high <= share + 1e-12
        )
        cells += [
            (-weights[queue] * factor, high, queue, high - low)
            for queue in range(len(queues))
        ]
    slices = [(queue, wanted[queue] * part) for _, _, queue, part in sorted(cells)]
    for part in (0.1, 0.15, 0.25, 0.5, 1.0):
        slices += [(queue, wanted[queue] * part) for queue in range(len(queues))]
    everyone = np.full(wanted.shape[1], float(len(problem.agents)))
    slices += [(queue, everyone) for queue in range(len(queues))]
    return slices
