"""Days that differ: public holidays, moved working days, special events, files."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from callcenter.access import audit
from callcenter.kernel.db import db
from callcenter.projects.errors import DayTaken, UnknownCountry, UnreadableCalendar
from callcenter.projects.models import CalendarDay, DayKind

LARGEST_FILE = 1_000_000
MOST_DAYS = 2000
YEARS_AHEAD = 3
_MOVED = ("Moved working day", "调休上班")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day as a source names it, in English or the source's own words, and Chinese."""

    day: date
    kind: DayKind
    name: str
    name_zh: str = ""


def known_countries() -> frozenset[str]:
    """The countries whose public holidays can be worked out."""
    import holidays

    return frozenset(holidays.list_supported_countries())


def generate_holidays(country: str, year: int) -> int:
    """Put a country's public holidays and moved working days into the calendar.

    What is there stays; returns how many days are new. Raises `UnknownCountry`.
    """
    return add_days(public_holidays(country, year), country=country, project_id=None)


def public_holidays(country: str, year: int) -> list[NamedDay]:
    """The holidays of a year, by day; raises `UnknownCountry`."""
    import holidays

    if country not in known_countries():
        raise UnknownCountry(country=country)
    spoken = holidays.country_holidays(country, years=year).supported_languages
    english = _in_language(country, year, "en_US", spoken)
    chinese = _in_language(country, year, "zh_CN", spoken)
    found = [
        NamedDay(day, DayKind.HOLIDAY, name, chinese.get(day, ""))
        for day, name in english.items()
        if day.year == year
    ]
    moved = getattr(english, "weekend_workdays", ())
    found += [
        NamedDay(day, DayKind.WORKING_DAY, *_MOVED) for day in moved if day.year == year
    ]
    return sorted(found, key=lambda each: (each.day, each.name))


def _in_language(
    country: str, year: int, language: str, spoken: Collection[str]
) -> Any:
    import holidays

    if language in spoken:
        return holidays.country_holidays(country, years=year, language=language)
    if language == "en_US":
        return holidays.country_holidays(country, years=year)
    return {}


def add_days(
    days: Collection[NamedDay], *, country: str | None, project_id: int | None
) -> int:
    """Add days to a country's or a project's calendar; those known already stay.

    Returns how many are new.
    """
    owner = (
        CalendarDay.country == country
        if project_id is None
        else CalendarDay.project_id == project_id
    )
    known = {
        (day, name)
        for day, name in db.session.execute(
            select(CalendarDay.day, CalendarDay.name).where(owner)
        )
    }
    new = {
        (each.day, each.name[:120]): each
        for each in days
        if (each.day, each.name[:120]) not in known
    }
    db.session.add_all(
        CalendarDay(
            country=country if project_id is None else None,
            project_id=project_id,
            day=each.day,
            kind=each.kind,
            name=name,
            name_zh=each.name_zh[:120],
        )
        for (_day, name), each in sorted(new.items())
    )
    db.session.flush()
    audit.record(
        "projects.add_days",
        "projects_calendar_day",
        project_id or country or "",
        n_days=len(new),
    )
    return len(new)


def save_day(row: CalendarDay, **values: Any) -> CalendarDay:
    """Create or change one day; raises `DayTaken`."""
    with db.session.no_autoflush:
        twin = db.session.scalar(
            select(CalendarDay.id).where(
                CalendarDay.country.is_not_distinct_from(values["country"]),
                CalendarDay.project_id.is_not_distinct_from(values["project_id"]),
                CalendarDay.day == values["day"],
                CalendarDay.name == values["name"],
            )
        )
    if twin is not None and twin != row.id:
        raise DayTaken(day=values["day"])
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def delete_day(row: CalendarDay) -> None:
    """Take a day out of the calendar."""
    db.session.delete(row)
    db.session.flush()


def read_calendar_file(content: bytes, kind: DayKind, *, until: date) -> list[NamedDay]:
    """The days of an iCalendar file, repeated ones up to a day.

    Raises `UnreadableCalendar` for anything else, or for more than `MOST_DAYS`.
    """
    from icalendar import Calendar

    if len(content) > LARGEST_FILE:
        raise UnreadableCalendar(n_bytes=len(content))
    try:
        calendar = Calendar.from_ical(content)
        found = [
            NamedDay(day, kind, str(event.get("SUMMARY") or "–").strip()[:120])
            for event in calendar.walk("VEVENT")
            for day in _days_of(event, until)
        ]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableCalendar from error
    if not found or len(found) > MOST_DAYS:
        raise UnreadableCalendar(n_days=len(found))
    return found


def _days_of(event: Any, until: date) -> Iterator[date]:
    """Every day that an event touches; an all-day event ends before its end."""
    first, is_whole_day = _day(event["DTSTART"].dt)
    last = first
    if "DTEND" in event:
        end, _whole = _day(event["DTEND"].dt)
        last = end - timedelta(days=1) if is_whole_day else end
    length = min(max((last - first).days, 0), 366)
    for start in _starts(event, first, until):
        for each in range(length + 1):
            yield start + timedelta(days=each)


def _starts(event: Any, first: date, until: date) -> Iterator[date]:
    if "RRULE" not in event:
        yield first
        return
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    rule = event["RRULE"].to_ical().decode()
    plain = ";".join(p for p in rule.split(";") if not p.startswith("UNTIL="))
    begin = datetime.combine(first, datetime.min.time())
    limit = _limit(event, until)
    for count, at in enumerate(rrulestr(plain, dtstart=begin)):
        if at.date() > limit or count > MOST_DAYS:
            return
        yield at.date()


def _limit(event: Any, until: date) -> date:
    given = event["RRULE"].get("UNTIL")
    return min(_day(given[0])[0], until) if given else until


def _day(value: date | datetime) -> tuple[date, bool]:
    """The day, and whether the value is a whole one."""
    if isinstance(value, datetime):
        return value.date(), False
    return value, True
