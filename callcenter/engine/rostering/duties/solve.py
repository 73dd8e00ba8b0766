"""The solver of duty rosters: build, bound, dive, and replan parts until stopped."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.duties.conflicts import find_conflicts
from callcenter.engine.rostering.duties.dive import dive
from callcenter.engine.rostering.duties.first import first_line
from callcenter.engine.rostering.duties.generate import Generator
from callcenter.engine.rostering.duties.lines import HUGE, LineFinder
from callcenter.engine.rostering.duties.model import (
    OFF,
    DutyContract,
    DutyProblem,
    DutyRoster,
    DutyStatus,
    Ints,
    ReportProgress,
    cover_of,
)
from callcenter.engine.rostering.duties.part import Part
from callcenter.engine.rostering.duties.replan import Replanner, Root
from callcenter.engine.rostering.duties.restricted import (
    Restricted,
)
from callcenter.engine.rostering.duties.rolling import Rolling
from callcenter.engine.rostering.duties.sweeps import LONG_DAYS
from callcenter.engine.rostering.duties.watch import Clock, Watch

GAIN = 1e-4
BUILD_SHARE = 0.25
ROOT_SHARE = 0.55
"""The share of the time that the first relaxation may take."""


def solve_duties(
    problem: DutyProblem,
    *,
    time_limit_s: float = 60.0,
    seed: int = 0,
    workers: int = 2,
    max_rounds: int | None = None,
    progress: ReportProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Clock = time.monotonic,
) -> DutyRoster:
    """The best roster of duties found in the time given, with a proved lower bound.

    Parameters
    ----------
    problem : DutyProblem
    time_limit_s : float, seconds by ``clock``
    seed : int
    workers : int, threads that search side by side
    max_rounds : int or None, rounds of replanning after which to end. When they end the
        search and not the time, the same seed and workers give the same roster
    progress : callable or None, told every better roster and bound
    should_stop : callable or None, asked between steps; True keeps the best so far
    clock : callable, seconds; wall time unless a benchmark wants CPU time

    Returns
    -------
    DutyRoster : where somebody has no legal line its ``conflicts`` say why

    Raises
    ------
    EngineInputError : the time or the number of workers is not positive
    """
    if time_limit_s <= 0 or workers < 1:
        raise EngineInputError("time_limit_s and workers have to be positive")
    warm_up()
    watch = Watch(problem, time_limit_s, clock, progress, should_stop)
    cpu = time.process_time()
    finders = [LineFinder(problem, e) for e in range(problem.n_employees)]
    rng = np.random.default_rng(seed)
    impossible = _build(watch, finders, rng)
    if len(impossible):
        return _roster(watch, cpu, impossible)
    with ThreadPoolExecutor(workers) as executor:
        generator = Generator(finders, executor if workers > 1 else None, workers)
        root = None
        if problem.n_days >= LONG_DAYS:
            _roll(watch, executor if workers > 1 else None, workers)
        elif not watch.is_over():
            root = _relax(watch, generator)
        Replanner(watch, finders, executor, workers, rng, root, max_rounds).run()
    return _roster(watch, cpu, np.zeros(0, np.int64))


def warm_up() -> None:
    """Load the compiled search and the linear solver before the clock starts.

    The first time on a machine this compiles, which takes some ten seconds.
    """
    day = np.zeros((7, 1))
    problem = DutyProblem(
        employees=("",),
        types=("",),
        minutes=np.ones(1, np.int64),
        may_follow=np.ones((1, 1), np.bool_),
        contracts=(DutyContract((7,), 0, 7, 1, 7, 1, 1),),
        is_free=np.zeros((1, 7), np.bool_),
        wish_points=np.zeros((1, 7, 1)),
        wish_constant=0.0,
        wanted=day,
        short_points=day,
        over_points=day,
    )
    finder = LineFinder(problem, 0)
    finder.find(day)
    finder.find_all(day, limit=0.0, most=10**4)
    Restricted(Part(problem, np.zeros((1, 7), np.int64), np.arange(1), day[:, 0] == 0))


def _build(watch: Watch, finders: list[LineFinder], rng: np.random.Generator) -> Ints:
    """Everybody once against what is still missing, then again until nobody gains.

    Returns those who have no legal line at all.
    """
    problem = watch.problem
    assigned = np.full_like(watch.assigned, OFF)
    order = rng.permutation(problem.n_employees)
    stuck = [
        e for e in order if not reroster(problem, finders[e], assigned, is_first=True)
    ]
    if stuck:
        return np.sort(np.array(stuck, np.int64))
    watch.offer(assigned, "build")
    granted = np.minimum(problem.wish_points, 0.0).min(axis=2).sum()
    watch.prove(problem.wish_constant + float(granted), "wishes")
    gained = problem.n_days < LONG_DAYS
    while gained and not watch.is_over(BUILD_SHARE):
        gained = False
        rng.shuffle(order)
        for person in order:
            if watch.is_over(BUILD_SHARE):
                break
            gained |= reroster(problem, finders[person], assigned)
        watch.offer(assigned, "build")
    return np.zeros(0, np.int64)


def reroster(
    problem: DutyProblem, finder: LineFinder, assigned: Ints, *, is_first: bool = False
) -> bool:
    """Give one employee the line that is best beside all others; True when it gains."""
    person = finder.number
    line = assigned[person].copy()
    assigned[person] = OFF
    cover = cover_of(problem, assigned)
    missing = cover < problem.wanted
    cost = problem.wish_points[person] + np.where(
        missing, -problem.short_points, problem.over_points
    )
    days = np.flatnonzero(line != OFF)
    limit = HUGE / 10 if is_first else float(cost[days, line[days]].sum()) - GAIN
    found = np.zeros((0, problem.n_days), np.int64)
    if is_first and problem.n_days >= LONG_DAYS:
        begun = first_line(problem, person, cost)
        found = found if begun is None else begun[None, :]
    if len(found) == 0:
        found = finder.find(cost, limit=limit)[2]
    assigned[person] = found[0] if len(found) else line
    return len(found) > 0


def _roll(watch: Watch, executor: Executor | None, workers: int) -> None:
    """A better first roster of a long horizon, where the time suffices."""
    if watch.is_over():
        return
    found = Rolling(watch, executor, workers).roll()
    if found is not None:
        watch.offer(found, "roll")


def _relax(watch: Watch, generator: Generator) -> Root:
    """The relaxation of the whole: the bound, prices, and a first dive."""
    problem = watch.problem
    people, days = np.arange(problem.n_employees), np.ones(problem.n_days, np.bool_)
    master = Restricted(Part(problem, watch.assigned, people, days))
    for person in people:
        master.add_lines(int(person), watch.assigned[person][None, :])
    done = generator.generate(master, lambda: watch.is_over(ROOT_SHARE))
    watch.prove(done.bound + problem.wish_constant, "bound")
    root = Root(master, done)
    if not watch.is_over():
        copy, relaxed = root.copied()
        found = dive(generator, copy, relaxed, lambda: watch.is_over(0.75))
        if found is not None:
            watch.offer(found, "dive")
            root.remember(found)
    return root


def _roster(watch: Watch, cpu: float, impossible: Ints) -> DutyRoster:
    is_impossible = len(impossible) > 0
    status = DutyStatus.OPTIMAL if watch.is_proved else DutyStatus.FEASIBLE
    return DutyRoster(
        assigned=watch.assigned,
        objective=watch.objective,
        bound=watch.objective if watch.is_proved else watch.lifted(watch.bound),
        status=DutyStatus.INFEASIBLE if is_impossible else status,
        seconds=watch.seconds,
        cpu_seconds=time.process_time() - cpu,
        conflicts=find_conflicts(watch.problem, impossible),
        trace=tuple(watch.trace),
    )
