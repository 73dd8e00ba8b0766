"""Builds a roster agent by agent, then improves it by replanning a few at a time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.cover import Cover
from callcenter.engine.rostering.frame import Frame, presence
from callcenter.engine.rostering.line import best_options
from callcenter.engine.rostering.model import PlannedShift, RosterProblem
from callcenter.engine.rostering.objective import agent_penalties
from callcenter.engine.rostering.variants import Family, family_costs, place_breaks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Line:
    """One agent's shifts, where they are at work, and their own points."""

    shifts: tuple[PlannedShift, ...]
    presence: Ints
    points: float


@dataclass(eq=False)
class Search:
    """A roster under improvement; changes keep ``cover`` and ``lines`` in step."""

    problem: RosterProblem
    cover: Cover
    frames: list[Frame]
    rng: np.random.Generator
    lines: list[Line] = field(default_factory=list)
    n_rounds: int = 0

    def __post_init__(self) -> None:
        for frame in self.frames:
            line = self._line(frame, list(frame.pinned_shifts))
            self.lines.append(line)
            self.cover.add(frame.number, line.presence)

    @property
    def objective(self) -> float:
        """Points of the roster as it stands."""
        return self.cover.total() + sum(line.points for line in self.lines)

    def opening_order(self) -> list[int]:
        """Agents with work to plan, those who can do least first."""
        able = [f.number for f in self.frames if len(f.options.day)]
        self.rng.shuffle(able)
        return sorted(able, key=lambda number: int(self._skills(number)))

    def reroster(self, number: int) -> float:
        """Give one agent their cheapest line; returns the points gained, at least 0."""
        self.n_rounds += 1
        old = self.lines[number]
        self.cover.add(number, old.presence, -1)
        price = self.cover.price(number)
        new = self._cheapest_line(number, price)
        gain = price @ (old.presence - new.presence) + old.points - new.points
        kept = new if gain > 1e-9 else old
        self.lines[number] = kept
        self.cover.add(number, kept.presence)
        return max(float(gain), 0.0)

    def move_breaks(self, number: int) -> float:
        """Place the breaks of one agent anew; returns the points gained."""
        old = self.lines[number]
        if not any(shift.breaks and not shift.is_pinned for shift in old.shifts):
            return 0.0
        frame = self.frames[number]
        self.cover.add(number, old.presence, -1)
        price = self.cover.price(number)
        new = self._line(frame, [self._rest(frame, s, price) for s in old.shifts])
        gain = float(price @ (old.presence - new.presence))
        kept = new if gain > 1e-9 else old
        self.lines[number] = kept
        self.cover.add(number, kept.presence)
        return max(gain, 0.0)

    def replan_group(self, group: list[int], noise: float) -> float:
        """Take a group out and put it back in another order; keep it when it is no
        worse.

        Returns the points gained, 0 when the group stays as it was.
        """
        parts = sorted({int(self.cover.component_of_agent[n]) for n in group} - {-1})
        before = self._points(parts, group)
        old = {number: self.lines[number] for number in group}
        for number in group:
            self._swap(number, self._line(self.frames[number], self._pins(number)))
        for number in group:
            self.n_rounds += 1
            price = self.cover.price(number)
            shaken = price * (1 + noise * self.rng.standard_normal(len(price)))
            self._swap(number, self._cheapest_line(number, shaken))
        for number in group:
            self.reroster(number)
        gain = before - self._points(parts, group)
        if gain < -1e-9:
            for number, line in old.items():
                self._swap(number, line)
        return max(gain, 0.0)

    def pick_group(self, able: list[int], size: int) -> list[int]:
        """A few agents of one component, to be planned together."""
        first = int(self.rng.choice(able))
        part = self.cover.component_of_agent[first]
        near = [n for n in able if self.cover.component_of_agent[n] == part]
        others = self.rng.permutation(near)[:size]
        group = [int(number) for number in others if number != first]
        return [first, *group][:size]

    def _skills(self, number: int) -> int:
        return int(self.frames[number].agent.skills.sum())

    def _pins(self, number: int) -> list[PlannedShift]:
        return list(self.frames[number].pinned_shifts)

    def _points(self, parts: list[int], group: list[int]) -> float:
        cover = self.cover
        shared = sum(
            float(cover.components[p].cost(cover.counts[p], cover.staff[p]).sum())
            for p in parts
        )
        return shared + sum(self.lines[number].points for number in group)

    def _swap(self, number: int, line: Line) -> None:
        self.cover.add(number, line.presence - self.lines[number].presence)
        self.lines[number] = line

    def _line(self, frame: Frame, shifts: list[PlannedShift]) -> Line:
        ordered = sorted(shifts, key=lambda shift: shift.start)
        penalties = agent_penalties(self.problem, frame.number, ordered)
        there = presence(self.problem, frame.agent, ordered)
        return Line(tuple(ordered), there, sum(penalties.values()))

    def _cheapest_line(self, number: int, price: Floats) -> Line:
        frame = self.frames[number]
        paid = np.where(frame.barred == 1, 0.0, price)
        step = self.problem.grid.interval_min
        costs = [family_costs(f, paid, frame.barred, step) for f in frame.families]
        every = np.concatenate([np.zeros(0), *costs])[frame.options.row]
        chosen = best_options(self.problem, frame, every)
        shifts = [self._shift(frame, option, paid) for _, option in chosen]
        return self._line(frame, [*frame.pinned_shifts, *shifts])

    def _shift(self, frame: Frame, option: int, price: Floats) -> PlannedShift:
        family = _family_at(frame, int(frame.options.row[option]))
        start = int(frame.options.start[option])
        step = self.problem.grid.interval_min
        breaks = place_breaks(family, start, price, frame.barred, step)
        return PlannedShift(
            agent=frame.number,
            day=int(frame.options.day[option]),
            template=family.template,
            start=start,
            end=start + family.length,
            breaks=breaks or (),
            paid_min=family.paid_min,
        )

    def _rest(self, frame: Frame, shift: PlannedShift, price: Floats) -> PlannedShift:
        """The same shift with its breaks where they cost least."""
        if shift.is_pinned or not shift.breaks:
            return shift
        at = np.flatnonzero(
            (frame.options.start == shift.start) & (frame.options.end == shift.end)
        )
        rows = [int(frame.options.row[n]) for n in at]
        same = [
            row for row in rows if _family_at(frame, row).template == shift.template
        ]
        option = int(at[rows.index(same[0])])
        return self._shift(frame, option, np.where(frame.barred == 1, 0.0, price))


def _family_at(frame: Frame, row: int) -> Family:
    for family in frame.families:
        if row < len(family.starts):
            return family
        row -= len(family.starts)
    raise IndexError(row)
