"""Rotating workforce scheduling, as MiniZinc data (Musliu, Schutt and Stuckey 2018)."""

from pathlib import Path

import numpy as np

from callcenter.cli.engine.roster_formats import Answer, Order
from callcenter.cli.engine.roster_formats.dzn import Dzn
from callcenter.engine.rostering.rotation import (
    DAYS,
    Rotation,
    RotationProblem,
    RotationRules,
    RotationStatus,
    check_rotation,
    solve_rotation,
)

MOST_GROUPS = 100_000
MOST_TYPES = 50


def roster_rws(instance: Path, order: Order) -> Answer:
    """Find a rotation for an instance file.

    Raises `EngineInputError` that names the field and what is wrong in it.
    """
    problem = read_rws(instance)
    found = solve_rotation(
        problem,
        time_limit_s=order.seconds,
        seed=order.seed,
        should_stop=order.should_stop,
    )
    is_found = found.status == RotationStatus.FOUND
    return Answer(
        columns=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                 "sunday"),
        rows=[tuple(week) for week in found.weeks.tolist()],
        status=found.status.value,
        objective=0.0,
        bound=0.0,
        seconds=found.seconds,
        cpu_seconds=found.cpu_seconds,
        complaints=_complaints(problem, found) if is_found else [],
        conflicts=_why_not(found),
        has_header=False,
    )  # fmt: skip


def read_rws(path: Path) -> RotationProblem:
    """Read and check a file."""
    data = Dzn(path)
    n_types = data.whole("numShifts", least=1)
    if n_types > MOST_TYPES:
        raise data.mistake("numShifts", f"must not be over {MOST_TYPES}")
    n_groups = data.whole("groups", least=1)
    if n_groups > MOST_GROUPS:
        raise data.mistake("groups", f"must not be over {MOST_GROUPS}")
    demand = data.wholes("demand", n_types * DAYS)
    least = data.wholes("minShift", n_types, least=1)
    most = data.wholes("maxShift", n_types, least=1)
    return RotationProblem(
        n_groups=n_groups,
        demand=np.array(demand, np.int64).reshape(n_types, DAYS),
        rules=RotationRules(
            shift_blocks=tuple(zip(least, most, strict=True)),
            off_block=(data.whole("minOff", least=1), data.whole("maxOff", least=1)),
            work_block=(data.whole("minOn", least=1), data.whole("maxOn", least=1)),
            forbidden=_forbidden(data, n_types),
        ),
    )


def _forbidden(data: Dzn, n_types: int) -> frozenset[tuple[int, ...]]:
    after = data.sets("forbidden", n_types)
    pairs = [(a, b) for a, some in enumerate(after, start=1) for b in some]
    numbers = data.wholes("forbidden3")
    if len(numbers) % 3:
        raise data.mistake("forbidden3", "needs three numbers for each run")
    runs = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return frozenset([*pairs, *runs])


def _complaints(problem: RotationProblem, found: Rotation) -> list[str]:
    return [
        f"week {breach.day // DAYS + 1}, day {breach.day % DAYS + 1}: {breach.rule}:"
        f" {breach.words}"
        for breach in check_rotation(problem, found)
    ]


def _why_not(found: Rotation) -> list[str]:
    if found.status == RotationStatus.UNKNOWN:
        return ["no rotation was found in this time, nor that there is none"]
    if found.status == RotationStatus.INFEASIBLE:
        return [f"no rotation: {' + '.join(found.conflict)} cannot be met together"]
    return []
