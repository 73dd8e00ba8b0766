"""python benchmarks/simulation_published.py [DAYS]

Our results beside the printed ones of ContactCenters and SSJ, and beside the exact
formulas; 4,000 days a case unless said otherwise, four times that with one skill.
"""

import sys
from pathlib import Path

import numpy as np

from callcenter.cli.engine.center_file import read_center
from callcenter.engine.simulation import Center, ContactType, Duration, Group, Skill
from callcenter.engine.simulation import simulate as simulated
from callcenter.engine.staffing import erlang_a_measures, erlang_c_measures

EXAMPLES = Path(__file__).parent.parent / "docs/engine/examples"
MSK_WIDTHS = [[5.8, 5.2, 1.7], [8.3, 5.4, 3.4], [9.7, 6.1, 2.8]]
MSK_GOOD = [[170.2, 599.3, 15.5], [262.9, 511.6, 34.7], [259.8, 613.7, 24.9]]


def line(name, found, low, high, half=0.0):
    verdict = "inside" if low <= found <= high else "OUTSIDE"
    if verdict == "OUTSIDE" and low - half <= found <= high + half:
        verdict = "within our own error"
    print(f"{name:46}{found:12.4f} ±{half:8.4f}  [{low:g}, {high:g}]  {verdict}")


def mean(values):
    return values.mean(), 1.96 * values.std(ddof=1) / np.sqrt(len(values))


def ratio(top, bottom):
    value = top.sum() / bottom.sum()
    spread = (top - value * bottom).std(ddof=1) / bottom.mean()
    return value, 1.96 * spread / np.sqrt(len(top))


def run(name, n_days):
    of = read_center(EXAMPLES / f"{name}.toml")
    return simulated(of, n_days=n_days, rng=np.random.default_rng(1))


def report(name, pair, low, high):
    line(name, pair[0], low, high, pair[1])


def occupancy(found):
    half = found.day_occupancy_upper - found.day_occupancy
    return found.day_occupancy[0], half[0]


def one_skill(n_days):
    found = run("mmc", n_days)
    days = found.samples
    report("MMC, in time", ratio(days.in_threshold, days.answered), 0.900, 0.904)
    waits = ratio(days.wait_answered_s / 60, days.answered)
    report("MMC, mean wait, min", waits, 0.097, 0.102)
    report("MMC, occupancy", occupancy(found), 0.694, 0.697)
    found = run("mmc-abandon", n_days)
    days = found.samples
    late = days.abandoned - days.abandoned_in_threshold
    report("MMCAb, abandoned", mean(days.abandoned), 57.7, 59.6)
    level = ratio(days.in_threshold, days.answered + late)
    report("MMCAb, in time of served and late", level, 0.968, 0.969)
    report("MMCAb, occupancy", occupancy(found), 0.674, 0.677)
    blocked = run("mmc-blocked", n_days).samples.blocked
    report("MMCBlocked, blocked", mean(blocked), 18.05, 19.27)
    cleared = run("mmc-cleared", n_days).samples.disconnected
    report("MMCClrQ, disconnected", mean(cleared), 0.328, 0.538)


def several_skills(name, n_days, served, lost, level, busy_share):
    found = run(name, n_days)
    days = found.samples
    late = (days.abandoned - days.abandoned_in_threshold).sum(axis=1)
    report(f"{name}, served", mean(days.answered.sum(axis=1)), *served)
    report(f"{name}, abandoned", mean(days.abandoned.sum(axis=1)), *lost)
    good = days.in_threshold.sum(axis=1)
    report(f"{name}, SL", ratio(good, days.answered.sum(axis=1) + late), *level)
    busy = ratio(days.busy_s[:, 0], days.staffed_s[:, 0])
    report(f"{name}, occupancy", busy, *busy_share)
    return found


def callcc(n_days):
    days = run("callcc", n_days).samples
    soon = days.in_threshold + days.abandoned_in_threshold
    waits = days.wait_answered_s + days.wait_abandoned_s
    report("CallCC, arrivals", mean(days.offered), 1612.8, 1666.2)
    report("CallCC, mean wait, s", mean(waits / 1660), 10.06, 13.61)
    report("CallCC, waits under 20 s", mean(soon / 1660), 0.844, 0.862)
    report("CallCC, lost", mean(days.abandoned / 1660), 0.0311, 0.0374)


def exact():
    for name, load, n, aht, patience, threshold in (
        ("Erlang C 48 on 55", 48.0, 55, 240.0, None, 15.0),
        ("Erlang A 48 on 50", 48.0, 50, 60.0, 120.0, 20.0),
    ):
        lasting = None if patience is None else Duration(mean_s=patience)
        of = ContactType(
            name="calls",
            offered=load / aht * 3600,
            service=Duration(mean_s=aht),
            patience=lasting,
            sl_threshold_s=threshold,
        )
        center = Center(
            n_intervals=220,
            interval_s=3600.0,
            warm_up_s=72_000.0,
            types=[of],
            groups=[Group(name="all", skills=[Skill(of="calls")], staff=n)],
        )
        found = simulated(center, n_days=60, rng=np.random.default_rng(1)).day
        if patience is None:
            true = erlang_c_measures(load, n, aht_s=aht, sl_threshold_s=threshold)
        else:
            true = erlang_a_measures(
                load, n, aht_s=aht, patience_s=patience, sl_threshold_s=threshold
            )
        half = float(found.sl_upper[0] - found.sl[0])
        line(f"{name}, SL", found.sl[0], float(true.sl), float(true.sl), half)
        half = float(found.asa_upper_s[0] - found.asa_s[0])
        asa = float(true.asa_s)
        line(f"{name}, ASA", found.asa_s[0], asa, asa, half)


def compare(n_days):
    print(f"{'':46}{'ours':>12} {'95 %':>9}  published or exact")
    one_skill(4 * n_days)
    found = several_skills(
        "simple-msk",
        n_days,
        (4270.2, 4324.5),
        (876.1, 944.5),
        (0.494, 0.509),
        (0.877, 0.884),
    )
    for k, p in np.ndindex(3, 3):
        value, width = MSK_GOOD[k][p], MSK_WIDTHS[k][p]
        good = found.intervals.in_threshold[k, p]
        half = width * np.sqrt(1000 / n_days)
        name = f"simple-msk, in time, type {k} period {p}"
        line(name, good, round(value - width, 1), round(value + width, 1), half)
    several_skills(
        "simple-msk-rerouting",
        n_days,
        (4247.5, 4301.3),
        (898.8, 967.6),
        (0.572, 0.587),
        (0.880, 0.887),
    )
    callcc(n_days)
    exact()


if __name__ == "__main__":
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
