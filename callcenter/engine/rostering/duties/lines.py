"""One employee's cheapest legal lines of duties, whatever each duty is worth."""

from copy import copy
from dataclasses import dataclass, field
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from callcenter.engine.rostering.duties.model import (
    OFF,
    SATURDAY,
    SUNDAY,
    Bools,
    DutyProblem,
    Floats,
    Ints,
)

if TYPE_CHECKING:
    from callcenter.engine.rostering.duties.kernel.frame import Frame

HUGE = 1e17
"""The cost of what is not allowed; the compiled part knows the same value."""

SLACK = 1e-6

UNLIMITED = HUGE / 100

MOST_STATES = 50_000_000
"""Above this, limits of types are priced in the search and no longer counted."""


@dataclass(eq=False)
class LineFinder:
    """Finds lines for one employee; learns which types have to be counted."""

    problem: DutyProblem
    number: int
    allowed: Bools = field(init=False)
    counted: list[int] = field(default_factory=list)
    limit_prices: Floats = field(default_factory=lambda: np.zeros(2))
    most_states: int = MOST_STATES

    def __post_init__(self) -> None:
        problem = self.problem
        contract = problem.contracts[self.number]
        may = np.array(contract.max_duties) > 0
        self.allowed = ~problem.is_free[self.number][:, None] & may[None, :]
        self._unit = gcd(*(int(value) for value in problem.minutes))
        self._weekend = weekend_starts(problem.n_days)
        self._caps = self._binding_caps()
        self._describe()

    def copied(self) -> "LineFinder":
        """One that knows the same and learns for itself."""
        other = copy(self)
        other.counted = list(self.counted)
        other.limit_prices = self.limit_prices.copy()
        return other

    def learn(self, counted: list[int]) -> None:
        """Count what another one had to count."""
        new = [kind for kind in counted if kind not in self.counted]
        new = [kind for kind in new if self._is_countable(kind)]
        if new:
            self.counted += new[:1]
            self._describe()

    def _binding_caps(self) -> dict[int, int]:
        """Types whose limit could be broken by an otherwise legal line."""
        contract, minutes = self.problem.contracts[self.number], self.problem.minutes
        caps = {}
        for kind, cap in enumerate(contract.max_duties):
            days = int(self.allowed[:, kind].sum())
            most = min(days, contract.max_minutes // int(minutes[kind]))
            if 0 < cap < most:
                caps[kind] = cap
        return caps

    def _describe(self) -> None:
        """The arrays that the compiled search wants."""
        problem, contract = self.problem, self.problem.contracts[self.number]
        used = [int(kind) for kind in np.flatnonzero(self.allowed.any(axis=0))]
        units = problem.minutes // self._unit
        groups: dict[tuple[object, ...], int] = {}
        self._class_of = np.full(problem.n_types, -1, np.int64)
        for kind in used:
            key = (
                units[kind],
                problem.may_follow[kind, used].tobytes(),
                problem.may_follow[used, kind].tobytes(),
                kind if kind in self.counted else OFF,
            )
            self._class_of[kind] = groups.setdefault(key, len(groups))
        first = [
            int(np.flatnonzero(self._class_of == k)[0]) for k in range(len(groups))
        ]
        self._units = np.ascontiguousarray(units[first], np.int64)
        self._follow = np.ascontiguousarray(problem.may_follow[np.ix_(first, first)])
        self._slot = np.full(len(groups), -1, np.int64)
        radix, step = [], 1
        for place, kind in enumerate(self.counted):
            self._slot[self._class_of[kind]] = place
            radix.append(step)
            step *= self._caps[kind] + 1
        self._radix = np.array(radix or [1], np.int64)
        self._cap = np.array(
            [self._caps[kind] for kind in self.counted] or [0], np.int64
        )
        weeks = (problem.n_days + 6) // 7
        self._rules = np.array(
            [
                contract.max_days_in_row,
                contract.min_days_in_row,
                max(1, contract.min_days_off),
                -(-contract.min_minutes // self._unit),
                contract.max_minutes // self._unit,
                min(contract.max_weekends, weeks),
            ],
            np.int64,
        )

    def _frame(self, off: Floats, groups: Ints | None = None) -> "Frame":
        """What the compiled search wants to know, by class or by group of classes."""
        from callcenter.engine.rostering.duties.kernel.frame import Frame

        of = np.arange(len(self._units)) if groups is None else groups
        return Frame(
            cost=np.empty((self.problem.n_days, len(of))),
            off_cost=off,
            units=self._units[of],
            follow=np.ascontiguousarray(self._follow[np.ix_(of, of)]),
            weekend=self._weekend,
            rules=self._rules,
            slot=self._slot[of],
            radix=self._radix,
            caps=self._cap,
        )

    def find(
        self,
        cost: Floats,
        *,
        limit: float = HUGE / 10,
        n_lines: int = 1,
        off_cost: Floats | None = None,
    ) -> tuple[float, Floats, Ints]:
        """The cheapest legal lines at these prices.

        Parameters
        ----------
        cost : ndarray, shape (n_days, n_types), points of each duty, `HUGE` to forbid
        limit : float, lines that cost more are of no interest
        n_lines : int, the most lines to return
        off_cost : ndarray, shape (n_days,), points of a day off, `HUGE` to forbid

        Returns
        -------
        tuple : a lower bound on every legal line, the lines' points ascending, and the
            lines, shape (n, n_days); none when every legal line is above ``limit``
        """
        masked = np.where(self.allowed, cost, HUGE)
        off = np.zeros(self.problem.n_days) if off_cost is None else off_cost
        if self._is_off_only:
            return self._only_off(off, limit)
        if limit < UNLIMITED:
            return self._search(masked, off, limit, n_lines)
        most = float(np.where(masked < HUGE, np.abs(masked), 0.0).max(axis=1).sum())
        room, guess = most / 4096 + 1.0, -HUGE
        while True:
            bound, values, lines = self._search(masked, off, guess, n_lines)
            if len(values):
                return bound, values, lines
            if guess > most:
                return HUGE / 10, values, lines
            guess = max(guess, bound) + room
            room *= 2

    def _search(
        self, masked: Floats, off: Floats, limit: float, n_lines: int
    ) -> tuple[float, Floats, Ints]:
        """The cheapest lines up to the limit; limits of types count when broken."""
        from callcenter.engine.rostering.duties.kernel.search import best_lines

        fines = np.zeros(len(self._class_of))
        while True:
            bound, values, lines = best_lines(
                self._frame(off), masked + fines, self._class_of, self.limit_prices,
                limit + SLACK, n_lines,
            )  # fmt: skip
            if len(values) == 0:
                return max(bound, limit) - self._fined(fines), values, lines
            broken = np.array([self._breaks(line) for line in lines])
            legal = np.flatnonzero(broken == OFF)
            if broken[0] == OFF or (fines.any() and len(legal)):
                bound = float(values[0]) - self._fined(fines)
                return bound, *self._unfined(lines[legal], masked, off)
            if self._is_countable(int(broken[0])):
                self.counted.append(int(broken[0]))
                self._describe()
            else:
                worst = int(broken[0])
                limit += (fines[worst] + 1.0) * self._caps[worst]
                fines[worst] = 2.0 * fines[worst] + 1.0

    def _fined(self, fines: Floats) -> float:
        """The most fines that a legal line can pay: what they cost the bound."""
        return float(sum(fines[kind] * cap for kind, cap in self._caps.items()))

    def _unfined(self, lines: Ints, masked: Floats, off: Floats) -> tuple[Floats, Ints]:
        """What lines cost without fines, ascending."""
        day = np.arange(len(off))
        values = np.where(lines == OFF, off, masked[day, lines]).sum(axis=1)
        order = np.argsort(values, kind="stable")
        return values[order], lines[order]

    def _is_countable(self, kind: int) -> bool:
        """Whether the search can count one type more without growing too large."""
        size = len(self._units) * int(self._rules[0]) + int(self._rules[2])
        size *= (int(self._rules[4]) + 1) * (int(self._rules[5]) + 1)
        for counted in (*self.counted, kind):
            size *= self._caps[counted] + 1
        return size <= self.most_states

    def find_all(
        self, cost: Floats, *, limit: float, most: int, off_cost: Floats | None = None
    ) -> Ints | None:
        """Every legal line that costs no more than ``limit``, shape (n, n_days).

        None when there are more than ``most`` ways to begin such a line.
        """
        from callcenter.engine.rostering.duties.kernel.search import TOO_MANY, all_lines

        kinds = np.flatnonzero(self._class_of >= 0)
        off = np.zeros(self.problem.n_days) if off_cost is None else off_cost
        if self._is_off_only:
            return self._only_off(off, limit)[2]
        masked = np.ascontiguousarray(np.where(self.allowed, cost, HUGE)[:, kinds])
        groups = self._class_of[kinds]
        prices = self.limit_prices.copy()
        found = all_lines(self._frame(off, groups), masked, prices, limit + SLACK, most)
        if len(found) and found[0, 0] == TOO_MANY:
            return None
        types = np.concatenate((kinds, [OFF]))[found]
        values, types = self._unfined(types, np.where(self.allowed, cost, HUGE), off)
        types = types[: int(np.searchsorted(values, limit + SLACK, side="right"))]
        return types[np.array([self._breaks(line) == OFF for line in types], np.bool_)]

    def is_legal(self, line: Ints) -> bool:
        """Whether the line meets all rules."""
        at_work = line != OFF
        day = np.flatnonzero(at_work)
        cost = np.full(self.allowed.shape, HUGE)
        cost[day, line[day]] = 0.0
        off = np.where(at_work, HUGE, 0.0)
        return len(self.find(cost, limit=1.0, off_cost=off)[1]) > 0

    @property
    def _is_off_only(self) -> bool:
        """Whether there is nothing to work, or no number of duties fits the minutes."""
        return len(self._units) == 0 or bool(self._rules[3] > self._rules[4])

    def _only_off(self, off: Floats, limit: float) -> tuple[float, Floats, Ints]:
        value = float(off.sum())
        if self._rules[3] > 0 or value > limit:
            return limit, np.zeros(0), np.zeros((0, len(off)), np.int64)
        return value, np.array([value]), np.full((1, len(off)), OFF, np.int64)

    def _breaks(self, line: Ints) -> int:
        """The type whose limit the line breaks worst, `OFF` for none."""
        worst, kind = 0, OFF
        for name, cap in self._caps.items():
            above = int((line == name).sum()) - cap
            if above > worst:
                worst, kind = above, name
        return kind


def weekend_starts(n_days: int) -> Ints:
    """By day: 1 opens a weekend, 2 is the Sunday after that Saturday, else 0."""
    day = np.arange(n_days) % 7
    starts = np.zeros(n_days, np.int64)
    starts[day == SATURDAY] = 1
    starts[day == SUNDAY] = 2
    return starts
