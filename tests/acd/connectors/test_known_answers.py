"""The published totals of August 1999, the same from every format."""

import gzip

import pytest

from tests.acd.connectors.reading import Read, read
from tests.bench_data import bench_path

AUGUST = {
    "offered": 38_710,
    "answered": 31_401,
    "abandoned": 7_309,
    "talk_s": 5_754_161,
    "hold_s": 0,
    "wrap_s": 0,
    "wait_answered_s": 2_317_703,
}
FIRST_WEEK = {"offered": 10_982, "answered": 7_917, "abandoned": 3_065}


@pytest.fixture(scope="module")
def bank() -> Read:
    return read(
        "anonymous-bank", bench_path("acd/anonymous_bank_1999/august_1999.tsv.gz")
    )


@pytest.fixture(scope="module")
def queue_log() -> Read:
    path = bench_path("acd/asterisk_queue_log/queue_log_1999-08.gz")
    return read("asterisk-queue-log", path)


def without_threshold(result: Read) -> dict[str, float]:
    return {k: v for k, v in result.totals.items() if k != "answered_in_threshold"}


def test_the_bank_has_the_published_totals_of_august(bank):
    assert without_threshold(bank) == AUGUST


def test_the_queue_log_has_the_published_totals_of_august(queue_log):
    assert without_threshold(queue_log) == AUGUST


def test_the_published_share_was_answered_within_twenty_seconds(bank, queue_log):
    for result in (bank, queue_log):
        share = result.totals["answered_in_threshold"] / result.totals["offered"]
        assert round(share, 4) == 0.4096


def test_the_published_mean_service_time_results(bank):
    assert round(bank.totals["talk_s"] / bank.totals["answered"], 1) == 183.2


def test_both_formats_agree_in_every_queue_and_interval(bank, queue_log):
    assert list(bank.facts.facts()) == list(queue_log.facts.facts())


def test_the_call_of_ten_hours_is_left_out_with_a_notice(bank):
    assert bank.rules == [(26_594, "ser_time", "longer-than-a-shift")]


def test_the_contact_records_of_a_week_equal_the_bank(bank):
    path = bench_path("acd/amazon_connect/ctr_1999-08-01_07.ndjson.gz")

    week = read("amazon-connect-ctr", path)

    last = max(fact.interval_start for fact in week.facts.facts())
    same = [fact for fact in bank.facts.facts() if fact.interval_start <= last]
    assert FIRST_WEEK.items() <= week.totals.items()
    assert list(week.facts.facts()) == same


def test_a_record_delivered_three_times_counts_once():
    result = read(
        "amazon-connect-ctr", bench_path("acd/amazon_connect/ctr_real_masked.ndjson")
    )

    assert result.totals == {
        "offered": 2,
        "answered": 2,
        "abandoned": 0,
        "answered_in_threshold": 1,
        "talk_s": 239 + 33,
        "hold_s": 221,
        "wrap_s": 5 + 32,
        "wait_answered_s": 346 + 7,
    }


def test_a_real_conversation_is_counted_by_hand():
    path = bench_path("acd/genesys_cloud/conversation1.json")

    result = read("genesys-conversation", path)

    (contact,) = result.contacts
    assert contact.queue == "a623d83c-96d7-4baa-af1f-d46ad6700d8b"
    assert contact.agent == "50fcd33c-f432-4726-abc9-979f3ca01555"
    assert (contact.channel, result.errors) == ("chat", [])
    assert result.totals == pytest.approx(
        {
            "offered": 1,
            "answered": 1,
            "abandoned": 0,
            "answered_in_threshold": 1,
            "talk_s": 374.561,
            "hold_s": 544.176,
            "wrap_s": 0,
            "wait_answered_s": 11.179,
        }
    )


def test_a_real_log_with_a_restart_is_counted_by_hand():
    path = bench_path("acd/asterisk_queue_log/sample_live_2020.log")

    result = read("asterisk-queue-log", path)

    counted = [(f.name, f.offered, f.abandoned) for f in result.facts.facts()]
    assert counted == [("sales", 1, 0), ("support", 1, 1)]
    assert result.rules == [(9, "event", "cut-by-restart")]


def test_a_real_old_log_is_counted_by_hand():
    path = bench_path("acd/asterisk_queue_log/sample_ringnoanswer_2010.log")

    result = read("asterisk-queue-log", path)

    assert (result.totals["answered"], result.totals["talk_s"]) == (2, 3 + 4)
    assert result.totals["wait_answered_s"] == 1 + 2
    assert [s.duration_s for s in result.states] == [0, 0, 0, 1]


def test_a_month_cut_at_midnights_and_read_out_of_order_is_the_same(
    tmp_path, queue_log
):
    whole = bench_path("acd/asterisk_queue_log/queue_log_1999-08.gz")
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    cut = len(lines) // 2
    halves = [tmp_path / "a-second", tmp_path / "b-first"]
    halves[0].write_bytes(b"".join(lines[cut:]))
    halves[1].write_bytes(b"".join(lines[:cut]))

    result = read("asterisk-queue-log", *halves)

    assert list(result.facts.facts()) == list(queue_log.facts.facts())


def test_the_same_log_twice_counts_once(queue_log):
    path = bench_path("acd/asterisk_queue_log/queue_log_1999-08.gz")

    result = read("asterisk-queue-log", path, path)

    assert result.totals == queue_log.totals


def test_the_month_written_as_csv_of_contacts_is_the_same(bank, write):
    rows = [
        f"{c.source_key},{c.queue},{c.agent},{c.offered_at},{c.wait_s},{c.talk_s},"
        f"{'answered' if c.outcome == 1 else 'abandoned'}"
        for c in bank.contacts
    ]
    header = "contact id,queue,agent,offered at,wait,talk,outcome"

    result = read("contacts-csv", write("\n".join([header, *rows])))

    assert result.errors == []
    assert list(result.facts.facts()) == list(bank.facts.facts())


def test_the_month_written_as_interval_sums_is_the_same(bank, write):
    header = (
        "queue,interval_start,offered,answered,abandoned,answered_in_threshold,"
        "talk_s,hold_s,wrap_s,wait_answered_s"
    )
    rows = [",".join(map(str, fact)) for fact in bank.facts.facts()]

    result = read("intervals-csv", write("\n".join([header, *rows])))

    assert result.errors == []
    assert list(result.facts.facts()) == list(bank.facts.facts())
