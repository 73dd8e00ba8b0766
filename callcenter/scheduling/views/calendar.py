"""The secret calendar address: an agent's published shifts as iCalendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Response
from flask.typing import ResponseReturnValue

from callcenter.access.guards import public
from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.text import _, speaking
from callcenter.people.models import Employee
from callcenter.scheduling import queries
from callcenter.scheduling.errors import FeedNotFound
from callcenter.scheduling.models import ActivityKind, Shift
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.words import ACTIVITY_NAMES
from callcenter.web import filters
from callcenter.web.extensions import limiter

if TYPE_CHECKING:
    from icalendar import Event

BACK = timedelta(days=31)
AHEAD = timedelta(days=120)


@bp.get("/calendar/<token>.ics")
@limiter.limit("60 per hour")
@public
def calendar(token: str) -> ResponseReturnValue:
    """Answer with the shifts of whoever the secret belongs to."""
    feed = queries.find_feed(token)
    if feed is None:
        raise FeedNotFound
    now = clock.now()
    shifts = db.session.scalars(
        queries.own_shifts(feed.employee_id, now - BACK, now + AHEAD)
    ).all()
    with speaking(_language_of(feed.employee)):
        body = write_calendar(feed.employee, shifts, now)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Disposition"] = 'inline; filename="schedule.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _language_of(employee: Employee) -> str:
    user = db.session.get(User, employee.user_id) if employee.user_id else None
    return (user.locale if user else None) or "en"


def write_calendar(employee: Employee, shifts: Iterable[Shift], now: datetime) -> bytes:
    """The shifts as an iCalendar file.

    An event keeps its uid however its shift moves, and counts its changes; a shift
    that is gone is gone from the file too, which is how subscriptions take it away.
    Times are written in the site's zone with its rules beside them.
    """
    from icalendar import Calendar

    zone = ZoneInfo(employee.site.zone)
    file = Calendar()
    file.add("prodid", "-//callcenter//schedule//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", _("Shifts of %(name)s", name=employee.name))
    file.add("x-wr-timezone", employee.site.zone)
    file.add("refresh-interval", timedelta(minutes=30), {"value": "DURATION"})
    for shift in shifts:
        file.add_component(_event(shift, zone, now))
    file.add_missing_timezones()
    return bytes(file.to_ical())


def _event(shift: Shift, zone: ZoneInfo, now: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"shift-{shift.id}@callcenter")
    event.add("dtstamp", now)
    event.add("sequence", shift.version - 1)
    event.add("dtstart", shift.starts_at.astimezone(zone))
    event.add("dtend", shift.ends_at.astimezone(zone))
    seat = shift.seat
    summary = _("Shift, seat %(seat)s", seat=seat.code) if seat else _("Shift")
    event.add("summary", summary)
    if seat is not None:
        event.add("location", f"{seat.floor.site.name}, {seat.floor.name}, {seat.code}")
    event.add("description", "\n".join(_lines(shift, zone)))
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event


def _lines(shift: Shift, zone: ZoneInfo) -> list[str]:
    return [
        f"{filters.time_range(each.starts_at, each.ends_at, zone)} "
        f"{ACTIVITY_NAMES[each.kind]}"
        for each in shift.activities
        if each.kind is not ActivityKind.WORK
    ]
