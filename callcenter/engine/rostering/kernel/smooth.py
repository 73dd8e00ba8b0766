"""A roster of fractions, improved class by class under prices without jumps.

Coverage is convex in the head counts but full of edges, and at an edge one more agent
is worth much or nothing: prices taken there bound nothing. So the points of a shortage
are rounded off over ``width`` agents: the greatest of 0 and of what each set lacks
becomes the logarithm of their exponentials (Nesterov 2005, "Smooth minimization of
non-smooth functions"). Its slopes are always legal prices, of which `pricing` makes a
bound. Agents that are alike move together, each time some way from what they do towards
the cheapest line (Lacoste-Julien et al. 2013, "Block-coordinate Frank-Wolfe").
"""

from typing import NamedTuple

import numpy as np

from callcenter.engine.rostering.kernel.lining import cheapest_line
from callcenter.engine.rostering.kernel.moving import (
    cost_line,
    lay_line,
    move_breaks,
    own_points,
    plan_line,
    recount,
    reroster,
    take_line,
)
from callcenter.engine.rostering.kernel.parts import (
    Desk,
    Floats,
    Ints,
    Plan,
    Task,
    fast,
    inner,
    outer,
)

FAR = 18.0
"""Widths below the greatest from which a shortage does not count."""
HALVINGS = 7


class Blend(NamedTuple):
    """A roster of fractions.

    Attributes
    ----------
    agents, times : shape (n,), one agent for each class, and how many are alike
    presence : shape (n, t), share of a class at work; ``own`` (n,) points of one
    counts : shape (p, s, t)
    """

    agents: Ints
    times: Ints
    presence: Floats
    own: Floats
    counts: Floats


@outer
def sweep(task: Task, desk: Desk, blend: Blend, order: Ints, width: float) -> float:
    """Move each class once; returns the smoothed points gained, about."""
    gained = 0.0
    for n in order:
        gained += _move(task, desk, blend, n, width)
    return gained


@inner
def _move(task: Task, desk: Desk, blend: Blend, n: int, width: float) -> float:
    agent, times = blend.agents[n], blend.times[n]
    part = task.people.part[agent]
    demand, steps = task.wanted.demand[part], task.wanted.steps[part]
    n_sets, over = task.wanted.n_sets[part], task.wanted.over
    counts, hits = blend.counts[part, :n_sets], task.people.hits[agent, :n_sets]
    price, share = desk.price, blend.presence[n]
    for t in range(len(price)):
        price[t] = over - worth(demand, steps, counts, hits, 0.0, t, width)
    cost_line(task, desk, agent)
    own = cheapest_line(task, desk, agent, desk.chosen)
    if own == np.inf:
        return 0.0
    lay_line(task, desk, agent)
    own += _fixed_points(price, task.people.fixed[agent], task.people.barred[agent])
    slope = 0.0
    for t in range(len(price)):
        own -= price[t] * desk.presence[t]
        slope += price[t] * (desk.presence[t] - share[t])
    slope += own - blend.own[n]
    if slope > -1e-9:
        return 0.0
    step = _how_far(
        demand, steps, counts, hits, over, share, desk, own - blend.own[n], times, width
    )
    _mix(blend, n, counts, hits, desk, own, step)
    return -0.5 * step * slope * times


@inner
def _fixed_points(price: Floats, fixed: Ints, barred: Ints) -> float:
    """What the line's cost leaves out: pinned shifts at work."""
    points = 0.0
    for t in range(len(price)):
        if fixed[t] and not barred[t]:
            points += price[t]
    return points


@inner
def _how_far(
    demand: Floats,
    steps: Floats,
    counts: Floats,
    hits: Ints,
    over: float,
    share: Floats,
    desk: Desk,
    own: float,
    times: int,
    width: float,
) -> float:
    """The share of the way at which the smoothed points are least."""
    low, high = 0.0, 1.0
    presence = desk.presence
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        slope = own
        for t in range(len(share)):
            apart = presence[t] - share[t]
            if apart != 0.0:
                moved = middle * times * apart
                slope += apart * (
                    over - worth(demand, steps, counts, hits, moved, t, width)
                )
        if slope > 0.0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


