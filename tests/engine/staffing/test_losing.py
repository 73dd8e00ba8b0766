import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    carried_load,
    erlang_b,
    queue_measures,
    required_agents,
    wait_quantile,
    wait_tail,
)

A = {"model": "erlang-a", "patience_s": 60.0}


class TestWaitingRoom:
    def test_gives_the_published_share_of_blocked_contacts(self):
        # ContactCenters, MMCBlocked: 4.2 a minute, 2 minutes, 12 agents, 5 may wait;
        # 18.66 [18.05, 19.27] of 2016 contacts of a day that starts empty
        found = queue_measures(8.4, 12, aht_s=120.0, waiting_room=5)

        assert 18.0 / 2016 < found.abandon_rate < 19.6 / 2016
        assert found.occupancy == pytest.approx(0.693, abs=0.003)
        assert found.asa_s == pytest.approx(3.6, abs=0.3)

    @given(st.floats(0.1, 80.0), st.integers(1, 80))
    def test_without_places_it_is_the_loss_formula(self, load, agents):
        found = queue_measures(load, agents, aht_s=200.0, waiting_room=0)

        assert found.abandon_rate == pytest.approx(
            float(erlang_b(load, agents)), rel=1e-9, abs=1e-12
        )

    @settings(max_examples=30)
    @given(st.floats(0.1, 60.0), st.integers(1, 60))
    def test_with_many_places_it_is_erlang_a(self, load, agents):
        room = queue_measures(load, agents, aht_s=200.0, waiting_room=900, **A)
        free = queue_measures(load, agents, aht_s=200.0, **A)

        for name in ("sl", "abandon_rate", "asa_s", "occupancy", "wait_probability"):
            assert getattr(room, name) == pytest.approx(
                float(getattr(free, name)), rel=1e-7, abs=1e-9
            )

    @given(st.floats(0.5, 40.0), st.integers(1, 40), st.integers(0, 30))
    def test_a_place_more_loses_fewer(self, load, agents, room):
        found = queue_measures(load, agents, aht_s=200.0, waiting_room=[room, room + 1])

        assert found.abandon_rate[1] <= found.abandon_rate[0] + 1e-12

    def test_stands_five_times_the_load(self):
        found = queue_measures(5_000.0, 1_000, aht_s=300.0, waiting_room=1_000)

        assert found.abandon_rate == pytest.approx(0.8, abs=1e-3)
        assert found.asa_s == pytest.approx(1_000 * 300 / 1_000, rel=0.01)

    def test_refuses_half_a_place(self):
        with pytest.raises(EngineInputError, match="whole"):
            queue_measures(5.0, 6, aht_s=60.0, waiting_room=2.5)


class TestRedial:
    @settings(max_examples=30)
    @given(st.floats(1.0, 60.0), st.integers(1, 60), st.floats(0.0, 0.9))
    def test_is_the_fixed_point_of_first_and_repeated_attempts(
        self, load, agents, share
    ):
        found = queue_measures(load, agents, aht_s=200.0, redial=share, **A)
        attempts = load / (1.0 - share * float(found.abandon_rate))
        same = queue_measures(attempts, agents, aht_s=200.0, **A)

        assert found.abandon_rate == pytest.approx(float(same.abandon_rate), abs=1e-8)

    def test_more_who_call_again_need_more_agents(self):
        found = required_agents(
            1_000, 300, 900, sl_target=0.9, redial=[0.0, 0.5, 0.9], **A
        )
        plain = required_agents(1_000, 300, 900, sl_target=0.9, **A)

        assert found.required_agents[0] == plain.required_agents
        assert (np.diff(found.required_agents) > 0.0).all()

    def test_is_enough_and_one_less_is_not(self):
        found = required_agents(500, 300, 900, max_abandon=0.03, redial=0.6, **A)
        less = queue_measures(
            500 / 3, found.required_agents - 1, aht_s=300, redial=0.6, **A
        )

        assert found.abandon_rate <= 0.03 < less.abandon_rate

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ({"redial": 1.0, **A}, "less than 1"),
            ({"redial": 0.5}, "nobody is lost"),
            ({"model": "erlang-b", "waiting_room": 3}, "no waiting room"),
        ],
    )
    def test_refuses_what_has_no_meaning(self, arguments, reason):
        with pytest.raises(EngineInputError, match=reason):
            required_agents(100, 180, 1800, sl_target=0.8, **arguments)


class TestFractions:
    @settings(max_examples=20)
    @given(st.floats(1.0, 300.0), st.sampled_from([{}, A]))
    def test_lie_within_one_agent_below_the_whole_number(self, load, model):
        whole = required_agents(load, 300, 300, sl_target=0.8, **model)
        part = required_agents(
            load, 300, 300, sl_target=0.8, heads="fractional", **model
        )

        gap = float(whole.required_agents - part.required_agents)
        assert 0.0 <= gap <= 1.0
        assert part.sl >= 0.8 - 1e-6

    def test_nearest_is_the_fraction_rounded(self):
        part = required_agents([3, 40], 300, 300, sl_target=0.8, heads="fractional")
        found = required_agents([3, 40], 300, 300, sl_target=0.8, heads="nearest")

        assert found.required_agents.tolist() == (
            np.round(part.required_agents).tolist()
        )


class TestTails:
    def test_the_published_ninetieth_percentile(self):
        # Mandelbaum and Zeltyn, table 1: 58.1 and 12.5 seconds
        assert wait_quantile(48, 50, 0.9, aht_s=60) == pytest.approx(58.1387417820)
        assert wait_quantile(48, 50, 0.9, aht_s=60, patience_s=120) == pytest.approx(
            12.4446477152
        )

    @given(st.floats(0.5, 50.0), st.integers(1, 60), st.floats(0.5, 0.99))
    def test_the_quantile_undoes_the_tail(self, load, agents, share):
        wait = wait_quantile(load, agents, share, aht_s=60, patience_s=90)
        tail = wait_tail(load, agents, wait, aht_s=60, patience_s=90)

        assert tail <= 1.0 - share + 1e-9
        assert wait == 0.0 or tail == pytest.approx(1.0 - share, abs=1e-9)

    def test_nobody_knows_how_long_an_unstable_queue_takes(self):
        assert wait_quantile(10.0, 9, 0.9, aht_s=60) == np.inf

    @given(st.integers(1, 200), st.floats(0.001, 0.5))
    def test_carried_load_is_just_blocked_that_often(self, lines, blocking):
        load = carried_load(lines, blocking)

        assert erlang_b(load, lines) == pytest.approx(blocking, rel=1e-9)
