"""python benchmarks/forecast_accuracy.py BENCH/acd [--earlier]

BENCH/acd is the folder with the real series. WAPE in percent per interval over the
rolling origins of the published comparison: one day (20 or 28 origins), one week (8),
four weeks (5); beside it the six-week median, and how many outcomes, of intervals and
of day totals, lie inside the 80 % band. With --earlier, the last eight weeks are left
out and the eight before them forecast.
"""

import csv
import gzip
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from callcenter.engine.forecasting import (
    DayKind,
    Method,
    day_ahead_forecasts,
    forecast,
    learn_day,
    make_calendar,
    make_history,
    update_day,
)
from callcenter.engine.forecasting.handling import forecast_aht

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


def calendar(days, n_slots, kinds=None):
    weekday = [day.weekday() for day in days]
    date = np.array(days, dtype="datetime64[D]")
    return make_calendar(weekday, n_slots, day_kind=kinds, day=date)


def run(volume, days, origins, horizon, kinds=None):
    kinds = np.zeros(len(days), int) if kinds is None else kinds
    n_slots = volume.shape[1]
    missed, calls, inside, n, cpu, plain = 0.0, 0.0, 0, 0, [], 0.0
    totals_inside, n_totals = 0, 0
    for origin in origins:
        past, future = slice(0, origin), slice(origin, origin + horizon)
        began = time.process_time()
        history = make_history(volume[past], calendar(days[past], n_slots, kinds[past]))
        ahead = calendar(days[future], n_slots, kinds[future])
        found = forecast(history, ahead)
        cpu.append(time.process_time() - began)
        actual = volume[future]
        known = np.isfinite(actual)
        missed += np.abs(found.mean[0] - actual)[known].sum()
        simple = forecast(history, ahead, method=Method.MEDIAN6).mean[0]
        plain += np.abs(simple - actual)[known].sum()
        calls += actual[known].sum()
        within = (found.lower[0] <= actual) & (actual <= found.upper[0])
        inside, n = inside + within[known].sum(), n + known.sum()
        total, whole = actual.sum(axis=1), known.all(axis=1)
        within = (found.total_lower[0] <= total) & (total <= found.total_upper[0])
        totals_inside += within[whole].sum()
        n_totals += whole.sum()
    return (
        100 * missed / calls,
        100 * plain / calls,
        100 * inside / n,
        100 * totals_inside / n_totals,
        float(np.median(cpu)),
    )


def rest_of_day(volume, days, week, hours):
    n, n_slots = volume.shape
    missed, calls = np.zeros(len(hours)), np.zeros(len(hours))
    for origin in range(n - 8 * week, n):
        actual = volume[origin]
        if not np.isfinite(actual).all():
            continue
        history = make_history(volume[:origin], calendar(days[:origin], n_slots))
        ahead = calendar(days[origin : origin + 1], n_slots)
        past = day_ahead_forecasts(history, ahead)
        expected = past.coming
        model = learn_day(past.forecast, past.actual)
        for i, hour in enumerate(hours):
            seen = np.where(np.arange(n_slots) < hour, actual, np.nan)
            update = update_day(expected, seen, model).mean
            missed[i] += np.abs(update - actual)[hour:].sum()
            calls[i] += actual[hour:].sum()
    return 100 * missed / calls


def handling_times(root):
    """Call-weighted error of AHT by half-hour, mean of 16 queue x month x horizon."""
    errors = []
    for month in ("february", "august"):
        for queue in ("PS", "NW", "NE", "IN"):
            handled, seconds, weekday = agent_times(root, month, queue)
            errors += [aht_error(handled, seconds, weekday, lag) for lag in (0, 6)]
    return 100 * float(np.mean(errors))


def agent_times(root, month, queue):
    cells = {}
    name = root / f"anonymous_bank_1999/{month}_1999.tsv.gz"
    with gzip.open(name, "rt") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            seconds = int(row["ser_time"])
            hour, minute, _second = row["ser_start"].split(":")
            slot = int(hour) * 2 + int(minute) // 30
            if row["outcome"] != "AGENT" or row["type"] != queue:
                continue
            if not 0 < seconds <= 3600 or slot >= 48:
                continue
            day = date(1999, int(row["date"][2:4]), int(row["date"][4:6]))
            cells.setdefault(day, np.zeros((2, 48)))[:, slot] += 1, seconds
    days = sorted(cells)
    table = np.array([cells[day] for day in days])
    return table[:, 0], table[:, 1], np.array([day.weekday() for day in days])


def aht_error(handled, seconds, weekday, lag):
    missed, total = 0.0, 0.0
    for day in range(len(handled) - 14, len(handled)):
        known = slice(0, day - lag)
        if day - lag < 7:
            continue
        found = forecast_aht(
            handled[known],
            seconds[known],
            weekday[known],
            weekday[day : day + 1],
            handled[day : day + 1],
        ).mean[0]
        some = handled[day] > 0
        mean = seconds[day][some] / handled[day][some]
        missed += (handled[day][some] * np.abs(mean - found[some])).sum()
        total += seconds[day].sum()
    return missed / total


def main():
    root = Path(sys.argv[1])
    earlier = "--earlier" in sys.argv
    print(
        f"{'series':16}{'horizon':30}{'WAPE %':>8}{'median6':>9}{'band %':>9}"
        f"{'totals %':>10}{'CPU s':>8}"
    )
    for name, load in (("bank", bank), ("anonymous bank", anonymous)):
        volume, days, week = load(root)
        if earlier:
            volume, days = volume[: -8 * week], days[: -8 * week]
        n = len(days)
        weekly = [n - week * k for k in range(8, 0, -1)]
        cases = [
            ("1 day", range(n - 4 * week, n), 1, None),
            ("1 week", weekly, week, None),
            ("4 weeks", [o for o in weekly if o + 4 * week <= n], 4 * week, None),
        ]
        if week == 7 and not earlier:
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
            wape, plain, inside, totals, cpu = run(
                volume, days, origins, horizon, kinds
            )
            print(
                f"{name:16}{label:30}{wape:8.2f}{plain:9.2f}{inside:9.1f}"
                f"{totals:10.1f}{cpu:8.3f}",
                flush=True,
            )
        hours = (8, 12) if week == 5 else (20, 24)
        begins = 14 if week == 5 else 0
        for hour, wape in zip(
            hours, rest_of_day(volume, days, week, hours), strict=True
        ):
            label = f"rest of day at {(begins + hour) // 2}:00"
            print(f"{name:16}{label:30}{wape:8.2f}", flush=True)
    print(f"{'handling time':46}{handling_times(root):8.2f}")


if __name__ == "__main__":
    main()
