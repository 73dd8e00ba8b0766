"""Interval statistics: CMS tables, printed headings, our own facts."""

import pytest

from callcenter.acd.connectors.sources import SourceRefusedError
from tests.acd.connectors.reading import read

FORMAT = "intervals-csv"
HSPLIT = (
    "row_date,starttime,intrvl,split,acdcalls,acdtime,acwtime,holdtime,anstime,"
    "abncalls,abntime,callsoffered,acceptable,servicelevel"
)


def test_reads_the_cms_table_into_our_intervals(write):
    rows = [
        "2024-03-04,900,15,7,10,1800,300,60,150,2,40,12,9,20",
        "2024-03-04,915,15,7,5,900,100,0,50,0,0,6,5,20",
    ]

    result = read(FORMAT, write("\n".join([HSPLIT, *rows])), timezone="Asia/Shanghai")

    (fact,) = result.facts.facts()
    assert (fact.name, fact.interval_start.isoformat()) == (
        "7",
        "2024-03-04T01:00:00+00:00",
    )
    assert fact[2:] == (18, 15, 2, 14, 2700, 60, 400, 200)


def test_averages_of_a_printed_report_become_sums(write):
    text = (
        "Date;Time;Split/Skill;ACD Calls;Avg Speed Ans;Avg ACD Time;Avg ACW Time;"
        "Aban Calls\n3/14/2024;9:30 AM;Sales;10;:12;3:05;0:30;1\n"
    )

    result = read(FORMAT, write(text))

    assert result.totals == {
        "offered": 11,
        "answered": 10,
        "abandoned": 1,
        "answered_in_threshold": 0,
        "talk_s": 1850,
        "hold_s": 0,
        "wrap_s": 300,
        "wait_answered_s": 120,
    }
    assert result.rules == [(1, "answered_in_threshold", "no-column-counts-0")]


def test_both_hours_of_the_day_that_has_one_twice_are_kept(write):
    rows = [f"2024-11-03,{t},30,7,1,60,0,0,5,0,0,1,1,20" for t in (100, 130, 100, 130)]

    result = read(
        FORMAT, write("\n".join([HSPLIT, *rows])), timezone="America/New_York"
    )

    starts = [f.interval_start.strftime("%H:%M") for f in result.facts.facts()]
    assert starts == ["05:00", "05:30", "06:00", "06:30"]


def test_an_interval_longer_than_ours_is_refused(write):
    row = "2024-03-04,900,60,7,10,1800,300,60,150,2,40,12,9,20"

    result = read(FORMAT, write(f"{HSPLIT}\n{row}\n"))

    assert result.rules == [(2, "interval_s", "interval-too-coarse")]
    assert result.totals["offered"] == 0


def test_the_same_file_twice_counts_once(write):
    path = write(f"{HSPLIT}\n2024-03-04,900,30,7,10,1800,300,60,150,2,40,12,9,20\n")

    assert read(FORMAT, path, path).totals["offered"] == 12


def test_wrong_rows_are_named(write):
    rows = [
        "2024-03-04,900,30,7,10,1800,300,60,150,2,40,12,9,20",
        "2024-02-30,900,30,7,10,1800,300,60,150,2,40,12,9,20",
        "2024-03-04,2500,30,7,10,1800,300,60,150,2,40,12,9,20",
        "2024-03-04,930,30,,10,1800,300,60,150,2,40,12,9,20",
        "2024-03-04,930,30,7,ten,1800,300,60,150,2,40,12,0,20",
        "2024-03-04,930,30,7,10,-1800,300,60,150,2,40,12,9,20",
        "2024-03-04,930,30,7,10,1800,300,60,150,2,40,12,11,20",
        "2024-03-04,930,0,7,10,1800,300,60,150,2,40,12,9,20",
    ]

    result = read(FORMAT, write("\n".join([HSPLIT, *rows])))

    assert sorted(result.rules) == [
        (3, "date", "not-a-date"),
        (4, "time", "not-a-time"),
        (5, "queue", "required"),
        (6, "answered", "not-a-count"),
        (7, "talk_s", "negative"),
        (8, "answered_in_threshold", "more-than-answered"),
        (9, "interval_min", "not-a-length"),
    ]
    assert result.totals["offered"] == 12


@pytest.mark.parametrize("text", ["hello\n", "queue,acdcalls\n7,3\n"])
def test_a_file_without_starts_is_refused(write, text):
    with pytest.raises(SourceRefusedError) as refusal:
        read(FORMAT, write(text))

    assert refusal.value.code == "missing-columns"
