"""Printed results of ContactCenters (Montreal) and exact formulas, met by our runs.

Both are samples: a figure agrees when it lies within the published interval widened by
our own half width.
"""

import numpy as np
import pytest

from callcenter.cli.engine.center_file import read_center
from callcenter.engine.simulation import Duration, Rules, Skill
from callcenter.engine.staffing import erlang_a_measures, erlang_c_measures
from tests.engine.simulation.cases import (
    EXAMPLES,
    calls,
    center,
    mean_and_half_width,
    simulated,
    team,
)


def example(name, n_days=300):
    of = read_center(EXAMPLES / f"{name}.toml")
    return simulated(of, n_days=n_days, seed=7)


def assert_within(values, low, high):
    mean, half = mean_and_half_width(values)
    assert low - half <= mean <= high + half


def assert_ratio_within(top, bottom, low, high):
    value = top.sum() / bottom.sum()
    spread = (top - value * bottom).std(ddof=1) / bottom.mean()
    half = 1.96 * spread / np.sqrt(len(top))
    assert low - half <= value <= high + half


class TestOneSkill:
    def test_mmc_answers_as_many_in_time(self):
        found = example("mmc")
        days = found.samples

        assert_ratio_within(days.in_threshold[:, 0], days.answered[:, 0], 0.900, 0.904)
        assert_ratio_within(
            days.wait_answered_s[:, 0] / 60, days.answered[:, 0], 0.097, 0.102
        )
        assert found.day_occupancy_lower[0] <= 0.697
        assert found.day_occupancy_upper[0] >= 0.694

    def test_mmc_with_patience_loses_as_many(self):
        found = example("mmc-abandon")

        assert_within(found.samples.abandoned[:, 0], 57.7, 59.6)
        assert found.day.sl_lower[0] <= 0.969
        assert found.day.sl_upper[0] >= 0.968
        assert found.day_occupancy[0] == pytest.approx(0.6755, abs=0.003)

    def test_mmc_with_few_places_blocks_as_many(self):
        found = example("mmc-blocked")

        assert_within(found.samples.blocked[:, 0], 18.05, 19.27)

    def test_mmc_with_cleared_queue_disconnects_as_many(self):
        found = example("mmc-cleared")

        assert_within(found.samples.disconnected[:, 0], 0.328, 0.538)

    def test_callcc_loses_and_serves_as_many(self):
        days = example("callcc").samples
        soon = days.in_threshold + days.abandoned_in_threshold
        waits = days.wait_answered_s + days.wait_abandoned_s

        assert_within(days.offered[:, 0], 1612.8, 1666.2)
        assert_within(days.abandoned[:, 0] / 1660, 0.0311, 0.0374)
        assert_within(soon[:, 0] / 1660, 0.844, 0.862)
        assert_within(waits[:, 0] / 1660, 10.06, 13.61)


class TestSeveralSkills:
    def test_simple_msk_in_every_figure(self):
        found = example("simple-msk")
        days = found.samples
        late = days.abandoned - days.abandoned_in_threshold

        assert_within(days.answered.sum(axis=1), 4270.2, 4324.5)
        assert_within(days.abandoned.sum(axis=1), 876.1, 944.5)
        assert_ratio_within(
            days.in_threshold.sum(axis=1),
            (days.answered + late).sum(axis=1),
            0.494,
            0.509,
        )
        assert_ratio_within(days.busy_s[:, 0], days.staffed_s[:, 0], 0.877, 0.884)
        published = [[170.2, 599.3, 15.5], [262.9, 511.6, 34.7], [259.8, 613.7, 24.9]]
        widths = [[5.8, 5.2, 1.7], [8.3, 5.4, 3.4], [9.7, 6.1, 2.8]]
        apart = np.abs(found.intervals.in_threshold - published)
        assert (apart <= np.array(widths) * (1 + np.sqrt(1000 / 300))).all()

    def test_rerouting_after_a_delay(self):
        days = example("simple-msk-rerouting").samples
        late = days.abandoned - days.abandoned_in_threshold

        assert_within(days.answered.sum(axis=1), 4247.5, 4301.3)
        assert_within(days.abandoned.sum(axis=1), 898.8, 967.6)
        assert_ratio_within(
            days.in_threshold.sum(axis=1),
            (days.answered + late).sum(axis=1),
            0.572,
            0.587,
        )
        assert_ratio_within(days.busy_s[:, 0], days.staffed_s[:, 0], 0.880, 0.887)


class TestExactFormulas:
    def steady(self, *, types, groups, rules=None):
        of = center(
            n_intervals=90,
            interval_s=3600.0,
            warm_up_s=36_000.0,
            types=types,
            groups=groups,
            rules=rules or Rules(),
        )
        return simulated(of, n_days=8, seed=3)

    def test_one_queue_is_erlang_c(self):
        of = calls(offered=720.0, service=Duration(mean_s=240.0), sl_threshold_s=15.0)
        exact = erlang_c_measures(48.0, 55, aht_s=240.0, sl_threshold_s=15.0)

        found = self.steady(types=[of], groups=[team(staff=55)])

        assert found.day.sl_lower[0] <= exact.sl <= found.day.sl_upper[0]
        assert found.day.asa_lower_s[0] <= exact.asa_s <= found.day.asa_upper_s[0]

    def test_one_queue_with_patience_is_erlang_a(self):
        of = calls(
            offered=2880.0,
            service=Duration(mean_s=60.0),
            patience=Duration(mean_s=120.0),
        )
        exact = erlang_a_measures(48.0, 50, aht_s=60.0, patience_s=120.0)

        found = self.steady(types=[of], groups=[team(staff=50)])

        waited = 1.0 - found.wait_counts[..., 0].sum() / found.samples.offered.sum()
        assert waited == pytest.approx(float(exact.wait_probability), abs=0.01)
        assert found.day.sl[0] == pytest.approx(float(exact.sl), abs=0.003)
        assert found.day.abandon_rate[0] == pytest.approx(
            float(exact.abandon_rate), abs=0.002
        )

    @pytest.mark.parametrize(
        ("agent_choice", "contact_choice"),
        [
            ("longest-idle", "longest-waiting"),
            ("priority", "agent-priority"),
            ("most-idle-group", "contact-priority"),
        ],
    )
    def test_pools_where_everybody_can_everything(self, agent_choice, contact_choice):
        service, patience = Duration(mean_s=90.0), Duration(mean_s=60.0)
        types = [
            calls(f"q{i}", offered=400.0, service=service, patience=patience)
            for i in range(3)
        ]
        groups = [
            team(f"g{i}", staff=10, of=[Skill(of=f"q{j}") for j in range(3)])
            for i in range(3)
        ]
        exact = erlang_a_measures(30.0, 30, aht_s=90.0, patience_s=60.0)

        found = self.steady(
            types=types,
            groups=groups,
            rules=Rules(agent_choice=agent_choice, contact_choice=contact_choice),
        )

        lost = found.samples.abandoned.sum() / found.samples.offered.sum()
        assert lost == pytest.approx(float(exact.abandon_rate), abs=0.003)

    def test_chat_without_slow_down_is_as_many_single_hands(self):
        of = calls(together=3, sl_definition="answered")
        exact = erlang_c_measures(8.4, 12, aht_s=120.0)

        found = simulated(
            center(types=[of], groups=[team(staff=4)], n_intervals=200), n_days=10
        )

        assert found.day.sl[0] == pytest.approx(float(exact.sl), abs=0.005)
