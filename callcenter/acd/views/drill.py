"""Where a row of figures leads: what it is made of, down to single contacts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from callcenter.acd.metrics import Dimension
from callcenter.acd.models import INTERVAL_S
from callcenter.acd.permissions import Permission
from callcenter.acd.queries import Grain, Question
from callcenter.kernel.actor import current_actor
from callcenter.people.permissions import Permission as PeoplePermission
from callcenter.web.filters import day, moment, time_of_day

NEXT = {
    Dimension.CLIENT: Dimension.PROJECT,
    Dimension.PROJECT: Dimension.QUEUE,
    Dimension.CHANNEL: Dimension.QUEUE,
    Dimension.SITE: Dimension.TEAM,
    Dimension.TEAM: Dimension.AGENT,
}
FINER = {Grain.MONTH: Grain.DAY, Grain.WEEK: Grain.DAY, Grain.DAY: Grain.INTERVAL}


def when(question: Question, at: Any) -> str:
    """How a stretch of time is written."""
    if at is None:
        return f"{day(question.first)} – {day(question.last)}"
    if isinstance(at, datetime):
        is_one_day = question.first == question.last
        return (
            time_of_day(at, question.zone) if is_one_day else moment(at, question.zone)
        )
    if question.grain is Grain.MONTH:
        return day(at, "month")
    if question.grain is Grain.WEEK:
        return f"{day(at, 'day_month')} – {day(at + timedelta(days=6), 'day_month')}"
    return day(at, "weekday_day")


def arguments_of(question: Question, **changes: Any) -> list[tuple[str, str]]:
    """The address's arguments of a question, some of them changed."""
    by = changes.get("by", question.by)
    pairs = [("metric", metric.code) for metric in question.metrics]
    pairs += [
        ("by", by.value if by else ""),
        ("grain", changes.get("grain", question.grain).value),
        ("from", changes.get("first", question.first).isoformat()),
        ("to", changes.get("last", question.last).isoformat()),
    ]
    for dimension, values in changes.get("filters", question.filters).items():
        pairs += [(dimension.value, str(value)) for value in sorted(values)]
    return pairs


def drill_url(question: Question, key: Any, at: Any) -> str | None:
    """What a row is made of: finer in time, else further down, at last its contacts."""
    filters = dict(question.filters)
    if question.by is not None:
        if key is None:
            return None
        filters[question.by] = frozenset({key})
    if isinstance(at, datetime):
        if not current_actor().may(Permission.VIEW_CONTACTS):
            return None
        return _contacts_url(question, filters, at)
    changes: dict[str, Any] = {"filters": filters}
    if at is not None:
        first, last = span(question.grain, at)
        changes["first"] = max(first, question.first)
        changes["last"] = min(last, question.last)
        changes |= {"grain": FINER[question.grain], "by": None}
    elif question.by is None:
        changes["grain"] = Grain.DAY
    else:
        changes["by"] = _next(question.by)
        changes["grain"] = Grain.TOTAL if changes["by"] else Grain.DAY
    pairs = arguments_of(question, **changes)
    return f"{url_for('acd.figures')}?{urlencode(pairs)}"


def _next(by: Dimension) -> Dimension | None:
    below = NEXT.get(by)
    may_name = current_actor().may(PeoplePermission.VIEW_EMPLOYEES)
    return below if below is not Dimension.AGENT or may_name else None


def span(grain: Grain, at: date) -> tuple[date, date]:
    """First and last day of a bucket."""
    if grain is Grain.MONTH:
        following = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
        return at, following - timedelta(days=1)
    return at, at + timedelta(days=6 if grain is Grain.WEEK else 0)


def _contacts_url(
    question: Question, filters: Mapping[Dimension, frozenset[Any]], at: datetime
) -> str:
    length_s = 3600 if question.grain is Grain.HOUR else INTERVAL_S
    until = at + timedelta(seconds=length_s)
    pairs = [("at", _stamp(at)), ("until", _stamp(until))]
    for dimension, values in filters.items():
        pairs += [(dimension.value, str(value)) for value in sorted(values)]
    return f"{url_for('acd.contacts')}?{urlencode(pairs)}"


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
