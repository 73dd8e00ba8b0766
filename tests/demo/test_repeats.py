"""Calling again: the volume stays, and comes later."""

import numpy as np
import pytest

from callcenter.demo.company import Workload
from callcenter.demo.queues import QUEUES
from callcenter.demo.repeats import with_repeats

LOAD: Workload = QUEUES[0].workload


def by_day(quarters: np.ndarray) -> np.ndarray:
    return np.asarray(quarters.reshape(-1, 96).sum(axis=1))


def test_the_volume_is_that_of_the_matters_times_contacts_of_each() -> None:
    rate = np.tile(np.where(np.arange(96) >= 32, 5.0, 0.0), 30)

    found = with_repeats(rate, 1.18, LOAD)

    assert by_day(found)[10:25] == pytest.approx(by_day(rate)[10:25] * 1.18, rel=0.01)


def test_nobody_calls_a_closed_queue() -> None:
    rate = np.tile(np.where(np.arange(96) >= 32, 5.0, 0.0), 10)

    found = with_repeats(rate, 1.18, LOAD)

    assert not found[rate == 0].any()
    assert found[96 * 5 + 32] > found[96 * 5 + 80]


def test_a_busy_day_is_felt_on_the_next() -> None:
    rate = np.full(96 * 12, 5.0)
    rate[96 * 5 : 96 * 6] = 10.0

    days = by_day(with_repeats(rate, 1.18, LOAD))

    assert days[6] > 1.02 * days[4]
    assert days[10] == pytest.approx(days[4], rel=0.01)
