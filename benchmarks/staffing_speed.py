"""python benchmarks/staffing_speed.py [--reference BENCH/erlang/reference.csv]

Three tables. The largest difference from the exact values of the reference, every row
of it; CPU seconds for the requirement of a million cells of different load and handling
time; and days that move, staffed to 80 % in 20 s by the stationary formula and with the
load carried over, simulated with our own simulator (the first interval left out).
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from callcenter.engine.simulation import (
    Center,
    ContactType,
    Duration,
    Group,
    Skill,
    simulate,
)
from callcenter.engine.staffing import (
    carried_load,
    erlang_a_measures,
    queue_measures,
    required_agents,
    service_over_time,
    staff_over_time,
    wait_quantile,
)

CELLS = 1_000_000
PARTS = 60  # of an interval: fractions of an agent come to the nearest one
SL = {"sl_offered": "offered", "sl_answered": "answered"}
SL["sl_excl_short"] = "excluding-short-abandons"
NAMES = {"p_wait": "wait_probability", "p_abandon": "abandon_rate"}


def answer(row):
    """What we say to a row of the reference."""
    name, _, bound = row["expected_metric_name"].partition("@")
    value = float(bound.split("=")[1]) if bound else 0.0
    if name == "max_erlangs":
        return carried_load(float(row["agents"]), value)
    calls, aht = float(row["calls_per_interval"]), float(row["aht_s"])
    length, within = float(row["interval_s"]), float(row["target_seconds"] or 20)
    model = row["model"].replace("_", "-")
    if bound:
        target = {"sl_target" if "sl=" in bound else "max_abandon": value}
        return required_agents(
            calls, aht, length, model=model, sl_threshold_s=within, **target
        ).required_agents
    load = calls / length * aht
    if name == "offered_load":
        return load
    leaving = float(row["patience_s"]) if model == "erlang-a" else None
    agents, common = float(row["agents"]), {"aht_s": aht, "patience_s": leaving}
    if name == "p90_wait_s":
        return wait_quantile(load, agents, 0.9, **common)
    found = queue_measures(
        load,
        agents,
        model=model,
        sl_threshold_s=within,
        sl_definition=SL.get(name, "offered"),
        **common,
    )
    if name == "lq":
        return calls / length * found.mean_wait_s
    if name == "blocking":
        return found.abandon_rate
    is_sl = name == "service_level" or name in SL
    return getattr(found, "sl" if is_sl else NAMES.get(name, name))


def accuracy(path):
    with Path(path).open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    exact = np.array([float(row["exact_value"]) for row in rows])
    found = np.array([float(answer(row)) for row in rows])
    apart = np.abs(found - exact) / np.maximum(1.0, np.abs(exact))
    print(f"{len(rows)} rows of the reference, largest difference {apart.max():.1e}")
    for load, agents in ((10_000, 10_050), (20_000, 10_000), (50_000, 10_000)):
        at = erlang_a_measures(load, agents, aht_s=300.0, patience_s=3600.0)
        fluid = max(0.0, 1.0 - agents / load)
        print(
            f"erlang-a, {load:,} erlangs on {agents:,}: abandon {at.abandon_rate:.6f}"
            f" (fluid {fluid:.6f}), occupancy {at.occupancy:.6f}, ASA {at.asa_s:.3f} s"
        )


def speed():
    rng = np.random.default_rng(1)
    print(f"\n{'model':10}{'load up to':>12}{'cells':>11}{'CPU s':>8}{'us a cell':>11}")
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


def simulated(offered, agents, aht_s, patience_s, length, n_days):
    """Service level by interval of arrival; fractions come for part of it."""
    whole = np.floor(agents + 1e-9)
    extra = np.round((agents - whole) * PARTS)
    part = np.arange(PARTS)
    staff = whole[:, None] + (part < extra[:, None])
    center = Center(
        n_intervals=offered.size * PARTS,
        interval_s=length / PARTS,
        types=[
            ContactType(
                name="calls",
                offered=np.repeat(offered / PARTS, PARTS),
                service=Duration(mean_s=aht_s),
                patience=Duration(mean_s=patience_s) if patience_s else None,
            )
        ],
        groups=[Group(name="team", skills=[Skill(of="calls")], staff=staff.ravel())],
    )
    found = simulate(center, n_days=n_days, rng=np.random.default_rng(1)).intervals
    shape = (offered.size, PARTS)
    good = found.in_threshold[0].reshape(shape).sum(axis=1)
    return good / found.offered[0].reshape(shape).sum(axis=1)


def moving(n_days):
    print(
        f"\n{'peak':>6}{'low':>5}{'AHT':>6}{'patience':>9}{'interval':>9}  "
        f"{'stationary':>17}{'carried over':>17}{'computed':>17}{'CPU ms a cell':>14}"
    )
    phase = np.sin(np.pi * (np.arange(48) + 0.5) / 48) ** 2
    for peak, low, aht, patience, length in (
        (200, 20, 300, None, 900),
        (200, 20, 300, 120, 900),
        (100, 10, 900, 200, 900),
        (1000, 100, 300, 180, 900),
        (50, 5, 200, None, 1800),
        (100, 5, 60, 90, 900),
    ):
        load = low + (peak - low) * phase
        offered = load * length / aht
        asked = {"sl_target": 0.8, "model": "erlang-a" if patience else "erlang-c"}
        asked["patience_s"] = patience
        textbook = required_agents(offered, aht, length, **asked).required_agents
        began = time.process_time()
        carried = staff_over_time(offered, aht, length, heads="fractional", **asked)
        took = 1e3 * (time.process_time() - began) / offered.size
        columns = []
        for agents in (textbook, carried.required_agents):
            sl = simulated(offered, agents, aht, patience, length, n_days)[1:]
            columns.append(f"{100 * sl.min():7.1f} -{100 * sl.max():6.1f} %")
        sl = service_over_time(offered, textbook, aht, length, patience_s=patience).sl[
            1:
        ]
        columns.append(f"{100 * sl.min():7.1f} -{100 * sl.max():6.1f} %")
        print(
            f"{peak:6}{low:5}{aht:6}{patience or '-':>9}{length:9}  "
            + "".join(f"{each:>17}" for each in columns)
            + f"{took:14.2f}",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--reference")
    parser.add_argument("--days", type=int, default=400)
    options = parser.parse_args()
    if options.reference:
        accuracy(options.reference)
    speed()
    moving(options.days)
