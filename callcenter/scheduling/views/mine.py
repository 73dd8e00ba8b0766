"""The agent's own schedule on the phone, and the calendar that carries it elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request, session, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _
from callcenter.people.models import Employee
from callcenter.scheduling import queries, services
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import OwnShift
from callcenter.scheduling.queries.acknowledging import unseen_by
from callcenter.scheduling.queries.own import OwnAbsence, own_absences
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.words import ACTIVITY_NAMES
from callcenter.web import filters
from callcenter.web.components import Period
from callcenter.web.pages import render, see_other, toast

TOKEN_SHOWN_ONCE = "calendar_token"  # noqa: S105 - the name of the session's field


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the list: its shifts and leave, if any."""

    day: date
    is_today: bool
    shifts: Sequence[OwnShift]
    away: Sequence[str] = ()


@bp.get("/me/schedule")
@permission_required(Permission.VIEW_OWN_SCHEDULE)
def my_schedule() -> ResponseReturnValue:
    """Show the reader's next shift, then a week or a month of them."""
    zone = ZoneInfo(current_actor().zone)
    today = clock.today(zone)
    unit = "month" if request.args.get("unit") == "month" else "week"
    period = Period.around(_asked_day(today), today=today, unit=unit)
    employee_id, now = current_actor().employee_id, clock.now()
    shifts = _shifts(employee_id, now, period, zone) if employee_id else []
    upcoming = next((shift for shift in shifts if shift.ends_at > now), None)
    if upcoming is not None and upcoming.starts_at >= now + queries.AHEAD:
        upcoming = None
    if employee_id and upcoming and _is_over(period, upcoming):
        period = Period.around(upcoming.day, today=today, unit=unit)
        shifts = _shifts(employee_id, now, period, zone)
    shown = [shift for shift in shifts if period.first <= shift.day <= period.last]
    return render(
        "scheduling/my_schedule.html",
        is_employee=employee_id is not None,
        now=now,
        upcoming=upcoming,
        unseen=unseen_by(employee_id, now) if employee_id else [],
        period=period,
        days=_lines(period, shown, _away(employee_id, period, zone), today),
        paid_h=sum(shift.paid_h for shift in shown),
        feed_since=queries.find_feed_since(employee_id) if employee_id else None,
        feed_url=_fresh_feed_url(),
        activity_names=ACTIVITY_NAMES,
    )


def _is_over(period: Period, upcoming: OwnShift) -> bool:
    """Whether nobody asked for these days and work only goes on after them."""
    return "day" not in request.args and upcoming.day > period.last


def _asked_day(today: date) -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today


def _shifts(
    employee_id: int, now: datetime, period: Period, zone: ZoneInfo
) -> list[OwnShift]:
    """The reader's shifts of the period, and the next one, which may lie beyond."""
    return queries.next_and_within(
        employee_id,
        now,
        day_start(period.first, zone),
        day_start(period.last + timedelta(days=1), zone),
    )


def _away(
    employee_id: int | None, period: Period, zone: ZoneInfo
) -> dict[date, list[str]]:
    """What keeps the reader away on each day, in words; with times if for hours."""
    if employee_id is None:
        return {}
    starts = [day_start(day, zone) for day in (*period.days, period.next_day)]
    absences = own_absences(employee_id, starts[0], starts[-1])
    found: dict[date, list[str]] = {}
    for day, start, end in zip(period.days, starts[:-1], starts[1:], strict=True):
        for each in absences:
            if each.starts_at < end and each.ends_at > start:
                found.setdefault(day, []).append(_kept_away(each, start, end, zone))
    return found


def _kept_away(
    absence: OwnAbsence, start: datetime, end: datetime, zone: ZoneInfo
) -> str:
    if absence.starts_at <= start and absence.ends_at >= end:
        return str(absence.kind.label)
    first, last = max(absence.starts_at, start), min(absence.ends_at, end)
    return f"{absence.kind.label} {filters.time_range(first, last, zone.key)}"


def _lines(
    period: Period,
    shifts: Sequence[OwnShift],
    away: Mapping[date, Sequence[str]],
    today: date,
) -> list[DayLine]:
    by_day: dict[date, list[OwnShift]] = {}
    for shift in shifts:
        by_day.setdefault(shift.day, []).append(shift)
    return [
        DayLine(day, day == today, by_day.get(day, []), away.get(day, ()))
        for day in period.days
    ]


def _fresh_feed_url() -> str | None:
    """The calendar's address, in the one response after it was made."""
    token = session.pop(TOKEN_SHOWN_ONCE, None)
    if token is None:
        return None
    return url_for("scheduling.calendar", token=token, _external=True)


@bp.post("/me/calendar")
@permission_required(Permission.VIEW_OWN_SCHEDULE)
def open_calendar() -> ResponseReturnValue:
    """Make a new secret calendar address; the one before stops working."""
    with transaction():
        _feed, token = services.open_feed(_own_employee_id())
    session[TOKEN_SHOWN_ONCE] = token
    return see_other("scheduling.my_schedule", _anchor="calendar")


@bp.post("/me/calendar/revoke")
@permission_required(Permission.VIEW_OWN_SCHEDULE)
def revoke_calendar() -> ResponseReturnValue:
    """Let the calendar address answer no more."""
    with transaction():
        was_open = services.revoke_feed(_own_employee_id())
    if was_open:
        toast(_("The calendar address no longer works."))
    return see_other("scheduling.my_schedule", _anchor="calendar")


def _own_employee_id() -> int:
    employee_id = current_actor().employee_id
    if employee_id is None or db.session.get(Employee, employee_id) is None:
        raise NotFound
    return employee_id
