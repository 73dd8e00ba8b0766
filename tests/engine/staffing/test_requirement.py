import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    erlang_a_measures,
    erlang_c_measures,
    required_agents,
    scheduled_agents,
    whole_agents,
)


class TestRequiredAgents:
    @pytest.mark.parametrize(
        ("calls", "aht_s", "target", "threshold", "agents"),
        [(100, 180, 0.8, 20, 14), (180, 450, 0.9, 10, 55)],
    )
    def test_gives_the_published_requirement(
        self, calls, aht_s, target, threshold, agents
    ):
        found = required_agents(
            calls, aht_s, 1800, sl_target=target, sl_threshold_s=threshold
        )

        assert found.required_agents == agents

    def test_needs_nobody_without_load_and_somebody_for_the_least(self):
        found = required_agents([0, 1e-9, 100], [180, 180, 0], 1800, sl_target=0.8)

        assert found.required_agents.tolist() == [0.0, 1.0, 0.0]
        assert found.sl[[0, 2]].tolist() == [1.0, 1.0]

    @given(
        st.floats(0.01, 800.0),
        st.floats(20.0, 900.0),
        st.floats(0.05, 0.99),
        st.floats(0.0, 120.0),
    )
    def test_is_enough_and_one_less_is_not(self, load, aht_s, target, threshold):
        found = required_agents(
            load * 900 / aht_s, aht_s, 900, sl_target=target, sl_threshold_s=threshold
        )
        agents = float(found.required_agents)
        fewer = erlang_c_measures(
            load, agents - 1, aht_s=aht_s, sl_threshold_s=threshold
        )

        assert found.sl >= target - 1e-12
        assert fewer.sl < target

    @given(st.floats(0.01, 800.0), st.floats(20.0, 900.0), st.floats(0.5, 0.95))
    def test_with_patience_is_enough_and_one_less_is_not(self, load, patience, target):
        found = required_agents(
            load * 3.0,
            300,
            900,
            model="erlang-a",
            patience_s=patience,
            sl_target=target,
        )
        fewer = erlang_a_measures(
            load, found.required_agents - 1, aht_s=300, patience_s=patience
        )

        assert found.sl >= target - 1e-12
        assert fewer.sl < target

    def test_meets_all_targets_at_once(self):
        found = required_agents(
            np.linspace(1, 2000, 50),
            300,
            900,
            model="erlang-a",
            patience_s=120,
            sl_target=0.8,
            max_abandon=0.03,
            max_asa_s=15,
            max_occupancy=0.88,
        )

        assert (found.sl >= 0.8).all()
        assert (found.abandon_rate <= 0.03).all()
        assert (found.asa_s <= 15).all()
        assert (found.occupancy <= 0.88 + 1e-9).all()

    def test_an_occupancy_limit_alone_divides_the_load(self):
        found = required_agents(100, 180, 1800, max_occupancy=0.5)

        assert found.required_agents == 20

    def test_impatient_callers_need_fewer_agents(self):
        patient = required_agents(300, 300, 900, sl_target=0.8)
        leaving = required_agents(
            300, 300, 900, sl_target=0.8, model="erlang-a", patience_s=120
        )

        assert leaving.required_agents < patient.required_agents

    def test_keeps_the_shape_of_its_arguments(self):
        found = required_agents(
            np.ones((3, 5)), 300, 900, sl_target=[[0.8], [0.9], [0.7]]
        )

        assert found.required_agents.shape == (3, 5)

    def test_stands_nothing_asked_of_no_cell(self):
        assert required_agents([], [], 900, sl_target=0.8).sl.shape == (0,)

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ({}, "target"),
            ({"sl_target": 1.0}, "sl_target"),
            ({"sl_target": 0.8, "max_abandon": 0.1}, "nobody abandons"),
            ({"sl_target": 0.8, "model": "erlang-a"}, "patience_s"),
            ({"sl_target": 0.8, "model": "erlang-x"}, "erlang-x"),
            ({"max_occupancy": 1.5}, "max_occupancy"),
            ({"max_asa_s": 0.0}, "max_asa_s"),
        ],
    )
    def test_refuses_targets_without_meaning(self, arguments, reason):
        with pytest.raises(EngineInputError, match=reason):
            required_agents(100, 180, 1800, **arguments)

    @pytest.mark.parametrize("calls", [-1.0, np.nan, np.inf, "many"])
    def test_refuses_volumes_without_meaning(self, calls):
        with pytest.raises(EngineInputError, match="offered"):
            required_agents(calls, 180, 1800, sl_target=0.8)


class TestScheduledAgents:
    def test_adds_the_shrinkage_and_keeps_the_fraction(self):
        found = scheduled_agents([14.0, 0.0], 0.3)

        assert found.tolist() == [20.0, 0.0]
        assert whole_agents(scheduled_agents([10.0], 0.3)).tolist() == [15.0]

    def test_does_not_round_a_division_up(self):
        assert whole_agents(scheduled_agents([7.0], 0.3)) == 10.0

    def test_refuses_that_all_time_is_lost(self):
        with pytest.raises(EngineInputError, match="shrinkage"):
            scheduled_agents(10.0, 1.0)
