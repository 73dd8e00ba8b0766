import numpy as np
import pytest

from callcenter.demo.facts import split_whole, split_within
from callcenter.demo.waiting import blocking_inverse, erlang_a, fluid_waits


def one(value: float) -> np.ndarray:
    return np.asarray([value], dtype=float)


def test_blocking_of_ten_erlangs_on_ten_agents_is_the_published_one() -> None:
    assert 1 / blocking_inverse(one(10), one(10))[0] == pytest.approx(0.2146, abs=5e-5)


def test_without_impatience_waiting_is_erlang_c() -> None:
    outcome = erlang_a(
        one(10 / 300), one(300), one(14), patience_s=1e7, threshold_s=1e-9
    )

    # 10 erlangs on 14 agents: 17.41 % wait.
    assert outcome.in_threshold[0] == pytest.approx(1 - 0.1741, abs=2e-3)


def test_far_overloaded_queue_answers_what_its_agents_can() -> None:
    outcome = erlang_a(one(0.2), one(300), one(20), patience_s=120, threshold_s=20)

    assert outcome.answered[0] == pytest.approx(20 / 60, abs=0.005)


def test_abandonment_is_the_mean_wait_over_the_patience() -> None:
    outcome = erlang_a(one(0.1), one(300), one(28), patience_s=150, threshold_s=20)

    share = outcome.answered[0]
    wait = share * outcome.wait_answered_s[0] + (1 - share) * outcome.wait_lost_s[0]
    assert 1 - share == pytest.approx(wait / 150, rel=0.01)


def test_nobody_at_work_answers_nobody() -> None:
    outcome = erlang_a(one(0.1), one(300), one(0), patience_s=150, threshold_s=20)

    assert outcome.answered[0] == outcome.in_threshold[0] == 0


def test_patient_work_waits_for_the_next_capacity() -> None:
    waits = fluid_waits(np.asarray([2.0, 0, 0, 0]), np.asarray([0.0, 0, 2, 2]))

    assert waits[0] == pytest.approx(2 * 900)


def test_patient_work_does_not_wait_when_there_is_room() -> None:
    waits = fluid_waits(np.ones(5), np.full(5, 3.0))

    assert waits.max() == pytest.approx(0, abs=1)


def test_split_counts_never_exceed_the_room_of_a_row() -> None:
    rng = np.random.default_rng(2)
    group = np.sort(rng.integers(0, 40, 500))
    room = rng.integers(0, 9, 500)
    totals = np.bincount(group, weights=room, minlength=40).astype(int) * 4 // 5

    parts = split_within(totals, group, rng.random(500), room)

    assert np.bincount(group, weights=parts, minlength=40).tolist() == totals.tolist()
    assert ((parts >= 0) & (parts <= room)).all()


def test_split_totals_are_met_exactly_in_every_group() -> None:
    rng = np.random.default_rng(1)
    group = np.sort(rng.integers(0, 40, 500))
    totals = rng.integers(0, 10_000, 40) * np.isin(np.arange(40), group)

    parts = split_whole(totals, group, rng.random(500))

    assert np.bincount(group, weights=parts, minlength=40).tolist() == totals.tolist()
    assert parts.min() >= 0
