"""A second opinion on a rotation, by plain counting; nothing shared with the solver."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from callcenter.engine.rostering.rotation.model import (
    DAYS,
    OFF,
    Rotation,
    RotationProblem,
)


@dataclass(frozen=True)
class RotationBreach:
    """A rule that is broken; ``day`` counts from the first week's Monday."""

    rule: str
    day: int
    words: str


def check_rotation(
    problem: RotationProblem, rotation: Rotation
) -> tuple[RotationBreach, ...]:
    """All breaches of a rotation."""
    row = [int(value) for week in rotation.weeks.tolist() for value in week]
    if len(row) != problem.n_groups * DAYS:
        words = f"{problem.n_groups} weeks are wanted"
        return (RotationBreach("number of weeks", 0, words),)
    return (
        *demand_by_day(problem, row),
        *blocks_of_one_value(problem, row),
        *blocks_of_work(problem, row),
        *forbidden_runs(problem, row),
    )


def demand_by_day(
    problem: RotationProblem, row: Sequence[int]
) -> Iterator[RotationBreach]:
    """Each type of shift as often as wanted on each day of the week."""
    for day in range(DAYS):
        there = row[day::DAYS]
        for shift, wanted in enumerate(problem.demand[:, day].tolist(), start=1):
            if there.count(shift) != wanted:
                words = f"shift {shift} {there.count(shift)} times, {wanted} wanted"
                yield RotationBreach("demand", day, words)


def blocks_of_one_value(
    problem: RotationProblem, row: Sequence[int]
) -> Iterator[RotationBreach]:
    """Least and most days in a row of each shift and of days off."""
    lengths = [problem.rules.off_block, *problem.rules.shift_blocks]
    for day, value, length in _cyclic_blocks(row):
        least, most = lengths[value]
        if not least <= length <= most:
            words = f"{length} days of {value or 'days off'}, not {least} to {most}"
            yield RotationBreach("days in a row", day, words)


def blocks_of_work(
    problem: RotationProblem, row: Sequence[int]
) -> Iterator[RotationBreach]:
    """Least and most days of work in a row, whatever the shifts."""
    least, most = problem.rules.work_block
    for day, is_work, length in _cyclic_blocks([int(value != OFF) for value in row]):
        if is_work and not least <= length <= most:
            words = f"{length} days of work, not {least} to {most}"
            yield RotationBreach("days of work in a row", day, words)


def forbidden_runs(
    problem: RotationProblem, row: Sequence[int]
) -> Iterator[RotationBreach]:
    """Pairs and runs of three that must not occur, around the end as well."""
    around = [*row, *row, *row]
    for day in range(len(row)):
        for size in (2, 3):
            run = tuple(around[day : day + size])
            if run in problem.rules.forbidden:
                yield RotationBreach("forbidden run", day, " ".join(map(str, run)))


def _cyclic_blocks(row: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """First day, value and length of each block of equal values around the cycle."""
    count = len(row)
    starts = [day for day in range(count) if row[day] != row[day - 1]]
    first = starts[0] if starts else 0
    turned = [*row[first:], *row[:first]]
    day = first
    for value, block in groupby(turned):
        length = len(list(block))
        yield day % count, value, length
        day += length
