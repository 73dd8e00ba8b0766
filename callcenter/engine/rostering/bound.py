"""A lower bound on the points of any roster, from a linear relaxation.

Agents alike in contract and skills are one group that may work fractions of shifts.
Breaks are placed implicitly: of the breaks that may have begun by an hour at most so
many have, of those that must have at least so many (Bechtold and Jacobs 1990, "Implicit
modeling of flexible break assignments in optimal shift scheduling", Management Science
36). Rests and wishes are left out, days off in a row count only as sums, and time is
taken in blocks, at first coarse: points are convex in head counts and requirement
together, so a block's mean costs no more than its parts. Each step only widens what is
allowed: the bound stays valid.
"""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.contract_rows import ContractRows
from callcenter.engine.rostering.cover import (
    connect_queues,
    skill_matrix,
    weight_levels,
)
from callcenter.engine.rostering.dual import Dual
from callcenter.engine.rostering.frame import Frame, presence
from callcenter.engine.rostering.kernel.parts import Plan
from callcenter.engine.rostering.linear import LinearProgram
from callcenter.engine.rostering.model import RosterProblem
from callcenter.engine.rostering.search import Search
from callcenter.engine.rostering.variants import Family

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCKS_MIN = (60, 30, 15)
MAX_BREAK_COLUMNS = 500_000


@dataclass(frozen=True, eq=False)
class _Group:
    """Agents with the same skills: one head count in the relaxation.

    ``away`` counts by interval those in meetings, who may but need not be missing.
    """

    queues: Ints
    away: Ints
    frames: list[Frame]


