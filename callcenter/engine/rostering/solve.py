"""The roster solver: build, improve, and say honestly how far from perfect it is."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.bound import BoundJob
from callcenter.engine.rostering.cover import allocate, build_cover
from callcenter.engine.rostering.frame import build_frames
from callcenter.engine.rostering.model import (
    Progress,
    ProgressCallback,
    Roster,
    RosterProblem,
    StopCallback,
    Violation,
)
from callcenter.engine.rostering.objective import agent_penalties
from callcenter.engine.rostering.rules import check_agent
from callcenter.engine.rostering.search import Search
from callcenter.engine.rostering.validate import validate_problem
from callcenter.engine.rostering.variants import shift_families
from callcenter.engine.rostering.words import (
    RosterStatus,
    SoftRule,
    StopReason,
)

SMALL_GAP = 1e-4
PATIENCE = 20
"""Search stops after this many rounds over everybody without a gain worth having."""


@dataclass(eq=False)
class _Watch:
    """Keeps the time, the bound and the caller informed."""

    limit_s: float
    max_rounds: int | None
    target_gap: float
    report: ProgressCallback | None
    should_stop: StopCallback | None
    bound_job: BoundJob
    began: float = field(default_factory=time.monotonic)
    best: float = float("inf")
    told_at: float = 0.0
    reason: StopReason = StopReason.SETTLED

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def bound(self) -> float:
        return min(max(self.bound_job.value, 0.0), self.best)

    @property
    def gap(self) -> float:
        return _gap(self.best, self.bound)

    def tell(self, best: float, phase: str) -> None:
        """Report progress, at most five times a second."""
        self.best = best
        if self.report is None or self.seconds - self.told_at < 0.2:
            return
        self.told_at = self.seconds
        self.report(Progress(best, self.bound, self.gap, phase, self.seconds))

    def is_over(self, search: Search) -> bool:
        """Whether to stop now; remembers why."""
        if self.should_stop is not None and self.should_stop():
            self.reason = StopReason.ASKED
        elif self.seconds >= self.limit_s or (
            self.max_rounds is not None and search.n_rounds >= self.max_rounds
        ):
            self.reason = StopReason.TIME
        elif (
            self.bound_job.value > 0 and self.gap <= self.target_gap
        ) or self.best <= SMALL_GAP:
            self.reason = StopReason.PROVED
        else:
            return False
        return True


def solve_roster(
    problem: RosterProblem,
    *,
    time_limit_s: float = 20.0,
    seed: int = 0,
    max_rounds: int | None = None,
    target_gap: float = 0.001,
    progress: ProgressCallback | None = None,
    should_stop: StopCallback | None = None,
) -> Roster:
    """The best roster found in the time given, with a bound on how good it could be.

    The search is anytime and follows the seed; where it stops depends on the clock
    unless ``max_rounds`` ends it first, which makes a run repeatable.

    Parameters
    ----------
    problem : RosterProblem
    time_limit_s : float, seconds of wall time for building and improving
    seed : int
    max_rounds : int or None, agents re-rostered before stopping
    target_gap : float, (objective - bound) / objective at which the search may stop
    progress : callable or None, told a `Progress` now and then
    should_stop : callable or None, asked between steps; True keeps the best so far

    Returns
    -------
    Roster : always one; what could not be met stands in ``unmet`` and ``conflicts``

    Raises
    ------
    EngineInputError : arrays do not fit together or a value is impossible
    """
    validate_problem(problem)
    if time_limit_s <= 0:
        raise EngineInputError("time_limit_s has to be positive")
    families = shift_families(problem)
    cover = build_cover(problem)
    search = Search(
        problem=problem,
        cover=cover,
        frames=build_frames(problem, families),
        rng=np.random.default_rng(seed),
    )
    job = BoundJob(problem, search.frames, time_limit_s * 0.95)
    watch = _Watch(time_limit_s, max_rounds, target_gap, progress, should_stop, job)
    with job:
        _build(search, watch)
        _improve(search, watch)
        _await_bound(search, watch)
    return _roster(search, watch)


def _await_bound(search: Search, watch: _Watch) -> None:
    """Grant the bound what a settled search has left of the time."""
    if watch.reason is not StopReason.SETTLED:
        return
    while not watch.bound_job.is_done and not watch.is_over(search):
        watch.tell(watch.best, "prove")
        watch.bound_job.wait(0.1)


def _build(search: Search, watch: _Watch) -> None:
    """A first line for everybody."""
    for number in search.opening_order():
        if watch.is_over(search):
            return
        search.reroster(number)
        watch.tell(search.objective, "build")


def _improve(search: Search, watch: _Watch) -> None:
    """Sweep until nobody alone gains, then replan small groups."""
    able = search.opening_order()
    watch.best = search.objective
    idle = 0
    while able and idle < PATIENCE:
        start = watch.best
        order = [int(number) for number in search.rng.permutation(able)]
        if idle == 0 and not _sweep(search, watch, order):
            return
        if not _shake(search, watch, able):
            return
        is_worth = start - watch.best > 2e-4 * max(start, SMALL_GAP)
        idle = 0 if is_worth else idle + 1
    watch.is_over(search)


def _sweep(search: Search, watch: _Watch, order: list[int]) -> bool:
    """Re-roster everybody once, and their breaks; False when time is over."""
    for number in order:
        if watch.is_over(search):
            return False
        search.reroster(number)
        watch.tell(search.objective, "sweep")
    for number in order:
        if watch.is_over(search):
            return False
        search.move_breaks(number)
    watch.tell(search.objective, "breaks")
    return True


def _shake(search: Search, watch: _Watch, able: list[int]) -> bool:
    """Replan as many small groups as there are people; False when time is over."""
    size = min(len(able), 5)
    for _ in range(max(1, len(able) // size)):
        if watch.is_over(search):
            return False
        group = search.pick_group(able, int(search.rng.integers(1, size + 1)))
        watch.best -= search.replan_group(group, noise=0.1)
        watch.tell(watch.best, "improve")
    watch.best = search.objective
    return True


def _gap(best: float, bound: float) -> float:
    if best <= SMALL_GAP:
        return 0.0
    return max(0.0, (best - bound) / best)


def _roster(search: Search, watch: _Watch) -> Roster:
    problem, objective = search.problem, search.objective
    watch.best = objective
    scheduled = allocate(search.cover, problem)
    unmet = np.maximum(problem.demand.wanted - scheduled, 0.0)
    unmet[unmet < 1e-9] = 0.0
    conflicts = _conflicts(search)
    return Roster(
        shifts=tuple(shift for line in search.lines for shift in line.shifts),
        status=_status(watch, conflicts),
        stopped_by=watch.reason,
        objective=objective,
        bound=watch.bound,
        gap=watch.gap,
        penalties=_penalties(search, unmet),
        scheduled_agents=scheduled,
        wanted_agents=problem.demand.wanted,
        unmet=unmet,
        conflicts=conflicts,
        seconds=watch.seconds,
        n_rounds=search.n_rounds,
        notes=("skills_simplified",) if search.cover.is_simplified else (),
    )


def _status(watch: _Watch, conflicts: tuple[Violation, ...]) -> RosterStatus:
    if conflicts:
        return RosterStatus.CONFLICT
    is_proved = watch.gap <= SMALL_GAP
    return RosterStatus.OPTIMAL if is_proved else RosterStatus.FEASIBLE


def _conflicts(search: Search) -> tuple[Violation, ...]:
    return tuple(
        violation
        for number, line in enumerate(search.lines)
        for violation in check_agent(search.problem, number, line.shifts)
    )


def _penalties(search: Search, unmet: NDArray[np.float64]) -> dict[SoftRule, float]:
    """Points by soft rule; coverage is split into what is missing and what is idle."""
    problem = search.problem
    hours = problem.grid.interval_min / 60
    heads = sum(int(staff.sum()) for staff in search.cover.staff)
    idle = heads - float((problem.demand.wanted - unmet).sum())
    over = max(idle, 0.0) * hours * problem.weights.over_h
    found = {
        SoftRule.UNDER_STAFFING: search.cover.total() - over,
        SoftRule.OVER_STAFFING: over,
    }
    for number, line in enumerate(search.lines):
        own = agent_penalties(problem, number, list(line.shifts))
        _add(found, own.items())
    return found


def _add(total: dict[SoftRule, float], more: Iterable[tuple[SoftRule, float]]) -> None:
    for rule, points in more:
        total[rule] = total.get(rule, 0.0) + points
