"""A linear program gathered from arrays and solved outside the interpreter's lock."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class LinearProgram:
    """Minimise costs over bounded variables and rows, all added in blocks."""

    n_columns: int = 0
    n_rows: int = 0
    constant: float = 0.0
    columns: list[tuple[Floats, Floats]] = field(default_factory=list)
    rows: list[tuple[Floats, Floats]] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)

    def add_columns(self, n: int, *, upper: ArrayLike, cost: ArrayLike) -> Ints:
        """Add ``n`` variables from 0 to ``upper``; returns their numbers."""
        block = np.arange(self.n_columns, self.n_columns + n)
        self.columns.append((_wide(upper, n), _wide(cost, n)))
        self.n_columns += n
        return block

    def add_rows(self, n: int, *, lower: ArrayLike, upper: ArrayLike) -> Ints:
        """Add ``n`` rows between two values; returns their numbers."""
        block = np.arange(self.n_rows, self.n_rows + n)
        self.rows.append((_wide(lower, n), _wide(upper, n)))
        self.n_rows += n
        return block

    def put(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add coefficients; those put twice in a cell add up."""
        at, of, value = np.broadcast_arrays(rows, columns, values)
        self.entries.append(
            (
                at.ravel().astype(np.int64),
                of.ravel().astype(np.int64),
                value.ravel().astype(np.float64),
            )
        )

    def lower_bound(self, limit_s: float, interrupter: object) -> float | None:
        """The proved least value, None when it was not reached in time."""
        from datetime import timedelta

        from ortools.math_opt.python import mathopt

        model = mathopt.Model.from_model_proto(self._proto())
        result = mathopt.solve(
            model,
            mathopt.SolverType.GLOP,
            params=mathopt.SolveParameters(time_limit=timedelta(seconds=limit_s)),
            interrupter=interrupter,
        )
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        return float(result.termination.objective_bounds.dual_bound) + self.constant

    def _proto(self) -> Any:
        from ortools.math_opt import model_pb2

        proto = model_pb2.ModelProto()
        upper, cost = map(np.concatenate, zip(*self.columns, strict=True))
        low, high = map(np.concatenate, zip(*self.rows, strict=True))
        proto.variables.ids.extend(range(self.n_columns))
        proto.variables.lower_bounds.extend(np.zeros(self.n_columns))
        proto.variables.upper_bounds.extend(upper)
        proto.variables.integers.extend(np.zeros(self.n_columns, np.bool_))
        used = np.flatnonzero(cost)
        proto.objective.linear_coefficients.ids.extend(used)
        proto.objective.linear_coefficients.values.extend(cost[used])
        proto.linear_constraints.ids.extend(range(self.n_rows))
        proto.linear_constraints.lower_bounds.extend(low)
        proto.linear_constraints.upper_bounds.extend(high)
        at, of, value = self._matrix()
        proto.linear_constraint_matrix.row_ids.extend(at)
        proto.linear_constraint_matrix.column_ids.extend(of)
        proto.linear_constraint_matrix.coefficients.extend(value)
        return proto

    def _matrix(self) -> tuple[Ints, Ints, Floats]:
        """Entries by row and column, each cell once."""
        at, of, value = (
            np.concatenate([entry[part] for entry in self.entries]) for part in range(3)
        )
        cells, where = np.unique(at * self.n_columns + of, return_inverse=True)
        sums = np.bincount(where, weights=value)
        kept = sums != 0
        return cells[kept] // self.n_columns, cells[kept] % self.n_columns, sums[kept]


def _wide(values: ArrayLike, n: int) -> Floats:
    return np.broadcast_to(np.asarray(values, np.float64), (n,)).copy()
