"""What one more agent is worth in each interval, and what the whole roster lacks."""

import numpy as np

from callcenter.engine.rostering.kernel.parts import (
    Floats,
    Ints,
    Marks,
    Plan,
    Wanted,
    fast,
    inner,
    outer,
)


@fast
def _shortage(
    demand: Floats, counts: Ints, hits: Ints, n_sets: int, out: Floats
) -> None:
    """The most that any set lacks, at least 0; ``hits`` are added to the counts."""
    out[:] = 0.0
    for s in range(n_sets):
        row, count, more = demand[s], counts[s], hits[s]
        for t in range(len(out)):
            lacking = row[t] - count[t] - more
            out[t] = max(out[t], lacking)


@inner
def price(
    wanted: Wanted,
    plan: Plan,
    part: int,
    hits: Ints,
    none: Ints,
    out: Floats,
    short: Floats,
) -> None:
    """Points by interval that one more agent adds, mostly negative.

    ``none`` is a row of zeros like ``hits``; ``short`` room of shape (2, t).
    """
    out[:] = wanted.over
    demand, counts, n_sets = wanted.demand[part], plan.counts[part], wanted.n_sets[part]
    for level in range(demand.shape[0]):
        step = wanted.steps[part, level]
        if step == 0.0:
            continue
        _shortage(demand[level], counts, none, n_sets, short[0])
        _shortage(demand[level], counts, hits, n_sets, short[1])
        for t in range(len(out)):
            out[t] += step * (short[1, t] - short[0, t])


@inner
def count(plan: Plan, part: int, hits: Ints, presence: Marks, sign: int) -> None:
    """Count an agent in, or out with sign -1."""
    n_sets = plan.counts.shape[1]
    for t in range(len(presence)):
        if presence[t]:
            plan.staff[part, t] += sign
            for s in range(n_sets):
                plan.counts[part, s, t] += sign * hits[s]


@outer
def shared_points(wanted: Wanted, plan: Plan, part: int) -> float:
    """Points of a component's coverage; what is idle counts from no demand at all."""
    demand, counts = wanted.demand[part], plan.counts[part]
    none = np.zeros(demand.shape[1], np.int64)
    short = np.empty(demand.shape[2])
    total = wanted.over * plan.staff[part].sum()
    for level in range(demand.shape[0]):
        step = wanted.steps[part, level]
        if step > 0.0:
            _shortage(demand[level], counts, none, wanted.n_sets[part], short)
            total += step * short.sum()
    return total
