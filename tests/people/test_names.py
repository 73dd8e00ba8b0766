"""Names in Latin letters, phones, identity numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.people.services import names


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("王小明", "wang xiaoming wxm wangxiaoming"),
        ("欧阳娜娜", "ouyang nana oynn ouyangnana"),
        ("单雄信", "shan xiongxin sxx shanxiongxin"),
        ("曾子墨", "zeng zimo zzm zengzimo"),
        ("任静", "ren jing rj renjing"),
        ("Lin Qing", "lin qing lq"),
        ("José Álvarez", "jose alvarez ja"),
        ("Cher", "cher"),
    ],
)
def test_names_sort_and_are_found_in_latin_letters(name, spelled):
    assert names.sort_name(name) == spelled


@given(st.text(min_size=1, max_size=80))
def test_any_name_gives_something_that_fits_its_column(name):
    assert len(names.sort_name(name)) <= names.LONGEST_SORT


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+351 912 345 678", "+351912345678"),
        ("12345", None),
        ("12800138000", None),
        ("abc", None),
    ],
)
def test_phones_are_kept_in_one_form(typed, normal):
    assert names.normal_phone(typed) == normal


def test_check_digit_is_the_one_that_the_standard_gives():
    # The example of GB 11643-1999: 11010519491231002X and 440524188001010014.
    assert names.check_digit("11010519491231002") == "X"
    assert names.check_digit("44052418800101001") == "4"


@given(st.integers(10**16, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_always_shows(first_17, place, change):
    digits = str(first_17)
    wrong = str((int(digits[place]) + change) % 10)
    changed = digits[:place] + wrong + digits[place + 1 :]

    assert names.check_digit(changed) != names.check_digit(digits)


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("11010519491231002X", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("1101051949123100", False),
    ],
)
def test_identity_numbers_need_a_birthday_and_their_check_digit(number, is_right):
    assert names.is_identity_number(number) is is_right


def test_masks_leave_the_last_four_places():
    assert names.masked("+8613800138000") == "••••••••••8000"
    assert names.masked("123") == "•••"
    assert names.masked(None) is None
