"""Wall times into instants on the two days that are not 24 hours long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.connectors.records import NO_TIME
from callcenter.acd.connectors.times import both_occurrences, parse_times, to_utc
from tests.acd.connectors.reading import read

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "Europe/London",
        "Asia/Shanghai",
        "Asia/Jerusalem",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
    )
]
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall times


def wall(*texts: str) -> np.ndarray:
    values, _, _ = parse_times([f"2024-{text}" for text in texts])
    return values


def shown(instants: np.ndarray) -> list[str]:
    return [datetime.fromtimestamp(i, UTC).strftime("%d %H:%M") for i in instants]


def test_an_ambiguous_time_is_the_first_of_the_two():
    times = wall("11-03 00:59:00", "11-03 01:30:00", "11-03 02:00:00")

    assert shown(to_utc(times, NEW_YORK)) == ["03 04:59", "03 05:30", "03 07:00"]


def test_an_ambiguous_time_is_the_second_when_it_must_not_be_earlier():
    offered = to_utc(wall("11-03 01:50:00"), NEW_YORK)

    ended = to_utc(wall("11-03 01:10:00"), NEW_YORK, not_before=offered)

    assert shown(ended) == ["03 06:10"]


def test_a_time_that_never_was_is_read_with_the_offset_before_the_jump():
    assert shown(to_utc(wall("03-10 02:30:00"), NEW_YORK)) == ["10 07:30"]


def test_both_occurrences_differ_only_where_the_hour_repeats():
    first, second = both_occurrences(
        wall("03-10 02:30:00", "11-03 01:30:00", "11-03 03:00:00"), NEW_YORK
    )

    assert (second - first).tolist() == [0, 3600, 0]


@given(
    moments=st.lists(
        st.datetimes(EPOCH.replace(year=1990), EPOCH.replace(year=2037)),
        min_size=1,
        max_size=8,
    ),
    zone=st.sampled_from(ZONES),
)
def test_whole_columns_agree_with_the_standard_library(moments, zone):
    moments = [m.replace(microsecond=0) for m in moments]
    walls = np.array([(m - EPOCH) // timedelta(seconds=1) for m in moments], np.int64)

    instants = to_utc(walls, zone)

    expected = [int(m.replace(tzinfo=zone, fold=0).timestamp()) for m in moments]
    assert instants.tolist() == expected


@given(
    st.lists(
        st.datetimes(EPOCH.replace(year=1901), EPOCH.replace(year=2199)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]),
)
def test_whole_columns_of_dates_are_parsed_like_single_ones(moments, pattern):
    values, is_local, wrong = parse_times([m.strftime(pattern) for m in moments])

    expected = [(m - EPOCH) // timedelta(seconds=1) for m in moments]
    assert (values.tolist(), wrong.any()) == (expected, False)
    assert set(is_local.tolist()) == {not pattern.endswith("Z")}


def test_blanks_and_mixed_widths_keep_their_places():
    texts = ["2024-03-04 10:00:00", "", "2024-03-04 10:00", "2024-3-4", "x"]

    values, _, wrong = parse_times(texts)

    assert (values == NO_TIME).tolist() == [False, True, False, True, True]
    assert wrong.tolist() == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("day", "hours"), [("2024-03-10", 23), ("2024-11-03", 25), ("2024-06-01", 24)]
)
def test_a_local_day_has_its_number_of_quarters(write, day, hours):
    begin = datetime.fromisoformat(day).replace(tzinfo=NEW_YORK).timestamp()
    stamps = [int(begin) + 900 * i for i in range(hours * 4)]
    rows = [f"{i},sales,{at}" for i, at in enumerate(stamps)]
    path = write("\n".join(["id,queue,offered at", *rows]))

    facts = list(read("contacts-csv", path, interval_s=900).facts.facts())

    days = {f.interval_start.astimezone(NEW_YORK).date().isoformat() for f in facts}
    assert (len(facts), days) == (hours * 4, {day})
