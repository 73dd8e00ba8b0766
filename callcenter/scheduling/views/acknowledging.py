"""Having seen the published shifts: said on the phone, looked up at the desk."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.mail import is_configured
from callcenter.kernel.text import _, _l
from callcenter.scheduling import queries
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import acknowledging as reading
from callcenter.scheduling.services import acknowledging as services
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.front import is_rostered
from callcenter.web import filters
from callcenter.web.home_page import Line, Part
from callcenter.web.pages import see_other, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table, TextFilter

STATE_NAMES: dict[str, tuple[object, str]] = {
    reading.SEEN: (_l("seen"), "success"),
    reading.CHANGED: (_l("changed since"), "warning"),
    reading.UNSEEN: (_l("not seen yet"), "danger"),
}


def unseen_part() -> Part | None:
    """The published schedules that the reader has to look at, for the first page."""
    employee_id = current_actor().employee_id
    if employee_id is None or not is_rostered():
        return None
    unseen = reading.unseen_by(employee_id, clock.now())
    if not unseen:
        return None
    return Part(title=_("Your schedule"), lines=[_line(each) for each in unseen])


def _line(each: reading.Unseen) -> Line:
    zone = ZoneInfo(current_actor().zone)
    days = filters.day_range(each.first_day, each.last_day)
    text = (
        _("Your shifts of %(days)s have changed", days=days)
        if each.has_changed
        else _("Your shifts of %(days)s are published", days=days)
    )
    return Line(
        text,
        url_for("scheduling.my_schedule", day=max(each.first_day, clock.today(zone))),
        badge=_("look and confirm"),
        tone="warning",
    )


def _badge(row: Any) -> Markup:
    name, tone = STATE_NAMES[row.state]
    return Markup('<span class="badge tone-{}">{}</span>').format(tone, name)


@bp.post("/me/schedules/<int:schedule_id>/seen")
@permission_required(Permission.VIEW_OWN_SCHEDULE)
def acknowledge(schedule_id: int) -> ResponseReturnValue:
    """Note that the reader has seen the own shifts of a schedule."""
    employee_id = current_actor().employee_id
    if employee_id is None:
        raise NotFound
    with transaction():
        services.acknowledge(schedule_id, employee_id)
    toast(_("Thank you. Your planner knows that you have seen your shifts."))
    return see_other("scheduling.my_schedule")


@bp.get("/schedules/<int:schedule_id>/readers")
@permission_required(Permission.VIEW_SCHEDULES)
def schedule_readers(schedule_id: int) -> ResponseReturnValue:
    """List whose shifts a schedule holds, and who has seen them."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    schedule = queries.get_schedule(schedule_id, scope)
    readers = reading.readers_of(schedule.id, scope)
    teams = [(each.team.name, each.team.name) for each in schedule.teams]
    table = Table(
        "readers",
        select(readers).order_by(readers.c.name_sort, readers.c.employee_id),
        caption=_("Who has seen the schedule"),
        columns=[
            Column("name", _l("Name"), sort=readers.c.name_sort),
            Column("team", _l("Team"), sort=readers.c.team),
            Column("n_shifts", _l("Shifts"), sort=readers.c.n_shifts, align="end"),
            Column(
                "state",
                _l("State"),
                sort=readers.c.state,
                value=lambda row: str(STATE_NAMES[row.state][0]),
                html=_badge,
            ),
            Column("seen_at", _l("Seen"), sort=readers.c.seen_at, style="datetime"),
        ],
        filters=[
            TextFilter("q", _l("Name"), readers.c.name),
            ChoiceFilter("team", _l("Team"), readers.c.team, teams),
            ChoiceFilter(
                "state",
                _l("State"),
                readers.c.state,
                [(key, name) for key, (name, _tone) in STATE_NAMES.items()],
            ),
        ],
        default_sort="state",
        default_dir="desc",
        empty=Empty(
            _l("Nothing is published here"),
            _l("As soon as the schedule is published, its agents appear here."),
        ),
    )
    return table.respond(
        "scheduling/schedule_readers.html",
        schedule=schedule,
        counts=reading.count_readers(schedule.id, scope),
        may_remind=current_actor().may(Permission.PUBLISH_SCHEDULE) and is_configured(),
    )


@bp.post("/schedules/<int:schedule_id>/remind")
@permission_required(Permission.PUBLISH_SCHEDULE)
def remind_readers(schedule_id: int) -> ResponseReturnValue:
    """Ask those who have not seen the schedule to look, by e-mail."""
    scope = current_actor().scope(Permission.PUBLISH_SCHEDULE)
    with transaction():
        schedule = queries.get_schedule(schedule_id, scope)
        services.remind_readers(schedule.id)
    toast(_("Those who have not seen it are written to."))
    return see_other("scheduling.schedule_readers", schedule_id=schedule_id)
