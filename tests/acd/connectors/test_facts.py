"""Contacts summed into intervals."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.connectors.facts import FACT_COLUMNS, FactTable
from callcenter.acd.connectors.records import (
    Contact,
    Direction,
    IntervalStat,
    Outcome,
    contact_batch,
    interval_batch,
)

TEN = int(datetime(2024, 3, 4, 10, tzinfo=UTC).timestamp())


def contact(key: str = "a", offered_at: int = TEN, **changes: object) -> Contact:
    given_values = {"queue": "sales", "outcome": Outcome.ANSWERED} | changes
    return Contact(source_key=key, offered_at=offered_at, **given_values)


def table(**changes: object) -> FactTable:
    return FactTable(**({"interval_s": 900, "threshold_s": 20} | changes))


def test_a_contact_counts_where_it_was_offered_though_it_ended_later():
    facts = table()

    facts.add_contacts(
        contact_batch([contact(offered_at=TEN + 899, wait_s=30, talk_s=4000)])
    )

    (fact,) = facts.facts()
    assert fact.interval_start == datetime(2024, 3, 4, 10, tzinfo=UTC)
    assert (fact.talk_s, fact.wait_answered_s) == (4000, 30)


def test_intervals_are_half_open():
    facts = table()

    facts.add_contacts(
        contact_batch([contact("a", TEN + 899), contact("b", TEN + 900)])
    )

    starts = [fact.interval_start.minute for fact in facts.facts()]
    assert starts == [0, 15]


@pytest.mark.parametrize(("wait_s", "in_time"), [(20, 1), (20.001, 0)])
def test_a_wait_of_just_the_threshold_is_in_time(wait_s, in_time):
    facts = table()

    facts.add_contacts(contact_batch([contact(wait_s=wait_s)]))

    assert facts.totals()["answered_in_threshold"] == in_time


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_offered_and_two_are_named(outcome):
    facts = table()

    facts.add_contacts(contact_batch([contact(outcome=outcome)]))

    totals = facts.totals()
    assert totals["offered"] == 1
    assert totals["answered"] == (outcome == Outcome.ANSWERED)
    assert totals["abandoned"] == (outcome == Outcome.ABANDONED)


def test_the_wait_of_those_who_abandon_is_not_a_speed_of_answer():
    facts = table()

    facts.add_contacts(contact_batch([contact(outcome=Outcome.ABANDONED, wait_s=60)]))

    assert facts.totals()["wait_answered_s"] == 0


def test_outbound_contacts_do_not_count():
    facts = table()

    facts.add_contacts(contact_batch([contact(direction=Direction.OUTBOUND, talk_s=9)]))

    assert list(facts.facts()) == []


@pytest.mark.parametrize("batches", [1, 2])
def test_a_key_that_comes_again_counts_once(batches):
    facts = table()
    rows = [contact("a"), contact("a"), contact("b")]

    for _ in range(batches):
        facts.add_contacts(contact_batch(rows))

    assert facts.totals()["offered"] == 2
    assert facts.n_repeated == 3 * batches - 2


def test_by_agent_only_contacts_with_an_agent_count():
    facts = table(by="agent")

    facts.add_contacts(contact_batch([contact("a", agent="Ann"), contact("b")]))

    assert [fact.name for fact in facts.facts()] == ["Ann"]


def test_an_interval_must_divide_a_day():
    with pytest.raises(ValueError, match="divide a day"):
        table(interval_s=1000)


def test_counted_intervals_and_contacts_add_up():
    facts = table()
    facts.add_contacts(contact_batch([contact()]))

    errors = facts.add_intervals(
        interval_batch([IntervalStat("sales", TEN, 900, offered=4, answered=3)])
    )

    (fact,) = facts.facts()
    assert (fact.offered, fact.answered, errors) == (5, 4, [])


rows = st.lists(
    st.builds(
        contact,
        key=st.uuids().map(str),
        offered_at=st.integers(TEN - 90_000, TEN + 90_000),
        queue=st.sampled_from(["a", "b", "c"]),
        outcome=st.sampled_from(Outcome),
        wait_s=st.integers(0, 500),
        talk_s=st.integers(0, 5000),
    ),
    max_size=40,
    unique_by=lambda row: row.source_key,
)


@given(rows=rows, cut=st.integers(0, 40), latest_only=st.booleans())
def test_sums_do_not_depend_on_how_rows_are_cut_into_batches(rows, cut, latest_only):
    whole, parts = table(latest_only=latest_only), table(latest_only=latest_only)

    whole.add_contacts(contact_batch(rows))
    parts.add_contacts(contact_batch(rows[cut:]))
    parts.add_contacts(contact_batch(rows[:cut]))

    assert list(whole.facts()) == list(parts.facts())
    assert whole.totals()["talk_s"] == sum(row.talk_s for row in rows)


@given(rows=rows)
def test_longer_intervals_hold_the_sums_of_the_shorter(rows):
    quarters, hours = table(), table(interval_s=3600)

    quarters.add_contacts(contact_batch(rows))
    hours.add_contacts(contact_batch(rows))

    assert quarters.totals() == hours.totals()
    assert np.all([hours.totals()[name] >= 0 for name in FACT_COLUMNS])
