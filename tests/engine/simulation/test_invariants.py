"""What is true of every center, whatever comes and whoever works."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.cli.engine.center_file import read_center
from callcenter.engine.simulation import (
    Agent,
    Campaign,
    Duration,
    Redial,
    Rules,
    Shift,
    Skill,
    trace_day,
)
from callcenter.engine.simulation.days import gamma_quantile
from tests.engine.simulation.cases import EXAMPLES, calls, center, simulated, team

PARTS = ("answered", "abandoned", "blocked", "disconnected", "left")


def lively(*, seed=0):
    """A center with a bit of everything, different for every seed."""
    rng = np.random.default_rng(seed)

    def pick(*values):
        return values[rng.integers(len(values))]

    types = [
        calls(
            name,
            offered=rng.uniform(0, 30, 6),
            service=Duration(mean_s=rng.uniform(60, 400), shape="lognormal", cv=0.8),
            after_work=pick(None, Duration(mean_s=20.0, shape="fixed")),
            patience=pick(None, Duration(mean_s=90.0)),
            balk=pick(0.0, 0.1),
            redial=pick(None, Redial(probability=0.5, delay=Duration(mean_s=300.0))),
            capacity=pick(None, 0, 3),
            together=pick(1, 1, 2, 3),
            slow_down=0.3,
            priority=int(rng.integers(1, 4)),
            on_close=pick("serve", "disconnect"),
            transfers=pick({}, {"b": 0.2, "c": 0.1}),
        )
        for name in "abc"
    ]
    agents = [
        Agent(
            name=f"agent {i}",
            skills=[Skill(of=pick("a", "b"), speed=1.3), Skill(of="c", after_s=15.0)],
            shifts=[Shift(start_s=600.0 * i, end_s=7000.0, breaks=[(3600.0, 900.0)])],
            absence=0.2,
        )
        for i in range(4)
    ]
    groups = [
        team("x", of=["a", Skill(of="b", priority=2)], staff=rng.integers(0, 6, 6)),
        team("y", of=["c", Skill(of="list", reserve=1)], staff=[3, 0, 2, 2, 1, 3]),
    ]
    campaign = Campaign(
        name="list",
        reach=0.4,
        dial=Duration(mean_s=20.0),
        talk=Duration(mean_s=100.0),
        retry=0.5,
        retry_delay=Duration(mean_s=600.0),
        list_size=50,
    )
    return center(
        n_intervals=6,
        interval_s=1800.0,
        types=types,
        agents=agents,
        groups=groups,
        campaigns=[campaign],
        day_cv=0.2,
        rules=Rules(
            agent_choice=pick("priority", "longest-idle", "most-idle-group"),
            contact_choice=pick(
                "longest-waiting", "agent-priority", "contact-priority"
            ),
            breaks=pick("whole", "planned-end"),
        ),
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_contact_offered_ends_in_exactly_one_way(seed):
    days = simulated(lively(seed=seed), n_days=4, seed=seed).samples

    ends = sum(getattr(days, part) for part in PARTS)
    assert (days.offered == ends).all()
    assert (days.in_threshold <= days.answered).all()
    assert (days.busy_s <= days.staffed_s + 1e-6).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_nobody_has_more_contacts_in_hand_than_allowed(seed):
    of = lively(seed=seed)
    told = trace_day(of, rng=np.random.default_rng(seed))
    single = np.array([t.together == 1 for t in of.types])

    alone = (told.outcome == "answered") & single[told.of]
    starts = (told.arrived_s + told.wait_s)[alone]
    ends = starts + told.work_s[alone]
    order = np.lexsort((starts, told.agent[alone]))
    same = np.diff(told.agent[alone][order]) == 0
    assert (starts[order][1:] >= ends[order][:-1] - 1e-6)[same].all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), staff=st.integers(1, 12))
def test_nobody_waits_while_somebody_is_free(seed, staff):
    patience = Duration(mean_s=60.0)
    of = center(types=[calls(patience=patience)], groups=[team(staff=staff)])
    told = trace_day(of, rng=np.random.default_rng(seed))

    answered = told.outcome == "answered"
    starts = (told.arrived_s + told.wait_s)[answered]
    ends = starts + told.work_s[answered]
    waited = np.sort(told.arrived_s[told.wait_s > 1e-9])
    in_hand = np.searchsorted(np.sort(starts), waited, side="right")
    in_hand -= np.searchsorted(np.sort(ends), waited, side="left")
    assert (in_hand == staff).all()


def test_contacts_of_a_type_are_answered_in_order():
    of = center(groups=[team(staff=8)])
    told = trace_day(of, rng=np.random.default_rng(4))

    by_arrival = np.argsort(told.arrived_s)
    starts = (told.arrived_s + told.wait_s)[by_arrival]
    assert (np.diff(starts) >= -1e-9).all()


class TestLuck:
    def test_the_same_seed_gives_the_same_result(self):
        first, second = (simulated(lively(seed=5), seed=2) for _ in range(2))

        assert (first.intervals.answered == second.intervals.answered).all()
        assert (first.wait_counts == second.wait_counts).all()

    def test_another_seed_gives_another(self):
        first, second = (simulated(lively(seed=5), seed=seed) for seed in (2, 3))

        assert (first.samples.offered != second.samples.offered).any()

    def test_scenarios_meet_the_same_contacts(self):
        few, many = (simulated(center(groups=[team(staff=n)])) for n in (9, 14))

        assert (few.samples.offered == many.samples.offered).all()
        assert np.allclose(few.samples.handling_s, many.samples.handling_s)

    def test_a_type_keeps_its_contacts_when_another_is_added(self):
        one = simulated(center())
        two = simulated(
            center(
                types=[calls("new"), calls()],
                groups=[team(of=("calls", "new"), staff=30)],
            )
        )

        assert (one.samples.offered[:, 0] == two.samples.offered[:, 1]).all()

    def test_an_antithetic_day_is_quiet_when_its_twin_is_busy(self):
        days = simulated(center(day_cv=0.2), n_days=200).samples.offered[:, 0]

        assert np.corrcoef(days[::2], days[1::2])[0, 1] < -0.5

    def test_volumes_are_as_expected_with_a_random_day(self):
        days = simulated(center(day_cv=0.3), n_days=600).samples.offered[:, 0]

        assert days.mean() == pytest.approx(2016, rel=0.03)
        assert days.std() / days.mean() == pytest.approx(0.3, rel=0.1)

    def test_durations_have_the_mean_and_spread_asked_for(self):
        for service, cv in (
            (Duration(mean_s=100.0), 1.0),
            (Duration(mean_s=100.0, shape="lognormal", cv=0.5), 0.5),
            (Duration(mean_s=100.0, shape="fixed"), 0.0),
            (Duration(values_s=[50.0, 150.0]), 0.5),
        ):
            of = center(types=[calls(service=service)], n_intervals=200)
            work = trace_day(of, rng=np.random.default_rng(1)).work_s

            assert work.mean() == pytest.approx(100.0, rel=0.02)
            assert work.std() / work.mean() == pytest.approx(cv, abs=0.02)

    def test_gamma_quantiles_of_the_exponential_are_known(self):
        u = np.array([1e-4, 0.1, 0.5, 0.99])

        assert gamma_quantile(u, 1.0) == pytest.approx(-np.log1p(-u))


FINGERPRINT = """
import hashlib, sys
from pathlib import Path
import numpy as np
from callcenter.cli.engine.center_file import read_center
from callcenter.engine.simulation import simulate
of = read_center(Path(sys.argv[1]))
found = simulate(of, n_days=1, rng=np.random.default_rng(11))
parts = [found.wait_counts, *(getattr(found.samples, n) for n in (
    "offered", "answered", "handling_s", "wait_answered_s", "busy_s", "staffed_s"))]
print(hashlib.sha256(b"".join(p.tobytes() for p in parts)).hexdigest())
print("numba" in sys.modules)
"""


def fingerprint(**environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FINGERPRINT, str(DESK)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


DESK = EXAMPLES / "service-desk.toml"


@pytest.mark.process
def test_the_same_comes_out_compiled_and_not():
    compiled, plain = fingerprint(), fingerprint(NUMBA_DISABLE_JIT="1")

    assert compiled == [compiled[0], "True"]
    assert plain == [compiled[0], "False"]


@pytest.mark.process
def test_nothing_of_it_is_loaded_with_the_pages():
    code = (
        "import sys, callcenter.app, callcenter.engine.simulation as s;"
        "kernel = s.__name__ + '.kernel.day';"
        "print([m for m in ('numba', 'llvmlite', kernel) if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_the_whole_example_runs_and_is_described():
    of = read_center(DESK)
    found = simulated(of, n_days=4)

    assert found.type_names == ("orders", "technical", "chat")
    assert found.campaign_names == ("renewals",)
    assert found.agent_names == ("Li Na", "Wang Wei", "Zhang Min")
    assert hashlib.sha256(found.wait_counts.tobytes()).hexdigest()
