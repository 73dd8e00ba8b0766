"""Shift design, as MiniZinc data (Di Gaspero et al. 2007)."""

from pathlib import Path

import numpy as np

from callcenter.cli.engine.roster_formats import Answer, Order
from callcenter.cli.engine.roster_formats.dzn import Dzn
from callcenter.engine.rostering.design import (
    DesignProblem,
    Shift,
    check_design,
    solve_design,
)

MINUTES_OF_DAY = 24 * 60
MOST_DAYS = 366
MOST_TYPES = 100


def roster_shift_design(instance: Path, order: Order) -> Answer:
    """Design shifts for an instance file.

    Raises `EngineInputError` that names the field and what is wrong in it.
    """
    problem = read_shift_design(instance)
    found = solve_design(
        problem,
        time_limit_s=order.seconds,
        seed=order.seed,
        progress=order.tell,
        should_stop=order.should_stop,
    )
    verdict = check_design(problem, found)
    complaints = list(verdict.complaints)
    if not verdict.is_honest and not complaints:
        complaints = [f"the points are {verdict.objective}, not {verdict.claimed}"]
    return Answer(
        columns=("start", "length", "day", "workers"),
        rows=[
            (*problem.shifts[place], int(day), int(found.people[place, day]))
            for place, day in np.argwhere(found.people > 0)
        ],
        status=found.status.value,
        objective=found.objective,
        bound=found.bound,
        seconds=found.seconds,
        cpu_seconds=found.cpu_seconds,
        complaints=complaints,
    )


def read_shift_design(path: Path) -> DesignProblem:
    """Read and check a file."""
    data = Dzn(path)
    minutes = data.whole("interval", least=1)
    if MINUTES_OF_DAY % minutes:
        raise data.mistake("interval", f"{minutes} minutes do not divide the day")
    n_days = data.whole("days", least=1)
    if n_days > MOST_DAYS:
        raise data.mistake("days", f"must not be over {MOST_DAYS}")
    slots = MINUTES_OF_DAY // minutes
    demand = data.wholes("demand", n_days * slots)
    return DesignProblem(
        demand=np.array(demand, np.int64).reshape(n_days, slots),
        slot_minutes=minutes,
        shifts=_shifts(data, slots, n_days * slots),
        short_points=data.numbers("weightUnderCover", 1)[0],
        over_points=data.numbers("weightOverCover", 1)[0],
        shift_points=data.numbers("weightShiftInstances", 1)[0],
    )


def _shifts(data: Dzn, slots: int, longest: int) -> tuple[Shift, ...]:
    """Every start and length that one of the types allows, each once."""
    n_types = data.whole("shiftTypes", least=1)
    if n_types > MOST_TYPES:
        raise data.mistake("shiftTypes", f"must not be over {MOST_TYPES}")
    names = ("minStart", "maxStart", "minLength", "maxLength")
    kinds = zip(*(data.wholes(name, n_types) for name in names), strict=True)
    found: dict[Shift, None] = {}
    for first, last, least, most in kinds:
        if last >= slots:
            raise data.mistake("maxStart", f"{last} is after the last slot of the day")
        if most > longest:
            raise data.mistake("maxLength", f"{most} slots are longer than all days")
        if first > last or not 1 <= least <= most:
            raise data.mistake("shiftTypes", "a type has no start or no length")
        for start in range(first, last + 1):
            for length in range(least, most + 1):
                found[Shift(start, length)] = None
    return tuple(found)
