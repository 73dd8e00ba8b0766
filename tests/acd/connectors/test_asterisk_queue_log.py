"""Queue logs: every event, every version, every order."""

import itertools

import pytest

from callcenter.acd.connectors.records import NO_TIME, Outcome
from tests.acd.connectors.reading import read

FORMAT = "asterisk-queue-log"
ANSWERED_CALL = [
    "1000|c1|sales|NONE|ENTERQUEUE||5550100|1",
    "1010|c1|sales|Ann|CONNECT|10|x.1|3",
    "1070|c1|sales|Ann|COMPLETECALLER|10|60|1",
]


def log(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_reads_an_answered_call(write):
    (call,) = read(FORMAT, write(log(*ANSWERED_CALL))).contacts

    assert (call.source_key, call.queue, call.agent) == ("c1/sales", "sales", "Ann")
    assert (call.offered_at, call.answered_at, call.ended_at) == (1000, 1010, 1070)
    assert (call.wait_s, call.talk_s, call.customer) == (10, 60, "5550100")
    assert call.outcome == Outcome.ANSWERED


@pytest.mark.parametrize(
    ("event", "outcome", "wait_s"),
    [
        ("ABANDON|1|1|45", Outcome.ABANDONED, 45),
        ("EXITWITHTIMEOUT|1|1|44", Outcome.TIMED_OUT, 44),
        ("EXITWITHTIMEOUT|1", Outcome.TIMED_OUT, 40),
        ("EXITEMPTY|1|1|43", Outcome.EMPTIED, 43),
        ("EXITWITHKEY|5|1|1|42", Outcome.EXITED, 42),
    ],
)
def test_reads_the_ways_out_of_a_queue(write, event, outcome, wait_s):
    lines = log(ANSWERED_CALL[0], f"1040|c1|sales|NONE|{event}")

    (call,) = read(FORMAT, write(lines)).contacts

    assert (call.outcome, call.wait_s) == (outcome, wait_s)


@pytest.mark.parametrize(
    "event",
    [
        "TRANSFER|200|default|10|61|1",
        "TRANSFER|200|default|10|61",
        "BLINDTRANSFER|200|default|10|61|1",
        "ATTENDEDTRANSFER|BRIDGE|x.9|10|61|1",
        "ATTENDEDTRANSFER|LINK|a|b|10|61|1",
    ],
)
def test_a_transfer_ends_an_answered_call(write, event):
    lines = log(*ANSWERED_CALL[:2], f"1070|c1|sales|Ann|{event}")

    (call,) = read(FORMAT, write(lines)).contacts

    assert (call.outcome, call.wait_s, call.talk_s) == (Outcome.ANSWERED, 10, 61)
    assert call.transfers == 1


@pytest.mark.parametrize("connect", ["CONNECT|10|x.1", "CONNECT|10", "CONNECT"])
def test_an_old_connect_has_fewer_parameters(write, connect):
    lines = log(ANSWERED_CALL[0], f"1010|c1|sales|Ann|{connect}", ANSWERED_CALL[2])

    (call,) = read(FORMAT, write(lines)).contacts

    assert (call.wait_s, call.answered_at) == (10, 1010)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_events_within_a_second_means_nothing(write, order):
    lines = [
        "1000|c1|sales|NONE|ENTERQUEUE||5550100|1",
        "1000|c1|sales|Ann|CONNECT|0|x.1|0",
        "1000|c1|sales|Ann|COMPLETEAGENT|0|0|1",
    ]

    result = read(FORMAT, write(log(*(lines[i] for i in order))))

    (call,) = result.contacts
    assert (call.outcome, call.customer) == (Outcome.ANSWERED, "5550100")
    assert result.errors == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_call_that_queues_again_in_the_same_second_is_two_visits(write, order):
    same_second = [
        "1060|c1|sales|NONE|EXITWITHTIMEOUT|1|1|60",
        "1060|c1|sales|NONE|ENTERQUEUE||5550100|1",
    ]
    again = "1070|c1|sales|NONE|ABANDON|1|1|10"
    lines = log(ANSWERED_CALL[0], *(same_second[i] for i in order), again)

    calls = read(FORMAT, write(lines)).contacts

    assert [(c.source_key, c.outcome, c.wait_s) for c in calls] == [
        ("c1/sales", Outcome.TIMED_OUT, 60),
        ("c1/sales/2", Outcome.ABANDONED, 10),
    ]


def test_one_caller_with_two_unique_ids_is_two_calls(write):
    other = [line.replace("c1", "c2") for line in ANSWERED_CALL]

    result = read(FORMAT, write(log(*ANSWERED_CALL, *other)))

    assert result.totals["offered"] == 2


def test_a_restart_loses_those_who_wait_and_ends_those_who_talk(write):
    lines = log(
        *ANSWERED_CALL[:2],
        "1020|c2|sales|NONE|ENTERQUEUE||5550101|1",
        "1030|NONE|NONE|NONE|QUEUESTART|",
    )

    result = read(FORMAT, write(lines))

    found = {c.source_key: (c.outcome, c.ended_at) for c in result.contacts}
    assert found == {
        "c1/sales": (Outcome.ANSWERED, 1030),
        "c2/sales": (Outcome.LOST, 1030),
    }
    assert [rule for _, _, rule in result.rules] == ["cut-by-restart"] * 2


def test_a_call_that_outlives_a_restart_is_completed(write):
    lines = log(*ANSWERED_CALL[:2], "1030|NONE|NONE|NONE|QUEUESTART|", ANSWERED_CALL[2])

    result = read(FORMAT, write(lines))

    assert (result.totals["talk_s"], result.errors) == (60, [])


def test_a_call_open_at_midnight_is_completed_from_the_next_file(write):
    first = write(log(*ANSWERED_CALL[:2]), "queue_log.1")
    second = write(log(ANSWERED_CALL[2]), "queue_log")

    result = read(FORMAT, second, first)

    assert (len(result.contacts), result.totals["talk_s"]) == (1, 60)
    assert result.errors == []


def test_a_call_open_at_the_end_is_offered_and_said_to_be_open(write):
    result = read(FORMAT, write(log(ANSWERED_CALL[0])))

    (call,) = result.contacts
    assert (call.outcome, call.ended_at) == (Outcome.OPEN, NO_TIME)
    assert result.rules == [(1, "event", "open-at-end")]


def test_a_call_that_entered_before_the_file_is_computed_back(write):
    result = read(FORMAT, write(log(ANSWERED_CALL[2])))

    (call,) = result.contacts
    assert (call.offered_at, call.answered_at, call.wait_s) == (1000, 1010, 10)
    assert result.rules == [(1, "event", "entered-before-file")]


def test_a_later_state_of_a_call_has_the_same_key_and_a_higher_version(write):
    (early,) = read(FORMAT, write(log(*ANSWERED_CALL[:2]))).contacts
    (late,) = read(FORMAT, write(log(*ANSWERED_CALL))).contacts

    assert early.source_key == late.source_key
    assert early.version < late.version


def test_ring_times_are_read_in_seconds_and_milliseconds(write):
    lines = log(
        ANSWERED_CALL[0],
        "1005|c1|sales|Ann|RINGNOANSWER|15",
        "1006|c1|sales|Bob|RINGNOANSWER|15000",
    )

    states = read(FORMAT, write(lines)).states

    assert [s.duration_s for s in states] == [15, 15]


def test_pauses_and_log_ins_become_states_with_their_reason(write):
    lines = log(
        "1000|NONE|ALL|Ann|ADDMEMBER|",
        "1001|NONE|sales|Ann|PAUSE|lunch",
        "1002|NONE|sales|Ann|UNPAUSE|",
        "1003|NONE|ALL|Ann|REMOVEMEMBER|",
    )

    states = read(FORMAT, write(lines)).states

    assert [(s.state, s.reason, s.queue) for s in states] == [
        ("logged_in", "", ""),
        ("paused", "lunch", "sales"),
        ("available", "", "sales"),
        ("logged_out", "", ""),
    ]


def test_bad_lines_are_named_and_the_others_count(write):
    lines = log(
        *ANSWERED_CALL,
        "what is this",
        "soon|c2|sales|NONE|ENTERQUEUE||x|1",
        "1100|c2|sales|NONE|DANCE",
        "1101|c3|sales|NONE|ENTERQUEUE||x|1",
        "1110|c3|sales|Ann|COMPLETEAGENT|ten|-5|1",
    )

    result = read(FORMAT, write(lines))

    assert result.rules == [
        (4, "", "too-few-fields"),
        (5, "time", "not-a-time"),
        (6, "event", "unknown-event"),
        (8, "data1", "not-a-duration"),
        (8, "data2", "negative"),
    ]
    assert result.totals["answered"] == 2
