import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    chat_measures,
    combined_shrinkage,
    estimate_patience,
    estimate_redial,
    queue_measures,
    required_agents,
    required_blend_agents,
    required_chat_agents,
    spread_work,
    work_off,
)

NAMES = ("sl", "asa_s", "abandon_rate", "occupancy", "wait_probability")


class TestChat:
    @settings(max_examples=25)
    @given(st.floats(0.5, 60.0), st.integers(1, 30), st.integers(1, 4), st.booleans())
    def test_undisturbed_chats_are_as_many_agents(self, load, agents, held, leaves):
        model = {"patience_s": 90.0} if leaves else {}
        kind = "erlang-a" if leaves else "erlang-c"
        found = chat_measures(load, agents, aht_s=300.0, concurrency=held, **model)
        single = queue_measures(load, agents * held, aht_s=300.0, model=kind, **model)

        for name in NAMES:
            assert getattr(found, name) == pytest.approx(
                float(getattr(single, name)), rel=1e-6, abs=1e-9
            )

    def test_agrees_with_the_chain_added_up(self):
        load, n, held, slow, leaving = 12.0, 4, 3, 0.25, 300 / 90
        weights = [1.0]
        for k in range(1, 200):
            per_agent = [k // n + (i < k % n) for i in range(n)]
            inside = [min(each, held) for each in per_agent]
            ended = sum(c / (1 + slow * max(c - 1, 0)) for c in inside)
            weights.append(
                weights[-1] * load / (ended + max(k - n * held, 0) * leaving)
            )
        chances = np.array(weights) / sum(weights)
        found = chat_measures(
            load, n, aht_s=300.0, concurrency=held, slowdown=slow, patience_s=90.0
        )

        assert found.wait_probability == pytest.approx(chances[n * held :].sum())
        waiting = (np.arange(200) - n * held).clip(0) @ chances
        assert found.abandon_rate == pytest.approx(waiting * leaving / load)

    def test_more_at_once_need_fewer_agents_until_they_disturb_each_other(self):
        found = required_chat_agents(
            200, 600, 900, concurrency=[1, 2, 3], slowdown=0.2, sl_target=0.8
        )
        useless = required_chat_agents(
            200, 600, 900, concurrency=[1, 3], slowdown=1.0, sl_target=0.8
        )

        assert (np.diff(found.required_agents) < 0.0).all()
        assert useless.required_agents[1] > 0.9 * useless.required_agents[0]

    def test_one_at_a_time_is_the_telephone(self):
        found = required_chat_agents(100, 180, 1800, concurrency=1, sl_target=0.8)

        assert found.required_agents == 14

    @pytest.mark.parametrize("held", [0, 1.5])
    def test_refuses_half_chats(self, held):
        with pytest.raises(EngineInputError, match="concurrency"):
            required_chat_agents(100, 180, 1800, concurrency=held, sl_target=0.8)


def office_hours(n_days=1):
    is_open = np.zeros(96 * n_days, dtype=bool)
    for day in range(n_days):
        is_open[96 * day + 32 : 96 * day + 72] = True
    return is_open


class TestDeferredWork:
    def test_spreads_a_day_evenly_when_it_may_wait(self):
        offered = np.where(office_hours(), 10.0, 0.0)
        offered[32] = 50.0
        found = spread_work(offered, 450.0, 900.0, deadline_s=3600.0 * 24)

        assert found.required_agents.sum() == 0.0
        assert found.backlog[-1] == pytest.approx(offered.sum())

    def test_work_of_the_night_is_done_in_the_morning_by_its_deadline(self):
        offered = np.zeros(96)
        offered[:16] = 9.0
        found = spread_work(
            offered, 900.0, 900.0, deadline_s=3600.0 * 10, is_open=office_hours()
        )

        assert (found.required_agents[~office_hours()] == 0.0).all()
        assert found.on_time == pytest.approx(np.ones(96))
        assert found.backlog[55] == pytest.approx(0.0, abs=1e-6)
        assert found.required_agents.max() == pytest.approx(144 / 24)

    @settings(max_examples=60)
    @given(
        st.lists(st.floats(0.0, 40.0), min_size=4, max_size=40),
        st.integers(0, 12),
        st.floats(0.0, 30.0),
    )
    def test_everything_due_is_done_and_nothing_before_it_came(
        self, offered, late_by, backlog
    ):
        found = spread_work(
            offered, 300.0, 900.0, deadline_s=late_by * 900.0, backlog=backlog
        )

        assert (found.required_agents >= -1e-9).all()
        assert found.on_time == pytest.approx(np.ones(len(offered)), abs=1e-6)
        done = np.cumsum(found.required_agents)
        came = (backlog + np.cumsum(offered)) / 3.0
        assert (done <= came + 1e-9).all()

    @settings(max_examples=60)
    @given(st.lists(st.floats(0.0, 40.0), min_size=6, max_size=30), st.integers(1, 5))
    def test_no_staffing_with_a_lower_peak_is_in_time(self, offered, late_by):
        found = spread_work(offered, 900.0, 900.0, deadline_s=late_by * 900.0)
        peak = float(found.required_agents.max())
        less = work_off(
            offered,
            np.full(len(offered), 0.98 * peak),
            900.0,
            900.0,
            deadline_s=late_by * 900.0,
        )

        assert peak < 1e-6 or less.on_time.min() < 1.0

    def test_given_agents_work_off_the_oldest_first(self):
        found = work_off(
            [12.0, 0.0, 0.0, 0.0], [1.0] * 4, 300.0, 900.0, deadline_s=900.0
        )

        assert found.backlog.tolist() == pytest.approx([9.0, 6.0, 3.0, 0.0])
        assert found.on_time[0] == pytest.approx(0.5)
        assert found.mean_delay_s[0] == pytest.approx(1.5 * 900.0)

    def test_refuses_occupancy_above_one(self):
        with pytest.raises(EngineInputError, match="max_occupancy"):
            spread_work([1.0], 60.0, 900.0, deadline_s=0.0, max_occupancy=1.2)


class TestBlend:
    def test_without_outbound_work_it_is_the_inbound_requirement(self):
        offered = [30.0, 300.0, 2_000.0]
        found = required_blend_agents(
            offered, 300, 900, outbound_erlangs=0.0, sl_target=0.8, patience_s=120.0
        )
        alone = required_agents(
            offered, 300, 900, model="erlang-a", sl_target=0.8, patience_s=120.0
        )

        assert found.required_agents.tolist() == alone.required_agents.tolist()

    def test_does_both_with_fewer_than_two_teams(self):
        found = required_blend_agents(
            [300.0], 300, 900, outbound_erlangs=[10.0], sl_target=0.8, patience_s=120.0
        )
        alone = required_agents(
            300.0, 300, 900, model="erlang-a", sl_target=0.8, patience_s=120.0
        )

        assert found.sl >= 0.8
        assert found.outbound_erlangs >= 10.0
        assert found.required_agents < alone.required_agents + 11
        assert found.occupancy <= 1.0

    def test_agrees_with_the_cut_off_chain(self):
        # 10 erlangs on 14 agents of whom 2 stay free: 12, 13, 14 busy, then a queue
        weights = [1.0, 10 / 13, 10 / 13 * 10 / 14]
        for _ in range(400):
            weights.append(weights[-1] * 10 / 14)
        chances = np.array(weights) / sum(weights)
        busy = np.minimum(np.arange(12, 12 + len(weights)), 14) @ chances
        found = required_blend_agents(
            100, 180, 1800, outbound_erlangs=3.0, sl_target=1e-9
        )

        assert found.required_agents >= 13
        from callcenter.engine.staffing.blend import _of_part
        from callcenter.engine.staffing.cells import Cells

        one = np.ones(1)
        cells = Cells(
            10 * one, 180 * one, np.inf * one, 20 * one, one / 2, one, np.inf * one, one
        )
        at, done = _of_part(cells, 14 * one, 2 * one, "offered")
        assert at.wait_probability[0] == pytest.approx(chances[2:].sum())
        assert done[0] == pytest.approx(busy - 10.0)


class TestShrinkage:
    def test_of_paid_time_adds_and_of_the_rest_multiplies(self):
        found = combined_shrinkage(
            {"leave": 0.1, "training": [0.05, 0.0]}, {"breaks": 0.1}
        )

        assert found == pytest.approx([1 - 0.85 * 0.9, 1 - 0.9 * 0.9])

    def test_nothing_is_nothing(self):
        assert combined_shrinkage({}) == 0.0

    def test_refuses_to_lose_all_time(self):
        with pytest.raises(EngineInputError, match="no paid time"):
            combined_shrinkage({"leave": 0.6, "sick": 0.4})


class TestPatience:
    def test_finds_the_mean_behind_censored_waits(self):
        rng = np.random.default_rng(1)
        patience, offered = rng.exponential(150.0, 60_000), rng.exponential(25, 60_000)
        found = estimate_patience(
            np.minimum(patience, offered), patience < offered, short_s=5.0
        )

        assert found.lower_s < 150.0 < found.upper_s
        assert found.mean_s == pytest.approx(150.0, rel=0.04)
        assert np.interp(60.0, found.times_s, found.survival) == pytest.approx(
            np.exp(-60.0 / 150.0), abs=0.02
        )
        assert found.hazard == pytest.approx(np.full(20, 1 / 150.0), rel=0.2)

    def test_short_abandons_do_not_spoil_it(self):
        rng = np.random.default_rng(8)
        patience, offered = rng.exponential(150.0, 60_000), rng.exponential(25, 60_000)
        patience[:6_000] = rng.uniform(0.0, 4.0, 6_000)
        found = estimate_patience(np.minimum(patience, offered), patience < offered)

        assert found.mean_s == pytest.approx(150.0, rel=0.05)
        assert found.short_share == pytest.approx(0.12, abs=0.02)

    def test_the_curve_of_the_textbook(self):
        # Kaplan and Meier (1958), section 2: deaths at 0.8, 3.1, 5.4, 9.2; losses
        # at 1.0, 2.7, 7.0, 12.1
        waits = [0.8, 1.0, 2.7, 3.1, 5.4, 7.0, 9.2, 12.1]
        left = [True, False, False, True, True, False, True, False]
        found = estimate_patience(waits, left, short_s=0.0)

        assert found.times_s.tolist() == [0.8, 3.1, 5.4, 9.2]
        assert found.survival == pytest.approx([7 / 8, 7 / 10, 21 / 40, 21 / 80])

    def test_nobody_who_left_tells_no_mean(self):
        found = estimate_patience([10.0, 20.0], [False, False], short_s=5.0)

        assert found.mean_s == np.inf
        assert found.n_abandoned == 0

    def test_refuses_a_negative_wait(self):
        with pytest.raises(EngineInputError, match="waited_s"):
            estimate_patience([-1.0], [True])


class TestRedial:
    def test_finds_the_share_that_calls_again(self):
        rng = np.random.default_rng(9)
        n = 20_000
        at, left = rng.uniform(0.0, 864_000.0, n), rng.random(n) < 0.2
        again = left & (rng.random(n) < 0.35)
        later = at[again] + rng.exponential(400.0, again.sum())
        found = estimate_redial(
            np.r_[np.arange(n), np.flatnonzero(again)],
            np.r_[at, later],
            np.r_[left, np.zeros(later.size, dtype=bool)],
        )

        assert found.lower < 0.35 < found.upper
        assert found.mean_delay_s == pytest.approx(400.0, rel=0.1)

    def test_the_end_of_the_records_is_no_refusal(self):
        found = estimate_redial([1, 1, 2], [0.0, 100.0, 5_000.0], [True, False, True])

        assert found.share == pytest.approx(1.0)

    def test_nobody_left_nobody_calls_again(self):
        assert np.isnan(estimate_redial([1], [0.0], [False]).share)
