"""Employee shift scheduling as text (Curtois and Qu 2014): sections of comma lists.

The format is described at http://www.schedulingbenchmarks.org/nrp/instances1_24.html.
"""

from pathlib import Path

from callcenter.cli.engine.roster_formats import Answer, Order
from callcenter.cli.engine.roster_formats.nrp_file import read_nrp
from callcenter.engine.rostering.duties import (
    OFF,
    DutyProblem,
    DutyProgress,
    DutyRoster,
    check_duties,
    solve_duties,
)


def roster_nrp(instance: Path, order: Order) -> Answer:
    """Roster an instance file.

    Raises `EngineInputError` that names line, field and rule of what is wrong in it.
    """
    problem = read_nrp(instance)

    def tell(progress: DutyProgress) -> None:
        order.tell(progress.objective, progress.bound, progress.phase, progress.seconds)

    found = solve_duties(
        problem,
        time_limit_s=order.seconds,
        seed=order.seed,
        workers=order.workers,
        max_rounds=order.rounds,
        progress=tell,
        should_stop=order.should_stop,
    )
    return Answer(
        columns=("employee", "day", "shift"),
        rows=_rows(problem, found),
        status=found.status.value,
        objective=found.objective,
        bound=found.bound,
        seconds=found.seconds,
        cpu_seconds=found.cpu_seconds,
        complaints=[] if found.conflicts else _complaints(problem, found),
        conflicts=[
            f"{conflict.employee} has no legal row: {' + '.join(conflict.rules)}"
            " cannot be met together"
            for conflict in found.conflicts
        ],
    )


def _rows(problem: DutyProblem, found: DutyRoster) -> list[tuple[object, ...]]:
    return [
        (employee, day, problem.types[kind])
        for employee, line in zip(
            problem.employees, found.assigned.tolist(), strict=True
        )
        for day, kind in enumerate(line)
        if kind != OFF
    ]


def _complaints(problem: DutyProblem, found: DutyRoster) -> list[str]:
    verdict = check_duties(problem, found)
    words = [
        f"{breach.employee}, {_when(breach.day)}: {breach.rule}: {breach.words}"
        for breach in verdict.breaches
    ]
    if not verdict.is_honest and not words:
        words.append(f"the points are {verdict.objective}, not {verdict.claimed}")
    return words


def _when(day: int | None) -> str:
    return "all days" if day is None else f"day {day}"
