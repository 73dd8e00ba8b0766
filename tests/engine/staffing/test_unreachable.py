import numpy as np
import pytest

from callcenter.engine.staffing import (
    required_agents,
    required_blend_agents,
    required_chat_agents,
    scheduled_agents,
    staff_over_time,
    whole_agents,
)


class TestUnreachable:
    """No number of agents keeps the target: the cell says so, and only that cell."""

    @pytest.mark.parametrize(
        ("model", "targets"),
        [
            ("erlang-c", {"max_occupancy": [1e-6, 0.85]}),
            ("erlang-a", {"max_abandon": [1e-300, 0.05], "patience_s": 60.0}),
        ],
    )
    @pytest.mark.parametrize("heads", ["whole", "nearest", "fractional"])
    def test_is_unknown_and_its_neighbour_is_solved(self, model, targets, heads):
        found = required_agents(100, 180, 1800, model=model, heads=heads, **targets)

        assert found.is_reachable.tolist() == [False, True]
        assert np.isnan(found.required_agents[0])
        assert found.required_agents[1] < 20
        assert found.sl[0] == pytest.approx(1.0)

    def test_an_occupancy_of_one_percent_is_answered(self):
        found = required_agents(100, 180, 1800, max_occupancy=0.01)

        assert found.required_agents == pytest.approx(1000.0)

    def test_over_time_the_next_interval_is_solved(self):
        found = staff_over_time(
            [[60.0, 60.0, 60.0]],
            180.0,
            1800.0,
            sl_target=0.8,
            max_occupancy=[[0.85, 1e-3, 0.85]],
        )

        assert found.is_reachable.tolist() == [[True, False, True]]
        assert found.required_agents[0, 2] < 20

    def test_chats_say_so_too(self):
        found = required_chat_agents(
            100, 180, 1800, concurrency=3, max_occupancy=[1e-6, 0.8]
        )

        assert found.is_reachable.tolist() == [False, True]

    def test_what_is_unknown_stays_unknown_on_the_schedule(self):
        scheduled = scheduled_agents([np.nan, 9.0], 0.1)

        assert np.isnan(scheduled[0])
        assert scheduled[1] == pytest.approx(10.0)
        assert np.isnan(whole_agents(scheduled)[0])

    def test_a_blend_keeps_an_occupancy_limit(self):
        found = required_blend_agents(
            100, 180, 1800, outbound_erlangs=3.0, sl_target=0.8, max_occupancy=0.85
        )
        alone = required_blend_agents(
            100, 180, 1800, outbound_erlangs=3.0, max_occupancy=[0.85, 1e-6]
        )

        assert found.required_agents >= 13.0 / 0.85
        assert found.occupancy <= 0.85 + 1e-9
        assert found.sl >= 0.8
        assert alone.required_agents[0] == 16
        assert np.isnan(alone.required_agents[1])
