import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    modified_offered_load,
    queue_measures,
    required_agents,
    service_over_time,
    staff_over_time,
)

AHT_S, PATIENCE_S = 300.0, 120.0
PATIENT = {"patience_s": PATIENCE_S}
MODEL = {"model": "erlang-a", **PATIENT}


def hump(peak, low, n_intervals=24):
    phase = np.pi * (np.arange(n_intervals) + 0.5) / n_intervals
    return (low + (peak - low) * np.sin(phase) ** 2) * 900.0 / AHT_S


def exact_days(offered, agents, patience_s, threshold_s=0.0):
    """Forward equations of every state by dense matrix powers; SL at threshold 0."""
    n_states = 160
    state = np.zeros(n_states)
    state[0] = 1.0
    found = []
    for calls, staff in zip(offered, agents, strict=True):
        k = np.arange(n_states)
        up = np.full(n_states, calls / 900.0)
        up[-1] = 0.0
        down = np.minimum(k, staff) / AHT_S + np.maximum(k - staff, 0) / patience_s
        generator = np.diag(-(up + down)) + np.diag(up[:-1], 1) + np.diag(down[1:], -1)
        step = np.eye(n_states) + generator * 0.5 + (generator @ generator) * 0.125
        total = np.zeros(n_states)
        for _ in range(1800):
            total += state
            state = state @ step
        found.append(total[: int(staff)].sum() / 1800)
    return np.array(found)


class TestServiceOverTime:
    def test_agrees_with_the_forward_equations_while_agents_come(self):
        offered = np.array([6.0, 15.0, 30.0, 45.0, 48.0])
        agents = np.array([4.0, 7.0, 12.0, 17.0, 18.0])

        found = service_over_time(
            offered, agents, AHT_S, 900.0, patience_s=PATIENCE_S, sl_threshold_s=0.0
        )

        exact = exact_days(offered, agents, PATIENCE_S)
        assert found.sl == pytest.approx(exact, abs=0.004)

    @pytest.mark.parametrize("load", [3.0, 40.0, 900.0])
    def test_ends_in_the_steady_state_when_nothing_moves(self, load):
        agents = np.ceil(load + np.sqrt(load))
        found = service_over_time(
            np.full(12, load * 900.0 / AHT_S),
            np.full(12, agents),
            AHT_S,
            900.0,
            patience_s=PATIENCE_S,
        )
        steady = queue_measures(load, agents, aht_s=AHT_S, **MODEL)

        assert found.sl[-1] == pytest.approx(float(steady.sl), abs=0.002)
        assert found.asa_s[-1] == pytest.approx(float(steady.asa_s), rel=0.02)
        assert found.abandon_rate[-1] == pytest.approx(
            float(steady.abandon_rate), rel=0.02
        )

    def test_waits_grow_with_the_backlog_where_load_passes_the_agents(self):
        found = service_over_time(np.full(6, 60.0), np.full(6, 15.0), AHT_S, 900.0)

        assert (np.diff(found.asa_s) > 0.0).all()
        assert np.isfinite(found.asa_s).all()
        assert found.sl[-1] < 0.01
        assert found.occupancy[-1] == pytest.approx(1.0, abs=1e-3)
        # 20 erlangs on 15 agents: they fill up in 416 s, then 5 / 300 s a second wait
        assert found.asa_s[-1] == pytest.approx(5 * (4950 - 416) / 15, rel=0.06)

    def test_works_off_a_backlog_when_the_rush_is_over(self):
        offered = np.array([30.0, 90.0, 30.0, 30.0, 30.0, 30.0])
        found = service_over_time(offered, np.full(6, 18.0), AHT_S, 900.0)

        assert found.sl[1] < 0.6
        assert found.sl[2] < 0.2
        assert found.sl[5] > 0.8

    def test_short_contacts_in_a_long_interval_forget_the_last_one(self):
        offered = np.array([2.0, 3.0, 2.0, 0.5]) * 3600 / 5
        found = service_over_time(offered, [3.0, 4.0, 3.0, 1.0], 5.0, 3600.0)
        steady = queue_measures([2.0, 3.0, 2.0, 0.5], [3, 4, 3, 1], aht_s=5.0)

        assert found.sl == pytest.approx(steady.sl, abs=0.005)

    def test_a_running_queue_is_in_its_steady_state(self):
        found = service_over_time(
            [120.0] * 3, [42.0] * 3, AHT_S, 900.0, start="running", **PATIENT
        )
        steady = queue_measures(40.0, 42, aht_s=AHT_S, **MODEL)

        assert found.sl == pytest.approx(np.full(3, float(steady.sl)), abs=0.002)

    def test_a_closed_interval_empties_the_queue(self):
        offered = np.array([60.0, 0.0, 60.0])
        found = service_over_time(offered, np.array([5.0, 0.0, 30.0]), AHT_S, 900.0)

        assert found.sl[1] == 1.0
        assert found.sl[2] > 0.95


