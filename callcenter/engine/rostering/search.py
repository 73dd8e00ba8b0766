"""Builds a roster for everybody at once, then settles it; the work is compiled.

Prices of coverage with rounded edges lead: at first over many agents, so that nobody
gets stuck where one move alone gains nothing, then over fewer and fewer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.rostering.cover import Cover
from callcenter.engine.rostering.frame import Frame
from callcenter.engine.rostering.kernel.covering import shared_points
from callcenter.engine.rostering.kernel.layout import lay_out, make_desk, make_plan
from callcenter.engine.rostering.kernel.moving import open_plan
from callcenter.engine.rostering.kernel.parts import Desk, Plan, Task
from callcenter.engine.rostering.kernel.smooth import improve
from callcenter.engine.rostering.model import PlannedBreak, PlannedShift, RosterProblem
from callcenter.engine.rostering.variants import Family

Ints = NDArray[np.int64]

AT_A_TIME = 40
"""Agents between two looks at the clock."""


@dataclass(eq=False)
class Search:
    """A roster under improvement; ``cover`` follows when it is taken out."""

    problem: RosterProblem
    families: Sequence[Family]
    frames: Sequence[Frame]
    cover: Cover
    rng: np.random.Generator
    n_rounds: int = 0
    task: Task = field(init=False)
    plan: Plan = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.task = lay_out(self.problem, self.families, self.frames, self.cover)
        self.plan, self.desk = make_plan(self.task), make_desk(self.task)
        open_plan(self.task, self.plan)
        # What is compiled at its first call is compiled before the clock starts.
        self.improve(np.zeros(0, np.int64))

    @property
    def objective(self) -> float:
        """Points of the roster as it stands."""
        parts = self.cover.components
        shared = sum(
            shared_points(self.task.wanted, self.plan, number)
            + float(part.constant.sum())
            for number, part in enumerate(parts)
        )
        return float(shared + self.plan.points.sum())

    @property
    def able(self) -> Ints:
        """Agents with work to plan."""
        has_shifts = self.task.people.is_legal.any(axis=1)
        return np.flatnonzero(has_shifts & (self.task.people.part >= 0))

    @property
    def widest(self) -> float:
        """Agents over which edges are rounded at first: a part of the busiest time."""
        busiest = max(
            (float(part.demand.max(initial=0.0)) for part in self.cover.components),
            default=0.0,
        )
        return float(np.clip(busiest / 50, 0.5, 8.0))

    def chunks(self, agents: Ints) -> Iterator[Ints]:
        """The agents in shuffled order, some at a time; each counts as a round."""
        shuffled = self.rng.permutation(agents)
        for start in range(0, len(shuffled), AT_A_TIME):
            chunk = shuffled[start : start + AT_A_TIME]
            self.n_rounds += len(chunk)
            yield chunk

    def improve(self, agents: Ints, width: float = 0.0) -> float:
        """Give each agent in turn the cheapest line, edges rounded over some width.

        Without any width, true points are gained; returns them.
        """
        return float(improve(self.task, self.plan, self.desk, agents, width))

    def copy_plan(self) -> Plan:
        """The roster as it stands, to come back to."""
        return Plan(**{name: part.copy() for name, part in self._parts(self.plan)})

    def put_back(self, plan: Plan) -> None:
        """Take up a copied roster again."""
        for name, part in self._parts(self.plan):
            part[:] = getattr(plan, name)

    @staticmethod
    def _parts(plan: Plan) -> list[tuple[str, NDArray[Any]]]:
        return list(plan._asdict().items())

    def count_cover(self) -> Cover:
        """The cover with everybody at work counted."""
        for number, presence in enumerate(self.plan.presence.astype(np.int64)):
            self.cover.add(number, presence)
        return self.cover

    def shifts_of(self, number: int) -> tuple[PlannedShift, ...]:
        """One agent's shifts by start."""
        planned = [
            self._shift(number, day, int(option))
            for day, option in enumerate(self.plan.chosen[number])
            if option >= 0
        ]
        planned += self.frames[number].pinned_shifts
        return tuple(sorted(planned, key=lambda shift: shift.start))

    def _shift(self, number: int, day: int, option: int) -> PlannedShift:
        library = self.task.library
        family = self.families[int(library.family[option])]
        start = int(library.start[option])
        step = self.problem.grid.interval_min
        pauses = self.plan.pauses[number, day]
        return PlannedShift(
            agent=number,
            day=day,
            template=family.template,
            start=start,
            end=start + family.length,
            breaks=tuple(
                PlannedBreak(
                    code=rule.code,
                    start=int(at),
                    end=int(at) + rule.length_min // step,
                    is_paid=rule.is_paid,
                )
                for rule, at in zip(family.rules, pauses, strict=False)
            ),
            paid_min=family.paid_min,
        )
