"""Run with: python benchmarks/seating.py [--shifts 2000] [--seats 1000] [--days 7].

Seats a made-up week and prints how many seats it took against the proved least.
"""

import argparse
import time

import numpy as np

from callcenter.engine.seating import Seat, SeatPlan, SeatRequest, assign_seats

DAY_MIN = 1440


def made_up_plan(n_shifts: int, n_seats: int, n_days: int, n_zones: int) -> SeatPlan:
    """Agents with steady start times on most days, clients tied to one zone each."""
    rng = np.random.default_rng(0)
    n_agents = n_shifts * 7 // 5
    client = rng.integers(n_zones, size=n_agents)
    start = rng.choice(np.arange(24 * 4) * 15, size=n_agents, p=_start_shares())
    length = rng.choice([240, 480, 540], p=[0.2, 0.4, 0.4], size=n_agents)
    requests = []
    for day in range(n_days):
        for agent in rng.choice(n_agents, n_shifts, replace=False):
            begin = day * DAY_MIN + int(start[agent])
            zone = int(client[agent])
            request = SeatRequest(
                agent=int(agent),
                start=begin,
                end=begin + int(length[agent]),
                zones=(zone,) if n_zones > 1 else None,
                team=int(agent) % 80,
            )
            requests.append(request)
    seats = tuple(
        Seat(f"S{n}", zone=n * n_zones // n_seats, x=n % 40, y=n // 40)
        for n in range(n_seats)
    )
    return SeatPlan(seats, tuple(requests), turnover_gap=15)


def _start_shares() -> np.ndarray:
    hours = np.arange(24 * 4) / 4
    shares = 1 + 2 * np.exp(-(((hours - 8) / 2) ** 2))
    shares += 2 * np.exp(-(((hours - 16) / 2) ** 2))
    return shares / shares.sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shifts", type=int, default=2000)
    parser.add_argument("--seats", type=int, default=1000)
    parser.add_argument("--days", type=int, default=7)
    chosen = parser.parse_args()
    print("zones  shifts  seats  used  least  proved  unseated  changes  wall s  CPU s")
    for n_zones in (1, 4):
        plan = made_up_plan(chosen.shifts, chosen.seats, chosen.days, n_zones)
        wall, cpu = time.perf_counter(), time.process_time()
        seating = assign_seats(plan)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(
            f"{n_zones:5} {len(plan.requests):7} {chosen.seats:6} {seating.n_seats:5} "
            f"{seating.least_seats:6} {seating.is_proved!s:>7} "
            f"{len(seating.reasons):9} "
            f"{seating.n_seat_changes:8} {wall:7.2f} {cpu:6.2f}"
        )


if __name__ == "__main__":
    main()
