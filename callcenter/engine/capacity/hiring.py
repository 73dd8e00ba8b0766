"""Whom to hire and when: classes of whole people at the least cost.

What people are worth is linear in how many begin when. The relaxation that lets people
and classes be split gives a price of each week's missing FTE and a bound; a search over
the weeks under those prices finds the whole classes. Both end by themselves, so that
the same question has the same answer on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.capacity.attrition import N_AGES
from callcenter.engine.capacity.balance import Prices
from callcenter.engine.capacity.classes import ClassRules, Weeks
from callcenter.engine.capacity.heads import Schooling, project_heads
from callcenter.engine.capacity.searching import price_weeks, search_classes
from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CLOSE = 0.01
_BREADTH = 300


@dataclass(frozen=True)
class HiringProposal:
    """Classes to hold.

    Attributes
    ----------
    hires : ndarray of int, shape (n_weeks,), people whose class begins in the week
    n_classes : ndarray of int, shape (n_weeks,), classes that begin in the week
    short : ndarray of float, shape (n_weeks,), FTE still missing, beyond the tolerance
    cost : float, of all that the proposal decides: wages of the new, overtime, hiring,
        classes, shortage
    bound : float, no proposal costs less
    is_optimal : bool, whether cost and bound are within one in a hundred
    """

    hires: Ints
    n_classes: Ints
    short: Floats
    cost: float
    bound: float
    is_optimal: bool


def hire_worth(
    leaving: ArrayLike, schooling: Schooling, n_weeks: int, *, hire_fte: float = 1.0
) -> tuple[Floats, Floats]:
    """What one new person is worth, and is paid, in the weeks after the class began.

    Parameters
    ----------
    leaving : array_like of float, shape (N_AGES,), chance to leave within a week
    schooling : Schooling
    n_weeks : int
    hire_fte : float, > 0, FTE of one new person

    Returns
    -------
    productive_fte, paid_fte : ndarray of float, shape (n_weeks,), FTE
    """
    hires = np.zeros(n_weeks)
    hires[:1] = 1.0
    flow = project_heads(
        np.zeros(N_AGES), leaving, schooling, hires=hires, hire_fte=hire_fte
    )
    return flow.productive_fte, flow.paid_fte


def propose_hires(
    required: ArrayLike,
    available: ArrayLike,
    worth: tuple[Floats, Floats],
    rules: ClassRules,
    prices: Prices,
    *,
    training_weeks: int,
    overtime_limit: ArrayLike,
    tolerance: float = 0.0,
    breadth: int = _BREADTH,
) -> HiringProposal:
    """Find the classes that keep shortage within a tolerance at the least cost.

    Parameters
    ----------
    required : array_like of float, shape (n_weeks,), FTE, >= 0
    available : array_like of float, shape (n_weeks,), FTE of those who are here already
        or whose class is settled
    worth : two ndarrays of float, shape (n_weeks,), FTE; see `hire_worth`
    rules : ClassRules
    prices : Prices
    training_weeks : int, >= 0, weeks that a class takes its trainer and room
    overtime_limit : array_like of float, shape (n_weeks,), the most overtime as a share
        of contract hours
    tolerance : float, fraction of the requirement that may be missing without a cost
    breadth : int, >= 1, beginnings of plans that are carried on from week to week

    Returns
    -------
    HiringProposal; nobody is hired where missing people cost less than hiring them

    Raises
    ------
    EngineInputError : a shape does not fit, or a number is out of its range

    Source: manpower planning as a mixed-integer program (Gans and Zhou 2002, Managing
    learning and turnover in employee staffing, Operations Research 50); its Lagrangian
    bound after Geoffrion (1974, Mathematical Programming Study 2); the search is a beam
    through the weeks (Sabuncuoglu and Bayiz 1999, EJOR 118) ordered by that bound.
    """
    need, have = np.asarray(required, np.float64), np.asarray(available, np.float64)
    limit = np.asarray(overtime_limit, np.float64)
    n = need.size
    columns = (need, have, limit, *worth)
    if any(each.shape != (n,) for each in columns):
        raise EngineInputError("every column must have one value for each week")
    if not all(np.isfinite(each).all() for each in columns):
        raise EngineInputError("every value must be a number")
    if not 0.0 <= tolerance < 1.0:
        raise EngineInputError("tolerance must be from 0 and below 1")
    weeks = Weeks(
        missing=need * (1.0 - tolerance) - have,
        spare=np.maximum(0.0, have * limit),
        limit=limit,
        worth=worth[0],
        person=np.cumsum(worth[1])[::-1] * prices.fte_week + prices.hire,
        joiner_class=prices.joiner_class,
        overtime_fte=prices.full_time_h * prices.overtime_hour,
        short_fte=prices.full_time_h * prices.short_hour,
        training_weeks=max(1, training_weeks),
    )
    priced = price_weeks(weeks, rules)
    hires = search_classes(weeks, rules, priced, breadth)
    cost = float(weeks.cost(hires[None], rules)[0])
    bound = min(cost, max(0.0, priced.bound))
    return HiringProposal(
        hires=hires,
        n_classes=rules.n_classes(hires),
        short=weeks.short(weeks.gained(hires)),
        cost=cost,
        bound=bound,
        is_optimal=cost - bound <= _CLOSE * max(1.0, cost),
    )
