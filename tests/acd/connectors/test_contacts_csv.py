"""CSV of contacts: mappings, encodings, derived and wrong values."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.connectors.mapping import (
    CsvMapping,
    mapping_from_dict,
    mapping_from_toml,
    suggest_mapping,
)
from callcenter.acd.connectors.records import Outcome
from callcenter.acd.connectors.sources import SourceRefusedError
from tests.acd.connectors.reading import read

FORMAT = "contacts-csv"
HEADER = "call id,queue,agent,offered at,answered at,ended at,talk,hold,wrap"
ROW = "1,sales,Ann,2024-03-04 10:00:00,2024-03-04 10:00:20,2024-03-04 10:02:00,90,10,5"
LOST = "2,sales,,2024-03-04 10:01:00,,2024-03-04 10:01:45,,,"


def csv_text(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_reads_a_row_by_the_suggested_mapping(write):
    result = read(FORMAT, write(csv_text(ROW, LOST)))

    answered, lost = result.contacts
    assert (answered.source_key, answered.agent, answered.wait_s) == ("1", "Ann", 20)
    assert (answered.talk_s, answered.hold_s, answered.wrap_s) == (90, 10, 5)
    assert (lost.outcome, lost.wait_s) == (Outcome.ABANDONED, 45)
    assert result.totals["answered_in_threshold"] == 1


def test_missing_figures_follow_from_the_times(write):
    header = "id,queue,start time,answer time,end time"
    row = "1,sales,2024-03-04T10:00:00Z,2024-03-04T10:00:30Z,2024-03-04T10:01:40Z"

    (contact,) = read(FORMAT, write(csv_text(row, header=header))).contacts

    assert (contact.wait_s, contact.talk_s) == (30, 70)
    assert contact.outcome == Outcome.ANSWERED


def test_missing_times_follow_from_the_figures(write):
    header = "id,queue,start time,wait,talk,outcome"
    rows = [
        "1,a,2024-03-04T10:00:00Z,30,70,handled",
        "2,a,2024-03-04T10:00:00Z,9,,missed",
    ]

    calls = read(FORMAT, write(csv_text(*rows, header=header))).contacts

    begun = calls[0].offered_at
    assert [c.ended_at - begun for c in calls] == [100, 9]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headers_are_understood_in_each_encoding(write, encoding):
    text = csv_text(
        "1,售后,王芳,2024-03-04 10:00:00,15,120,已接",
        "2,售后,,2024-03-04 10:05:00,30,,放弃",
        header="通话编号,技能组,坐席,进线时间,等待时长,通话时长,结果",
    )

    result = read(FORMAT, write(text.encode(encoding)), timezone="Asia/Shanghai")

    assert [(c.queue, c.agent) for c in result.contacts] == [
        ("售后", "王芳"),
        ("售后", ""),
    ]
    assert (result.totals["answered"], result.totals["abandoned"]) == (1, 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(write, delimiter, ending):
    text = csv_text(ROW, LOST).replace(",", delimiter).replace("\n", ending)

    assert read(FORMAT, write(text.encode())).totals["offered"] == 2


def test_gzip_is_unpacked_whatever_its_name(write):
    packed = gzip.compress(csv_text(ROW).encode())

    assert read(FORMAT, write(packed, "calls.csv")).totals["offered"] == 1


def test_quoted_fields_may_hold_delimiters_and_line_breaks(write):
    quoted = '3,"sales, ""big""\nones",Ann,2024-03-04 10:00:00,,,60,,'

    result = read(FORMAT, write(csv_text(ROW, quoted, LOST)))

    queues = [c.queue for c in result.contacts]
    assert queues == ["sales", 'sales, "big"\nones', "sales"]
    assert [c.line for c in result.contacts] == [2, 3, 5]


def test_wrong_rows_are_named_by_line_field_and_rule(write):
    rows = [
        ROW,
        "2,sales,Ann,yesterday,,,60,,",
        "3,sales,Ann,,,,60,,",
        "4,,Ann,2024-03-04 10:00:00,,,60,,",
        "5,sales,Ann,2024-03-04 10:00:00,2024-03-04 09:00:00,,60,,",
        "6,sales,Ann,2024-03-04 10:00:00,,,-60,,",
        "7,sales,Ann,2024-03-04 10:00:00,,,lots,,",
        "8,sales,Ann,2024-02-30 10:00:00,,,60,,",
        "9,sales,Ann",
        ",sales,Ann,2024-03-04 10:00:00,,,60,,",
        "11,sales,Ann,2024-03-04 10:00:00,,,60,,,extra",
        f"12,{'x' * 300},Ann,2024-03-04 10:00:00,,,60,,",
        "13,sales,Ann,2024-03-04 10:00:00,,,inf,,",
    ]

    result = read(FORMAT, write(csv_text(*rows)))

    assert sorted(result.rules) == [
        (3, "offered_at", "not-a-time"),
        (4, "offered_at", "required"),
        (5, "queue", "required"),
        (6, "answered_at", "before-offered"),
        (7, "talk_s", "negative"),
        (8, "talk_s", "not-a-duration"),
        (9, "offered_at", "not-a-time"),
        (10, "", "too-few-fields"),
        (11, "source_key", "required"),
        (12, "", "too-many-fields"),
        (13, "queue", "too-long"),
        (14, "talk_s", "not-a-duration"),
    ]
    assert [c.source_key for c in result.contacts] == ["1"]


def test_an_overlong_line_is_named_and_the_rest_is_read(write):
    text = csv_text(ROW, "x" * 10_000_000, LOST)

    result = read(FORMAT, write(text))

    assert result.rules == [(3, "", "line-too-long")]
    assert [c.line for c in result.contacts] == [2, 4]


def test_a_quotation_mark_never_closed_is_an_error(write):
    result = read(
        FORMAT, write(csv_text(ROW, '2,"sales,Ann,2024-03-04 10:00:00,,,1,,'))
    )

    assert result.rules == [(3, "", "broken-quoting")]
    assert result.totals["offered"] == 1


def test_rows_without_a_key_are_told_apart_by_their_content(write):
    rows = ["sales,2024-03-04 10:00:00,60", "sales,2024-03-04 10:00:00,61"]
    text = csv_text(*rows, header="queue,offered at,talk")

    first, again = (read(FORMAT, write(text)).contacts for _ in range(2))

    assert len({c.source_key for c in first}) == 2
    assert [c.source_key for c in first] == [c.source_key for c in again]


@pytest.mark.parametrize(
    ("shown", "time_format"),
    [
        ("31/12/2024 10:00:00", "day-first"),
        ("12/31/2024 10:00 AM", "month-first"),
        ("2024/12/31 10:00:00", "auto"),
        ("1735639200", "auto"),
        ("1735639200000", "epoch-ms"),
        ("2024-12-31T10:00:00.5+00:00", "auto"),
        ("20241231 100000", "%Y%m%d %H%M%S"),
    ],
)
def test_times_are_read_in_many_ways(write, shown, time_format):
    mapping = CsvMapping(
        columns={"offered_at": "t", "queue": "q"}, time_format=time_format
    )

    (contact,) = read(
        FORMAT, write(csv_text(f"{shown},sales", header="t,q")), mapping=mapping
    ).contacts

    assert contact.offered_at == 1_735_639_200


def test_the_date_order_is_suggested_from_the_rows():
    day_first = "queue,offered at\na,03/04/2024 10:00\na,25/04/2024 10:00\n"
    month_first = "queue,offered at\na,03/04/2024 10:00\na,04/25/2024 10:00\n"

    suggested = [suggest_mapping(head).time_format for head in (day_first, month_first)]

    assert suggested == ["day-first", "month-first"]


def test_own_words_for_outcomes_are_understood(write):
    mapping = mapping_from_dict(
        {
            "columns": {"offered_at": "t", "outcome": "o"},
            "default_queue": "main",
            "outcomes": {"OK": "answered", "gone": "abandoned"},
        }
    )
    rows = ["2024-03-04T10:00:00Z,ok", "2024-03-04T10:00:01Z,gone"]
    rows.append("2024-03-04T10:00:02Z,maybe")

    result = read(FORMAT, write(csv_text(*rows, header="t,o")), mapping=mapping)

    assert [c.outcome for c in result.contacts] == [Outcome.ANSWERED, Outcome.ABANDONED]
    assert result.rules == [(4, "outcome", "unknown-word")]


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(header=words.filter(bool), queue=words, word=words)
def test_a_saved_mapping_comes_back_the_same(header, queue, word):
    mapping = CsvMapping(
        columns={"offered_at": header, "queue": "q"},
        delimiter=";",
        default_queue=queue,
        outcomes={word: "answered"},
    )

    assert mapping_from_toml(mapping.to_toml()) == mapping


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "[columns]\nqueue = 'q'",
        "[columns]\noffered_at = 't'\nqueue = 'q'\nshoe_size = 'x'",
        "colour = 'red'\n[columns]\noffered_at = 't'",
        "duration_unit = 'weeks'\n[columns]\noffered_at = 't'\nqueue = 'q'",
        "[columns]\noffered_at = 1",
    ],
)
def test_a_wrong_mapping_is_refused(text):
    with pytest.raises(SourceRefusedError) as refusal:
        mapping_from_toml(text)

    assert refusal.value.code == "bad-mapping"


def test_headers_that_the_mapping_names_must_be_there(write):
    mapping = CsvMapping(columns={"offered_at": "When", "queue": "q"})

    with pytest.raises(SourceRefusedError) as refusal:
        read(FORMAT, write("t,q\n"), mapping=mapping)

    assert refusal.value.context["needs"] == ["When"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_unicode_text_as_excel_writes_it_is_read(write, codec, pack):
    text = csv_text(ROW.replace("Ann", "李娜 😀")).replace(",", "\t")
    mark = "\ufeff" if codec != "utf-16" else ""

    result = read(FORMAT, write(pack((mark + text).encode(codec))))

    assert result.contacts[0].agent == "李娜 😀"


def test_two_columns_of_one_name_are_refused_by_name(write):
    with pytest.raises(SourceRefusedError) as refusal:
        read(FORMAT, write(csv_text(f"{ROW},7", header=f"{HEADER},talk")))

    assert refusal.value.code == "same-columns"
    assert refusal.value.context["columns"] == ["talk"]