class BoundJob:
    """Computes ever better bounds in a thread while the search runs."""

    def __init__(self, problem: RosterProblem, search: Search, limit_s: float) -> None:
        from ortools.util.python.solve_interrupter import SolveInterrupter

        self.value = 0.0
        self._offered: Plan | None = None
        self._is_offered, self._is_over = threading.Event(), threading.Event()
        self._dual = Dual(search.task, _constant(search))
        self._failure: Exception | None = None
        self._problem, self._frames = problem, list(search.frames)
        self._ends = time.monotonic() + limit_s
        self._interrupter = SolveInterrupter()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "BoundJob":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._is_offered.set()
        self._interrupter.interrupt()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def offer(self, plan: Plan) -> None:
        """A good roster, from which prices are found that bound well."""
        self._offered = plan
        self._is_offered.set()

    @property
    def is_done(self) -> bool:
        """Nothing more will be found."""
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait for the bound to be finished, at most so long."""
        self._thread.join(max(seconds, 0.0))

    def _run(self) -> None:
        try:
            self._tighten()
        except Exception as failure:  # noqa: BLE001 - raised again where it is awaited
            self._failure = failure

    def _tighten(self) -> None:
        step = self._problem.grid.interval_min
        took = 0.0
        for block_min in [b for b in BLOCKS_MIN if b > step] + [step]:
            began = time.monotonic()
            left = self._ends - began
            # A finer program takes several times as long; prices make better use of it.
            if left <= 0 or block_min % step or took * 20 > left:
                continue
            found = lower_bound(
                self._problem,
                self._frames,
                block=block_min // step,
                limit_s=left,
                interrupter=self._interrupter,
            )
            self.value = max(self.value, found)
            took = time.monotonic() - began
        self._is_offered.wait(max(self._ends - time.monotonic(), 0.0))
        if self._offered is not None:
            for value in self._dual.climb(self._offered):
                self.value = max(self.value, value)
                if self._is_over.is_set() or time.monotonic() > self._ends:
                    return


def _constant(search: Search) -> float:
    return sum(float(part.constant.sum()) for part in search.cover.components)


def lower_bound(
    problem: RosterProblem,
    frames: list[Frame],
    *,
    block: int,
    limit_s: float,
    interrupter: object = None,
) -> float:
    """Points that no roster can beat.

    Queues that no agent ties together are bounded apart; those for which time runs out,
    or whose program would be too large, count as free of points.

    Parameters
    ----------
    block : int, intervals that are taken together, a divisor of those in an hour
    limit_s : float, seconds
    """
    ends, total = time.monotonic() + limit_s, 0.0
    skills = skill_matrix(problem)
    labels = connect_queues(skills)
    for label in range(int(labels.max(initial=-1)) + 1):
        queues = np.flatnonzero(labels == label)
        able = [f for f in frames if f.agent.skills[queues].any()]
        part = _Relaxation(problem, queues, able, block)
        if part.n_break_columns > MAX_BREAK_COLUMNS or time.monotonic() >= ends:
            continue
        program = part.program()
        left = max(ends - time.monotonic(), 0.01)
        total += max(program.lower_bound(left, interrupter) or 0.0, 0.0)
    return total


class _Relaxation:
    """The program of one component of queues."""

    def __init__(
        self, problem: RosterProblem, queues: Ints, frames: list[Frame], block: int
    ) -> None:
        self.problem, self.queues, self.block = problem, queues, block
        self.groups = _groups(frames)
        n_intervals = problem.grid.n_intervals
        self.block_of = np.arange(n_intervals) // block
        self.n_blocks = -(-n_intervals // block)
        self.program_ = LinearProgram()

    @property
    def n_break_columns(self) -> int:
        """About how many columns the breaks need."""
        n_rules = sum(len(template.breaks) for template in self.problem.templates)
        return len(self.groups) * n_rules * self.problem.grid.n_intervals

    def program(self) -> LinearProgram:
        """All columns and rows."""
        lp = self.program_
        heads = []
        for group in self.groups:
            fixed = self._means(_pinned_presence(self.problem, group))
            over = self.problem.weights.over_h * self._hours()
            count = lp.add_columns(self.n_blocks, upper=np.inf, cost=over)
            balance = lp.add_rows(self.n_blocks, lower=fixed, upper=fixed)
            lp.put(balance, count, 1.0)
            if group.away.any():
                away = self._means(group.away)
                missing = lp.add_columns(self.n_blocks, upper=away, cost=0.0)
                lp.put(balance, missing, 1.0)
            self._add_shifts(group, balance)
            heads.append(count)
        self._add_demand(heads)
        return lp

    def _hours(self) -> float:
        return self.block * self.problem.grid.interval_min / 60

    def _means(self, values: NDArray[np.generic]) -> Floats:
        """Block means over the last axis; a cut last block is filled with zeros."""
        padded = np.zeros((*values.shape[:-1], self.n_blocks * self.block))
        padded[..., : values.shape[-1]] = values
        return np.asarray(
            padded.reshape(*values.shape[:-1], self.n_blocks, self.block).mean(axis=-1)
        )

    def _add_demand(self, heads: list[Ints]) -> None:
        """Heads go to queues they can serve; what is missing costs by its tier.

        Idle heads are all heads less the requirement that is met, so every head costs
        like an idle one, and so does what is missing, less the whole requirement.
        """
        lp, weights = self.program_, self.problem.weights
        wanted = self._means(self.problem.demand.wanted[self.queues])
        need = [lp.add_rows(self.n_blocks, lower=row, upper=np.inf) for row in wanted]
        over = weights.over_h
        lp.constant -= over * self._hours() * float(wanted.sum())
        for group, count in zip(self.groups, heads, strict=True):
            spread = lp.add_rows(self.n_blocks, lower=-np.inf, upper=0.0)
            lp.put(spread, count, -1.0)
            for place in np.flatnonzero(np.isin(self.queues, group.queues)):
                serving = lp.add_columns(self.n_blocks, upper=np.inf, cost=0.0)
                lp.put(spread, serving, 1.0)
                lp.put(need[place], serving, 1.0)
        levels, shares = weight_levels(
            weights, self.problem.demand.weights[self.queues]
        )
        tiers = np.diff(np.vstack((np.zeros(len(self.queues)), shares)), axis=0)
        for level, tier in zip(levels, tiers, strict=True):
            for place in np.flatnonzero(tier > 0):
                room = tier[place] * wanted[place]
                cost = (level + over) * self._hours()
                missing = lp.add_columns(self.n_blocks, upper=room, cost=cost)
                lp.put(need[place], missing, 1.0)

    def _add_shifts(self, group: _Group, balance: Ints) -> None:
        breaks: dict[tuple[int, int, int], list[tuple[Ints, Ints]]] = defaultdict(list)
        by_contract: dict[int, list[Frame]] = defaultdict(list)
        for frame in group.frames:
            by_contract[frame.agent.contract].append(frame)
        for frames in by_contract.values():
            mine = frames[0].families
            columns = self._add_columns(frames, balance)
            ContractRows(self.problem, self.program_, frames).add(mine, columns)
            for family, block in zip(mine, columns, strict=True):
                self._note_breaks(family, block, breaks)
        for (size, _, _), entries in breaks.items():
            self._add_breaks(size, entries, balance)

    def _add_columns(self, frames: list[Frame], balance: Ints) -> list[Ints]:
        """Shifts of one contract, each at most as often as agents may work it."""
        lp, mine = self.program_, frames[0].families
        n_options = sum(len(family.starts) for family in mine)
        legal = np.zeros(n_options)
        for frame in frames:
            free = [d not in frame.pinned for d in frame.options.day]
            legal[frame.options.row[np.array(free, np.bool_)]] += 1
        columns, at = [], 0
        for family in mine:
            size = len(family.starts)
            block = lp.add_columns(size, upper=legal[at : at + size], cost=0.0)
            for offset in range(family.length):
                self._put_presence(balance, family.starts + offset, block, -1.0)
            columns.append(block)
            at += size
        return columns

    def _put_presence(
        self, balance: Ints, at: Ints, columns: Ints, sign: float
    ) -> None:
        self.program_.put(balance[self.block_of[at]], columns, sign / self.block)

    def _note_breaks(
        self,
        family: Family,
        columns: Ints,
        breaks: dict[tuple[int, int, int], list[tuple[Ints, Ints]]],
    ) -> None:
        step = self.problem.grid.interval_min
        for rule in family.rules:
            size = rule.length_min // step
            first = -(-rule.earliest_min // step)
            last = min(rule.latest_min // step, family.length - size)
            key = (size, first, last)
            breaks[key].append((columns, family.starts + first))
            breaks[key].append((-columns - 1, family.starts + last))

    def _add_breaks(
        self,
        size: int,
        entries: list[tuple[Ints, Ints]],
        balance: Ints,
    ) -> None:
        """Break starts by interval, between those allowed and those due by the hour."""
        lp = self.program_
        hour = 60 // self.problem.grid.interval_min
        n_intervals = self.problem.grid.n_intervals
        n_hours = -(-n_intervals // hour)
        starts = lp.add_columns(n_intervals, upper=np.inf, cost=0.0)
        early = self._chain(n_hours)
        late = self._chain(n_hours)
        hours = np.arange(n_intervals) // hour
        lp.put(early[hours], starts, 1.0)
        lp.put(late[hours], starts, -1.0)
        for columns, times in entries:
            is_due = len(columns) and columns[0] < 0
            names = -columns - 1 if is_due else columns
            # A break due at an hour's last interval has begun when that hour is over;
            # one due earlier is only asked for then, which is the weaker rule.
            lp.put(
                (late if is_due else early)[times // hour],
                names,
                1.0 if is_due else -1.0,
            )
        for offset in range(size):
            at = np.arange(n_intervals) + offset
            inside = at < n_intervals
            self._put_presence(balance, at[inside], starts[inside], 1.0)

    def _chain(self, n_hours: int) -> Ints:
        """Rows of a stock that is carried from hour to hour and never below zero."""
        lp = self.program_
        rows = lp.add_rows(n_hours, lower=0.0, upper=0.0)
        stock = lp.add_columns(n_hours, upper=np.inf, cost=0.0)
        lp.put(rows, stock, 1.0)
        lp.put(rows[1:], stock[:-1], -1.0)
        return rows


def _groups(frames: list[Frame]) -> list[_Group]:
    alike: dict[bytes, list[Frame]] = defaultdict(list)
    for frame in frames:
        alike[np.asarray(frame.agent.skills, np.bool_).tobytes()].append(frame)
    return [
        _Group(
            queues=np.flatnonzero(members[0].agent.skills),
            away=np.sum([frame.barred for frame in members], axis=0),
            frames=members,
        )
        for members in alike.values()
    ]


def _pinned_presence(problem: RosterProblem, group: _Group) -> Ints:
    total = np.zeros(problem.grid.n_intervals, np.int64)
    for frame in group.frames:
        total += presence(problem, frame.agent, list(frame.pinned_shifts))
    return total
