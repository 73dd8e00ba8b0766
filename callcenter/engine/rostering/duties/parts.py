"""Which part of a roster to plan anew: some people, or some days of all."""

from dataclasses import dataclass, field

import numpy as np

from callcenter.engine.rostering.duties.lines import LineFinder
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyProblem,
    Floats,
    Ints,
    cover_of,
    roster_points,
)
from callcenter.engine.rostering.duties.part import Part

FLOOR = 0.1
"""The least weight of a kind of part, so that none is forgotten."""

FIRST_PEOPLE = 7.0
FIRST_DAYS = 10.0
WINDOW_FROM_DAYS = 35
"""Shorter horizons are better cut by people alone."""


@dataclass(eq=False)
class Chooser:
    """Chooses parts, the kinds that helped more often; learns how large they may be."""

    problem: DutyProblem
    finders: list[LineFinder]
    rng: np.random.Generator
    sizes: dict[str, float] = field(init=False)
    weights: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        kinds: tuple[str, ...] = ("cell", "random")
        if self.problem.n_days >= WINDOW_FROM_DAYS:
            kinds = ("cell", "random", "days")
        self.sizes = {
            kind: FIRST_DAYS if kind == "days" else FIRST_PEOPLE for kind in kinds
        }
        self.weights = dict.fromkeys(kinds, 1.0)

    def choose(self, assigned: Ints, worker: int) -> tuple[str, Part]:  # noqa: ARG002
        """A kind and a part of that kind, whichever worker asks."""
        kinds = list(self.weights)
        weight = np.array([self.weights[kind] for kind in kinds])
        kind = kinds[int(self.rng.choice(len(kinds), p=weight / weight.sum()))]
        return kind, self._part(kind, assigned)

    def learn(self, kind: str, *, helped: bool, was_settled: bool) -> None:
        """Prefer kinds that help; settled parts may be larger, others smaller."""
        weight = 0.9 * self.weights[kind] + 0.1 * (1.0 if helped else 0.0)
        self.weights[kind] = max(FLOOR, weight)
        factor = 1.04 if was_settled else 0.97
        least, most = 3.0, float(self.problem.n_employees)
        if kind == "days":
            least, most = 4.0, float(self.problem.n_days)
        self.sizes[kind] = min(max(self.sizes[kind] * factor, least), most)

    def _part(self, kind: str, assigned: Ints) -> Part:
        size, n_days = round(self.sizes[kind]), self.problem.n_days
        if kind == "days":
            points = cell_points(self.problem, assigned).sum(axis=1) + 1e-3
            middle = int(self.rng.choice(n_days, p=points / points.sum()))
            start = middle - int(self.rng.integers(size))
            start = min(max(start, 0), n_days - size)
            days = np.zeros(n_days, np.bool_)
            days[start : start + size] = True
            return Part(self.problem, assigned, np.sort(self._anybody()), days)
        people = self._near(assigned) if kind == "cell" else self._anybody()
        days = np.ones(n_days, np.bool_)
        return Part(self.problem, assigned, np.sort(people[:size]), days)

    def _anybody(self) -> Ints:
        return self.rng.permutation(self.problem.n_employees)

    def _near(self, assigned: Ints) -> Ints:
        """First those who could work or now work where the roster pays."""
        problem, everybody = self.problem, self._anybody()
        points = cell_points(problem, assigned)
        if points.sum() <= 0:
            return everybody
        cell = self.rng.choice(points.size, p=(points / points.sum()).ravel())
        day, kind = divmod(int(cell), problem.n_types)
        can = np.array([self.finders[e].allowed[day, kind] for e in everybody])
        close = np.array(
            [_works_near(assigned[e], day, problem.n_days) for e in everybody]
        )
        rank = can * 1.0 + 0.5 * close + self.rng.random(len(everybody))
        return everybody[np.argsort(-rank, kind="stable")]


def _works_near(line: Ints, day: int, n_days: int) -> bool:
    """Whether the day could join or leave one of the line's runs."""
    return bool((line[max(0, day - 1) : min(n_days, day + 2)] != OFF).any())


def cell_points(problem: DutyProblem, assigned: Ints) -> Floats:
    """What each day and type costs for missing and for spare people."""
    cover = cover_of(problem, assigned)
    short = np.maximum(problem.wanted - cover, 0.0) * problem.short_points
    return np.asarray(
        short + np.maximum(cover - problem.wanted, 0.0) * problem.over_points
    )


def part_points(part: Part) -> float:
    """Points now of the part's lines and cells, as its master counts them."""
    problem = part.problem
    points = roster_points(problem, part.assigned) - problem.wish_constant
    others = np.setdiff1d(np.arange(problem.n_employees), part.people)
    rows, days = np.nonzero(part.assigned[others] != OFF)
    people = others[rows]
    points -= problem.wish_points[people, days, part.assigned[people, days]].sum()
    return float(points - cell_points(problem, part.assigned)[~part.days].sum())
