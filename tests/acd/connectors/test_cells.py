"""Cells of columns, converted one by one and all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.connectors.cells import LARGEST_WHOLE, duration, whole_numbers


@given(st.lists(st.integers(0, LARGEST_WHOLE).map(str), min_size=1))
def test_whole_numbers_are_what_each_cell_says(texts):
    assert whole_numbers(texts).tolist() == [duration(text) for text in texts]


@given(st.lists(st.text("019,-. ²x", max_size=4), max_size=5))
def test_cells_that_are_no_plain_numbers_are_left_to_a_closer_look(texts):
    found = whole_numbers(texts)

    assert found is None or found.tolist() == [int(text) for text in texts]


@pytest.mark.parametrize("text", ["1000001", "9" * 30, "18446744073709551617"])
def test_large_numbers_are_left_to_a_closer_look(text):
    assert whole_numbers(["7", text]) is None
