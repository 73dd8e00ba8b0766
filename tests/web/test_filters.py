"""How times, lengths, numbers and money are written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel import clock as now_clock
from callcenter.kernel.money import Money
from callcenter.web import filters

NOON_IN_CHINA = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def plain_app(config: Config) -> Flask:
    return create_app(config)


@pytest.fixture(autouse=True)
def _request(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context(headers={"Accept-Language": "en"}):
        yield


class TestNothing:
    @pytest.mark.parametrize("name", sorted(filters.STYLES))
    def test_is_a_dash_and_never_the_word_none(self, name):
        assert filters.STYLES[name](None) == "–"

    def test_is_not_what_markup_becomes_as_text(self):
        assert filters.text(Markup("<b>done</b>")) == Markup("<b>done</b>")
        assert isinstance(filters.text(Markup("<b>done</b>")), Markup)
        assert not isinstance(filters.text("<b>typed</b>"), Markup)

    def test_of_a_range_is_a_dash(self):
        assert filters.time_range(None, NOON_IN_CHINA) == "–"


class TestDays:
    @pytest.mark.parametrize(
        ("first", "last", "english", "chinese"),
        [
            (16, 22, "16 Nov – 22 Nov 2026", "2026年11月16日 – 22日"),
            (30, 36, "30 Nov – 6 Dec 2026", "2026年11月30日 – 12月6日"),
            (16, 16, "16 Nov 2026", "2026年11月16日"),
            (58, 64, "28 Dec 2026 – 3 Jan 2027", "2026年12月28日 – 2027年1月3日"),
        ],
    )
    def test_of_a_range_name_the_year_where_the_language_does(
        self, first, last, english, chinese
    ):
        days = [date(2026, 10, 31) + timedelta(days=each) for each in (first, last)]

        assert filters.day_range(*days) == english
        with force_locale("zh_CN"):
            assert filters.day_range(*days) == chinese


class TestTimes:
    def test_are_shown_in_the_zone_that_is_named(self):
        assert filters.moment(NOON_IN_CHINA, "Asia/Shanghai") == "2 Mar 2026 12:00"

    def test_cross_midnight_into_the_local_day(self):
        late = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)

        assert filters.day(late, zone="Asia/Shanghai") == "3 Mar 2026"

    def test_are_refused_without_a_zone(self):
        with pytest.raises(ValueError, match="names its zone"):
            filters.moment(datetime(2026, 3, 2, 4, 0))  # noqa: DTZ001

    def test_of_a_night_shift_say_that_it_ends_a_day_later(self):
        starts_at = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
        ends_at = starts_at + timedelta(hours=8)

        assert filters.time_range(starts_at, ends_at, "Asia/Shanghai") == (
            "22:00–06:00 (+1)"
        )

    def test_of_an_autumn_night_follow_the_clock_of_the_zone(self):
        first_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        second_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

        assert filters.time_of_day(first_two, "Europe/Berlin") == "02:30"
        assert filters.time_of_day(second_two, "Europe/Berlin") == "02:30"

    def test_carry_the_exact_instant_for_machines(self):
        tag = filters.time_tag(NOON_IN_CHINA, "Asia/Shanghai")

        assert 'datetime="2026-03-02T04:00:00Z"' in tag

    @pytest.mark.parametrize(
        ("age", "said"),
        [
            (timedelta(seconds=20), "just now"),
            (timedelta(minutes=1), "1 minute ago"),
            (timedelta(minutes=59), "59 minutes ago"),
            (timedelta(hours=5), "5 hours ago"),
            (timedelta(days=2), "2 days ago"),
        ],
    )
    def test_lie_back_in_the_largest_unit_that_fits(self, age, said):
        with now_clock.frozen(NOON_IN_CHINA):
            assert filters.ago(NOON_IN_CHINA - age) == said

    def test_in_chinese_follow_chinese_order(self):
        with force_locale("zh_CN"):
            assert filters.day(date(2026, 3, 2)) == "2026年3月2日"


class TestLengths:
    @pytest.mark.parametrize(
        ("seconds", "shown"), [(0, "0:00"), (247, "4:07"), (3750, "1:02:30")]
    )
    def test_on_a_stop_watch(self, seconds, shown):
        assert filters.clock(seconds) == shown

    def test_keep_their_sign(self):
        assert filters.clock(timedelta(seconds=-75)) == "-1:15"

    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [(45, "45 s"), (247, "4 min 07 s"), (27_000, "7 h 30 min"), (7200, "2 h")],
    )
    def test_in_words(self, seconds, shown):
        assert filters.duration(seconds) == shown

    @given(st.integers(0, 10**7))
    def test_on_a_stop_watch_add_up_again(self, seconds):
        parts = [int(part) for part in filters.clock(seconds).split(":")]
        total = sum(part * 60**place for place, part in enumerate(reversed(parts)))

        assert total == seconds


class TestNumbers:
    def test_have_separators(self):
        assert filters.number(1234567) == "1,234,567"

    def test_show_one_decimal_when_they_are_not_whole(self):
        assert filters.number(2.25) == "2.2"

    def test_of_percent_come_from_fractions(self):
        assert filters.percent(0.8345) == "83.4%"

    @pytest.mark.parametrize(
        ("value", "shown"),
        [(3, "+3"), (-3, "−3"), (0, "±0"), (Decimal("-1.5"), "−1.5")],
    )
    def test_of_differences_always_have_a_sign(self, value, shown):
        assert filters.signed(value) == shown

    def test_of_money_carry_the_currency(self):
        assert filters.money(Money(Decimal("6200"), "EUR")) == "€6,200.00"

    def test_of_money_without_a_currency_are_refused(self):
        with pytest.raises(ValueError, match="without its currency"):
            filters.money(Decimal(5))

    def test_of_zero_is_not_nothing(self):
        assert filters.number(0) == "0"


class TestShow:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (True, "Yes"),
            (date(2026, 3, 2), "2 Mar 2026"),
            (timedelta(minutes=3), "3 min"),
            (1200, "1,200"),
            ("Lin", "Lin"),
        ],
    )
    def test_writes_each_type_its_own_way(self, value, shown):
        assert filters.show(value) == shown
