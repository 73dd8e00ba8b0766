"""Genesys Cloud: visits to queues out of conversations, in three layouts."""

import json
from typing import Any

import pytest

from callcenter.acd.connectors.records import Outcome
from tests.acd.connectors.reading import read

FORMAT = "genesys-conversation"
DAY = "2024-03-04T10"


def participant(
    purpose: str, queue: str, begin: str, end: str, **metrics: float
) -> Any:
    return {
        "purpose": purpose,
        "userId": "ann" if purpose == "agent" else None,
        "sessions": [
            {
                "sessionId": f"{purpose}-{queue}-{begin}",
                "mediaType": "voice",
                "direction": "inbound",
                "segments": [
                    {
                        "segmentStart": f"{DAY}:{begin}.000Z",
                        "segmentEnd": f"{DAY}:{end}.000Z",
                        "queueId": queue,
                        "segmentType": "interact",
                    }
                ],
                "metrics": [{"name": k, "value": v} for k, v in metrics.items()],
            }
        ],
    }


def conversation(key: str = "c", *participants: Any) -> dict[str, Any]:
    return {
        "conversationId": key,
        "conversationStart": f"{DAY}:00:00.000Z",
        "conversationEnd": f"{DAY}:30:00.000Z",
        "participants": list(participants),
    }


TWO_QUEUES = conversation(
    "c",
    participant("acd", "q1", "00:00", "00:10", nOffered=1, tAcd=10_000),
    participant(
        "agent", "q1", "00:10", "02:00", tAnswered=10_000, tTalk=90_500, tAcw=4_000
    ),
    participant("acd", "q2", "02:00", "02:25", nOffered=1, tAcd=25_000),
    participant("agent", "q2", "02:25", "05:00", tAnswered=25_000, tTalk=100_000),
)
ABANDONED = conversation(
    "d", participant("acd", "q1", "01:00", "01:05", nOffered=1, tAbandon=5_000)
)


def test_each_queue_of_a_conversation_counts(write):
    result = read(FORMAT, write(json.dumps(TWO_QUEUES)))

    assert [(c.queue, c.wait_s, c.talk_s, c.wrap_s) for c in result.contacts] == [
        ("q1", 10, 90.5, 4),
        ("q2", 25, 100, 0),
    ]
    assert result.totals["answered_in_threshold"] == 1


def test_an_abandoned_visit_has_its_wait(write):
    (contact,) = read(FORMAT, write(json.dumps(ABANDONED))).contacts

    assert (contact.outcome, contact.wait_s) == (Outcome.ABANDONED, 5)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([TWO_QUEUES, ABANDONED], indent=4),
        json.dumps({"conversations": [TWO_QUEUES, ABANDONED], "totalHits": 2}),
        json.dumps({"conversations": [TWO_QUEUES, ABANDONED]}, indent=2),
        json.dumps(TWO_QUEUES) + "\n" + json.dumps(ABANDONED) + "\n",
        json.dumps(TWO_QUEUES, indent=1) + "\n" + json.dumps(ABANDONED, indent=1),
    ],
    ids=["array", "envelope", "pretty-envelope", "lines", "concatenated"],
)
def test_every_layout_gives_the_same_counts(write, text):
    result = read(FORMAT, write(text))

    assert (result.totals["offered"], result.totals["abandoned"]) == (3, 1)
    assert result.errors == []


def test_a_conversation_without_queue_is_not_offered(write):
    direct = conversation("e", participant("agent", "", "00:00", "01:00", tTalk=60_000))

    assert read(FORMAT, write(json.dumps(direct))).contacts == []


def test_a_broken_conversation_is_named_by_line_and_field(write):
    broken = conversation(
        "f", participant("acd", "q1", "01:00", "01:05", nOffered=1, tAbandon=-5)
    )
    text = json.dumps(TWO_QUEUES) + "\n" + json.dumps(broken)

    result = read(FORMAT, write(text))

    assert result.rules == [(2, "tAbandon", "negative")]
    assert result.totals["offered"] == 2
