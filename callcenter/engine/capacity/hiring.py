"""Whom to hire and when: classes of whole people at the least cost.

What people are worth is linear in how many begin when, so that the choice is a mixed-
integer linear program: classes and people are whole, overtime and shortage follow.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.capacity.attrition import N_AGES
from callcenter.engine.capacity.balance import Prices
from callcenter.engine.capacity.heads import Schooling, project_heads
from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
GAP = 0.005


@dataclass(frozen=True)
class ClassRules:
    """What classes can be held.

    Attributes
    ----------
    smallest, largest : int, people in a class, 1 <= smallest <= largest
    at_once : int, >= 1, classes that run at the same time (trainers, rooms)
    first_week : int, >= 0, the first week in which a class may begin (time to recruit)
    """

    smallest: int
    largest: int
    at_once: int
    first_week: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 1 <= self.smallest <= self.largest:
            raise EngineInputError("classes must hold from 1 to the largest size")
        if self.at_once < 1 or self.first_week < 0:
            raise EngineInputError("at_once must be from 1, first_week from 0")


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
    limit_s: float = 10.0,
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
    limit_s : float, seconds of wall clock for the solver

    Returns
    -------
    HiringProposal; nobody is hired where missing people cost less than hiring them

    Raises
    ------
    EngineInputError : a shape does not fit, or a number is out of its range

    Source: manpower planning as a mixed-integer program (Gans and Zhou 2002, Managing
    learning and turnover in employee staffing, Operations Research 50); solved by HiGHS
    (Huangfu and Hall 2018, Mathematical Programming Computation 10).
    """
    need, have = np.asarray(required, np.float64), np.asarray(available, np.float64)
    limit = np.asarray(overtime_limit, np.float64)
    n = need.size
    if not (need.shape == have.shape == limit.shape == worth[0].shape == (n,)):
        raise EngineInputError("every column must have one value for each week")
    if not 0.0 <= tolerance < 1.0:
        raise EngineInputError("tolerance must be from 0 and below 1")
    model = _Model(n, rules, training_weeks)
    model.price(worth[1], prices)
    model.cover(need * (1.0 - tolerance) - have, have, worth[0], limit)
    return model.solve(limit_s)


class _Model:
    """Columns in four blocks of weeks: people, classes, overtime FTE, missing FTE."""

    def __init__(self, n: int, rules: ClassRules, training_weeks: int) -> None:
        self.n, self.rules = n, rules
        can_begin = np.arange(n) >= rules.first_week
        most = np.where(can_begin, float(rules.at_once), 0.0)
        free = np.full(n, np.inf)
        self.upper = np.concatenate([most * rules.largest, most, free, free])
        self.cost = np.zeros(4 * n)
        rows = np.zeros((0, 4 * n))
        each = np.eye(n)
        nothing = np.zeros((n, n))
        # No class is over- or underfull.
        over = np.hstack([each, -rules.largest * each, nothing, nothing])
        under = np.hstack([-each, rules.smallest * each, nothing, nothing])
        running = np.tril(each.cumsum(axis=0))
        running -= np.tril(running, -max(1, training_weeks))
        trainers = np.hstack([nothing, running, nothing, nothing])
        self.rows = np.vstack([rows, over, under, trainers])
        zero = np.zeros(2 * n)
        self.high = np.concatenate([zero, np.full(n, float(rules.at_once))])
        self.low = np.full(3 * n, -np.inf)

    def price(self, paid: Floats, prices: Prices) -> None:
        """What each column costs until the end of the plan."""
        n, hours = self.n, prices.full_time_h
        until_the_end = np.cumsum(paid)[::-1]
        self.cost[:n] = until_the_end * prices.fte_week + prices.hire
        self.cost[n : 2 * n] = prices.joiner_class
        self.cost[2 * n : 3 * n] = hours * prices.overtime_hour
        self.cost[3 * n :] = hours * prices.short_hour

    def cover(
        self, missing: Floats, have: Floats, worth: Floats, limit: Floats
    ) -> None:
        """New people, overtime and shortage make up what is missing."""
        n = self.n
        lag = np.arange(n)[:, None] - np.arange(n)
        gain = np.where(lag >= 0, worth[np.maximum(lag, 0)], 0.0)
        each, nothing = np.eye(n), np.zeros((n, n))
        self.rows = np.vstack(
            [
                self.rows,
                np.hstack([gain, nothing, each, each]),
                # The new may do overtime as well.
                np.hstack([-gain * limit[:, None], nothing, each, nothing]),
            ]
        )
        self.low = np.concatenate([self.low, missing, np.full(n, -np.inf)])
        self.high = np.concatenate([self.high, np.full(n, np.inf), have * limit])

    def solve(self, limit_s: float) -> HiringProposal:
        """Hand it to the solver; hiring nobody is what it starts from."""
        solver = _solver(limit_s)
        self._pass_to(solver)
        solver.run()
        values = np.asarray(solver.getSolution().col_value, np.float64)
        info = solver.getInfo()
        n = self.n
        is_found = values.size == 4 * n and info.primal_solution_status == _FEASIBLE
        if not is_found:
            values = self._nobody()
        cost = float(self.cost @ values)
        bound = float(info.mip_dual_bound) if is_found else 0.0
        return HiringProposal(
            hires=np.rint(values[:n]).astype(np.int64),
            n_classes=np.rint(values[n : 2 * n]).astype(np.int64),
            short=values[3 * n :],
            cost=cost,
            bound=min(bound, cost) if np.isfinite(bound) else 0.0,
            is_optimal=bool(is_found and cost - bound <= 2.0 * GAP * max(1.0, cost)),
        )

    def _nobody(self) -> Floats:
        """The plan that hires nobody, which is always possible."""
        n, values = self.n, np.zeros(4 * self.n)
        missing, most = self.low[3 * n : 4 * n], self.high[4 * n :]
        values[2 * n : 3 * n] = np.clip(missing, 0.0, most)
        values[3 * n :] = np.maximum(0.0, missing - most)
        return values

    def _pass_to(self, solver: Any) -> None:
        import highspy

        n, rows = self.n, self.rows
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 4 * n, rows.shape[0]
        model.col_cost_, model.col_lower_ = self.cost, np.zeros(4 * n)
        model.col_upper_ = self.upper
        model.row_lower_, model.row_upper_ = self.low, self.high
        at, of = np.nonzero(rows)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts = np.searchsorted(at, np.arange(rows.shape[0] + 1))
        model.a_matrix_.start_ = starts.astype(np.int32)
        model.a_matrix_.index_ = of.astype(np.int32)
        model.a_matrix_.value_ = rows[at, of]
        whole = [highspy.HighsVarType.kInteger] * (2 * n)
        model.integrality_ = whole + [highspy.HighsVarType.kContinuous] * (2 * n)
        solver.passModel(model)


_FEASIBLE = 2  # HiGHS: kSolutionStatusFeasible


def _solver(limit_s: float) -> Any:
    import highspy

    solver: Any = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 1),
        ("mip_rel_gap", GAP),
        ("time_limit", limit_s),
    ):
        solver.setOptionValue(name, value)
    return solver
