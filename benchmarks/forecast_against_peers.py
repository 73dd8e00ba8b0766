"""python benchmarks/forecast_against_peers.py BENCH [--peers PYTHON] [--workers N]

Every row of forecasting that was promised, in one run: the peers' scripts of
BENCH/forecast and ours, on the same series and the same rolling origins, WAPE in
percent. BENCH holds the folders acd and forecast. The peers run in a process of their
own, with PYTHON (numpy, pandas, statsforecast) where it is given, else with this one;
a peer whose library is not there is left out and said to be. Two more tables hold what
was promised of every series: never worse than the six-week median, bands, CPU time, a
short history that borrows, and queues of few contacts.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from forecast_accuracy import (
    EVES,
    HOLIDAYS,
    anonymous,
    bank,
    calendar,
    handling_times,
    rest_of_day,
    run,
)

from callcenter.engine.forecasting import (
    DayKind,
    Method,
    borrow_early_days,
    forecast,
    make_history,
)

# The best of the published comparison; the others are in BENCH/forecast/TABLE.md.
LIBRARIES = {"bank": ("arima_daily",), "il": ("ets_daily",)}
SIMPLE = {
    "bank": ("median6", "combo", "svd_ar", "backtest_weights"),
    "il": ("median6", "combo", "backtest_weights"),
}
TARGETS = {
    "bank": (5.3, 6.6, 6.1),
    "il": (17.6, 19.0, 19.0),
    "holidays": 24.0,
    "rest": (4.2, 4.1),
    "aht": 43.0,
}
HORIZONS = ("1 day", "1 week", "4 weeks")


def peers(bench, python, workers):
    """What the peers' scripts print and write: WAPE by series, model and horizon."""
    scripts = bench / "forecast"
    with tempfile.TemporaryDirectory() as place:

        def script(name, *arguments):
            command = [python, str((scripts / name).resolve()), *arguments]
            done = subprocess.run(
                command, cwd=place, capture_output=True, text=True, check=False
            )
            return done.stdout if done.returncode == 0 else ""

        asked = [
            (model, series)
            for series in ("bank", "il")
            for model in (*LIBRARIES[series], *SIMPLE[series])
        ]
        with ThreadPoolExecutor(workers) as pool:
            others = [
                pool.submit(script, name)
                for name in ("intraday.py", "holiday.py", "aht.py")
            ]
            runs = [
                pool.submit(script, "run.py", model, series, "light")
                for model, series in asked
            ]
        found = {}
        for key, done in zip(asked, runs, strict=True):
            if done.result():
                row = json.loads(done.result().splitlines()[-1])
                wape = [row[horizon]["wape"] for horizon in ("1d", "1w", "4w")]
                found[key] = (*wape, row["fit_cpu_s"])
        readers = (peers_rest_of_day, peers_holidays, peers_handling_times)
        for name, read, done in zip(
            ("rest", "holidays", "aht"), readers, others, strict=True
        ):
            found[name] = read(done.result())
    return found


def peers_rest_of_day(printed):
    """The best of their updates of the bank's day at 11:00 and at 13:00."""
    part = printed.split("il ")[0].splitlines()[1:]
    rows = [[float(x) for x in re.findall(r"\d+\.\d\d", line)[:3]] for line in part]
    rows = [row for row in rows if len(row) == 3]
    return tuple(min(row[i] for row in rows) for i in (1, 2)) if rows else None


def peers_holidays(printed):
    found = re.findall(r"with holiday calendar\s+Sep-Oct.*?([\d.]+)$", printed, re.M)
    return float(found[0]) if found else None


def peers_handling_times(printed):
    """Last week's and their best, mean of the 16 cells."""
    found = re.findall(r"^(.*?)\s+mean over 16 cells ([\d.]+)$", printed, re.M)
    by_name = {name.strip(): float(value) for name, value in found}
    if not by_name:
        return None
    last = next(value for name, value in by_name.items() if name.startswith("last"))
    return last, min(by_name.values())


def ours(root):
    """Ours on the same origins: what `forecast_accuracy` measures, as numbers."""
    found = {}
    for name, load in (("bank", bank), ("il", anonymous)):
        volume, days, week = load(root)
        n = len(days)
        weekly = [n - week * k for k in range(8, 0, -1)]
        cases = [
            (range(n - 4 * week, n), 1),
            (weekly, week),
            ([o for o in weekly if o + 4 * week <= n], 4 * week),
        ]
        found[name] = [run(volume, days, *case) for case in cases]
        if name == "bank":
            found["rest"] = rest_of_day(volume, days, week, (8, 12))
            continue
        code = [day.strftime("%m-%d") for day in days]
        kinds = [
            DayKind.HOLIDAY * (c in HOLIDAYS) or DayKind.EVE * (c in EVES) for c in code
        ]
        season = [n - week * k for k in range(16, 8, -1)]
        found["holidays"] = run(volume, days, season, week, np.array(kinds))
    found["aht"] = handling_times(root)
    return found


