"""python benchmarks/forecast_many.py [QUEUES] [WORKERS]

The weekly refresh: 200 made-up queues of 64 weeks at 15 minutes, each forecast 64 weeks
ahead with the back-test that chooses between methods. CPU seconds of all processes,
wall seconds, and the largest memory of one process.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from callcenter.engine.forecasting import forecast, make_calendar, make_history

DAYS, SLOTS = 448, 96
WEEKDAY = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])


def one_queue(seed):
    began = time.process_time()
    rng = np.random.default_rng(seed)
    day = np.datetime64("2025-01-06") + np.arange(2 * DAYS)
    weekday = np.arange(2 * DAYS) % 7
    size = np.exp(rng.normal(6.0, 1.2))
    level = np.exp(np.cumsum(rng.normal(0, 0.01, DAYS)) + rng.normal(0, 0.06, DAYS))
    slot = np.arange(SLOTS)
    shape = np.exp(-(((slot - rng.uniform(40, 56)) / rng.uniform(10, 22)) ** 2))
    mean = (size * level * WEEKDAY[weekday[:DAYS]])[:, None] * shape / shape.sum()
    history = make_history(
        rng.poisson(mean).astype(float),
        make_calendar(weekday[:DAYS], SLOTS, day=day[:DAYS]),
        aht_s=rng.normal(240.0, 20.0, mean.shape),
    )
    ahead = make_calendar(weekday[DAYS:], SLOTS, day=day[DAYS:])
    found = forecast(history, ahead)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - began, float(found.mean.sum()), memory


def main():
    n_queues = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    began = time.time()
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(one_queue, range(n_queues), chunksize=4))
    cpu = [each[0] for each in done]
    print(
        f"{n_queues} queues, {workers} workers: {time.time() - began:.0f} s wall,"
        f" {sum(cpu):.0f} CPU s, {np.median(cpu):.2f} CPU s a queue,"
        f" {max(each[2] for each in done):.0f} MB"
    )


if __name__ == "__main__":
    main()
