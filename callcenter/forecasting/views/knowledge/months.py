"""Some months of a calendar, with the events on their days."""

from datetime import date, timedelta

from flask import request

from callcenter.forecasting import queries
from callcenter.forecasting.models import Event
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope

MONTHS = 4


def first_month() -> date:
    """The first month to be shown: the one asked for, else last month."""
    try:
        asked = date.fromisoformat(f"{request.args.get('month', '')}-01")
        if 2000 <= asked.year <= 2100:
            return asked
    except ValueError:
        pass
    return month_after(clock.now().date().replace(day=1), -1)


def month_after(first: date, n: int) -> date:
    """The first day of the month so many months on."""
    months = first.year * 12 + first.month - 1 + n
    return date(months // 12, months % 12 + 1, 1)


def months(first: date) -> list[tuple[date, list[list[date | None]]]]:
    """Some months, each as weeks from Monday; None beside its first and last day."""
    found = []
    for n in range(MONTHS):
        begin, end = month_after(first, n), month_after(first, n + 1)
        days: list[date | None] = [None] * begin.weekday()
        days += [begin + timedelta(days=each) for each in range((end - begin).days)]
        days += [None] * (-len(days) % 7)
        weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
        found.append((begin, weeks))
    return found


def events_by_day(
    scope: Scope, first: date, project_id: int | None
) -> dict[date, list[Event]]:
    """The events of those months on each of their days."""
    last = month_after(first, MONTHS) - timedelta(days=1)
    by_day: dict[date, list[Event]] = {}
    for row in queries.event_days(scope, first, last, project_id):
        for place in range((row.last_day - row.first_day).days + 1):
            by_day.setdefault(row.first_day + timedelta(days=place), []).append(row)
    return by_day
