"""A first line for a long horizon: block by block, limits in proportion."""

from dataclasses import replace
from itertools import product
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
from callcenter.engine.rostering.duties.window import WEEK, left_of, run_before

BLOCK_DAYS = 28
FEW_STATES = 200_000
"""A first line need not be the cheapest: it has to come soon."""

DAYS_AGAIN = (0, 7, 28, 56, 112, 224, 10**6)
"""Days planned anew where the days before leave a block no end."""

AHEAD = (2, 0)
"""Duties by which a line is to be ahead of its least share, so that it stays easy to
end; less where that cannot be."""


def first_line(problem: DutyProblem, person: int, cost: Floats) -> Ints | None:
    """A legal line that is cheap block by block; None where a block has no end.

    Each block sees the days before it as they are, and limits of the horizon in
    proportion to the open days so far; the last block sees them whole. What lies
    further back enters by the limits that it leaves, so that all blocks cost alike.
    """
    line = np.full(problem.n_days, OFF, np.int64)
    ends = [*range(BLOCK_DAYS, problem.n_days - BLOCK_DAYS + 1, BLOCK_DAYS)]
    begun = 0
    for until in (*ends, problem.n_days):
        for days_again, ahead in product(DAYS_AGAIN, AHEAD):
            since = max(0, begun - days_again)
            found = line_from(problem, person, cost[:until], line[:since], ahead=ahead)
            if found is not None:
                break
        if found is None:
            return None
        line[until - len(found) : until] = found
        begun = until
    return line


def line_from(
    problem: DutyProblem, person: int, cost: Floats, line: Ints, *, ahead: int = 0
) -> Ints | None:
    """Cheap days up to those of ``cost`` after a line that stays, from a Monday on.

    ``ahead`` is by how many duties to be ahead of the least share of minutes.
    """
    until = len(cost)
    first = run_before(line, len(line)) // WEEK * WEEK
    open_days = ~problem.is_free[person]
    share = float(open_days[:until].sum() / max(1, open_days.sum()))
    contract = problem.contracts[person]
    if until < problem.n_days:
        contract = share_of(problem, contract, share, ahead)
    contract = left_of(problem, contract, line, first, len(line))
    piece = _piece(problem, person, contract, first, until)
    return quick_line(piece, cost[first:], line[first:])


def quick_line(piece: DutyProblem, cost: Floats, kept: Ints) -> Ints | None:
    """A cheap line of a problem of one employee that begins with the days kept.

    First which days, whatever the type, then the types; both at once where that fails.
    None says that there is no such line at all.
    """
    days = days_first(piece, cost, kept)
    if days is None:
        return None
    finder = LineFinder(piece, 0, most_states=FEW_STATES)
    held, off_cost = _held(cost, kept)
    held[days == OFF] = HUGE
    off_cost[days != OFF] = HUGE
    lines = finder.find(held, off_cost=off_cost)[2]
    if len(lines) == 0:
        held, off_cost = _held(cost, kept)
        lines = finder.find(held, off_cost=off_cost)[2]
    return lines[0] if len(lines) else None


def days_first(piece: DutyProblem, cost: Floats, kept: Ints) -> Ints | None:
    """The best days to work where types of equal length are taken for one.

    The line of lengths found is no dearer than any line of types, as every rule about
    types is kept in part only; None says that there is no line of types either.
    """
    may = np.array(piece.contracts[0].max_duties) > 0
    may[kept[kept != OFF]] = True
    lengths = np.unique(piece.minutes[may])
    alike = [np.flatnonzero(may & (piece.minutes == each)) for each in lengths]
    if not alike:
        return None
    of = np.full(piece.n_types + 1, OFF)
    for place, kinds in enumerate(alike):
        of[kinds] = place
    least = np.stack([cost[:, kinds].min(axis=1) for kinds in alike], axis=1)
    held, off_cost = _held(least, of[kept])
    finder = LineFinder(_by_length(piece, alike), 0, most_states=FEW_STATES)
    lines = finder.find(held, off_cost=off_cost)[2]
    return lines[0] if len(lines) else None


def _by_length(piece: DutyProblem, alike: list[Ints]) -> DutyProblem:
    """The problem of one employee with one type for each length of a duty."""
    contract, follow = piece.contracts[0], piece.may_follow
    caps = tuple(sum(contract.max_duties[kind] for kind in kinds) for kinds in alike)
    none = np.zeros((piece.n_days, len(alike)))
    return replace(
        piece,
        types=("",) * len(alike),
        minutes=np.array([piece.minutes[kinds[0]] for kinds in alike]),
        may_follow=np.array(
            [[bool(follow[np.ix_(a, b)].any()) for b in alike] for a in alike]
        ),
        contracts=(replace(contract, max_duties=caps),),
        wish_points=none[None, :, :],
        wanted=none,
        short_points=none,
        over_points=none,
    )


def _held(cost: Floats, kept: Ints) -> tuple[Floats, Floats]:
    """Costs that leave the first days as they are kept."""
    held, off_cost = cost.copy(), np.zeros(len(cost))
    at_work = np.flatnonzero(kept != OFF)
    held[: len(kept)] = HUGE
    held[at_work, kept[at_work]] = 0.0
    off_cost[at_work] = HUGE
    return held, off_cost


def share_of(
    problem: DutyProblem, contract: DutyContract, share: float, ahead: int = 0
) -> DutyContract:
    """The contract with its limits in proportion and two duties' play.

    ``ahead`` moves both limits of minutes up by so many duties.
    """
    duty = int(problem.minutes.max())
    play = (2 - ahead) * duty
    return replace(
        contract,
        max_duties=tuple(ceil(most * share) for most in contract.max_duties),
        min_minutes=max(0, floor(contract.min_minutes * share) - play),
        max_minutes=ceil(contract.max_minutes * share) + (2 + ahead) * duty,
        max_weekends=floor(contract.max_weekends * share),
    )


def _piece(
    problem: DutyProblem, person: int, contract: DutyContract, first: int, last: int
) -> DutyProblem:
    """One employee's days from ``first`` to ``last`` as a problem."""
    return DutyProblem(
        employees=("",),
        types=problem.types,
        minutes=problem.minutes,
        may_follow=problem.may_follow,
        contracts=(contract,),
        is_free=problem.is_free[[person], first:last],
        wish_points=problem.wish_points[[person], first:last],
        wish_constant=0.0,
        wanted=problem.wanted[first:last],
        short_points=problem.short_points[first:last],
        over_points=problem.over_points[first:last],
    )
