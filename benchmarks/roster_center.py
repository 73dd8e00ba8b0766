"""Run with: python benchmarks/roster_center.py [--case 60x14] [--seconds 20].

Rosters made-up call centers at 15 minutes, four queues, full and part time, breaks, and
has every result judged by the independent checker.
"""

import argparse
import time
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from callcenter.engine.rostering import (
    Agent,
    BreakRule,
    Contract,
    Demand,
    Grid,
    Progress,
    RosterProblem,
    ShiftTemplate,
    check_roster,
    make_grid,
    solve_roster,
)

BREAKS = (
    BreakRule("pause", 15, 90, 150),
    BreakRule("lunch", 30, 195, 300, is_paid=False),
    BreakRule("pause", 15, 345, 420),
)
TEMPLATES = (
    ShiftTemplate("day", 7 * 60, 13 * 60, (510,), 30, BREAKS),
    ShiftTemplate("late", 13 * 60, 15 * 60, (510,), 30, BREAKS),
    ShiftTemplate("night", 22 * 60, 23 * 60, (510,), 60, BREAKS),
    ShiftTemplate("part", 8 * 60, 18 * 60, (240, 300), 30, BREAKS[:1]),
)
CONTRACTS = (
    Contract("full", (0, 1, 2), 32 * 60, 40 * 60, max_week_days=5),
    Contract("part", (3,), 12 * 60, 20 * 60, max_week_days=5),
)
SHARES = np.array([0.4, 0.3, 0.2, 0.1])


def made_up_center(n_agents: int, n_days: int, seed: int) -> RosterProblem:
    """Two-peak days, one agent in five part time, two in five with a second skill."""
    rng = np.random.default_rng(seed)
    grid = make_grid(date(2026, 3, 2), n_days, ZoneInfo("Asia/Shanghai"))
    hour = grid.local_min / 60
    shape = np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.06
    shape += 0.8 * np.exp(-(((hour - 15.5) / 2.5) ** 2))
    shape[grid.day_starts[-1] :] = 0
    required = SHARES[:, None] * shape[None, :]
    contract = (rng.random(n_agents) < 0.2).astype(int)
    supply_h = np.where(contract == 0, 37.5, 18).sum() * n_days / 7
    required = np.round(required * 0.85 * supply_h / (required.sum() / 4))
    agents = tuple(
        _made_up_agent(rng, grid, number, int(kind))
        for number, kind in enumerate(contract)
    )
    demand = Demand(("sales", "service", "billing", "chat"), required)
    return RosterProblem(grid, demand, agents, CONTRACTS, TEMPLATES)


def _made_up_agent(
    rng: np.random.Generator, grid: Grid, number: int, contract: int
) -> Agent:
    skills = np.zeros(4, np.bool_)
    skills[rng.choice(4, p=SHARES)] = True
    if rng.random() < 0.4:
        skills[rng.integers(4)] = True
    day = int(rng.integers(grid.n_days))
    leave = (int(grid.day_starts[day]), int(grid.day_starts[day + 1]))
    blocked = (leave,) if rng.random() < 0.1 else ()
    return Agent(f"agent {number}", contract, skills, blocked)


def measure(case: str, seconds: float, seed: int) -> str:
    """One row of the table."""
    n_agents, n_days = (int(part) for part in case.split("x"))
    problem = made_up_center(n_agents, n_days, seed)
    built_at: list[float] = []

    def note(step: Progress) -> None:
        if step.phase != "build" and not built_at:
            built_at.append(step.seconds)

    cpu = time.process_time()
    roster = solve_roster(problem, time_limit_s=seconds, seed=seed, progress=note)
    cpu = time.process_time() - cpu
    verdict = check_roster(problem, roster)
    unmet = roster.unmet.sum() / max(roster.wanted_agents.sum(), 1)
    return (
        f"{case:>8} {seed:4} {built_at[0] if built_at else roster.seconds:8.1f} "
        f"{roster.seconds:6.1f} {cpu:6.1f} {roster.objective:10.1f} "
        f"{roster.bound:10.1f} {roster.gap:6.1%} {unmet:6.1%} "
        f"{len(roster.conflicts):9} {verdict.is_honest!s:>6} {roster.stopped_by}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", action="append", help="agents x days, such as 60x14")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, action="append")
    chosen = parser.parse_args()
    print(
        "    case seed  first s   wall    CPU  objective      bound    gap  unmet "
        "conflicts honest stopped"
    )
    for case in chosen.case or ["60x14", "600x7"]:
        for seed in chosen.seed or [0]:
            print(measure(case, chosen.seconds, seed), flush=True)


if __name__ == "__main__":
    main()