@inner
def _mix(
    blend: Blend,
    n: int,
    counts: Floats,
    hits: Ints,
    desk: Desk,
    own: float,
    step: float,
) -> None:
    share, times = blend.presence[n], blend.times[n]
    for t in range(len(share)):
        apart = step * (desk.presence[t] - share[t])
        if apart != 0.0:
            share[t] += apart
            for s in range(len(hits)):
                counts[s, t] += times * apart * hits[s]
    blend.own[n] += step * (own - blend.own[n])


@fast
def worth(
    demand: Floats,
    steps: Floats,
    counts: Floats,
    hits: Ints,
    moved: float,
    t: int,
    width: float,
) -> float:
    """Points that one more agent saves at an interval, ``moved`` of the like added."""
    total = 0.0
    for level in range(len(steps)):
        if steps[level] == 0.0:
            continue
        most = 0.0
        for s in range(len(hits)):
            lacking = demand[level, s, t] - counts[s, t] - moved * hits[s]
            most = max(most, lacking)
        floor = most - FAR * width
        if most == 0.0 and floor > 0.0:
            continue
        weight = np.exp(-most / width) if most < FAR * width else 0.0
        helped = 0.0
        for s in range(len(hits)):
            lacking = demand[level, s, t] - counts[s, t] - moved * hits[s]
            if lacking > floor:
                part = np.exp((lacking - most) / width)
                weight += part
                if hits[s]:
                    helped += part
        total += steps[level] * helped / weight
    return total


@outer
def slopes(task: Task, blend: Blend, width: float, out: Floats) -> None:
    """The prices by component, level, set and interval at which a blend stands."""
    wanted = task.wanted
    for p in range(out.shape[0]):
        n_sets = wanted.n_sets[p]
        counts = blend.counts[p]
        for level in range(out.shape[1]):
            step, demand = wanted.steps[p, level], wanted.demand[p, level]
            for t in range(out.shape[3]):
                out[p, level, :, t] = 0.0
                if step == 0.0:
                    continue
                most = 0.0
                for s in range(n_sets):
                    most = max(most, demand[s, t] - counts[s, t])
                weight = np.exp(-most / width)
                for s in range(n_sets):
                    part = np.exp((demand[s, t] - counts[s, t] - most) / width)
                    out[p, level, s, t] = part
                    weight += part
                for s in range(n_sets):
                    out[p, level, s, t] *= step / weight


@outer
def improve(task: Task, plan: Plan, desk: Desk, agents: Ints, width: float) -> float:
    """Give each agent in turn the cheapest line, edges rounded over some width.

    Without any width the points are the true ones, breaks are moved once more, and
    nobody is worse off afterwards. Returns the points gained then, else 0.
    """
    gained = 0.0
    for agent in agents:
        part = task.people.part[agent]
        if part < 0:
            continue
        if width > 0.0:
            _settle(task, plan, desk, agent, part, width)
        else:
            gained += reroster(task, plan, desk, agent)
            gained += move_breaks(task, plan, desk, agent)
    return gained


@inner
def _settle(
    task: Task, plan: Plan, desk: Desk, agent: int, part: int, width: float
) -> None:
    recount(task, plan, agent, -1)
    _round_price(task, plan, desk, agent, part, width)
    if plan_line(task, desk, agent):
        take_line(plan, desk, agent, own_points(task, agent, desk.chosen))
    recount(task, plan, agent, 1)


@inner
def _round_price(
    task: Task, plan: Plan, desk: Desk, agent: int, part: int, width: float
) -> None:
    demand, steps = task.wanted.demand[part], task.wanted.steps[part]
    n_sets, over, price = task.wanted.n_sets[part], task.wanted.over, desk.price
    counts, hits = plan.counts[part, :n_sets], task.people.hits[agent, :n_sets]
    for t in range(len(price)):
        price[t] = over - worth(demand, steps, counts, hits, 0.5, t, width)
