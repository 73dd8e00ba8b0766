"""python benchmarks/staffing_and_simulation.py BENCH [--days 1000]

Every promise on staffing and simulation beside the peers, in one run and one table.
BENCH holds `erlang/` and `simulation/`. CPU seconds, the best of three; pyworkforce
and SimPy are measured when they are installed. Our own event loop is measured on the
very contacts of the peers' loops, and whole with random numbers and statistics; last,
days shared by two threads: the same result, and how much more of the machine they use.
"""

import argparse
import contextlib
import csv
import importlib
import io
import json
import pickle
import sys
import time
from pathlib import Path

import numpy as np
import simulation_published as published
import simulation_speed as loops
import staffing_speed as staffing

from callcenter.engine.simulation import GivenContacts, simulate
from callcenter.engine.simulation.days import draw_days
from callcenter.engine.simulation.layout import lay_out
from callcenter.engine.simulation.memory import make_memory
from callcenter.engine.simulation.sharing import run_day
from callcenter.engine.staffing import erlang_c_measures, required_agents

ROWS = []


def row(what, peer, target, ours, is_met):
    """Keep and tell one line of the table."""
    verdict = "" if is_met is None else "yes" if is_met else "NO"
    ROWS.append((what, peer, target, ours, verdict))
    print(f"  {what}: {ours} (peer: {peer}; target: {target}) {verdict}", flush=True)


def cpu(run):
    """CPU seconds, the best of three, and what the last run gave."""
    took = []
    for _ in range(3):
        began = time.process_time()
        found = run()
        took.append(time.process_time() - began)
    return min(took), found


def pyworkforce():
    """The peer's Erlang C, or None."""
    try:
        return importlib.import_module("pyworkforce.queuing").ErlangC
    except ImportError as error:
        print(f"  pyworkforce is not measured: {error}")
        return None


