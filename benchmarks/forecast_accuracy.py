"""python benchmarks/forecast_accuracy.py BENCH/acd   (the folder with the real series)

WAPE in percent per interval over the rolling origins of the published comparison: one
day (20 or 28 origins), one week (8), four weeks (5), and how many outcomes lie inside
the 80 % band.
"""

import csv
import gzip
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from callcenter.engine.forecasting import (
    METHODS,
    DayKind,
    forecast,
    make_calendar,
    make_history,
)

HOLIDAYS = [
    "04-01",
    "04-07",
    "04-21",
    "05-21",
    "09-11",
    "09-12",
    "09-20",
    "09-25",
    "10-02",
]
EVES = ["03-31", "04-06", "04-20", "05-20", "09-10", "09-19", "09-24", "10-01"]


def bank(root):
    days = {}
    with gzip.open(root / "bank_calls/bank_calls_5min.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            at = datetime.fromisoformat(row["DateTime"][:19])
            if 7 <= at.hour < 21 and at.weekday() < 5:
                cells = days.setdefault(at.date(), np.zeros((28, 2)))
                cells[(at.hour - 7) * 2 + at.minute // 30] += float(row["Calls"]), 1
    every = [min(days) + timedelta(i) for i in range((max(days) - min(days)).days + 1)]
    every = [day for day in every if day.weekday() < 5]
    volume = np.full((len(every), 28), np.nan)
    for i, day in enumerate(every):
        if day in days and (days[day][:, 1] == 6).all():
            volume[i] = days[day][:, 0]
    return volume, every, 5


def anonymous(root):
    name = root / "anonymous_bank_1999/year_1999_calls_6min.csv.gz"
    with gzip.open(name, "rt") as lines:
        calls = [float(row["calls"]) for row in csv.DictReader(lines)]
    volume = np.array(calls).reshape(365, 48, 5).sum(axis=2)
    return volume, [date(1999, 1, 1) + timedelta(i) for i in range(365)], 7


def run(volume, days, origins, horizon, kinds=None):
    weekday = np.array([day.weekday() for day in days])
    date = np.array(days, dtype="datetime64[D]")
    kinds = np.zeros(len(days), int) if kinds is None else kinds
    missed, calls, inside, n, cpu = 0.0, 0.0, 0, 0, []
    tested = np.zeros(len(METHODS))
    for origin in origins:
        past, future = slice(0, origin), slice(origin, origin + horizon)
        began = time.process_time()
        history = make_history(
            volume[past],
            make_calendar(
                weekday[past], volume.shape[1], day_kind=kinds[past], day=date[past]
            ),
        )
        ahead = make_calendar(
            weekday[future], volume.shape[1], day_kind=kinds[future], day=date[future]
        )
        found = forecast(history, ahead)
        cpu.append(time.process_time() - began)
        actual = volume[future]
        known = np.isfinite(actual)
        missed += np.abs(found.mean[0] - actual)[known].sum()
        calls += actual[known].sum()
        within = (found.lower[0] <= actual) & (actual <= found.upper[0])
        inside, n = inside + within[known].sum(), n + known.sum()
        tested += np.nan_to_num(np.nanmean(found.wape[0], axis=0))
    return 100 * missed / calls, 100 * inside / n, float(np.median(cpu))


def main():
    root = Path(sys.argv[1])
    print(f"{'series':28}{'horizon':10}{'WAPE %':>8}{'in band %':>11}{'CPU s':>8}")
    for name, load in (("bank", bank), ("anonymous bank", anonymous)):
        volume, days, week = load(root)
        n = len(days)
        weekly = [n - week * k for k in range(8, 0, -1)]
        cases = [
            ("1 day", range(n - 4 * week, n), 1, None),
            ("1 week", weekly, week, None),
            ("4 weeks", [o for o in weekly if o + 4 * week <= n], 4 * week, None),
        ]
        if week == 7:
            code = [day.strftime("%m-%d") for day in days]
            kinds = np.array(
                [
                    DayKind.HOLIDAY * (c in HOLIDAYS) or DayKind.EVE * (c in EVES)
                    for c in code
                ]
            )
            season = [n - week * k for k in range(16, 8, -1)]
            cases += [
                ("1 week, Sep-Oct, no calendar", season, week, None),
                ("1 week, Sep-Oct, holidays", season, week, kinds),
            ]
        for label, origins, horizon, kinds in cases:
            wape, inside, cpu = run(volume, days, origins, horizon, kinds)
            print(f"{name:16}{label:30}{wape:8.2f}{inside:8.1f}{cpu:9.3f}", flush=True)


if __name__ == "__main__":
    main()
