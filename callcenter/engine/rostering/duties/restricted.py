"""Choosing one known line for each free employee: the restricted master problem.

Set partitioning over generated lines. Its linear relaxation prices each day and type of
shift, from which better lines are generated; its integer version picks a roster.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from callcenter.engine.rostering.duties.lines import HUGE
from callcenter.engine.rostering.duties.model import (
    OFF,
    Bools,
    DutyProblem,
    Floats,
    Ints,
    cover_of,
)

UNPLANNED = 1e5
"""Points of leaving a free employee without a line; no roster costs that much."""

INTEGRAL = 1e-6

HAS_SOLUTION = 2
"""What HiGHS calls a feasible primal solution."""

PRIMAL_SIMPLEX = 4
"""New lines keep the last basis feasible, so the primal simplex goes on from it."""


@dataclass(frozen=True, eq=False)
class Part:
    """What may change: some employees on some days; the rest stays as assigned."""

    problem: DutyProblem
    assigned: Ints
    people: Ints
    days: Bools

    @property
    def wanted(self) -> Floats:
        """People still wanted beside what stays, shape (n_days, n_types)."""
        kept = self.assigned.copy()
        kept[np.ix_(self.people, np.flatnonzero(self.days))] = OFF
        return np.asarray(self.problem.wanted - cover_of(self.problem, kept))


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A solved linear relaxation.

    ``value`` in points of the free cells and lines only; ``prices`` of shape (n_days,
    n_types), what one more person is worth; ``shares`` of the columns.
    """

    value: float
    prices: Floats
    line_prices: Floats
    shares: Floats


@dataclass(frozen=True, eq=False)
class Choice:
    """Columns chosen, one for each free employee, and whether none is better."""

    columns: Ints
    is_proved: bool