def reference(bench):
    with (bench / "reference.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    exact = np.array([float(each["exact_value"]) for each in rows])
    found = np.array([float(staffing.answer(each)) for each in rows])
    apart = np.abs(found - exact) / np.maximum(1.0, np.abs(exact))
    cases = json.loads((bench / "peer_cases.json").read_text())
    peer, erlang = "-", pyworkforce()

    def far(answer):
        return max(abs(answer(case) - case["p_wait"]) for case in cases)

    if erlang is not None:
        worst = far(
            lambda case: erlang(
                transactions=case["A"] * 7.5, aht=240, interval=1800, asa=20
            ).waiting_probability(case["n"])
        )
        peer = f"pyworkforce {worst:.0e} on {len(cases)} cases of Erlang C"
    own = far(
        lambda case: float(
            erlang_c_measures(
                case["A"], case["n"], aht_s=240.0, sl_threshold_s=20.0
            ).wait_probability
        )
    )
    row(
        "reference of Erlang values, largest difference",
        peer,
        "1e-9",
        f"{apart.max():.0e} on {len(rows)} rows; {own:.0e} on the peer's cases",
        apart.max() < 1e-9 and own < 1e-9,
    )


def cells():
    """A million requirements of different load and handling time."""
    rng = np.random.default_rng(1)
    n = staffing.CELLS
    erlang = pyworkforce()
    peer = "-"
    if erlang is not None:
        each = []
        for load in (10.0, 9_500.0):
            asked = erlang(transactions=load * 7.5, aht=240, interval=1800, asa=20)
            took, _found = cpu(
                lambda asked=asked: asked.required_positions(
                    service_level=0.8, max_occupancy=1.0
                )
            )
            each.append(f"{1e6 * took:,.0f} µs")
        peer = f"pyworkforce {each[0]} a cell at 10 erlangs, {each[1]} at 9,500"
    for model, patience in (("erlang-c", None), ("erlang-a", 120.0)):
        load, aht_s = rng.uniform(0.1, 1_000.0, n), rng.uniform(120.0, 600.0, n)
        took, _found = cpu(
            lambda load=load, aht_s=aht_s, model=model, patience=patience: (
                required_agents(
                    load * 900.0 / aht_s,
                    aht_s,
                    900.0,
                    model=model,
                    patience_s=patience,
                    sl_target=0.8,
                )
            )
        )
        row(
            f"1,000,000 different cells, {model}",
            peer if patience is None else "pyworkforce has no Erlang A",
            "2 s",
            f"{took:.2f} s",
            took < 2.0,
        )


def moving(n_days):
    """Service of every interval but the first, staffed to 80 % in 20 s."""
    phase = np.sin(np.pi * (np.arange(48) + 0.5) / 48) ** 2
    for peak, low, aht, patience in ((200, 20, 300, None), (100, 10, 900, 200)):
        offered = (low + (peak - low) * phase) * 900 / aht
        asked = {"sl_target": 0.8, "model": "erlang-a" if patience else "erlang-c"}
        asked["patience_s"] = patience
        textbook = required_agents(offered, aht, 900, **asked).required_agents
        carried = staffing.staff_over_time(
            offered, aht, 900, heads="fractional", **asked
        ).required_agents
        by_formula, own = (
            100 * staffing.simulated(offered, agents, aht, patience, 900, n_days)[1:]
            for agents in (textbook, carried)
        )
        leaving = f"patience {patience} s" if patience else "nobody leaves"
        row(
            f"load moving from {low} to {peak} erlangs, {leaving}",
            f"formula by interval {by_formula.min():.1f}-{by_formula.max():.1f} %",
            "78-82 %",
            f"{own.min():.1f}-{own.max():.1f} %",
            own.min() >= 78.0 and own.max() <= 82.0,
        )


def event_loops(bench):
    """Calls a second of one core, on the same contacts."""
    sys.path.insert(0, str(bench))
    days = [loops.a_day(seed) for seed in range(loops.N_DAYS)]
    peers = []
    for name, n, who in (
        ("engine", loops.N_DAYS, "compiled prototype"),
        ("pyloop", 5, "plain Python"),
        ("simpy_engine", 1, "SimPy"),
    ):
        found = _peer(name, days[:n])
        peers.append(f"{who} {found:,.0f}" if found else f"{who} -")
    for is_named in (False, True):
        who = "300 named agents" if is_named else "12 groups"
        per_second = _given(days, is_named=is_named)
        row(
            f"simulator, 20,000 calls, {who}, 10 skills: given contacts, calls/s",
            "; ".join(peers),
            "2,000,000",
            f"{per_second:,.0f}",
            per_second >= 2e6,
        )
        of = loops.center(is_named=is_named)
        took, found = cpu(
            lambda of=of: simulate(
                of, n_days=loops.N_DAYS, rng=np.random.default_rng(1)
            )
        )
        whole = found.samples.offered.sum() / took
        row(
            f"the same, {who}, random numbers and statistics included, calls/s",
            "none of them has both",
            "2,000,000",
            f"{whole:,.0f}",
            whole >= 2e6,
        )


def _peer(name, days):
    groups, kinds = len(loops.SKILLS), len(loops.MIX)
    by_type, by_group = np.full((kinds, groups), -1), np.full((groups, kinds), -1)
    for g, skills in enumerate(loops.SKILLS):
        by_group[g, : len(skills)] = skills
    for k in range(kinds):
        by_type[k, : len(loops.order_of(k))] = loops.order_of(k)
    numbers = np.hstack([loops.staff(), loops.staff()[:, -1:]])
    try:
        loop = importlib.import_module(name).simulate
    except ImportError:
        return None
    common = (by_type, by_group, numbers, 1800.0, True, kinds, groups)
    loop(*days[0], *common)
    took, _found = cpu(lambda: [loop(*day, *common) for day in days])
    return sum(len(day[0]) for day in days) / took


def _given(days, *, is_named):
    prepared = []
    for at, of, service, patience in days:
        given = GivenContacts(at_s=at, of=of, service_s=service, patience_s=patience)
        laid = lay_out(loops.center(given=given, is_named=is_named))
        drawn = draw_days(laid.center, 1, np.random.default_rng(1), antithetic=False)
        prepared.append((make_memory(laid), drawn))
    run_day(*prepared[0], 0)
    took, _found = cpu(lambda: [run_day(*each, 0) for each in prepared])
    return sum(len(day[0]) for day in days) / took


def threads():
    """The same result from two threads, and what it costs."""
    of = loops.center()
    runs = []
    for workers in (1, 2):
        began, wall = time.process_time(), time.perf_counter()
        found = simulate(of, n_days=200, rng=np.random.default_rng(1), workers=workers)
        took = time.process_time() - began, time.perf_counter() - wall
        runs.append((pickle.dumps(found), *took))
    (one, cpu_1, _wall_1), (two, cpu_2, wall_2) = runs
    row(
        "200 days by two threads",
        f"one thread {cpu_1:.2f} CPU s",
        "the same to the last bit",
        f"{'the same' if one == two else 'ANOTHER'}, {cpu_2:.2f} CPU s"
        f" at {cpu_2 / wall_2:.2f} CPU s a second",
        one == two,
    )


def printed_results(n_days):
    """The lines of ContactCenters and SSJ, and the exact formulas."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        published.compare(n_days)
    lines = [each for each in text.getvalue().splitlines() if "[" in each]
    inside = sum("inside" in each for each in lines)
    near = sum("within our own error" in each for each in lines)
    for each in lines:
        if "inside" not in each:
            print("   ", each)
    row(
        f"printed results of ContactCenters and SSJ, exact formulas, {n_days:,} days",
        f"{len(lines)} printed intervals",
        "inside",
        f"{inside} inside, {near} within our own error, "
        f"{len(lines) - inside - near} outside",
        inside + near == len(lines),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench", type=Path)
    parser.add_argument("--days", type=int, default=1000)
    options = parser.parse_args()
    reference(options.bench / "erlang")
    cells()
    moving(options.days)
    event_loops(options.bench / "simulation")
    threads()
    printed_results(options.days)
    print("\n| what | peers, same run | target | ours | met |")
    print("| --- | --- | --- | --- | --- |")
    for each in ROWS:
        print("| " + " | ".join(each) + " |")


if __name__ == "__main__":
    main()