class TestStaffOverTime:
    @pytest.mark.parametrize("model", [{}, MODEL])
    def test_fractions_keep_the_target_in_every_interval_after_the_first(self, model):
        found = staff_over_time(
            hump(90, 10), AHT_S, 900, sl_target=0.8, heads="fractional", **model
        )

        assert found.sl[1:] == pytest.approx(np.full(23, 0.8), abs=0.002)

    def test_whole_agents_are_enough_and_one_less_is_not(self):
        offered = hump(60, 10)
        found = staff_over_time(offered, AHT_S, 900, sl_target=0.8, **MODEL)

        for k in (5, 12, 18):
            fewer = found.required_agents[: k + 1].copy()
            fewer[k] -= 1
            less = service_over_time(
                offered[: k + 1], fewer, AHT_S, 900, patience_s=PATIENCE_S
            )
            assert less.sl[k] < 0.8
        assert (found.sl[1:] >= 0.8).all()

    def test_the_textbook_misses_where_the_load_moves(self):
        offered = hump(200, 20)
        textbook = required_agents(offered, AHT_S, 900, sl_target=0.8, **MODEL)
        given_sl = service_over_time(
            offered, textbook.required_agents, AHT_S, 900, patience_s=PATIENCE_S
        ).sl

        assert given_sl[2:10].max() > 0.87
        assert given_sl[14:].min() < 0.72

    def test_rising_load_needs_fewer_and_falling_more_than_the_textbook(self):
        offered = hump(200, 20)
        textbook = required_agents(offered, AHT_S, 900, sl_target=0.8, **MODEL)
        found = staff_over_time(offered, AHT_S, 900, sl_target=0.8, **MODEL)

        assert (found.required_agents < textbook.required_agents)[2:10].all()
        assert (found.required_agents > textbook.required_agents)[14:22].all()

    def test_constant_load_gets_what_the_textbook_says(self):
        textbook = required_agents(100.0, 180.0, 1800.0, sl_target=0.8)
        found = staff_over_time(np.full(8, 100.0), 180.0, 1800.0, sl_target=0.8)

        assert found.required_agents.tolist() == [float(textbook.required_agents)] * 8

    @pytest.mark.parametrize("patience_s", [1.0, 3.0, 10.0])
    def test_constant_load_does_so_when_nobody_waits_long(self, patience_s):
        targets = {"sl_target": 0.8, "sl_threshold_s": 20.0, "patience_s": patience_s}
        load = {"aht_s": AHT_S, "interval_s": 900.0, "model": "erlang-a", **targets}

        found = staff_over_time(np.full((1, 5), 300.0), start="running", **load)

        textbook = required_agents(300.0, **load)
        assert np.ptp(found.required_agents) == 0.0
        assert abs(found.required_agents[0, 0] - textbook.required_agents) <= 1.0
        assert np.abs(found.sl - textbook.sl).max() < 0.02

    def test_the_first_interval_and_those_after_a_pause_are_the_textbook(self):
        offered = np.array([0.0, 80.0, 90.0, 0.0, 40.0])
        found = staff_over_time(offered, AHT_S, 900, sl_target=0.8)
        textbook = required_agents(offered, AHT_S, 900, sl_target=0.8)

        same = [0, 1, 3, 4]
        assert found.required_agents[same].tolist() == (
            textbook.required_agents[same].tolist()
        )
        assert found.sl[[0, 3]].tolist() == [1.0, 1.0]

    def test_a_running_queue_begins_as_it_goes_on(self):
        offered = np.full(6, 60.0)
        found = staff_over_time(
            offered, 900.0, 900.0, sl_target=0.8, start="running", **MODEL
        )
        opening = staff_over_time(offered, 900.0, 900.0, sl_target=0.8, **MODEL)

        assert np.ptp(found.required_agents) == 0.0
        assert opening.required_agents[1] < found.required_agents[1]

    def test_meets_all_targets_at_once(self):
        found = staff_over_time(
            hump(80, 8),
            AHT_S,
            900,
            sl_target=0.8,
            max_asa_s=12.0,
            max_abandon=0.04,
            max_occupancy=0.88,
            **MODEL,
        )

        assert (found.sl >= 0.8 - 1e-9)[1:].all()
        assert (found.asa_s <= 12.0 + 1e-9)[1:].all()
        assert (found.abandon_rate <= 0.04 + 1e-9)[1:].all()
        assert (found.occupancy <= 0.88 + 1e-9)[1:].all()

    def test_rows_do_not_touch_each_other(self):
        rows = np.stack([hump(20, 4, 8), hump(300, 40, 8), hump(70, 10, 8)])
        together = staff_over_time(rows, AHT_S, 900, sl_target=0.8, **MODEL)
        alone = [
            staff_over_time(row, AHT_S, 900, sl_target=0.8, **MODEL) for row in rows
        ]

        for k, each in enumerate(alone):
            assert together.required_agents[k].tolist() == each.required_agents.tolist()
            assert together.sl[k] == pytest.approx(each.sl, abs=1e-9)

    def test_nearest_lies_on_both_sides_of_the_target(self):
        found = staff_over_time(
            hump(90, 10), AHT_S, 900, sl_target=0.8, heads="nearest", **MODEL
        )

        assert (found.required_agents == np.round(found.required_agents)).all()
        assert found.sl[1:].min() < 0.8 < found.sl[1:].max()
        assert found.sl[1:].mean() == pytest.approx(0.8, abs=0.02)

    @settings(max_examples=8, deadline=None)
    @given(
        st.lists(st.floats(0.5, 60.0), min_size=2, max_size=6),
        st.floats(60.0, 900.0),
        st.floats(0.3, 0.9),
    )
    def test_any_day_gets_its_service(self, offered, aht_s, target):
        found = staff_over_time(offered, aht_s, 900.0, sl_target=target, **MODEL)

        assert (found.sl[1:] >= target - 1e-6).all()
        assert (found.required_agents >= 1.0).all()

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ({}, "target"),
            ({"sl_target": 0.8, "heads": "halves"}, "halves"),
            ({"sl_target": 0.8, "max_wait": 3}, "max_wait"),
            ({"sl_target": 0.8, "start": "full"}, "full"),
            ({"sl_target": 0.8, "model": "erlang-b"}, "erlang-b"),
            ({"sl_target": 0.8, "model": "erlang-a"}, "patience_s"),
        ],
    )
    def test_refuses_targets_without_meaning(self, arguments, reason):
        with pytest.raises(EngineInputError, match=reason):
            staff_over_time([10.0, 20.0], AHT_S, 900.0, **arguments)

    def test_refuses_a_day_without_intervals(self):
        with pytest.raises(EngineInputError, match="at least one interval"):
            staff_over_time([], AHT_S, 900.0, sl_target=0.8)


class TestModifiedOfferedLoad:
    def test_lags_behind_the_load(self):
        found = modified_offered_load([60.0, 120.0, 120.0], AHT_S, 900.0)

        lag = (1 - np.exp(-3.0)) / 3.0
        assert found == pytest.approx([20.0, 40.0 - 20.0 * lag, 40.0], abs=0.4)

    @given(st.lists(st.floats(0.0, 500.0), min_size=1, max_size=20))
    def test_stays_between_the_least_and_the_greatest_load(self, offered):
        found = modified_offered_load(offered, AHT_S, 900.0)

        loads = np.array(offered) / 3.0
        assert (found >= loads.min() - 1e-9).all()
        assert (found <= loads.max() + 1e-9).all()
