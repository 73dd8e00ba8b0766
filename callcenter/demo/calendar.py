"""Days and quarter-hours of the history: local time, opening hours, holidays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from callcenter.demo.company import Holiday, Text

QUARTER_S = 900
DAY_S = 86_400
EPOCH = date(1970, 1, 1)
Ints: TypeAlias = NDArray[np.signedinteger[Any]]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


# The holidays library knows Portugal's days in Portuguese and English only.
PORTUGAL_ZH = {
    "New Year's Day": "元旦",
    "Good Friday": "耶稣受难日",
    "Easter Sunday": "复活节",
    "Corpus Christi": "圣体节",
    "Republic Day": "共和国日",
    "All Saints' Day": "诸圣节",
    "Restoration of Independence Day": "恢复独立日",
    "Freedom Day": "自由日",
    "Labor Day": "劳动节",
    "Day of Portugal, Camões, and the Portuguese Communities": "葡萄牙日",
    "Assumption Day": "圣母升天节",
    "Immaculate Conception": "圣母无染原罪节",
    "Christmas Day": "圣诞节",
}


def months_before(day: date, months: int) -> date:
    """The first of the month that lies `months` before the month of `day`."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def as_epoch_day(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def local_epoch(zone: str, day: date, second: int) -> int:
    """The UTC instant (epoch seconds) of a wall-clock time of a zone.

    `second` counts from local midnight and may pass 86,400 for the next day.
    """
    day += timedelta(days=second // DAY_S)
    naive = datetime.combine(day, datetime.min.time()) + timedelta(
        seconds=second % DAY_S
    )
    return int(naive.replace(tzinfo=ZoneInfo(zone)).timestamp())


@dataclass(frozen=True)
class LocalGrid:
    """Every quarter-hour between two local midnights of one zone, in UTC order.

    A day of a clock change has 92 or 100 of them.
    """

    zone: str
    first_day: date
    n_days: int

    @cached_property
    def starts(self) -> Ints:
        """Start of each quarter, epoch seconds; shape (n_quarters,)."""
        first = local_epoch(self.zone, self.first_day, 0)
        end = local_epoch(self.zone, self.first_day + timedelta(self.n_days), 0)
        return np.arange(first, end, QUARTER_S, dtype=np.int64)

    @cached_property
    def offsets(self) -> Ints:
        """Seconds by which local time is ahead of UTC; shape (n_quarters,)."""
        return offsets_of(self.zone, self.starts)

    @cached_property
    def day(self) -> Ints:
        """Position of the local day, from 0; shape (n_quarters,)."""
        return (self.starts + self.offsets) // DAY_S - as_epoch_day(self.first_day)

    @cached_property
    def quarter(self) -> Ints:
        """Quarter of the local day, 0 to 95; shape (n_quarters,)."""
        return (self.starts + self.offsets) % DAY_S // QUARTER_S


def offsets_of(zone: str, instants: Ints) -> Ints:
    """Seconds by which a zone is ahead of UTC at each instant (epoch seconds)."""
    info = ZoneInfo(zone)
    hours, inverse = np.unique(instants // 3600, return_inverse=True)
    offsets = [
        int(datetime.fromtimestamp(int(h) * 3600, info).utcoffset().total_seconds())  # type: ignore[union-attr]
        for h in hours
    ]
    return np.asarray(offsets, dtype=np.int64)[inverse]


def local_epochs(zone: str, epoch_days: Ints, seconds: Ints) -> Ints:
    """UTC instants of wall-clock times, as arrays; see `local_epoch`."""
    naive = epoch_days * DAY_S + seconds
    guess = naive - offsets_of(zone, naive)
    return naive - offsets_of(zone, guess)


def holidays_between(
    countries: Iterable[str], first: date, last: date
) -> tuple[Holiday, ...]:
    """Public holidays of the countries, and the weekend days moved to working."""
    found: list[Holiday] = []
    years = range(first.year, last.year + 1)
    for country in countries:
        local = "zh_CN" if country == "CN" else "en_US"
        english = holidays.country_holidays(country, years=years, language="en_US")
        native = holidays.country_holidays(country, years=years, language=local)
        found += [
            Holiday(
                country,
                on,
                Text(english[on], PORTUGAL_ZH.get(native[on], native[on])),
                is_workday=False,
            )
            for on in sorted(english)
            if first <= on <= last
        ]
        found += [
            Holiday(country, on, Text("Moved working day", "调休上班"), is_workday=True)
            for on in sorted(getattr(english, "weekend_workdays", ()))
            if first <= on <= last
        ]
    return tuple(found)


def day_kinds(
    country: str, first_day: date, n_days: int, known: Iterable[Holiday]
) -> tuple[Ints, Bools]:
    """The weekday each day behaves like (0 is Monday), and whether it is a holiday.

    A weekend day moved to working behaves like a Tuesday.
    """
    days = np.arange(n_days, dtype=np.int64)
    weekday = (days + first_day.weekday()) % 7
    is_holiday = np.zeros(n_days, dtype=bool)
    for holiday in known:
        index = (holiday.on - first_day).days
        if holiday.country != country or not 0 <= index < n_days:
            continue
        if holiday.is_workday:
            weekday[index] = 1
        else:
            is_holiday[index] = True
    return weekday, is_holiday


def instant(epoch_s: int) -> datetime:
    """An aware UTC time from epoch seconds."""
    return datetime.fromtimestamp(epoch_s, UTC)
