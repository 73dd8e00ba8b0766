"""A second opinion on a design, by plain counting; nothing shared with the solver."""

from dataclasses import dataclass
from math import isclose

from callcenter.engine.rostering.design.model import Design, DesignProblem


@dataclass(frozen=True)
class DesignVerdict:
    """Minutes short and over, different shifts, points, and numbers that cannot be."""

    short_minutes: int
    over_minutes: int
    n_shifts: int
    objective: float
    claimed: float
    complaints: tuple[str, ...]

    @property
    def is_honest(self) -> bool:
        """Whether all numbers can be and the points are those claimed."""
        same = isclose(self.objective, self.claimed, rel_tol=1e-9, abs_tol=1e-6)
        return same and not self.complaints


def check_design(problem: DesignProblem, design: Design) -> DesignVerdict:
    """Count people slot by slot and all points anew."""
    wanted = [int(value) for day in problem.demand.tolist() for value in day]
    slots_of_day = len(wanted) // problem.n_days
    there = [0] * len(wanted)
    used, complaints = 0, []
    rows = design.people.tolist()
    if len(rows) != len(problem.shifts):
        complaints.append(f"{len(rows)} shifts instead of {len(problem.shifts)}")
    for (start, length), row in zip(problem.shifts, rows, strict=False):
        used += any(row)
        for day, people in enumerate(row):
            if people < 0 or day >= problem.n_days:
                complaints.append(f"shift {start}+{length}, day {day}: {people} people")
                continue
            for slot in range(length):
                there[(day * slots_of_day + start + slot) % len(there)] += people
    short = sum(max(0, w - t) for w, t in zip(wanted, there, strict=True))
    over = sum(max(0, t - w) for w, t in zip(wanted, there, strict=True))
    short, over = short * problem.slot_minutes, over * problem.slot_minutes
    points = problem.short_points * short + problem.over_points * over
    points += problem.shift_points * used
    return DesignVerdict(short, over, used, points, design.objective, tuple(complaints))
