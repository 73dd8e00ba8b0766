"""Amazon Connect: contact records in any order, and agent events."""

import json
from typing import Any

import pytest

from callcenter.acd.connectors.records import Direction, Outcome
from tests.acd.connectors.reading import read

CTR = "amazon-connect-ctr"
EVENTS = "amazon-connect-agent-events"


def record(contact_id: str = "a", **changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "ContactId": contact_id,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "CustomerEndpoint": {"Address": "+15550100"},
        "Queue": {
            "Name": "Support",
            "EnqueueTimestamp": "2024-03-04T10:00:00Z",
            "DequeueTimestamp": "2024-03-04T10:00:30Z",
            "Duration": 30,
        },
        "Agent": {
            "Username": "ann",
            "ConnectedToAgentTimestamp": "2024-03-04T10:00:30Z",
            "AgentInteractionDuration": 100,
            "CustomerHoldDuration": 20,
            "AfterContactWorkDuration": 15,
        },
        "DisconnectTimestamp": "2024-03-04T10:02:30Z",
        "LastUpdateTimestamp": "2024-03-04T10:03:00Z",
        "NextContactId": None,
        "TransferCompletedTimestamp": None,
    }
    return base | changes


def lines(*records: object) -> str:
    return "".join(json.dumps(item) + "\n" for item in records)


def test_handle_time_is_interaction_hold_and_after_contact_work(write):
    (contact,) = read(CTR, write(lines(record()))).contacts

    assert (contact.talk_s, contact.hold_s, contact.wrap_s) == (100, 20, 15)
    assert (contact.queue, contact.agent, contact.wait_s) == ("Support", "ann", 30)


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_latest_record_of_a_contact_counts_in_any_order(write, newest_first):
    newer = record(LastUpdateTimestamp="2024-03-05T00:00:00Z")
    newer["Agent"] = newer["Agent"] | {"AfterContactWorkDuration": 99}
    both = [newer, record()] if newest_first else [record(), newer]

    result = read(CTR, write(lines(*both)))

    assert (result.totals["offered"], result.totals["wrap_s"]) == (1, 99)


def test_a_queued_contact_without_agent_abandoned(write):
    (contact,) = read(CTR, write(lines(record(Agent=None)))).contacts

    assert contact.outcome == Outcome.ABANDONED


def test_each_link_of_a_transfer_chain_counts_in_its_own_queue(write):
    first = record(
        "a", NextContactId="b", TransferCompletedTimestamp="2024-03-04T10:02:00Z"
    )
    second = record("b", PreviousContactId="a", InitialContactId="a", Agent=None)
    second["Queue"] = second["Queue"] | {"Name": "Billing"}

    result = read(CTR, write(lines(first, second)))

    assert [(c.queue, c.outcome, c.transfers) for c in result.contacts] == [
        ("Support", Outcome.ANSWERED, 1),
        ("Billing", Outcome.ABANDONED, 0),
    ]


def test_a_contact_that_leaves_its_queue_for_the_next_flowed_out(write):
    (contact,) = read(CTR, write(lines(record(Agent=None, NextContactId="b")))).contacts

    assert contact.outcome == Outcome.FLOWED_OUT


def test_contacts_without_queue_and_outbound_contacts_are_not_offered(write):
    outbound = record("b", InitiationMethod="OUTBOUND")

    result = read(CTR, write(lines(record(Queue=None), outbound)))

    assert [c.direction for c in result.contacts] == [Direction.OUTBOUND]
    assert result.totals["offered"] == 0


def test_bad_records_are_named_and_the_others_count(write):
    negative = record("n")
    negative["Agent"] = negative["Agent"] | {"CustomerHoldDuration": -1}
    backwards = record("d", DisconnectTimestamp="2024-03-04T09:00:00Z")
    no_id = record("x", ContactId=None)
    text = lines(record(), negative, backwards, no_id, [1]) + "{broken\n"

    result = read(CTR, write(text))

    assert result.rules == [
        (2, "Agent.CustomerHoldDuration", "negative"),
        (3, "DisconnectTimestamp", "before-offered"),
        (4, "ContactId", "required"),
        (5, "", "not-an-object"),
        (6, "", "not-json"),
    ]
    assert result.totals["offered"] == 1


def event(kind: str, at: str, status: str, *contacts: dict[str, str]) -> dict[str, Any]:
    return {
        "EventId": f"{kind}-{at}",
        "EventType": kind,
        "EventTimestamp": f"2024-03-04T10:{at}Z",
        "AgentARN": "arn:aws:connect:xx:1:instance/i/agent/ann",
        "CurrentAgentSnapshot": {
            "AgentStatus": {"Name": status},
            "Configuration": {"Username": "ann"},
            "Contacts": list(contacts),
        },
    }


def test_agent_events_become_states(write):
    busy = {"State": "CONNECTED", "QueueARN": "arn:aws:connect:xx:1:i/queue/q1"}
    stream = lines(
        event("LOGIN", "00:00", "Available"),
        event("HEART_BEAT", "01:00", "Available"),
        event("STATE_CHANGE", "02:00", "Available", busy),
        event("STATE_CHANGE", "03:00", "Lunch"),
        event("LOGOUT", "04:00", "Offline"),
    )

    states = read(EVENTS, write(stream)).states

    assert [(s.state, s.queue, s.reason) for s in states] == [
        ("available", "", "Available"),
        ("on_contact", "q1", "Available"),
        ("paused", "", "Lunch"),
        ("logged_out", "", "Offline"),
    ]
