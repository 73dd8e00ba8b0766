"""Choosing one known line for each free employee: the restricted master problem.

Set partitioning over generated lines. Its linear relaxation prices each day and type of
shift, from which better lines are generated; its integer version picks a roster.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from callcenter.engine.rostering.duties.lines import HUGE
from callcenter.engine.rostering.duties.model import (
    OFF,
    Bools,
    DutyProblem,
    Floats,
    Ints,
)
from callcenter.engine.rostering.duties.part import Choice, Part, Relaxation
from callcenter.engine.rostering.duties.programme import Programme
from callcenter.engine.rostering.duties.table import Table

UNPLANNED = 1e5
"""Points of leaving a free employee without a line; no roster costs that much."""

INTEGRAL = 1e-6

AWAKE = 6
"""Lines in the linear programme, by row of it; beyond, the least likely ones sleep."""

LEAST_AWAKE = 1500

ALL = -1
SumKey = tuple[bool, int, int]
"""People too many (True) or missing, summed over a day or `ALL`, a type or `ALL`."""

SURELY_ZERO = 1e-9

WOKEN = 10
"""Lines of one employee that are woken at a time."""


@dataclass(eq=False)
class Restricted:
    """The master problem of a part, growing line by line.

    All lines stay known. The linear programme holds only those that matter now: others
    sleep, and are woken when the prices say that they would help.
    """

    part: Part
    lines: list[Ints] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    points: list[float] = field(default_factory=list)
    seen: set[tuple[int, bytes]] = field(default_factory=set)
    held: dict[int, int] = field(default_factory=dict)
    """The lines that employees are held to."""

    def __post_init__(self) -> None:
        problem, part = self.part.problem, self.part
        self._free_days = np.flatnonzero(part.days)
        self._n_people, n_types = len(part.people), problem.n_types
        self._position = {int(person): i for i, person in enumerate(part.people)}
        self._wanted = part.wanted[self._free_days].ravel()
        self._row_of_day = np.full(problem.n_days, -1)
        self._row_of_day[self._free_days] = (
            self._n_people + np.arange(len(self._free_days)) * n_types
        )
        self._programme = Programme(
            np.concatenate((np.ones(self._n_people), self._wanted))
        )
        self._most_awake = max(
            LEAST_AWAKE, AWAKE * (self._n_people + len(self._wanted))
        )
        self._awake: Ints = np.zeros(0, np.int64)
        self._banned: set[int] = set()
        self._table = Table(problem.n_days)
        self.sums: dict[SumKey, int] = {}
        self.may: dict[int, Bools] = {}
        self._limits: dict[SumKey, tuple[float, float]] = {}
        self._add_slack(problem)

    def _add_slack(self, problem: DutyProblem) -> None:
        """Columns for an employee without line, people missing, people too many.

        The last two make limits of sums soft, in case that nothing meets them.
        """
        cells = np.arange(len(self._wanted))
        short = problem.short_points[self._free_days].ravel()
        over = problem.over_points[self._free_days].ravel()
        unplanned = np.full(self._n_people, UNPLANNED)
        cost = np.concatenate((unplanned, short, over, [UNPLANNED, UNPLANNED]))
        rows = np.concatenate(
            (np.arange(self._n_people), self._n_people + cells, self._n_people + cells)
        )
        values = np.ones(len(rows))
        values[self._n_people + len(cells) :] = -1.0
        self._n_slack = len(cost)
        starts = np.minimum(np.arange(len(cost)), len(rows))
        self._programme.add(cost, np.inf, starts, rows, values)

    def add_lines(self, person: int, lines: Ints, *, awake: bool = True) -> int:
        """Know an employee's lines; returns how many were new."""
        fresh = []
        for line in lines:
            key = (person, line.tobytes())
            if key not in self.seen:
                self.seen.add(key)
                fresh.append(line)
        if not fresh:
            return 0
        chosen = np.array(fresh)
        rows, days = np.nonzero(chosen != OFF)
        points = np.zeros(len(chosen))
        wishes = self.part.problem.wish_points[person, days, chosen[rows, days]]
        np.add.at(points, rows, wishes)
        self.add_columns([person] * len(chosen), fresh, points.tolist(), awake=awake)
        return len(chosen)

    def add_columns(
        self,
        owners: list[int],
        lines: list[Ints],
        points: list[float],
        *,
        awake: bool = True,
    ) -> None:
        """Know lines that are new for sure."""
        count = len(self.points)
        self.owners += owners
        self.lines += lines
        self.points += points
        own = np.array([self._position[person] for person in owners], np.int64)
        self._table.add(np.array(lines), own, np.array(points))
        if awake:
            self._wake(np.arange(count, len(self.points)))

    def _wake(self, lines: Ints) -> None:
        """Put known lines into the linear programme."""
        matrix, own = self._table.lines[lines], self._table.owner[lines]
        is_cell = (matrix != OFF) & (self._row_of_day >= 0)[None, :]
        column, day = np.nonzero(is_cell)
        cells = self._row_of_day[day] + matrix[column, day]
        rows = np.concatenate((own, cells))
        at = np.concatenate((np.arange(len(lines)), column))
        order = np.argsort(at, kind="stable")
        sizes = np.bincount(column, minlength=len(lines)) + 1
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        points = self._table.points[lines]
        self._programme.add(points, 1.0, starts, rows[order], np.ones(len(rows)))
        self._awake = np.concatenate((self._awake, lines))

    def relax(self) -> Relaxation:
        """Solve the linear relaxation of the lines that are awake."""
        value, dual, shares = self._programme.solve()
        prices = np.zeros((self.part.problem.n_days, self.part.problem.n_types))
        of_cells = dual[self._n_people : self._n_people + len(self._wanted)]
        prices[self._free_days] = of_cells.reshape(len(self._free_days), -1)
        all_shares = np.zeros(len(self.points))
        all_shares[self._awake] = shares[self._n_slack :]
        n_cells = len(self._wanted)
        short, over = np.zeros_like(prices), np.zeros_like(prices)
        slack = shares[self._n_people : self._n_people + 2 * n_cells]
        short[self._free_days] = slack[:n_cells].reshape(len(self._free_days), -1)
        over[self._free_days] = slack[n_cells:].reshape(len(self._free_days), -1)
        of_sums = dual[self._n_people + n_cells :]
        own = dual[: self._n_people]
        relaxed = Relaxation(value, prices, own, all_shares, of_sums, short, over)
        if len(self._awake) == len(self.points) <= self._most_awake:
            return relaxed
        reduced = self.reduced_costs(relaxed)
        helpful = self._helpful(reduced)
        if len(self._awake) > self._most_awake:
            self._send_to_sleep(reduced)
        if len(helpful):
            self._wake(helpful)
        return replace(relaxed, n_woken=len(helpful))

    def _helpful(self, reduced: Floats) -> Ints:
        """Sleeping lines that would lower the relaxation, few for each employee."""
        is_asleep = np.ones(len(reduced), np.bool_)
        is_asleep[self._awake] = False
        is_asleep[list(self._banned)] = False
        is_asleep &= self._table.fits
        own = self._table.owner
        for person in self.held:
            is_asleep[own == self._position[person]] = False
        lines = np.flatnonzero(is_asleep & (reduced < -INTEGRAL))
        lines = lines[np.lexsort((reduced[lines], own[lines]))]
        _, first, size = np.unique(own[lines], return_index=True, return_counts=True)
        rank = np.arange(len(lines)) - np.repeat(first, size)
        return lines[rank < WOKEN]

    def _send_to_sleep(self, reduced: Floats) -> None:
        """Leave only the likelier half of the lines awake."""
        is_kept = self._programme.is_basic()
        lines = self._awake
        must = is_kept[self._n_slack :]
        must[np.isin(lines, list(self.held.values()))] = True
        worth = reduced[lines].copy()
        held = [self._position[person] for person in self.held]
        worth[np.isin(self._table.owner[lines], held)] = HUGE
        worth[~self._table.fits[lines]] = HUGE
        worth[must] = -HUGE
        likely = np.argsort(worth, kind="stable")[: self._most_awake // 2]
        must[likely[worth[likely] < HUGE]] = True
        is_kept[: self._n_slack] = True
        is_kept[self._n_slack :] = must
        self._programme.keep(is_kept)
        self._awake = lines[must]

    def _column(self, line: int) -> int:
        """Where a line is in the linear programme; -1 asleep."""
        found = np.flatnonzero(self._awake == line)
        return self._n_slack + int(found[0]) if len(found) else OFF

    def fix(self, line: int) -> None:
        """Hold an employee to a line."""
        self.held[self.owners[line]] = line
        if self._column(line) == OFF:
            self._wake(np.array([line]))
        self._programme.limit(self._column(line), 1.0, 1.0)

    def release(self, line: int) -> None:
        """Undo `fix` and `ban`."""
        if self.held.get(self.owners[line]) == line:
            del self.held[self.owners[line]]
        self._banned.discard(line)
        if self._column(line) != OFF:
            self._programme.limit(self._column(line), 0.0, 1.0)

    def ban(self, line: int) -> None:
        """Leave a line out."""
        self._banned.add(line)
        if self._column(line) != OFF:
            self._programme.limit(self._column(line), 0.0, 0.0)

    def bind(
        self, limits: dict[SumKey, tuple[float, float]], may: dict[int, Bools]
    ) -> None:
        """Keep to limits of sums and to what employees may do, until the next call.

        ``may`` has for some employees an array of shape (n_days, n_types + 1), whose
        last column is about days off.
        """
        for key in limits:
            if key not in self.sums:
                self._add_sum(key)
        for key, row in self.sums.items():
            least, most = limits.get(key, (-np.inf, np.inf))
            self._programme.limit_row(row, least, most)
        self.may, self._limits = may, limits
        self._table.bind({self._position[person]: one for person, one in may.items()})
        columns = self._n_slack + np.arange(len(self._awake))
        most_each = self._table.fits[self._awake].astype(float)
        self._programme.limit_all(columns, most_each)

    def probe(self, steps: int) -> float:
        """About what the relaxation of the lines that are awake comes to."""
        return self._programme.probe(steps)

    def _add_sum(self, key: SumKey) -> None:
        """A row for the people missing, or too many, on some days and types."""
        is_over, day, kind = key
        cells = np.arange(len(self._wanted)).reshape(len(self._free_days), -1)
        cells = cells if day == ALL else cells[day : day + 1]
        cells = cells if kind == ALL else cells[:, kind : kind + 1]
        first = self._n_people + (len(self._wanted) if is_over else 0)
        row = self._programme.add_row(first + cells.ravel())
        self._programme.set_factor(row, self._n_slack - 2, 1.0)
        self._programme.set_factor(row, self._n_slack - 1, -1.0)
        self.sums[key] = row

    def bound_constant(self, prices: Floats, sum_prices: Floats | None = None) -> float:
        """What the free cells and limits of sums add to a bound at these prices."""
        total = float((prices[self._free_days].ravel() * self._wanted).sum())
        if sum_prices is None:
            return total
        for (key, _), price in zip(self.sums.items(), sum_prices, strict=True):
            least, most = self._limits.get(key, (-np.inf, np.inf))
            if abs(price) > SURELY_ZERO:
                total += price * (least if price > 0 else most)
        return total

    def choose(
        self,
        relaxed: Relaxation,
        start: Ints,
        *,
        cutoff: float,
        seconds: float,
        nodes: int,
        least_gain: float,
        stop: Callable[[], bool],
    ) -> Choice:
        """The best choice of known lines, by branch and bound from a first choice.

        Lines whose reduced cost alone passes ``cutoff`` are left out. ``start`` holds
        one line for each free employee, in ascending order; a choice that is not
        better by ``least_gain`` is of no interest.
        """
        is_useful = self.reduced_costs(relaxed) < cutoff - relaxed.value + INTEGRAL
        is_useful[start] = True
        useful = np.flatnonzero(is_useful)
        small = self.of(useful)
        chosen, is_proved = small.solve_whole(
            np.searchsorted(useful, start),
            seconds=seconds,
            nodes=nodes,
            gap=0.999 * least_gain,
            stop=stop,
        )
        return Choice(useful[chosen], is_proved)

    def solve_whole(
        self,
        start: Ints,
        *,
        seconds: float,
        nodes: int,
        gap: float,
        stop: Callable[[], bool],
    ) -> tuple[Ints, bool]:
        """Lines of the best choice and if none is better by more than ``gap``."""
        first = self._n_slack
        shares, is_proved = self._programme.choose(
            first, first + start, seconds=seconds, nodes=nodes, gap=gap, stop=stop
        )
        if shares is None or shares[: self._n_people].max(initial=0.0) > 0.5:
            return start, is_proved
        return np.flatnonzero(shares[first:] > 0.5), is_proved

    def of(self, lines: Ints) -> "Restricted":
        """The same part with only these lines, in this order, and the same basis."""
        small = Restricted(self.part)
        small.add_columns(
            [self.owners[line] for line in lines],
            [self.lines[line] for line in lines],
            [self.points[line] for line in lines],
        )
        small.seen = {(self.owners[i], self.lines[i].tobytes()) for i in lines}
        at = np.full(len(self.points), OFF)
        at[self._awake] = self._n_slack + np.arange(len(self._awake))
        columns = np.concatenate((np.arange(self._n_slack), at[lines]))
        small._programme.start_like(self._programme, columns)
        return small

    def reduced_costs(self, relaxed: Relaxation) -> Floats:
        """What each known line costs beyond its employee's best at these prices."""
        value, owner = self.line_values(relaxed.prices)
        return np.asarray(value - relaxed.line_prices[owner])

    def line_values(self, prices: Floats) -> tuple[Floats, Ints]:
        """Points of each line less what it earns at these prices; its owner's place."""
        return self._table.values(prices), self._table.owner

    def best_known(self, prices: Floats) -> Floats:
        """By free employee, the least value of a known line, shape (n_free,)."""
        best = np.full(self._n_people, HUGE / 10)
        if self.points:
            value, owner = self.line_values(prices)
            fits = self._table.fits
            np.minimum.at(best, owner[fits], value[fits])
        return best
