"""A first line for a long horizon: block by block, limits in proportion."""

from dataclasses import replace
from math import ceil, floor

import numpy as np

from callcenter.engine.rostering.duties.lines import HUGE, LineFinder
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyContract,
    DutyProblem,
    Floats,
    Ints,
)

BLOCK_DAYS = 28
DAYS_AGAIN = (0, 7, 28, 56, 84, 140)
"""Days planned anew where the days before leave a block no end."""


def first_line(problem: DutyProblem, person: int, cost: Floats) -> Ints | None:
    """A legal line that is cheap block by block; None where a block has no end.

    Each block sees the days before it as they are, and limits of the horizon in
    proportion to the open days so far; the last block sees them whole.
    """
    line: Ints = np.zeros(0, np.int64)
    ends = [*range(BLOCK_DAYS, problem.n_days - BLOCK_DAYS + 1, BLOCK_DAYS)]
    for until in (*ends, problem.n_days):
        for days_again in DAYS_AGAIN:
            kept = line[: max(0, len(line) - days_again)]
            longer = _lengthened(problem, person, cost[:until], kept)
            if longer is not None:
                break
        if longer is None:
            return None
        line = longer
    return line


def _lengthened(
    problem: DutyProblem, person: int, cost: Floats, line: Ints
) -> Ints | None:
    """The cheapest line of more days that begins with this one."""
    until = len(cost)
    open_days = ~problem.is_free[person]
    share = float(open_days[:until].sum() / max(1, open_days.sum()))
    contract = problem.contracts[person]
    if until < problem.n_days:
        contract = share_of(problem, contract, share)
    finder = LineFinder(_beginning(problem, person, contract, until), 0)
    held, off_cost = cost.copy(), np.zeros(until)
    at_work = np.flatnonzero(line != OFF)
    held[: len(line)] = HUGE
    held[at_work, line[at_work]] = 0.0
    off_cost[at_work] = HUGE
    lines = finder.find(held, off_cost=off_cost)[2]
    return lines[0] if len(lines) else None


def share_of(
    problem: DutyProblem, contract: DutyContract, share: float
) -> DutyContract:
    """The contract with its limits in proportion and two duties' play."""
    play = 2 * int(problem.minutes.max())
    return replace(
        contract,
        max_duties=tuple(ceil(most * share) for most in contract.max_duties),
        min_minutes=max(0, floor(contract.min_minutes * share) - play),
        max_minutes=ceil(contract.max_minutes * share) + play,
        max_weekends=min(contract.max_weekends, ceil(contract.max_weekends * share)),
    )


def _beginning(
    problem: DutyProblem, person: int, contract: DutyContract, n_days: int
) -> DutyProblem:
    """One employee's first days as a problem."""
    return DutyProblem(
        employees=("",),
        types=problem.types,
        minutes=problem.minutes,
        may_follow=problem.may_follow,
        contracts=(contract,),
        is_free=problem.is_free[[person], :n_days],
        wish_points=problem.wish_points[[person], :n_days],
        wish_constant=0.0,
        wanted=problem.wanted[:n_days],
        short_points=problem.short_points[:n_days],
        over_points=problem.over_points[:n_days],
    )
