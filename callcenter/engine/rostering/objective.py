"""The points that one agent's shifts cost apart from coverage."""

import numpy as np

from callcenter.engine.rostering.frame import night_minutes, wish_points
from callcenter.engine.rostering.model import (
    PlannedShift,
    RosterProblem,
)
from callcenter.engine.rostering.words import (
    SoftRule,
)


def agent_penalties(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> dict[SoftRule, float]:
    """Points of one agent's shifts by soft rule, coverage left out."""
    return {
        SoftRule.CONTRACT_SHORT: contract_short(problem, number, shifts),
        SoftRule.PREFERENCE: missed_wishes(problem, number, shifts),
        SoftRule.START_CHANGE: start_changes(problem, shifts),
        SoftRule.NIGHT_FAIRNESS: night_load(problem, number, shifts),
        SoftRule.WEEKEND_FAIRNESS: weekend_load(problem, number, shifts),
    }


def contract_short(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> float:
    """Points for paid hours below the contract's minimum, by full week and in all."""
    agent = problem.agents[number]
    if not agent.skills.any():
        return 0.0
    contract = problem.contracts[agent.contract]
    paid = np.array(agent.credited_min or (0,) * problem.grid.n_weeks, np.int64)
    paid[0] += agent.history.week_paid_min
    for shift in shifts:
        paid[problem.grid.week_of_day[shift.day]] += shift.paid_min
    missing = np.maximum(contract.min_week_min - paid, 0)[problem.grid.full_weeks]
    in_all = int(paid.sum()) - agent.history.week_paid_min
    lacking = int(missing.sum()) + max((contract.min_period_min or 0) - in_all, 0)
    return lacking / 60 * problem.weights.contract_short_h


def missed_wishes(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> float:
    """Points of the wishes that the shifts go against."""
    work, off = wish_points(problem, problem.agents[number].preferences)
    days: dict[int, float] = {}
    for shift in shifts:
        points = float(work[shift.day, shift.template])
        days[shift.day] = max(days.get(shift.day, 0.0), points)
    idle = [float(off[day]) for day in range(problem.grid.n_days) if day not in days]
    return sum(days.values()) + sum(idle)


def start_changes(problem: RosterProblem, shifts: list[PlannedShift]) -> float:
    """Points for starting at another time than on the day before."""
    first: dict[int, int] = {}
    for shift in sorted(shifts, key=lambda planned: planned.start):
        first.setdefault(shift.day, int(problem.grid.local_min[shift.start]))
    points = 0.0
    for day, minute in first.items():
        apart = abs(minute - first.get(day - 1, minute))
        points += min(apart, 1440 - apart) / 60 * problem.weights.start_change_h
    return points


def night_load(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> float:
    """Points for nights, dearer with each that the person has had."""
    nights = night_minutes(problem)
    days = {shift.day for shift in shifts if nights[shift.start : shift.end].any()}
    before = problem.agents[number].history.nights
    return problem.weights.night * sum(before + 1 + n for n in range(len(days)))


def weekend_load(
    problem: RosterProblem, number: int, shifts: list[PlannedShift]
) -> float:
    """Points for weekends, dearer with each that the person has had."""
    numbers = {int(problem.grid.weekend_of_day[shift.day]) for shift in shifts} - {-1}
    before = problem.agents[number].history.weekends
    return problem.weights.weekend * sum(before + 1 + n for n in range(len(numbers)))
