"""The shifts that a library allows, with their breaks placed for given prices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.model import (
    BreakRule,
    PlannedBreak,
    RosterProblem,
    ShiftTemplate,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Family:
    """All shifts of one template and one length, over the whole horizon.

    Attributes
    ----------
    template : int
    rules : tuple of BreakRule
    length : int, intervals
    paid_min : int, minutes
    work : int, least intervals between two breaks
    starts, days : ndarray of int, shape (n_starts,)
    """

    template: int
    rules: tuple[BreakRule, ...]
    length: int
    paid_min: int
    work: int
    starts: Ints
    days: Ints


def shift_families(problem: RosterProblem) -> list[Family]:
    """Every template at every length, with all starts that lie on the horizon."""
    return [
        _family(problem, number, template, length_min)
        for number, template in enumerate(problem.templates)
        for length_min in template.lengths_min
    ]


def template_starts(problem: RosterProblem, template: ShiftTemplate) -> Ints:
    """Intervals at which a shift of the template may start, over all days."""
    local = problem.grid.local_min[: problem.grid.day_starts[-1]]
    is_start = (
        (local >= template.earliest_start_min)
        & (local <= template.latest_start_min)
        & ((local - template.earliest_start_min) % template.step_min == 0)
    )
    return np.flatnonzero(is_start)


def _family(
    problem: RosterProblem, number: int, template: ShiftTemplate, length_min: int
) -> Family:
    grid = problem.grid
    starts = template_starts(problem, template)
    length = length_min // grid.interval_min
    starts = starts[starts + length <= grid.n_intervals]
    return Family(
        template=number,
        rules=template.breaks,
        length=length,
        paid_min=length_min - template.unpaid_min,
        work=grid.intervals_of(template.min_work_min),
        starts=starts,
        days=np.searchsorted(grid.day_starts, starts, side="right") - 1,
    )


def place_breaks(
    family: Family, start: int, price: Floats, barred: Ints, step_min: int
) -> tuple[PlannedBreak, ...] | None:
    """The cheapest legal breaks of one shift, None when they do not fit."""
    if not family.rules:
        return ()
    running = np.concatenate(([0.0], np.cumsum(price)))
    starts = np.array([start])
    tables = _break_tables(family, starts, running, barred, step_min)
    if not np.isfinite(tables[-1][1].min()):
        return None
    placed: list[PlannedBreak] = []
    limit = family.length
    for rule, (offsets, cost) in zip(family.rules[::-1], tables[::-1], strict=True):
        size = rule.length_min // step_min
        usable = np.where(offsets + size <= limit, cost[0], np.inf)
        offset = int(offsets[int(np.argmin(usable))])
        begin = start + offset
        placed.append(PlannedBreak(rule.code, begin, begin + size, rule.is_paid))
        limit = offset - family.work
    return tuple(placed[::-1])


def _break_tables(
    family: Family, starts: Ints, running: Floats, barred: Ints, step_min: int
) -> list[tuple[Ints, Floats]]:
    """By break: its offsets, and the least cost of it and all before, per shift."""
    bars = np.concatenate(([0], np.cumsum(barred)))
    tables: list[tuple[Ints, Floats]] = []
    for rule in family.rules:
        size = rule.length_min // step_min
        last = min(rule.latest_min // step_min, family.length - size)
        offsets = np.arange(-(-rule.earliest_min // step_min), last + 1)
        at = starts[:, None] + offsets[None, :]
        cost = running[at] - running[at + size]
        cost[bars[at + size] > bars[at]] = np.inf
        if tables:
            cost += _best_before(family, tables, offsets, step_min)
        tables.append((offsets, cost))
    return tables


def _best_before(
    family: Family, tables: list[tuple[Ints, Floats]], offsets: Ints, step_min: int
) -> Floats:
    """Least cost of the earlier breaks when the next starts at each offset."""
    earlier, cost = tables[-1]
    size = family.rules[len(tables) - 1].length_min // step_min
    best = np.minimum.accumulate(cost, axis=1)
    place = np.searchsorted(earlier, offsets - size - family.work, side="right") - 1
    found = best[:, np.maximum(place, 0)]
    return np.asarray(np.where(place[None, :] >= 0, found, np.inf), np.float64)
