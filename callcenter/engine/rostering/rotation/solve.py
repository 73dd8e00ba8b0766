"""Finding a rotation, or the rules that leave none."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.rotation.circulation import Circulation
from callcenter.engine.rostering.rotation.model import (
    DAYS,
    OFF,
    Ints,
    Rotation,
    RotationProblem,
    RotationRules,
    RotationStatus,
)
from callcenter.engine.rostering.rotation.states import state_graph

StopCheck = Callable[[], bool]

MANY_DAYS = 21
"""As good as any number of days in a row, where a rule is lifted."""


def solve_rotation(
    problem: RotationProblem,
    *,
    time_limit_s: float = 60.0,
    seed: int = 0,
    should_stop: StopCheck | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Rotation:
    """A rotation that meets every rule and the demand, or proof that there is none.

    Parameters
    ----------
    problem : RotationProblem
    time_limit_s : float, seconds by ``clock``
    seed : int, another seed may find another rotation
    should_stop : callable or None, asked between steps
    clock : callable, seconds

    Returns
    -------
    Rotation : status unknown where the time did not suffice

    Raises
    ------
    EngineInputError : the time is not positive
    """
    if time_limit_s <= 0:
        raise EngineInputError("time_limit_s has to be positive")
    began, cpu = clock(), time.process_time()

    def left() -> float:
        is_stopped = should_stop is not None and should_stop()
        return 0.0 if is_stopped else time_limit_s - (clock() - began)

    found = _search(problem, seed, left)
    conflict: tuple[str, ...] = ()
    if found is False:
        conflict = _conflict(problem, seed, left)
    status = RotationStatus.UNKNOWN
    weeks: Ints = np.zeros((problem.n_groups, DAYS), np.int64)
    if isinstance(found, np.ndarray):
        status, weeks = RotationStatus.FOUND, found
    elif found is False:
        status = RotationStatus.INFEASIBLE
    return Rotation(weeks, status, clock() - began, time.process_time() - cpu, conflict)


def _search(
    problem: RotationProblem, seed: int, left: Callable[[], float]
) -> Ints | bool | None:
    """The weeks; False when there are none, None when time is over."""
    if np.any(problem.demand.sum(axis=0) > problem.n_groups):
        return False
    same = _same_every_day(problem)
    if same is not None:
        return np.full((problem.n_groups, DAYS), same, np.int64)
    circulation = Circulation(problem, state_graph(problem.rules), seed)
    while left() > 0:
        flow = circulation.solve(left(), lambda: left() <= 0)
        if flow is None or isinstance(flow, bool):
            return flow
        islands = circulation.islands(flow)
        if len(islands) == 1:
            return circulation.walk(flow).reshape(-1, DAYS)
        for island in islands:
            circulation.cut_off(island)
    return None


def _same_every_day(problem: RotationProblem) -> int | None:
    """The one value that everybody may have on all days, where the demand wants it."""
    rules, days = problem.rules, problem.n_groups * DAYS
    off = problem.n_groups - problem.demand.sum(axis=0)
    for value, wanted in enumerate((off, *problem.demand)):
        blocks = [rules.off_block]
        if value != OFF:
            blocks = [rules.shift_blocks[value - 1], rules.work_block]
        is_forbidden = {(value,) * 2, (value,) * 3} & rules.forbidden
        is_wanted = bool(np.all(wanted == problem.n_groups))
        fits = all(least <= days <= most for least, most in blocks)
        if is_wanted and fits and not is_forbidden:
            return value
    return None


def _conflict(
    problem: RotationProblem, seed: int, left: Callable[[], float]
) -> tuple[str, ...]:
    """Rules without any of which there would be a rotation; the demand always stays."""
    rules, kept = problem.rules, ["demand by day and type"]
    if np.any(problem.demand.sum(axis=0) > problem.n_groups):
        return (*kept, "number of groups")
    for words, lift in _LIFTS.items():
        lifted = lift(rules, problem.n_groups * DAYS)
        found = _search(replace(problem, rules=lifted), seed, left)
        if found is False:
            rules = lifted
        else:
            kept.append(words)
    return tuple(kept)


_LIFTS: dict[str, Callable[[RotationRules, int], RotationRules]] = {
    "forbidden runs of three": lambda rules, _: replace(
        rules, forbidden=frozenset(run for run in rules.forbidden if len(run) == 2)
    ),
    "forbidden pairs": lambda rules, _: replace(
        rules, forbidden=frozenset(run for run in rules.forbidden if len(run) == 3)
    ),
    "days in a row of a type": lambda rules, days: replace(
        rules, shift_blocks=((1, min(days, MANY_DAYS)),) * len(rules.shift_blocks)
    ),
    "days off in a row": lambda rules, days: replace(
        rules, off_block=(1, min(days, MANY_DAYS))
    ),
    "days of work in a row": lambda rules, days: replace(
        rules, work_block=(1, min(days, MANY_DAYS))
    ),
}
