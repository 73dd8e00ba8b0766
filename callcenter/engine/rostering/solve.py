"""The roster solver: build, improve, and say honestly how far from perfect it is."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.bound import BoundJob
from callcenter.engine.rostering.cover import Cover, allocate, build_cover
from callcenter.engine.rostering.frame import build_frames
from callcenter.engine.rostering.model import (
    PlannedShift,
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
PATIENCE = 4
"""Search stops after warming up so often without a gain worth having."""
WIDTHS = 24
SWEEPS = 6
NARROWEST = 0.1
"""Agents over which edges are rounded at the last."""

Ints = NDArray[np.int64]
Lines = Sequence[tuple[PlannedShift, ...]]


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
    told_at: float = -1.0
    is_built: bool = False
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
        """Whether to stop now; remembers why.

        Until everybody has a line, only whoever asked for the roster can stop it.
        """
        if self.should_stop is not None and self.should_stop():
            self.reason = StopReason.ASKED
        elif self.is_built and (
            self.seconds >= self.limit_s
            or (self.max_rounds is not None and search.n_rounds >= self.max_rounds)
        ):
            self.reason = StopReason.TIME
        elif self.is_built and (
            (self.bound_job.value > 0 and self.gap <= self.target_gap)
            or self.best <= SMALL_GAP
        ):
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
    frames = build_frames(problem, families)
    search = Search(problem, families, frames, cover, np.random.default_rng(seed))
    job = BoundJob(problem, search, time_limit_s * 0.95)
    watch = _Watch(time_limit_s, max_rounds, target_gap, progress, should_stop, job)
    watch.best = search.objective
    with job:
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


def _improve(search: Search, watch: _Watch) -> None:
    """Build with widely rounded edges, settle, and warm up again while it helps."""
    able = search.able
    n_widths = _n_widths(watch, len(able))
    if not _cool(search, watch, able, search.widest, n_widths):
        return
    watch.bound_job.offer(search.copy_plan())
    best, idle = search.copy_plan(), 0
    while len(able) and idle < PATIENCE:
        start = watch.best
        width = float(search.rng.uniform(NARROWEST, search.widest / 2))
        is_over = not _cool(search, watch, able, width, max(n_widths // 3, 3))
        if search.objective < start:
            best = search.copy_plan()
        else:
            search.put_back(best)
        watch.best = search.objective
        if is_over:
            return
        is_worth = start - watch.best > 2e-4 * max(start, SMALL_GAP)
        idle = 0 if is_worth else idle + 1
    watch.is_over(search)


def _n_widths(watch: _Watch, n_agents: int) -> int:
    """Sweeps for cooling down once: fewer when fewer are granted."""
    if watch.max_rounds is None:
        return WIDTHS
    granted = watch.max_rounds // max(n_agents, 1)
    return int(np.clip(granted // 2, 2, WIDTHS))


def _cool(
    search: Search, watch: _Watch, able: Ints, width: float, n_widths: int
) -> bool:
    """Settle everybody at narrower and narrower edges; False when time is over."""
    widths = np.geomspace(max(width, NARROWEST), NARROWEST, n_widths)
    # When time presses, the steps are longer, and the last ones are exact.
    began, share = watch.seconds, 0.6 * (watch.limit_s - watch.seconds)
    place = 0
    while place < n_widths:
        swept = watch.seconds
        for chunk in search.chunks(able):
            if watch.is_over(search):
                return False
            search.improve(chunk, float(widths[place]))
        watch.tell(search.objective, "improve" if watch.is_built else "build")
        watch.is_built = True
        if watch.max_rounds is not None:
            place += 1
            continue
        took = watch.seconds - swept
        left = max(share - (watch.seconds - began), took) / max(took, 1e-6)
        place += max(1, round((n_widths - place) / left))
    return _sweep(search, watch, able)


def _sweep(search: Search, watch: _Watch, able: Ints) -> bool:
    """Re-roster everybody, and their breaks, until nobody gains; False at the end."""
    for _ in range(SWEEPS):
        gained = 0.0
        for chunk in search.chunks(able):
            if watch.is_over(search):
                return False
            gained += search.improve(chunk)
        watch.tell(search.objective, "improve")
        if gained <= 1e-4 * max(search.objective, SMALL_GAP):
            break
    return True


def _gap(best: float, bound: float) -> float:
    if best <= SMALL_GAP:
        return 0.0
    return max(0.0, (best - bound) / best)


def _roster(search: Search, watch: _Watch) -> Roster:
    problem, objective = search.problem, search.objective
    watch.best = objective
    cover = search.count_cover()
    lines = [search.shifts_of(number) for number in range(len(search.frames))]
    scheduled = allocate(cover, problem)
    unmet = np.maximum(problem.demand.wanted - scheduled, 0.0)
    unmet[unmet < 1e-9] = 0.0
    conflicts = _conflicts(problem, lines)
    return Roster(
        shifts=tuple(shift for line in lines for shift in line),
        status=_status(watch, conflicts),
        stopped_by=watch.reason,
        objective=objective,
        bound=watch.bound,
        gap=watch.gap,
        penalties=_penalties(problem, cover, lines, unmet),
        scheduled_agents=scheduled,
        wanted_agents=problem.demand.wanted,
        unmet=unmet,
        conflicts=conflicts,
        seconds=watch.seconds,
        n_rounds=search.n_rounds,
        notes=("skills_simplified",) if cover.is_simplified else (),
    )


def _status(watch: _Watch, conflicts: tuple[Violation, ...]) -> RosterStatus:
    if conflicts:
        return RosterStatus.CONFLICT
    is_proved = watch.gap <= SMALL_GAP
    return RosterStatus.OPTIMAL if is_proved else RosterStatus.FEASIBLE


def _conflicts(problem: RosterProblem, lines: Lines) -> tuple[Violation, ...]:
    return tuple(
        violation
        for number, shifts in enumerate(lines)
        for violation in check_agent(problem, number, shifts)
    )


def _penalties(
    problem: RosterProblem, cover: Cover, lines: Lines, unmet: NDArray[np.float64]
) -> dict[SoftRule, float]:
    """Points by soft rule; coverage is split into what is missing and what is idle."""
    hours = problem.grid.interval_min / 60
    heads = sum(int(staff.sum()) for staff in cover.staff)
    idle = heads - float((problem.demand.wanted - unmet).sum())
    over = max(idle, 0.0) * hours * problem.weights.over_h
    found = {
        SoftRule.UNDER_STAFFING: cover.total() - over,
        SoftRule.OVER_STAFFING: over,
    }
    for number, shifts in enumerate(lines):
        _add(found, agent_penalties(problem, number, list(shifts)).items())
    return found


def _add(total: dict[SoftRule, float], more: Iterable[tuple[SoftRule, float]]) -> None:
    for rule, points in more:
        total[rule] = total.get(rule, 0.0) + points
