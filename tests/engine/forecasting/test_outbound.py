import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.engine.errors import EngineInputError
from callcenter.engine.forecasting import Campaign, RetryRule, outbound_work

N = 40


def campaign(rate=0.3, **more):
    more = {"talk_s": 120.0, "wrap_s": 30.0, "fading": 1.0} | more
    return Campaign(contact_rate=np.full(N, rate), **more)


def released(size=1000.0):
    return np.where(np.arange(N) == 0, size, 0.0)


class TestOutbound:
    def test_attempts_follow_the_geometric_law(self):
        rules = (RetryRule(1.0, 1),)

        found = outbound_work(
            released(), np.full(N, np.inf), campaign(rules=rules, most_attempts=4)
        )

        expected = 1000.0 * 0.7 ** np.arange(4)
        np.testing.assert_allclose(found.dials[:4], expected)
        assert found.contacts.sum() == pytest.approx(1000.0 * (1.0 - 0.7**4))
        assert found.given_up == pytest.approx(1000.0 * 0.7**4)

    def test_work_counts_talk_wrap_and_dials_in_vain(self):
        found = outbound_work(
            released(), np.full(N, np.inf), campaign(dial_s=20.0, most_attempts=1)
        )

        assert found.work_s.sum() == pytest.approx(300.0 * 150.0 + 700.0 * 20.0)
        assert found.aht_s == pytest.approx(found.work_s.sum() / 300.0)

    def test_room_for_dials_is_never_passed_and_nobody_is_lost(self):
        room = np.where(np.arange(N) % 10 < 5, 60.0, 0.0)

        found = outbound_work(released(), room, campaign())

        assert (found.dials <= room + 1e-9).all()
        total = found.contacts.sum() + found.given_up + found.waiting[-1]
        assert total == pytest.approx(1000.0)

    def test_a_rule_without_a_wait_ends_the_attempts(self):
        rules = (RetryRule(0.4, 0), RetryRule(0.6, 2))

        found = outbound_work(
            released(), np.full(N, np.inf), campaign(rules=rules, most_attempts=2)
        )

        assert found.dials[2] == pytest.approx(0.6 * 700.0)

    def test_good_hours_reach_more(self):
        rate = np.where(np.arange(N) < 20, 0.1, 0.5)
        plan = Campaign(contact_rate=rate, talk_s=60.0, wrap_s=10.0)

        found = outbound_work(np.full(N, 10.0), np.full(N, np.inf), plan)

        assert found.contacts[20:].sum() > 3.0 * found.contacts[:20].sum()

    @given(st.floats(0.0, 1.0), st.integers(1, 6), st.floats(1.0, 500.0))
    def test_people_are_conserved(self, rate, most, room):
        found = outbound_work(
            released(), np.full(N, room), campaign(rate, most_attempts=most)
        )

        total = found.contacts.sum() + found.given_up + found.waiting[-1]
        assert total == pytest.approx(1000.0)

    @pytest.mark.parametrize(
        "change",
        [
            {"rate": 1.5},
            {"fading": 2.0},
            {"talk_s": -1.0},
            {"most_attempts": 0},
            {"rules": (RetryRule(0.5, 1),)},
            {"rules": (RetryRule(1.0, -1),)},
        ],
    )
    def test_refuses_a_campaign_without_meaning(self, change):
        with pytest.raises(EngineInputError):
            outbound_work(released(), np.ones(N), campaign(**change))

    def test_refuses_lists_that_do_not_fit(self):
        with pytest.raises(EngineInputError, match="length"):
            outbound_work(released()[:5], np.ones(N), campaign())
        with pytest.raises(EngineInputError, match="negative"):
            outbound_work(-released(), np.ones(N), campaign())
        with pytest.raises(EngineInputError, match="known"):
            outbound_work(released() * np.nan, np.ones(N), campaign())
