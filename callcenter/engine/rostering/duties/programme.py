"""The linear programme behind the master problem: HiGHS, its basis kept throughout."""

from collections.abc import Callable
from typing import Any

import numpy as np

from callcenter.engine.rostering.duties.model import Bools, Floats, Ints

HAS_SOLUTION = 2
"""What HiGHS calls a feasible primal solution."""

UNLIMITED = 2**31 - 1
"""Steps of the simplex."""

DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
"""New columns keep the last basis feasible, so the primal simplex goes on from it; new
limits of columns keep its prices feasible, so the dual one does."""


class Programme:
    """Equality rows, and columns that come and go."""

    def __init__(self, levels: Floats) -> None:
        import highspy

        create: Any = highspy.Highs
        self._highs = create()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("presolve", "off")
        self._simplex = PRIMAL_SIMPLEX
        self.n_columns = 0
        none = np.zeros(0)
        self._highs.addRows(
            len(levels), levels, levels, 0, np.zeros(len(levels), np.int32),
            none.astype(np.int32), none,
        )  # fmt: skip

    def add(
        self, cost: Floats, most: float, starts: Ints, rows: Ints, values: Floats
    ) -> None:
        """Add columns between 0 and ``most``; ``starts`` points into rows, values."""
        count = len(cost)
        upper = np.full(count, min(most, self._highs.inf))
        self._highs.addCols(
            count, cost, np.zeros(count), upper, len(rows), starts.astype(np.int32),
            rows.astype(np.int32), values,
        )  # fmt: skip
        self.n_columns += count

    def limit(self, column: int, least: float, most: float) -> None:
        """Give a column other limits."""
        self._highs.changeColBounds(column, least, most)
        self._simplex = DUAL_SIMPLEX

    def add_row(self, columns: Ints) -> int:
        """Add a row without limits that sums columns; returns its place."""
        row = int(self._highs.getNumRow())
        self._highs.addRow(
            -self._highs.inf, self._highs.inf, len(columns),
            columns.astype(np.int32), np.ones(len(columns)),
        )  # fmt: skip
        return row

    def set_factor(self, row: int, column: int, factor: float) -> None:
        """Let a column count in a row with a factor."""
        self._highs.changeCoeff(row, column, factor)

    def limit_row(self, row: int, least: float, most: float) -> None:
        """Give a row other limits."""
        most, least = min(most, self._highs.inf), max(least, -self._highs.inf)
        self._highs.changeRowBounds(row, least, most)
        self._simplex = DUAL_SIMPLEX

    def limit_all(self, columns: Ints, most: Floats) -> None:
        """Give columns from 0 up other limits."""
        count = len(columns)
        self._highs.changeColsBounds(
            count, columns.astype(np.int32), np.zeros(count), most
        )
        self._simplex = DUAL_SIMPLEX

    def probe(self, steps: int) -> float:
        """About what the relaxation comes to, after few steps of the simplex."""
        self._highs.setOptionValue("simplex_iteration_limit", steps)
        self._highs.setOptionValue("simplex_strategy", DUAL_SIMPLEX)
        self._highs.run()
        self._highs.setOptionValue("simplex_iteration_limit", UNLIMITED)
        self._simplex = DUAL_SIMPLEX
        return float(self._highs.getInfo().objective_function_value)

    def solve(self) -> tuple[float, Floats, Floats]:
        """The relaxation's value, the rows' prices and the columns' shares."""
        self._highs.setOptionValue("simplex_strategy", self._simplex)
        self._simplex = PRIMAL_SIMPLEX
        self._highs.run()
        solution = self._highs.getSolution()
        value = float(self._highs.getInfo().objective_function_value)
        return value, np.array(solution.row_dual), np.array(solution.col_value)

    def is_basic(self) -> Bools:
        """Which columns the last basis holds."""
        basic = _basic()
        status = self._highs.getBasis().col_status
        if len(status) != self.n_columns:
            return np.ones(self.n_columns, np.bool_)
        return np.array([one == basic for one in status], np.bool_)

    def keep(self, is_kept: Bools) -> None:
        """Take the other columns out; none of them may be basic."""
        gone = np.flatnonzero(~is_kept).astype(np.int32)
        known = self._highs.getBasis()
        self._highs.deleteCols(len(gone), gone)
        self.n_columns -= len(gone)
        if known.valid:
            status = known.col_status
            kept = [status[column] for column in np.flatnonzero(is_kept)]
            self._start_from(kept, known.row_status)

    def start_like(self, other: "Programme", columns: Ints) -> None:
        """Take over the basis of a larger one; -1 for columns that it has not."""
        known = other._highs.getBasis()  # noqa: SLF001 - another of this class
        same_rows = self._highs.getNumRow() == other._highs.getNumRow()  # noqa: SLF001
        if known.valid and same_rows:
            status, lower = known.col_status, _at_lower()
            chosen = [status[column] if column >= 0 else lower for column in columns]
            self._start_from(chosen, known.row_status)

    def _start_from(self, columns: list[Any], rows: list[Any]) -> None:
        import highspy

        basis = highspy.HighsBasis()
        basis.col_status, basis.row_status = columns, rows
        self._highs.setBasis(basis)

    def choose(
        self,
        first: int,
        start: Ints,
        *,
        seconds: float,
        nodes: int,
        gap: float,
        stop: Callable[[], bool],
    ) -> tuple[Floats | None, bool]:
        """The best shares when columns from ``first`` on are whole; if that is proved.

        ``start`` holds the columns that are 1 in a known solution.
        """
        import highspy

        highs, index = self._highs, np.arange(first, self.n_columns, dtype=np.int32)
        highs.setOptionValue("presolve", "choose")
        highs.setOptionValue("time_limit", max(seconds, 0.05))
        highs.setOptionValue("mip_max_nodes", nodes)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", gap)
        highs.cbMipInterrupt += lambda event: event.interrupt(stop())
        whole = np.full(len(index), highspy.HighsVarType.kInteger, dtype=object)
        highs.changeColsIntegrality(len(index), index, whole)
        highs.setSolution(len(start), start.astype(np.int32), np.ones(len(start)))
        highs.run()
        is_proved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if highs.getInfo().primal_solution_status != HAS_SOLUTION:
            return None, is_proved
        return np.array(highs.getSolution().col_value), is_proved


def _basic() -> Any:
    import highspy

    return highspy.HighsBasisStatus.kBasic


def _at_lower() -> Any:
    import highspy

    return highspy.HighsBasisStatus.kLower