@dataclass(eq=False)
class Restricted:
    """The master problem of a part, growing line by line."""

    part: Part
    lines: list[Ints] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    points: list[float] = field(default_factory=list)
    seen: set[tuple[int, bytes]] = field(default_factory=set)

    def __post_init__(self) -> None:
        problem, part = self.part.problem, self.part
        self._free_days = np.flatnonzero(part.days)
        self._n_people, n_types = len(part.people), problem.n_types
        self._matrix, self._filled = np.zeros((0, problem.n_days), np.int64), 0
        self._position = {int(person): i for i, person in enumerate(part.people)}
        wanted = part.wanted[self._free_days].ravel()
        self._wanted = wanted
        self._row_of_day = np.full(problem.n_days, -1)
        self._row_of_day[self._free_days] = (
            self._n_people + np.arange(len(self._free_days)) * n_types
        )
        self._highs = _new_highs()
        n_rows = self._n_people + len(wanted)
        level = np.concatenate((np.ones(self._n_people), wanted))
        none = np.zeros(0)
        self._highs.addRows(
            n_rows, level, level, 0, np.zeros(n_rows, np.int32), none.astype(np.int32),
            none,
        )  # fmt: skip
        self._add_slack(problem)

    def _add_slack(self, problem: DutyProblem) -> None:
        """Columns for an employee without line, people missing, people too many."""
        cells = np.arange(len(self._wanted))
        short = problem.short_points[self._free_days].ravel()
        over = problem.over_points[self._free_days].ravel()
        cost = np.concatenate((np.full(self._n_people, UNPLANNED), short, over))
        rows = np.concatenate(
            (np.arange(self._n_people), self._n_people + cells, self._n_people + cells)
        )
        values = np.ones(len(cost))
        values[self._n_people + len(cells) :] = -1.0
        self._n_slack = len(cost)
        upper = np.full(len(cost), self._highs.inf)
        self._add(cost, upper, np.arange(len(cost)), rows, values)

    def _add(
        self, cost: Floats, upper: Floats, starts: Ints, rows: Ints, values: Floats
    ) -> None:
        self._highs.addCols(
            len(cost), cost, np.zeros(len(cost)), upper, len(rows),
            starts.astype(np.int32), rows.astype(np.int32), values,
        )  # fmt: skip

    def add_lines(self, person: int, lines: Ints) -> int:
        """Add an employee's lines; returns how many were new."""
        fresh = []
        for line in lines:
            key = (person, line.tobytes())
            if key not in self.seen:
                self.seen.add(key)
                fresh.append(line)
        if not fresh:
            return 0
        chosen = np.array(fresh)
        people, days = np.nonzero(chosen != OFF)
        points = np.zeros(len(chosen))
        wishes = self.part.problem.wish_points[person, days, chosen[people, days]]
        np.add.at(points, people, wishes)
        self.add_columns([person] * len(chosen), fresh, points.tolist())
        return len(chosen)

    def add_columns(
        self, owners: list[int], lines: list[Ints], points: list[float]
    ) -> None:
        """Add lines that are known to be new."""
        count = len(lines)
        matrix = np.array(lines)
        own = np.array([self._position[person] for person in owners])
        is_cell = (matrix != OFF) & (self._row_of_day >= 0)[None, :]
        column, day = np.nonzero(is_cell)
        cells = self._row_of_day[day] + matrix[column, day]
        rows = np.concatenate((own, cells))
        order = np.argsort(np.concatenate((np.arange(count), column)), kind="stable")
        sizes = np.bincount(column, minlength=count) + 1
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self._add(
            np.array(points), np.ones(count), starts, rows[order], np.ones(len(rows))
        )
        self.owners += owners
        self.lines += lines
        self.points += points

    def relax(self) -> Relaxation:
        """Solve the linear relaxation from the last basis."""
        self._highs.run()
        solution = self._highs.getSolution()
        dual = np.array(solution.row_dual)
        prices = np.zeros((self.part.problem.n_days, self.part.problem.n_types))
        prices[self._free_days] = dual[self._n_people :].reshape(
            len(self._free_days), -1
        )
        return Relaxation(
            value=float(self._highs.getInfo().objective_function_value),
            prices=prices,
            line_prices=dual[: self._n_people],
            shares=np.array(solution.col_value)[self._n_slack :],
        )

    def fix(self, column: int) -> None:
        """Hold an employee to a line."""
        self._highs.changeColBounds(self._n_slack + column, 1.0, 1.0)

    def release(self, column: int) -> None:
        """Undo `fix` and `ban`."""
        self._highs.changeColBounds(self._n_slack + column, 0.0, 1.0)

    def ban(self, column: int) -> None:
        """Leave a line out."""
        self._highs.changeColBounds(self._n_slack + column, 0.0, 0.0)

    def bound_constant(self, prices: Floats) -> float:
        """What the free cells add to a bound at these prices."""
        return float((prices[self._free_days].ravel() * self._wanted).sum())

    def choose(
        self,
        relaxed: Relaxation,
        start: Ints,
        *,
        cutoff: float,
        seconds: float,
        least_gain: float,
        stop: Callable[[], bool],
    ) -> "Choice":
        """The best choice of known lines, by branch and bound from a first choice.

        Lines whose reduced cost alone passes ``cutoff`` are left out. ``start`` holds
        one column for each free employee, in ascending order; a choice that is not
        better by ``least_gain`` is of no interest.
        """
        is_useful = self.reduced_costs(relaxed) < cutoff - relaxed.value + INTEGRAL
        is_useful[start] = True
        useful = np.flatnonzero(is_useful)
        small = self.of(useful)
        chosen, is_proved = small.solve_whole(
            np.searchsorted(useful, start),
            seconds=seconds,
            gap=0.999 * least_gain,
            stop=stop,
        )
        return Choice(useful[chosen], is_proved)

    def solve_whole(
        self, start: Ints, *, seconds: float, gap: float, stop: Callable[[], bool]
    ) -> tuple[Ints, bool]:
        """Columns of the best choice and if none is better by more than ``gap``."""
        highs, first = self._highs, self._n_slack
        highs.setOptionValue("presolve", "choose")
        highs.setOptionValue("time_limit", max(seconds, 0.05))
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", gap)
        highs.cbMipInterrupt += lambda event: event.interrupt(stop())
        index = np.arange(first, first + len(self.points), dtype=np.int32)
        highs.changeColsIntegrality(
            len(index), index, np.full(len(index), _integer(), dtype=object)
        )
        at = (first + start).astype(np.int32)
        highs.setSolution(len(at), at, np.ones(len(at)))
        highs.run()
        is_proved = highs.getModelStatus() == _optimal()
        if highs.getInfo().primal_solution_status != HAS_SOLUTION:
            return start, is_proved
        shares = np.array(highs.getSolution().col_value)
        if shares[: self._n_people].max(initial=0.0) > 0.5:
            return start, is_proved
        return np.flatnonzero(shares[first:] > 0.5), is_proved

    def of(self, columns: Ints) -> "Restricted":
        """The same part with only these lines, in this order, and the same basis."""
        small = Restricted(self.part)
        small.add_columns(
            [self.owners[column] for column in columns],
            [self.lines[column] for column in columns],
            [self.points[column] for column in columns],
        )
        small.seen = {
            (self.owners[column], self.lines[column].tobytes()) for column in columns
        }
        small.start_from(self, columns)
        return small

    def start_from(self, other: "Restricted", columns: Ints) -> None:
        """Take over the basis of a larger master of the same part."""
        known = other._highs.getBasis()  # noqa: SLF001 - another of this class
        if not known.valid:
            return
        basis, status = _new_basis(), known.col_status
        basis.col_status = status[: self._n_slack] + [
            status[self._n_slack + column] for column in columns
        ]
        basis.row_status = known.row_status
        self._highs.setBasis(basis)

    def reduced_costs(self, relaxed: Relaxation) -> Floats:
        """What each known line costs beyond its employee's best at these prices."""
        value, owner = self.line_values(relaxed.prices)
        return np.asarray(value - relaxed.line_prices[owner])

    def line_values(self, prices: Floats) -> tuple[Floats, Ints]:
        """Points of each line less what it earns at these prices; its owner's place."""
        count = len(self.points)
        if count > len(self._matrix):
            wider = np.full((2 * count, self.part.problem.n_days), OFF, np.int64)
            wider[: len(self._matrix)] = self._matrix
            self._matrix = wider
        if count > self._filled:
            self._matrix[self._filled : count] = self.lines[self._filled :]
            self._filled = count
        padded = np.concatenate((prices, np.zeros((len(prices), 1))), axis=1)
        flat = self._matrix[:count] % padded.shape[1]
        flat = flat + np.arange(len(prices)) * padded.shape[1]
        gained = np.take(padded, flat).sum(axis=1)
        owner = np.array([self._position[person] for person in self.owners], np.int64)
        return np.array(self.points) - gained, owner

    def best_known(self, prices: Floats) -> Floats:
        """By free employee, the least value of a known line, shape (n_free,)."""
        best = np.full(self._n_people, HUGE / 10)
        if self.points:
            value, owner = self.line_values(prices)
            np.minimum.at(best, owner, value)
        return best


def _new_highs() -> Any:
    import highspy

    create: Any = highspy.Highs
    highs = create()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
    return highs


def _new_basis() -> Any:
    import highspy

    return highspy.HighsBasis()


def _integer() -> Any:
    import highspy

    return highspy.HighsVarType.kInteger


def _optimal() -> Any:
    import highspy

    return highspy.HighsModelStatus.kOptimal