def short_history(root):
    """Four weeks of the bank from two weeks of its own, alone and with a lender.

    Chance parts its calls into two halves: one queue is young, the other lends.
    """
    volume, days, _ = bank(root)
    whole = np.isfinite(volume).all(axis=1)
    volume = np.where(whole[:, None], volume, np.nan)
    rng = np.random.default_rng(7)
    chance = rng.binomial(np.nan_to_num(volume).astype(int), 0.5).astype(float)
    lender = np.where(np.isfinite(volume), chance, np.nan)
    missed = {"alone": 0.0, "borrowing": 0.0}
    calls = 0.0
    for begin in range(100, 145, 9):
        origin = begin + 10
        young = np.where(
            np.arange(len(days))[:, None] >= begin, volume - chance, np.nan
        )
        both = make_history(
            np.stack([young, lender])[:, :origin], calendar(days[:origin], 28)
        )
        alone = make_history(young[begin:origin], calendar(days[begin:origin], 28))
        ahead = calendar(days[origin : origin + 20], 28)
        actual = young[origin : origin + 20]
        known = np.isfinite(actual)
        calls += actual[known].sum()
        for name, history in (
            ("alone", alone),
            ("borrowing", borrow_early_days(both).history),
        ):
            mean = forecast(history, ahead).mean[0]
            missed[name] += np.abs(mean - actual)[known].sum()
    return {name: 100 * value / calls for name, value in missed.items()}


def few_contacts(root):
    """The anonymous bank thinned to a few contacts a day: bias, WAPE of day totals."""
    volume, days, week = anonymous(root)
    rows = []
    for share in (0.02, 0.005):
        rng = np.random.default_rng(11)
        few = rng.binomial(volume.astype(int), share).astype(float)
        sums = np.zeros((2, 3))
        for origin in [len(days) - week * k for k in range(8, 0, -1)]:
            history = make_history(few[:origin], calendar(days[:origin], 48))
            ahead = calendar(days[origin : origin + week], 48)
            actual = few[origin : origin + week]
            for row, method in enumerate((Method.COMBINATION, Method.MEDIAN6)):
                mean = forecast(history, ahead, method=method).mean[0]
                off = mean.sum(axis=1) - actual.sum(axis=1)
                sums[row] += off.sum(), np.abs(off).sum(), actual.sum()
        rows.append((share, float(few.sum(axis=1).mean()), sums))
    return rows


def table(theirs, own):
    """The rows as Markdown."""
    lines = [
        "| series | horizon | best library | best simple | target | ours |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    names = {"bank": "North American bank", "il": "anonymous bank 1999"}
    for key, name in names.items():
        for i, horizon in enumerate(HORIZONS):
            lines.append(
                f"| {name}, half-hour | {horizon} | {best(theirs, LIBRARIES, key, i)}"
                f" | {best(theirs, SIMPLE, key, i)} | {TARGETS[key][i]}"
                f" | **{own[key][i][0]:.2f}** |"
            )
    held = theirs["holidays"]
    lines.append(
        f"| with its holiday calendar, 8 Sep - 5 Nov | 1 week | - | {shown(held)}"
        f" | {TARGETS['holidays']:.0f} | **{own['holidays'][0]:.2f}** |"
    )
    for i, hour in enumerate(("11:00", "13:00")):
        rest = theirs["rest"][i] if theirs["rest"] else None
        lines.append(
            f"| rest of the bank's day | at {hour} | - | {shown(rest)}"
            f" | {TARGETS['rest'][i]} | **{own['rest'][i]:.2f}** |"
        )
    last, least = theirs["aht"] or (None, None)
    lines.append(
        f"| AHT, call-weighted | 1 day and 1 week | {shown(last)} (last week)"
        f" | {shown(least)} | {TARGETS['aht']:.0f} | **{own['aht']:.2f}** |"
    )
    return lines


def best(theirs, models, series, i):
    """The best of some peers in this run, with its CPU seconds a fit."""
    found = [
        (theirs[model, series][i], model, theirs[model, series][3])
        for model in models[series]
        if (model, series) in theirs
    ]
    if not found:
        return "not installed"
    wape, model, cpu = min(found)
    return f"{wape:.2f} ({model}, {cpu:.2f} s)"


def shown(value):
    return "-" if value is None else f"{value:.2f}"


def promises(own, root):
    """What holds for every series, as Markdown."""
    lines = [
        "| series | horizon | six-week median | ours | held by the 80 % band | day"
        " totals held | CPU s a fit |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for key, name in (("bank", "bank"), ("il", "anonymous bank")):
        for horizon, found in zip(HORIZONS, own[key], strict=True):
            wape, plain, inside, totals, cpu = found
            lines.append(
                f"| {name} | {horizon} | {plain:.2f} | {wape:.2f} | {inside:.0f} %"
                f" | {totals:.0f} % | {cpu:.2f} |"
            )
    lend = short_history(root)
    lines += [
        "",
        "| two weeks of history, four weeks ahead | WAPE % |",
        "| --- | --- |",
        f"| by itself | {lend['alone']:.2f} |",
        f"| with early days of a like queue | {lend['borrowing']:.2f} |",
        "",
        "| few contacts | a day | ours: bias, day totals | six-week median |",
        "| --- | --- | --- | --- |",
    ]
    for share, per_day, sums in few_contacts(root):
        cells = [f"{100 * s[0] / s[2]:+.1f} %, {100 * s[1] / s[2]:.1f} %" for s in sums]
        lines.append(
            f"| anonymous bank, {share:.1%} of it | {per_day:.1f} | {cells[0]}"
            f" | {cells[1]} |"
        )
    return lines


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("bench", type=Path)
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    began = time.process_time()
    own = ours(given.bench / "acd")
    cpu = time.process_time() - began
    lines = table(peers(given.bench, given.peers, given.workers), own)
    lines += ["", *promises(own, given.bench / "acd")]
    lines += ["", f"Ours took {cpu:.0f} CPU seconds in all."]
    print("\n".join(lines))
    if given.out:
        given.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
