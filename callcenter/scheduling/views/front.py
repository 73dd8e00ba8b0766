"""What this room shows on first pages: the own next shift, the coming days' cover."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, url_for

from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.text import _
from callcenter.scheduling import queries
from callcenter.scheduling.models import Schedule
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views.words import ACTIVITY_NAMES
from callcenter.web import filters
from callcenter.web.home_page import Line, Part

AHEAD = timedelta(days=7)
SHOWN_AHEAD = timedelta(days=3)
MOST_STRIPS, MOST_LINES = 2, 6


def is_rostered() -> bool:
    """Whether the reader is somebody who works shifts; asked once for a page."""
    return _is_agent() or _next_shift() is not None


def _next_shift() -> "queries.OwnShift | None":
    if "next_shift" not in g:
        employee_id = current_actor().employee_id
        g.next_shift = (
            queries.find_next_shift(employee_id, clock.now()) if employee_id else None
        )
    return g.next_shift


def next_shift_part() -> Part | None:
    """When and where the reader works next; nothing for who is not scheduled."""
    upcoming, now = _next_shift(), clock.now()
    if not is_rostered():
        return None
    return Part(
        title=_("My schedule"),
        template="scheduling/_next_shift.html" if upcoming else None,
        stylesheet="scheduling.css",
        context={
            "upcoming": upcoming,
            "now": now,
            "activity_names": ACTIVITY_NAMES,
        },
        more_label=_("All my shifts"),
        more_url=url_for("scheduling.my_schedule"),
        empty=_("As soon as a schedule is published for you, it shows here."),
    )


def _is_agent() -> bool:
    """Whether the reader looks after nobody but themselves."""
    return not current_actor().may("scheduling.view_schedules")


def coming_days_part() -> Part | None:
    """Required against scheduled in the coming days, and drafts to be published."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    ahead = queries.outlook(scope, now, now + AHEAD, most=MOST_LINES)
    may_publish = current_actor().may(Permission.PUBLISH_SCHEDULE)
    drafts = queries.drafts(scope, now.date(), most=MOST_LINES) if may_publish else ()
    if not ahead and not drafts:
        return None
    return Part(
        title=_("Required and scheduled, the coming seven days"),
        template="scheduling/_outlook.html" if ahead else None,
        context={"strips": [_strip(each, now) for each in ahead[:MOST_STRIPS]]},
        lines=[
            *(_covered_line(each) for each in ahead[MOST_STRIPS:]),
            *map(_draft_line, drafts),
        ],
        more_label=_("Schedules"),
        more_url=url_for("scheduling.schedules"),
        is_wide=True,
    )


def _strip(outlook: queries.Outlook, now: datetime) -> dict[str, Any]:
    """The next three days hour by hour, in the time of the schedule's site."""
    zone = ZoneInfo(outlook.zone)
    totals = queries.totals_ahead(outlook, now, now + SHOWN_AHEAD)
    return {
        "name": outlook.name,
        "label": _covered_text(outlook),
        "url": _board_url(outlook.schedule_id),
        "hours": [
            (
                f"{filters.weekday(local)} {local:%H:%M}",
                round(row.required_agents, 1),
                round(row.scheduled_agents, 1),
            )
            for row in queries.by_hour(totals)
            for local in (row.starts_at.astimezone(zone),)
        ],
    }


def _covered_text(outlook: queries.Outlook) -> str:
    return _(
        "%(name)s: %(share)s covered, %(hours)s missing",
        name=outlook.name,
        share=filters.percent(outlook.covered, 0),
        hours=filters.hours(outlook.missing_h),
    )


def _covered_line(outlook: queries.Outlook) -> Line:
    return Line(_covered_text(outlook), _board_url(outlook.schedule_id))


def _draft_line(schedule: Schedule) -> Line:
    days = (schedule.first_day, schedule.last_day)
    return Line(
        schedule.name,
        url_for("scheduling.schedule", schedule_id=schedule.id),
        reason=" – ".join(filters.day(day) for day in days),
        badge=_("Draft"),
        tone="warning",
    )


def _board_url(schedule_id: int) -> str:
    return url_for("scheduling.board", schedule_id=schedule_id)
