import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    ServiceLevelDefinition,
    carried_load,
    erlang_a_measures,
    erlang_b,
    erlang_c,
    erlang_c_measures,
    queue_measures,
    required_agents,
    wait_quantile,
)
from tests.bench_data import bench_path

loads = st.floats(1e-6, 20_000.0)
heads = st.integers(1, 10_000)


def summed_b(load, agents):
    inverse = 1.0
    for k in range(1, agents + 1):
        inverse = 1.0 + inverse * k / load
    return 1.0 / inverse


class TestErlangB:
    @pytest.mark.parametrize(
        ("load", "lines", "blocking"),
        [(1.0, 1, 0.5), (1.0, 2, 0.2), (4.461, 10, 0.01), (84.064, 100, 0.01)],
    )
    def test_gives_the_published_blocking(self, load, lines, blocking):
        assert erlang_b(load, lines) == pytest.approx(blocking, abs=5e-6)

    @given(loads, st.integers(0, 300))
    def test_agrees_with_the_recursion(self, load, lines):
        assert erlang_b(load, lines) == pytest.approx(
            summed_b(load, lines), rel=1e-9, abs=1e-300
        )

    def test_loses_nobody_without_load(self):
        assert erlang_b([0.0, 0.0], [3, 0]).tolist() == [0.0, 1.0]

    def test_stands_five_times_the_load_on_ten_thousand_lines(self):
        assert erlang_b(50_000.0, 10_000) == pytest.approx(0.8, abs=1e-3)


class TestErlangC:
    @pytest.mark.parametrize(
        ("load", "agents", "waiting"),
        [
            (48.0, 55, 0.2387009368637801),
            (10.0, 11, 0.68211820468933237),
            (10.0, 14, 0.1741319335950498),
            (123.0, 132, 0.3211161792617074),
        ],
    )
    def test_gives_the_published_probability_of_waiting(self, load, agents, waiting):
        assert erlang_c(load, agents) == pytest.approx(waiting, abs=1e-9)

    def test_everybody_waits_when_load_reaches_agents(self):
        assert erlang_c([10.0, 12.0], [10, 10]).tolist() == [1.0, 1.0]

    @given(st.floats(0.01, 5_000.0), heads)
    def test_lies_between_nothing_and_one_and_above_the_loss(self, load, agents):
        waiting = erlang_c(load, agents)

        assert 0.0 <= waiting <= 1.0
        assert waiting >= erlang_b(load, agents) * (1.0 - 1e-12)

    def test_measures_agree_with_the_spreadsheet_of_mitan(self):
        found = erlang_c_measures(48.0, 55, aht_s=240.0, sl_threshold_s=15.0)

        assert found.sl == pytest.approx(0.84588309217058034, abs=1e-12)
        assert found.asa_s == pytest.approx(8.1840321043888875, abs=1e-10)
        assert found.occupancy == pytest.approx(0.87272727272727273)

    def test_refuses_a_negative_load(self):
        with pytest.raises(EngineInputError, match="load"):
            erlang_c(-1.0, 3)

    def test_refuses_shapes_that_do_not_fit(self):
        with pytest.raises(EngineInputError, match="shapes"):
            erlang_c([1.0, 2.0], [1, 2, 3])


