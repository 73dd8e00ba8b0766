"""python benchmarks/simulation_speed.py [BENCH/simulation]

CPU seconds for days of some 20,000 calls, 300 agents and 10 skills: our event loop with
given contacts beside the peers' loops on the very same ones, and with random numbers of
its own. Without BENCH only ours is measured. SimPy is measured when it is installed.
"""

import importlib
import resource
import sys
import time
from pathlib import Path

import numpy as np

from callcenter.engine.simulation import (
    Agent,
    Center,
    ContactType,
    Duration,
    GivenContacts,
    Group,
    Shift,
    Skill,
    simulate,
)
from callcenter.engine.simulation.days import draw_days
from callcenter.engine.simulation.layout import lay_out
from callcenter.engine.simulation.memory import make_memory
from callcenter.engine.simulation.sharing import run_day

N_DAYS = 20
PROFILE = [0.6, 0.75, 0.95, 1.15, 1.3, 1.35, 1.35, 1.3, 1.25, *[1.2] * 7]
PROFILE += [1.15, 1.1, 1.05, 1.0, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5, 0.45]
SHARE = np.array(PROFILE) / sum(PROFILE)
MIX = [0.25, 0.18, 0.14, 0.11, 0.09, 0.07, 0.06, 0.04, 0.035, 0.025]
SKILLS = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 4, 5], [2, 3, 6], [3, 4], [4, 5, 7]]
SKILLS += [[5, 6, 8], [6, 7, 9], [0, 1, 2, 3, 4], list(range(10))]
SIZES = np.array([60, 40, 30, 35, 25, 25, 20, 20, 15, 12, 10, 8])
AHT_S, SIGMA, PATIENCE_S = 500.0, 0.8, 180.0


def staff():
    """Agents by group and half-hour."""
    load = np.clip(SHARE / SHARE.max() * 1.02, 0.3, 1.0)
    return np.maximum(1, np.round(SIZES[:, None] * load)).astype(int)


def order_of(k):
    """The groups that take a type, those with fewest skills first."""
    able = [g for g in range(len(SKILLS)) if k in SKILLS[g]]
    return sorted(able, key=lambda g: (len(SKILLS[g]), SKILLS[g].index(k)))


def skills_of(g):
    return [Skill(of=f"type {k}", priority=1 + order_of(k).index(g)) for k in SKILLS[g]]


def center(*, given=None, is_named=False):
    cv = float(np.sqrt(np.expm1(SIGMA**2)))
    types = [
        ContactType(
            name=f"type {k}",
            offered=20_000 * SHARE * mix,
            service=Duration(mean_s=AHT_S, shape="lognormal", cv=cv),
            patience=Duration(mean_s=PATIENCE_S),
        )
        for k, mix in enumerate(MIX)
    ]
    groups, agents = [], []
    if is_named:
        agents = named_agents()
    else:
        groups = [
            Group(name=f"group {g}", skills=skills_of(g), staff=numbers)
            for g, numbers in enumerate(staff())
        ]
    return Center(
        n_intervals=28,
        interval_s=1800.0,
        types=types,
        groups=groups,
        agents=agents,
        given=given,
    )


def named_agents():
    """The same 300 as people: own proficiency, own shifts, the last stays on."""
    rng = np.random.default_rng(0)
    agents = []
    for g, numbers in enumerate(staff()):
        for i in range(int(numbers.max())):
            on = np.concatenate([[False], numbers > i, [False]]).astype(int)
            starts = np.flatnonzero(np.diff(on) == 1)
            ends = np.flatnonzero(np.diff(on) == -1)
            shifts = [
                Shift(start_s=1800.0 * s, end_s=1800.0 * e if e < 28 else 60_000.0)
                for s, e in zip(starts, ends, strict=True)
            ]
            skills = [
                Skill(of=s.of, priority=s.priority, speed=rng.uniform(0.9, 1.1))
                for s in skills_of(g)
            ]
            agents.append(Agent(name=f"agent {g}-{i}", skills=skills, shifts=shifts))
    return agents


