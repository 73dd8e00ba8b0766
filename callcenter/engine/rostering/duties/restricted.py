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
    cover_of,
)
from callcenter.engine.rostering.duties.programme import Programme

UNPLANNED = 1e5
"""Points of leaving a free employee without a line; no roster costs that much."""

INTEGRAL = 1e-6

AWAKE = 6
"""Lines in the linear programme, by row of it; beyond, the least likely ones sleep."""

LEAST_AWAKE = 1500

WOKEN = 10
"""Lines of one employee that are woken at a time."""


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
    n_types), what one more person is worth; ``shares`` of the known lines. Where
    ``n_woken`` is not 0 so many sleeping lines would lower it: they are awake now.
    """

    value: float
    prices: Floats
    line_prices: Floats
    shares: Floats
    n_woken: int = 0


@dataclass(frozen=True, eq=False)
class Choice:
    """Columns chosen, one for each free employee, and whether none is better."""

    columns: Ints
    is_proved: bool


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
        self._table = _Table(problem.n_days)
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
        self._programme.add(cost, np.inf, np.arange(len(cost)), rows, values)

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
        prices[self._free_days] = dual[self._n_people :].reshape(
            len(self._free_days), -1
        )
        all_shares = np.zeros(len(self.points))
        all_shares[self._awake] = shares[self._n_slack :]
        relaxed = Relaxation(value, prices, dual[: self._n_people], all_shares)
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
        nodes: int,
        least_gain: float,
        stop: Callable[[], bool],
    ) -> "Choice":
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
            np.minimum.at(best, owner, value)
        return best


class _Table:
    """Known lines as arrays that grow."""

    def __init__(self, n_days: int) -> None:
        self._size = 0
        self._lines = np.full((64, n_days), OFF, np.int64)
        self._owner = np.zeros(64, np.int64)
        self._points = np.zeros(64)

    def add(self, lines: Ints, owner: Ints, points: Floats) -> None:
        """Append lines."""
        until = self._size + len(lines)
        if until > len(self._lines):
            more = (2 * until) - len(self._lines)
            self._lines = np.pad(self._lines, ((0, more), (0, 0)))
            self._owner = np.pad(self._owner, (0, more))
            self._points = np.pad(self._points, (0, more))
        self._lines[self._size : until] = lines
        self._owner[self._size : until] = owner
        self._points[self._size : until] = points
        self._size = until

    @property
    def lines(self) -> Ints:
        """Shape (n_lines, n_days)."""
        return self._lines[: self._size]

    @property
    def owner(self) -> Ints:
        """The owner's place among the part's people, shape (n_lines,)."""
        return self._owner[: self._size]

    @property
    def points(self) -> Floats:
        """Points of wishes, shape (n_lines,)."""
        return self._points[: self._size]

    def values(self, prices: Floats) -> Floats:
        """Points less what the line earns at these prices, shape (n_lines,)."""
        padded = np.concatenate((prices, np.zeros((len(prices), 1))), axis=1)
        flat = self.lines % padded.shape[1]
        flat += np.arange(len(prices)) * padded.shape[1]
        return np.asarray(self.points - np.take(padded, flat).sum(axis=1))