class TestErlangA:
    def test_gives_the_published_palm_example(self):
        found = erlang_a_measures(48.0, 50, aht_s=60.0, patience_s=120.0)

        assert found.abandon_rate == pytest.approx(0.030912249162193218, abs=1e-12)
        assert found.mean_wait_s == pytest.approx(3.7094698994631861, abs=1e-10)
        assert found.occupancy == pytest.approx(0.93032424080429451, abs=1e-12)

    def test_gives_the_published_example_of_pyworkforce(self):
        found = erlang_a_measures(10.0, 14, aht_s=180.0, patience_s=300.0)

        assert found.wait_probability == pytest.approx(0.1452601142963612, abs=1e-12)
        assert found.sl == pytest.approx(0.91679209186354687, abs=1e-12)

    @pytest.mark.parametrize(
        ("definition", "sl"),
        [
            ("answered", 0.97418223818721543),
            ("excluding-short-abandons", 0.96787153872),
        ],
    )
    def test_tells_the_definitions_of_service_level_apart(self, definition, sl):
        found = erlang_a_measures(
            8.4,
            12,
            aht_s=120.0,
            patience_s=60.0,
            sl_definition=ServiceLevelDefinition(definition),
        )

        assert found.sl == pytest.approx(sl, abs=1e-10)
        assert found.asa_s == pytest.approx(1.4436046205518738, abs=1e-9)

    def test_is_right_at_ten_thousand_agents_in_fivefold_overload(self):
        found = erlang_a_measures(50_000.0, 10_000, aht_s=300.0, patience_s=300.0)

        assert found.abandon_rate == pytest.approx(0.8, abs=1e-9)
        assert found.asa_s == pytest.approx(482.81637398023014, rel=1e-9)

    def test_everybody_leaves_where_nobody_works(self):
        found = erlang_a_measures([0.0, 5.0], 0, aht_s=180.0, patience_s=60.0)

        assert found.abandon_rate.tolist() == [0.0, 1.0]
        assert found.sl.tolist() == [1.0, 0.0]

    def test_answers_at_once_or_late_when_the_threshold_is_zero(self):
        found = erlang_a_measures(
            10.0, 11, aht_s=180.0, patience_s=60.0, sl_threshold_s=0.0
        )

        assert found.sl == pytest.approx(1.0 - found.wait_probability, abs=1e-12)

    @given(st.floats(1e-3, 3_000.0), st.integers(1, 1_000), st.floats(5.0, 3600.0))
    def test_keeps_its_bounds_and_waits_no_longer_than_without_abandons(
        self, load, agents, patience
    ):
        found = erlang_a_measures(load, agents, aht_s=240.0, patience_s=patience)

        assert 0.0 <= found.abandon_rate <= 1.0
        assert 0.0 <= found.sl <= 1.0
        assert found.wait_probability <= erlang_c(load, agents) + 1e-9

    @given(st.floats(0.1, 500.0), st.integers(1, 400))
    def test_each_agent_more_serves_better(self, load, agents):
        found = erlang_a_measures(
            load, [agents, agents + 1], aht_s=240.0, patience_s=90.0
        )

        assert found.sl[1] >= found.sl[0] - 1e-12
        assert found.abandon_rate[1] <= found.abandon_rate[0] + 1e-12
        assert found.asa_s[1] <= found.asa_s[0] * (1.0 + 1e-9)


class TestLimits:
    @settings(max_examples=25)
    @given(st.floats(0.1, 300.0), st.integers(1, 300))
    def test_endless_patience_is_erlang_c(self, load, spare):
        agents = np.floor(load) + spare
        found = erlang_a_measures(load, agents, aht_s=240.0, patience_s=1e11)
        c = erlang_c_measures(load, agents, aht_s=240.0)

        assert found.wait_probability == pytest.approx(
            float(c.wait_probability), abs=1e-4
        )
        assert found.sl == pytest.approx(float(c.sl), abs=1e-4)

    @settings(max_examples=25)
    @given(st.floats(0.1, 300.0), st.integers(1, 300))
    def test_no_patience_is_erlang_b(self, load, agents):
        found = erlang_a_measures(load, agents, aht_s=240.0, patience_s=1e-4)

        assert found.abandon_rate == pytest.approx(
            float(erlang_b(load, agents)), abs=1e-4
        )

    @settings(max_examples=12, deadline=None)
    @given(
        st.floats(0.1, 8.0),
        st.integers(1, 8),
        st.floats(20.0, 500.0),
        st.floats(0.0, 200.0),
    )
    def test_agrees_with_the_summed_chain(self, load, agents, patience, threshold):
        summed = summed_chain(load, agents, 240.0, patience, threshold)
        found = erlang_a_measures(
            load, agents, aht_s=240.0, patience_s=patience, sl_threshold_s=threshold
        )

        assert found.wait_probability == pytest.approx(summed["waiting"], abs=1e-9)
        assert found.abandon_rate == pytest.approx(summed["abandoned"], abs=1e-9)
        assert found.sl == pytest.approx(summed["good"], abs=1e-8)