def a_day(seed, n=20_000):
    """Arrivals, types, service and patience of one day, as the peers draw them."""
    rng = np.random.default_rng(seed)
    at, of = [], []
    for k in range(len(MIX)):
        for p in range(28):
            m = rng.poisson(n * SHARE[p] * MIX[k])
            at.append(1800 * (p + rng.random(m)))
            of.append(np.full(m, k))
    at, of = np.concatenate(at), np.concatenate(of)
    order = np.argsort(at)
    service = rng.lognormal(np.log(AHT_S) - 0.5 * SIGMA**2, SIGMA, len(at))
    return at[order], of[order], service, rng.exponential(PATIENCE_S, len(at))


def timed(run, n_calls):
    """Calls a second of CPU, the best of three."""
    took = []
    for _ in range(3):
        began = time.process_time()
        run()
        took.append(time.process_time() - began)
    return n_calls / min(took)


def shown(name, per_second, note=""):
    print(f"{name:58}{per_second:12,.0f}  {note}", flush=True)


def ours(days):
    n_calls = sum(len(day[0]) for day in days)
    for is_named in (False, True):
        prepared = []
        for at, of, service, patience in days:
            given = GivenContacts(
                at_s=at, of=of, service_s=service, patience_s=patience
            )
            laid = lay_out(center(given=given, is_named=is_named))
            drawn = draw_days(
                laid.center, 1, np.random.default_rng(1), antithetic=False
            )
            prepared.append((make_memory(laid), drawn))
        run_day(*prepared[0], 0)
        who = "300 named agents, own speed" if is_named else "12 groups by head count"
        per_second = timed(
            lambda p=prepared: [run_day(*each, 0) for each in p], n_calls
        )
        tally = prepared[0][0].tally.sum(axis=(0, 1))
        note = f"SL20 {tally[2] / tally[0]:.3f} abandon {tally[3] / tally[0]:.3f}"
        shown(f"ours, given contacts, {who}", per_second, note)
    whole_simulations()


def whole_simulations():
    for is_named in (False, True):
        of = center(is_named=is_named)
        simulate(of, n_days=1, rng=np.random.default_rng(1))
        n_calls = 20_000 * N_DAYS
        per_second = timed(
            lambda of=of: simulate(of, n_days=N_DAYS, rng=np.random.default_rng(1)),
            n_calls,
        )
        who = "named agents" if is_named else "groups"
        note = "random numbers, intervals, confidence included"
        shown(f"ours, simulate() of {N_DAYS} days, {who}", per_second, note)


def peers(days, bench):
    """The same days through the peers' loops."""
    sys.path.insert(0, str(bench))
    groups, kinds = len(SKILLS), len(MIX)
    by_type, by_group = np.full((kinds, groups), -1), np.full((groups, kinds), -1)
    for g, skills in enumerate(SKILLS):
        by_group[g, : len(skills)] = skills
    for k in range(kinds):
        by_type[k, : len(order_of(k))] = order_of(k)
    numbers = staff()
    numbers = np.hstack([numbers, numbers[:, -1:]])
    common = (by_type, by_group, numbers, 1800.0, True, kinds, groups)
    for name, n in (("engine", len(days)), ("pyloop", 5), ("simpy_engine", 1)):
        try:
            loop = importlib.import_module(name).simulate
        except ImportError as error:
            print(f"{name}: {error}")
            continue
        loop(*days[0], *common)
        n_calls = sum(len(day[0]) for day in days[:n])
        per_second = timed(
            lambda n=n, loop=loop: [loop(*d, *common) for d in days[:n]], n_calls
        )
        wait, outcome, *_rest = loop(*days[0], *common)
        good = ((wait <= 20) & (outcome == 1)).mean()
        lost = (outcome == 2).mean()
        shown(
            f"peer {name}, given contacts",
            per_second,
            f"SL20 {good:.3f} abandon {lost:.3f}",
        )
    began = time.process_time()
    for seed in range(5):
        a_day(seed)
    took = time.process_time() - began
    shown("peer: drawing a day's numbers with numpy", 100_000 / took)


def main():
    days = [a_day(seed) for seed in range(N_DAYS)]
    began = time.process_time()
    simulate(center(), n_days=1, rng=np.random.default_rng(0))
    print(
        f"first simulation, compiled or loaded: {time.process_time() - began:.2f} CPU s"
    )
    print(f"{'calls a second of one core':58}{'':>12}")
    ours(days)
    if len(sys.argv) > 1:
        peers(days, Path(sys.argv[1]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MB")


if __name__ == "__main__":
    main()
