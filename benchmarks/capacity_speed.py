"""How long 64 weeks of capacity take: python benchmarks/capacity_speed.py

One project of 400 people whose requirement grows by a half; the time of one scenario,
and what the proposal of classes costs above its bound after so many seconds.
"""

import time

import numpy as np

from callcenter.engine.capacity import (
    N_AGES,
    ClassRules,
    Prices,
    Schooling,
    balance_weeks,
    count_tenure,
    estimate_attrition,
    forecast_spread,
    hire_worth,
    project_heads,
    propose_hires,
    work_out_costs,
)

WEEKS, HEADS = 64, 400
PRICES = Prices(1_000.0, 1.5, 40.0, 800.0, 5_000.0, 75.0)
SCHOOLING = Schooling(4, 0.95, 12, 1.3)


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(1)
    left, until = rng.exponential(80, 4_000), rng.uniform(0, 200, 4_000)
    counts = count_tenure(np.minimum(left, until), left < until)
    curve = estimate_attrition(counts, counts, strength=8.0)
    opening = np.zeros(N_AGES)
    opening[:N_AGES] = HEADS / N_AGES
    required = np.linspace(0.9, 1.35, WEEKS) * HEADS
    limit = np.full(WEEKS, 0.05)

    def scenario() -> None:
        flow = project_heads(
            opening, curve.leaving(), SCHOOLING, hires=np.full(WEEKS, 8.0)
        )
        balance = balance_weeks(
            required,
            flow,
            required_spread=forecast_spread(WEEKS, at_once=0.05, drift=0.01),
            available_spread=np.ones(WEEKS),
            overtime_limit=limit,
        )
        work_out_costs(balance, flow, PRICES, n_classes=np.ones(WEEKS))

    scenario()
    began = time.process_time()
    for _each in range(20):
        scenario()
    print(f"one scenario, CPU ms: {(time.process_time() - began) / 20 * 1e3:.1f}")

    flow = project_heads(opening, curve.leaving(), SCHOOLING, hires=np.zeros(WEEKS))
    worth = hire_worth(curve.leaving(), SCHOOLING, WEEKS)
    print("breadth | CPU s | hires | classes | above the bound | cost")
    for breadth in (30, 100, 300, 1000):
        began = time.process_time()
        found = propose_hires(
            required,
            flow.productive_fte,
            worth,
            ClassRules(8, 20, 6, 4),
            PRICES,
            training_weeks=4,
            overtime_limit=limit,
            tolerance=0.02,
            breadth=breadth,
        )
        spent = time.process_time() - began
        gap = (found.cost - found.bound) / found.cost
        print(
            f"{breadth:7} | {spent:5.2f} | {found.hires.sum():5} | "
            f"{found.n_classes.sum():7} | {gap:.2%} | {found.cost:,.0f}"
        )


if __name__ == "__main__":
    main()
