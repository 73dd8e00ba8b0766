"""A rotation as whole flow that goes around the week.

Nodes are day of the week and state, arcs the moves from a day to the next. A rotation
is a closed walk through them that passes each day once for every group: by Euler's
theorem the same as a whole-numbered circulation whose used arcs hang together. Its
size depends on the rules, not on how many groups there are.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from callcenter.engine.rostering.rotation.model import DAYS, Ints, RotationProblem
from callcenter.engine.rostering.rotation.states import StateGraph

HAS_SOLUTION = 2
"""What HiGHS calls a feasible primal solution."""


class Circulation:
    """The integer programme; parts that do not hang together are cut off."""

    def __init__(self, problem: RotationProblem, graph: StateGraph, seed: int) -> None:
        import highspy

        self.problem, self.graph = problem, graph
        self._n = len(graph.states)
        self._arcs = [
            (day * self._n + a, (day + 1) % DAYS * self._n + b)
            for day in range(DAYS)
            for a, b in graph.moves
        ]
        create: Any = highspy.Highs
        self._highs = create()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("random_seed", seed % 2**31)
        self._add_rows()
        self._add_arcs()

    def _add_rows(self) -> None:
        """Flow kept at each node, then each day's groups by value."""
        demand = self.problem.demand
        off = self.problem.n_groups - demand.sum(axis=0)
        wanted = np.concatenate((off[None, :], demand)).T.ravel().astype(float)
        levels = np.concatenate((np.zeros(DAYS * self._n), wanted))
        none = np.zeros(0, np.int32)
        self._highs.addRows(
            len(levels), levels, levels, 0, np.zeros(len(levels), np.int32), none,
            np.zeros(0),
        )  # fmt: skip

    def _add_arcs(self) -> None:
        rows, values, n_values = [], [], self.problem.n_types + 1
        for start, end in self._arcs:
            day, state = divmod(end, self._n)
            today = self.graph.states[state].today
            rows += [start, end, DAYS * self._n + day * n_values + today]
            values += [-1.0, 1.0, 1.0]
            if start == end:  # a week that is one day long does not occur
                raise ValueError("an arc cannot end where it starts")
        self._add(len(self._arcs), float(self.problem.n_groups), rows, values)

    def _add(self, count: int, most: float, rows: list[int], values: Any) -> None:
        import highspy

        size = len(rows) // count
        first = self._highs.getNumCol()
        self._highs.addCols(
            count, np.zeros(count), np.zeros(count), np.full(count, most), len(rows),
            np.arange(0, len(rows) or 1, size or 1, dtype=np.int32),
            np.array(rows, np.int32), np.array(values, float),
        )  # fmt: skip
        whole = np.full(count, highspy.HighsVarType.kInteger, dtype=object)
        index = np.arange(first, first + count, dtype=np.int32)
        self._highs.changeColsIntegrality(count, index, whole)

    def solve(self, seconds: float, stop: Callable[[], bool]) -> Ints | bool | None:
        """The flow of every arc; False when there is none, None when time is over."""
        import highspy

        highs = self._highs
        highs.setOptionValue("time_limit", max(seconds, 0.01) + highs.getRunTime())
        highs.cbMipInterrupt += lambda event: event.interrupt(stop())
        highs.run()
        if highs.getInfo().primal_solution_status == HAS_SOLUTION:
            flow = np.round(np.array(highs.getSolution().col_value)).astype(np.int64)
            return np.asarray(flow[: len(self._arcs)])
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return False
        return None

    def islands(self, flow: Ints) -> list[set[int]]:
        """Sets of nodes that the flow ties together."""
        neighbours = defaultdict(set)
        for arc in np.flatnonzero(flow):
            start, end = self._arcs[arc]
            neighbours[start].add(end)
            neighbours[end].add(start)
        found, seen = [], set[int]()
        for node in neighbours:
            if node in seen:
                continue
            island, todo = {node}, [node]
            while todo:
                new = neighbours[todo.pop()] - island
                island |= new
                todo += new
            seen |= island
            found.append(island)
        return found

    def cut_off(self, island: set[int]) -> None:
        """Nothing stays within an island, or everything does, or something leaves it.

        One binary column chooses between the first two.
        """
        n_groups, highs = float(self.problem.n_groups), self._highs
        self._add(1, 1.0, [], [])
        chosen = highs.getNumCol() - 1
        leaves = [
            k for k, (a, b) in enumerate(self._arcs) if a in island and b not in island
        ]
        passes = [
            k for k, (a, _) in enumerate(self._arcs) if a in island and a < self._n
        ]
        for sign in (1.0, -1.0):
            columns: dict[int, float] = defaultdict(float)
            for arc in passes:
                columns[arc] += sign
            for arc in leaves:
                columns[arc] -= n_groups
            columns[chosen] -= sign * n_groups
            highs.addRow(
                -highs.inf, 0.0, len(columns), np.array(list(columns), np.int32),
                np.array(list(columns.values())),
            )  # fmt: skip

    def walk(self, flow: Ints) -> Ints:
        """The values along the closed walk from a Monday on (Hierholzer 1873)."""
        ways: dict[int, list[int]] = defaultdict(list)
        for arc in np.flatnonzero(flow):
            start, end = self._arcs[arc]
            ways[start] += [end] * int(flow[arc])
        going = [min(node for node in ways if node < self._n)]
        done = []
        while going:
            if ways[going[-1]]:
                going.append(ways[going[-1]].pop())
            else:
                done.append(going.pop())
        states = [self.graph.states[node % self._n] for node in done[:0:-1]]
        return np.array([state.today for state in states], np.int64)
