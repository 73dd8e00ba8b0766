"""How well an agent works on a day: the learning curve, the person, the team."""

from dataclasses import dataclass

import numpy as np

from callcenter.demo.attendance import day_index
from callcenter.demo.calendar import Floats, Ints
from callcenter.demo.company import Company
from callcenter.demo.queues import Pool, pool_queues
from callcenter.demo.rota import Shifts
from callcenter.demo.tables import Table

LEARNING_EXTRA = 0.42
LEARNING_DAYS = 48.0
PROBLEM_HOLD_CHANCE = 2.1
PROBLEM_HOLD = 1.45
PROBLEM_TRANSFER = 2.6
PROBLEM_RESOLVED = 0.84


@dataclass(frozen=True, slots=True)
class Abilities(Table):
    """Factors for every shift, against an experienced average agent.

    `skills` has a bit for each queue of the pool that the agent may serve that day.
    """

    handling: Floats
    hold_chance: Floats
    hold: Floats
    transfer: Floats
    resolved: Floats
    skills: Ints


def learning_factor(days_on_floor: Floats) -> Floats:
    """Handling time against that of an experienced agent, by days since class."""
    return np.asarray(1 + LEARNING_EXTRA * np.exp(-days_on_floor / LEARNING_DAYS))


def teams_by_day(company: Company, n_days: int) -> Ints:
    """Position of each employee's team on each day; shape (n_employees, n_days)."""
    position = {team.code: k for k, team in enumerate(company.teams)}
    row = {person.number: i for i, person in enumerate(company.employees)}
    final = [position[person.team] for person in company.employees]
    matrix = np.repeat(np.asarray(final, dtype=np.int64)[:, None], n_days, axis=1)
    for move in reversed(company.transfers):
        until = max(day_index(company, move.on), 0)
        matrix[row[move.employee], :until] = position[move.from_team]
    return matrix


def abilities(company: Company, pool: Pool, shifts: Shifts, n_days: int) -> Abilities:
    """The factors of every shift of a pool."""
    people = company.employees
    floor = np.asarray([day_index(company, p.floor_on) for p in people])
    days = np.maximum(shifts.day - floor[shifts.employee], 0).astype(float)
    novelty = learning_factor(days) - 1
    who = shifts.employee
    pace = np.asarray([p.pace for p in people])[who]
    care = np.asarray([p.care for p in people])[who]
    teams = teams_by_day(company, n_days)
    code = [team.code for team in company.teams].index(company.problem_team)
    troubled = teams[who, shifts.day] == code
    return Abilities(
        handling=pace * (1 + novelty),
        hold_chance=(1 + 1.2 * novelty) * np.where(troubled, PROBLEM_HOLD_CHANCE, 1),
        hold=(1 + novelty) * np.where(troubled, PROBLEM_HOLD, 1),
        transfer=(1 + 1.5 * novelty) * np.where(troubled, PROBLEM_TRANSFER, 1),
        resolved=care * (1 - 0.16 * novelty) * np.where(troubled, PROBLEM_RESOLVED, 1),
        skills=_skill_bits(company, pool, shifts),
    )


def _skill_bits(company: Company, pool: Pool, shifts: Shifts) -> Ints:
    never = 10**6
    bits = np.zeros(len(shifts.employee), dtype=np.int64)
    for bit, queue in enumerate(pool_queues(pool.code)):
        skill = company.queues[queue].skill
        since = np.asarray(
            [
                next(
                    (day_index(company, g.since) for g in p.skills if g.skill == skill),
                    never,
                )
                for p in company.employees
            ]
        )
        bits |= (since[shifts.employee] <= shifts.day).astype(np.int64) << bit
    return bits
