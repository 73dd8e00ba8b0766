"""python benchmarks/staffing_speed.py [BENCH/erlang/reference.csv]

CPU seconds for a million cells of different load and handling time, 80 % in 20 s, and
the largest difference from the exact values of the reference.
"""

import csv
import sys
import time
from pathlib import Path

import numpy as np

from callcenter.engine.staffing import erlang_b, erlang_c, required_agents

CELLS = 1_000_000


def speed():
    rng = np.random.default_rng(1)
    print(f"{'model':10}{'load up to':>12}{'cells':>11}{'CPU s':>8}{'us a cell':>11}")
    for model, patience in (("erlang-c", None), ("erlang-a", 120.0)):
        for most in (20.0, 100.0, 1_000.0, 10_000.0):
            load = rng.uniform(0.1, most, CELLS)
            aht_s = rng.uniform(120.0, 600.0, CELLS)
            began = time.process_time()
            required_agents(
                load * 900.0 / aht_s,
                aht_s,
                900.0,
                model=model,
                patience_s=patience,
                sl_target=0.8,
            )
            took = time.process_time() - began
            each = 1e6 * took / CELLS
            print(
                f"{model:10}{most:12.0f}{CELLS:11,}{took:8.2f}{each:11.2f}", flush=True
            )


def accuracy(path):
    worst, n = 0.0, 0
    with Path(path).open(newline="") as lines:
        for row in csv.DictReader(lines):
            if row["expected_metric_name"] not in {"p_wait", "blocking"}:
                continue
            if row["model"] == "erlang_a":
                continue
            load = float(row["calls_per_interval"]) * float(row["aht_s"])
            load /= float(row["interval_s"])
            formula = erlang_b if row["model"] == "erlang_b" else erlang_c
            found = float(formula(load, float(row["agents"])))
            worst = max(worst, abs(found - float(row["exact_value"])))
            n += 1
    print(f"largest difference from {n} exact values of Erlang B and C: {worst:.1e}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        accuracy(sys.argv[1])
    speed()
