"""Shift design as an integer programme over shifts and days (HiGHS)."""

import time
from collections.abc import Callable
from fractions import Fraction
from math import ceil, gcd, lcm
from typing import Any

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.rostering.design.model import (
    Design,
    DesignProblem,
    DesignStatus,
    Floats,
    Ints,
    ReportProgress,
)

HAS_SOLUTION = 2
"""What HiGHS calls a feasible primal solution."""

ROUNDING = 1e-6
FINEST = 1000
"""Points that are not multiples of 1 / FINEST have no common step."""


def solve_design(
    problem: DesignProblem,
    *,
    time_limit_s: float = 60.0,
    seed: int = 0,
    progress: ReportProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Design:
    """The best design found in the time given, with a proved lower bound.

    All designs' points differ by multiples of a step, so the search ends as soon as no
    design can be better by that step.

    Raises
    ------
    EngineInputError : the time is not positive
    """
    if time_limit_s <= 0:
        raise EngineInputError("time_limit_s has to be positive")
    began, cpu = time.monotonic(), time.process_time()
    people, bound = _searched(
        problem, began, time_limit_s, seed, progress, should_stop or (lambda: False)
    )
    objective, step = design_points(problem, people), points_step(problem)
    bound = min(bound, objective)
    if step > 0:
        bound = step * ceil(bound / step - ROUNDING)
    is_proved = bound >= objective - ROUNDING
    design = Design(
        people=people,
        objective=objective,
        bound=objective if is_proved else bound,
        status=DesignStatus.OPTIMAL if is_proved else DesignStatus.FEASIBLE,
        seconds=time.monotonic() - began,
        cpu_seconds=time.process_time() - cpu,
    )
    if progress is not None:
        progress(design.objective, design.bound, "end", design.seconds)
    return design


def points_step(problem: DesignProblem) -> float:
    """What all designs' points are a multiple of; 0 where the points are too fine."""
    minutes = problem.slot_minutes
    points = [
        Fraction(value).limit_denominator(FINEST)
        for value in (
            problem.short_points * minutes,
            problem.over_points * minutes,
            problem.shift_points,
        )
    ]
    exact = (problem.short_points * minutes, problem.over_points * minutes)
    for value, whole in zip((*exact, problem.shift_points), points, strict=True):
        if abs(value - whole) > 1e-9:
            return 0.0
    below = lcm(*(value.denominator for value in points))
    return gcd(*(int(value * below) for value in points)) / below


def design_points(problem: DesignProblem, people: Ints) -> float:
    """The objective."""
    missing = problem.demand.ravel() - covered(problem, people)
    minutes = problem.slot_minutes
    points = problem.short_points * minutes * np.maximum(missing, 0).sum()
    points += problem.over_points * minutes * np.maximum(-missing, 0).sum()
    return float(points + problem.shift_points * (people > 0).any(axis=1).sum())


def covered(problem: DesignProblem, people: Ints) -> Ints:
    """People there by slot of all days."""
    there = np.zeros(problem.n_slots, np.int64)
    for place, day in np.argwhere(people > 0):
        there[slots_of(problem, place, day)] += people[place, day]
    return there


def slots_of(problem: DesignProblem, place: int, day: int) -> Ints:
    """The slots of a shift on a day, around the end."""
    start, length = problem.shifts[place]
    first = day * problem.demand.shape[1] + start
    return np.asarray((first + np.arange(length)) % problem.n_slots)


def _searched(
    problem: DesignProblem,
    began: float,
    seconds: float,
    seed: int,
    progress: ReportProgress | None,
    stop: Callable[[], bool],
) -> tuple[Ints, float]:
    """People of the best design and a lower bound."""
    import highspy

    highs = _programme(problem, seed)
    highs.setOptionValue("time_limit", max(seconds - (time.monotonic() - began), 0.01))
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.999 * points_step(problem))

    def tell(event: Any) -> None:
        data = event.data_out
        if progress is not None and abs(data.objective_function_value) < highs.inf:
            progress(
                data.objective_function_value, max(0.0, data.mip_dual_bound), "search",
                time.monotonic() - began,
            )  # fmt: skip

    highs.cbMipImprovingSolution += tell
    highs.cbMipInterrupt += lambda event: event.interrupt(stop())
    if not stop():
        highs.run()
    shape = (len(problem.shifts), problem.n_days)
    info = highs.getInfo()
    if info.primal_solution_status != HAS_SOLUTION:
        return np.zeros(shape, np.int64), 0.0
    found = np.array(highs.getSolution().col_value)[len(problem.shifts) :][
        : shape[0] * shape[1]
    ]
    people = np.round(found).astype(np.int64).reshape(shape)
    is_over = highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt
    bound = max(0.0, float(info.mip_dual_bound))
    return people, bound if np.isfinite(bound) or not is_over else 0.0


def _programme(problem: DesignProblem, seed: int) -> Any:
    """Columns: which shifts, their people by day, people short and over by slot."""
    import highspy

    create: Any = highspy.Highs
    highs = create()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed % 2**31)
    n_pairs = len(problem.shifts) * problem.n_days
    wanted = problem.demand.ravel().astype(float)
    low = np.concatenate((wanted, np.zeros(n_pairs)))
    high = np.concatenate((wanted, np.full(n_pairs, highs.inf)))
    none = np.zeros(0, np.int32)
    highs.addRows(
        len(low), low, high, 0, np.zeros(len(low), np.int32), none, np.zeros(0)
    )
    most = _most_people(problem)
    for cost, upper, entries in _columns(problem, most):
        rows, values = zip(*entries, strict=True)
        highs.addCol(
            cost, 0.0, upper, len(rows), np.array(rows, np.int32),
            np.array(values, float),
        )  # fmt: skip
    count = highs.getNumCol()
    whole = np.full(count, highspy.HighsVarType.kInteger, dtype=object)
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), whole)
    return highs


def _most_people(problem: DesignProblem) -> Floats:
    """By shift and day, more people than this are over in all its slots."""
    wanted = problem.demand.ravel()
    return np.array(
        [
            [
                wanted[slots_of(problem, place, day)].max()
                for day in range(problem.n_days)
            ]
            for place in range(len(problem.shifts))
        ],
        float,
    )


Column = tuple[float, float, list[tuple[int, float]]]
"""Points, most, and entries as rows and values."""


def _columns(problem: DesignProblem, most: Floats) -> list[Column]:
    """A row for each slot, and one that ties each shift's people to its use."""
    n_slots, n_days, minutes = problem.n_slots, problem.n_days, problem.slot_minutes
    places = range(len(problem.shifts))

    def tie(place: int, day: int) -> int:
        return n_slots + place * n_days + day

    uses = [
        (
            problem.shift_points,
            1.0,
            [(tie(place, day), float(most[place, day])) for day in range(n_days)],
        )
        for place in places
    ]
    people = [
        (
            0.0,
            float(most[place, day]),
            [
                *((int(slot), 1.0) for slot in slots_of(problem, place, day)),
                (tie(place, day), -1.0),
            ],
        )
        for place in places
        for day in range(n_days)
    ]
    wanted, all_people = problem.demand.ravel(), float(most.sum())
    short = [
        (problem.short_points * minutes, float(wanted[slot]), [(slot, 1.0)])
        for slot in range(n_slots)
    ]
    over = [
        (problem.over_points * minutes, all_people, [(slot, -1.0)])
        for slot in range(n_slots)
    ]
    return [*uses, *people, *short, *over]
