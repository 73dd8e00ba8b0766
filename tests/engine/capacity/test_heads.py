"""People through the weeks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.capacity import N_AGES, Schooling, project_heads
from callcenter.engine.errors import EngineInputError

SCHOOLING = Schooling(training_weeks=4, pass_rate=0.9, ramp_weeks=8, new_aht=1.5)


def people(*tenures):
    heads = np.zeros(N_AGES)
    for tenure in tenures:
        heads[tenure] += 1.0
    return heads


def chances(value):
    return np.full(N_AGES, value)


class TestFlow:
    @settings(deadline=None, max_examples=60)
    @given(
        st.lists(st.floats(0, 50), min_size=N_AGES, max_size=N_AGES),
        st.lists(st.integers(0, 30), min_size=12, max_size=12),
        st.lists(st.floats(-40, 40), min_size=12, max_size=12),
        st.floats(0, 0.2),
        st.lists(
            st.one_of(st.just(np.nan), st.floats(0, 60)), min_size=12, max_size=12
        ),
    )
    def test_heads_are_conserved(self, opening, hires, transfers, chance, leavers):
        flow = project_heads(
            opening,
            chances(chance),
            SCHOOLING,
            hires=hires,
            transfers=transfers,
            leavers=leavers,
        )

        kept = flow.opening + flow.hires + flow.transfers - flow.leavers
        assert kept == pytest.approx(flow.closing, abs=1e-6)
        assert flow.opening[1:] == pytest.approx(flow.closing[:-1], abs=1e-6)
        assert (flow.closing >= -1e-9).all()
        assert (flow.leavers >= -1e-9).all()
        assert (flow.productive_fte <= flow.present + 1e-9).all()

    @settings(deadline=None, max_examples=40)
    @given(st.floats(0, 0.1), st.floats(0, 0.1))
    def test_more_attrition_leaves_no_more_people(self, one, other):
        few, many = sorted((one, other))
        hires = np.full(20, 3.0)

        stable, leaving = (
            project_heads(people(*range(150)), chances(each), SCHOOLING, hires=hires)
            for each in (few, many)
        )

        assert (leaving.productive_fte <= stable.productive_fte + 1e-9).all()

    def test_a_class_works_after_its_training_and_gets_faster(self):
        flow = project_heads(people(), chances(0.0), SCHOOLING, hires=[10] + [0] * 13)

        assert flow.productive_fte[:4].tolist() == [0, 0, 0, 0]
        assert flow.in_training[:3].tolist() == [10, 10, 10]
        # Nine passed; in the first week an AHT of 1.5 less half a week of eight.
        assert flow.productive_fte[4] == pytest.approx(9 / (1 + 0.5 * (1 - 0.5 / 8)))
        assert flow.productive_fte[12] == pytest.approx(9.0)
        assert flow.failed.sum() == pytest.approx(1.0)

    def test_part_time_people_count_for_their_hours(self):
        flow = project_heads(
            people(60, 60), chances(0.0), SCHOOLING, hires=[0.0], fte=0.5
        )

        assert flow.present.tolist() == [2.0]
        assert flow.productive_fte.tolist() == [1.0]

    def test_known_leavers_stand_in_the_place_of_the_curve(self):
        flow = project_heads(
            people(*[60] * 100),
            chances(0.01),
            SCHOOLING,
            hires=[0, 0],
            leavers=[12.0, np.nan],
        )

        assert flow.leavers == pytest.approx([12.0, 0.88])

    def test_who_is_moved_in_is_settled_and_nobody_is_moved_out_twice(self):
        flow = project_heads(
            people(), chances(0.0), SCHOOLING, hires=[0, 0], transfers=[5, -8]
        )

        assert flow.productive_fte.tolist() == [5.0, 0.0]
        assert flow.transfers.tolist() == [5.0, -5.0]

    def test_the_spread_is_that_of_independent_people(self):
        rng = np.random.default_rng(5)
        stay = rng.random((4_000, 100, 10)) > 0.05
        after = stay.cumprod(axis=2).sum(axis=1)[:, -1]

        flow = project_heads(
            people(*[60] * 100), chances(0.05), SCHOOLING, hires=[0] * 10
        )

        assert flow.variance[-1] == pytest.approx(after.var(), rel=0.08)

    @pytest.mark.parametrize(
        "given_values",
        [{"hires": [-1.0]}, {"hires": [np.nan]}, {"hires": [0], "leavers": [-2.0]}],
    )
    def test_refuses_impossible_numbers(self, given_values):
        with pytest.raises(EngineInputError):
            project_heads(people(60), chances(0.0), SCHOOLING, **given_values)

    def test_refuses_chances_above_one(self):
        with pytest.raises(EngineInputError):
            project_heads(people(60), chances(1.5), SCHOOLING, hires=[0])


@pytest.mark.parametrize(
    "values",
    [
        {"training_weeks": -1},
        {"training_weeks": 4, "pass_rate": 0.0},
        {"training_weeks": 4, "new_aht": 0.8},
    ],
)
def test_schooling_refuses_what_cannot_be(values):
    with pytest.raises(EngineInputError):
        Schooling(**values)