def summed_chain(load, agents, aht_s, patience_s, threshold_s):
    """The birth-and-death chain added up state by state, waits by their recursion."""
    weight, leaving = 1.0, aht_s / patience_s
    weights = [weight]
    n_states = agents + int(load / leaving + 12 * (load / leaving) ** 0.5) + 20
    for k in range(1, n_states):
        ended = min(k, agents) + max(k - agents, 0) * leaving
        weight *= load / ended
        weights.append(weight)
    probability = np.array(weights) / sum(weights)
    queued = probability[agents:]
    ahead = np.arange(queued.size)
    served = agents / (agents + (ahead + 1) * leaving)
    in_time = served_in_time(agents, leaving, threshold_s / aht_s, queued.size)
    return {
        "waiting": queued.sum(),
        "abandoned": (queued * (1.0 - served)).sum(),
        "good": probability[:agents].sum() + (queued * in_time).sum(),
    }


def served_in_time(agents, leaving, time, n):
    """P(one's turn comes before `time` and before one's own patience), by number ahead.

    A pure death process on those ahead, killed at the rate of one's own patience; its
    transition matrix is a matrix exponential, by scaling and squaring.
    """
    rates = agents + leaving * np.arange(n)
    generator = np.diag(-(rates + leaving)) + np.diag(rates[1:], -1)
    n_squarings = max(0, int(np.ceil(np.log2(max(time * rates[-1], 1e-9)))) + 4)
    step = generator * (time / 2**n_squarings)
    term = matrix = np.eye(n)
    for k in range(1, 18):
        term = term @ step / k
        matrix = matrix + term
    for _ in range(n_squarings):
        matrix = matrix @ matrix
    return np.linalg.solve(generator, matrix - np.eye(n))[:, 0] * rates[0]


NAMES = {"p_wait": "wait_probability", "p_abandon": "abandon_rate"}
DEFINITIONS = {
    "sl_offered": "offered",
    "sl_answered": "answered",
    "sl_excl_short": "excluding-short-abandons",
}


def measured(row):
    metric = row["expected_metric_name"]
    name, _, bound = metric.partition("@")
    if name == "max_erlangs":
        return carried_load(float(row["agents"]), float(bound.split("=")[1]))
    load = float(row["calls_per_interval"]) / float(row["interval_s"])
    arriving = load
    load *= float(row["aht_s"])
    if name == "offered_load":
        return load
    if bound:
        return required(row, bound)
    agents = float(row["agents"])
    common = {"aht_s": float(row["aht_s"])}
    if row["model"] == "erlang_a":
        common["patience_s"] = float(row["patience_s"])
    if name == "p90_wait_s":
        return wait_quantile(load, agents, 0.9, **common)
    found = queue_measures(
        load,
        agents,
        model=row["model"].replace("_", "-"),
        sl_threshold_s=float(row["target_seconds"] or 20),
        sl_definition=DEFINITIONS.get(name, "offered"),
        **common,
    )
    if name == "lq":
        return arriving * found.mean_wait_s
    if name == "blocking":
        return found.abandon_rate
    is_sl = name == "service_level" or name in DEFINITIONS
    return getattr(found, "sl" if is_sl else NAMES.get(name, name))


def required(row, bound):
    """`sl=0.8` or `blocking=0.01`, as the columns of the reference say it."""
    asked, value = bound.split("=")
    targets = {"sl": "sl_target", "blocking": "max_abandon"}
    threshold = float(row["target_seconds"] or 20)
    found = required_agents(
        float(row["calls_per_interval"]),
        float(row["aht_s"]),
        float(row["interval_s"]),
        model=row["model"].replace("_", "-"),
        sl_threshold_s=threshold,
        **{targets[asked]: float(value)},
    )
    return found.required_agents


def test_agrees_with_every_reference_value():
    with bench_path("erlang/reference.csv").open() as lines:
        rows = list(csv.DictReader(lines))

    found = np.array([float(measured(row)) for row in rows])
    exact = np.array([float(row["exact_value"]) for row in rows])

    assert len(rows) == 154
    assert (np.abs(found - exact) / np.maximum(1.0, exact)).max() < 1e-9
