"""Blocks read by the place of their cells say what the same blocks say as text."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.acd.connectors import ReadOptions, connector, csv_rows
from callcenter.acd.connectors.packed import WordBook, packed_columns

HEADER = "call_id,queue,agent,offered_at,answered_at,outcome,wait_s,talk_s,transfers"
_NUMBERS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.sampled_from(["", "0", "007", "1:30", "-5", "2.5", " 7", "x", "1000001"]),
)
_NAMES = st.sampled_from(
    ["", "ann", " ann ", "a", "12345678", "123456789", "q" * 70, "q" * 201, "李"]
)
_TIMES = st.sampled_from(
    [
        "2026-08-03T09:00:00Z",
        "2026-08-03 09:00:01",
        "2026/08/04 23:59:59",
        "2026-02-30 09:00:00",
        "2026-08-03 24:00:00",
        "",
        "soon",
        " 2026-08-03 09:00:00",
    ]
)
_OUTCOMES = st.sampled_from(["answered", "ABANDONED", "", " no ", "what"])
_KEYS = st.one_of(st.integers(0, 10**12).map(str), _NAMES)
ROWS = st.lists(
    st.tuples(
        *(_KEYS, _NAMES, _NAMES, _TIMES, _TIMES, _OUTCOMES),
        *(_NUMBERS, _NUMBERS, _NUMBERS),
    ),
    max_size=12,
)


def _read(path, *, packs, monkeypatch):
    given_columns = packed_columns if packs else lambda *_given: None
    monkeypatch.setattr(csv_rows, "packed_columns", given_columns)
    columns, errors = [], []
    for batch in connector("contacts-csv").read([path], ReadOptions()):
        names = [f.name for f in fields(batch) if f.name != "errors"]
        columns += zip(*(list(getattr(batch, n)) for n in names), strict=True)
        errors += batch.errors
    return columns, errors


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS)
def test_every_row_and_every_error_is_the_same(rows, tmp_path, monkeypatch):
    path = tmp_path / "calls.csv"
    path.write_text("\n".join([HEADER, *map(",".join, rows)]), "utf-8")

    packed = _read(path, packs=True, monkeypatch=monkeypatch)
    split = _read(path, packs=False, monkeypatch=monkeypatch)

    assert packed == split


@given(st.lists(st.integers(0, 1_000_000)))
def test_whole_numbers_are_what_the_cells_say(numbers):
    text = "\n".join(f"{number}," for number in [*numbers, 7])

    column = packed_columns(text, ",", 2)[0]

    assert column.whole_numbers(-1).tolist() == [*numbers, 7]


@pytest.mark.parametrize("cell", ["1x", "1000001", "-1", "1.5", " 1", "123456789"])
def test_other_cells_than_small_whole_numbers_are_left_to_others(cell):
    column = packed_columns(f"1,a\n{cell},b", ",", 2)[0]

    assert column.whole_numbers(-1) is None


def test_lines_of_another_width_are_left_to_others():
    assert packed_columns("1,2\n3", ",", 2) is None
    assert packed_columns("1\n2,3,4", ",", 2) is None
    assert packed_columns("1,é", ",", 2) is None


@given(st.lists(st.lists(st.text("abcdefgh", max_size=20), min_size=1), max_size=5))
def test_a_book_finds_the_texts_of_every_block_again(blocks):
    book = WordBook()

    for block in blocks:
        column = packed_columns("\n".join(f"{t},x" for t in block), ",", 2)[0]
        assert list(book.coded(column)) == block


def test_texts_that_share_a_place_in_the_table_are_told_apart(monkeypatch):
    book = WordBook()
    book._slots = np.zeros(1, np.int64)
    monkeypatch.setattr(
        "callcenter.acd.connectors.packed._slots_of",
        lambda words: np.zeros(len(words[0]), np.int64),
    )
    names = [f"agent{n % 7}" for n in range(50)]

    column = packed_columns("\n".join(f"{name},x" for name in names), ",", 2)[0]

    assert list(book.coded(column)) == names
