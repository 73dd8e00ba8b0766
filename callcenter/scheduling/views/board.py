"""The roster board: agents by days, or agents by intervals of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.scheduling import queries
from callcenter.scheduling.models import Schedule
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import BoardFilter
from callcenter.scheduling.queries.coverage import Totals
from callcenter.scheduling.views import words
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.lines import Lines
from callcenter.web import filters
from callcenter.web.components import Period, url_with
from callcenter.web.pages import render, whole_number_arg

PER_PAGE = 40
MORE = "board-more"  # the line of the template that asks for the next agents


@dataclass(frozen=True, slots=True)
class Part:
    """The agents of one page of a board, and where the next ones are."""

    lines: Sequence[Markup]
    total: int
    page: int

    @property
    def n_pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def more_url(self) -> str | None:
        """The address of the next agents, or None after the last one."""
        return url_with(page=self.page + 1) if self.page < self.n_pages else None


@bp.get("/schedules/<int:schedule_id>/board")
@permission_required(Permission.VIEW_SCHEDULES)
def board(schedule_id: int) -> ResponseReturnValue:
    """Show who works when, with what is required against what is scheduled."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    schedule = queries.get_schedule(schedule_id, scope)
    period, chosen = _period(schedule), _asked_filter()
    may_move = schedule.is_editable and current_actor().may(Permission.MOVE_SHIFT)
    part = _part(schedule, period, chosen, may_move=may_move)
    days = _days(schedule, period)
    if request.headers.get("HX-Target") == MORE:
        more = render_template("scheduling/_board_lines.html", part=part, days=days)
        return _varying(make_response(more))
    totals = queries.coverage_totals(schedule.id, *_bounds(schedule, period))
    page = render(
        "scheduling/board.html",
        schedule=schedule,
        period=period,
        days=days,
        part=part,
        hours=_hours(schedule, period, totals),
        totals=queries.by_day(totals, schedule.tz),
        chosen=chosen,
        skills=_skills(schedule),
        last_change=queries.find_last_change(schedule.id),
        may_move=may_move,
        words=words,
        P=Permission,
    )
    return _varying(page)


def _varying(response: Response) -> Response:
    response.vary.update(("HX-Request", "HX-Target"))
    return response


def _part(
    schedule: Schedule, period: Period, chosen: BoardFilter, *, may_move: bool
) -> Part:
    """The agents that the address asks for, drawn over the period."""
    page = whole_number_arg("page", 1, low=1, high=10_000)
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    first = (page - 1) * PER_PAGE
    agents = queries.board_agents(schedule, scope, chosen, first=first, n=PER_PAGE)
    ids = [each.id for each in agents]
    shifts = queries.shifts_of(schedule, ids, period.first, period.last)
    lines = Lines(schedule, _days(schedule, period), agents, shifts, may_move)
    if period.unit == "day":
        parts = queries.activities_of([shift.id for shift in shifts])
        drawn = [*lines.of_day(parts, _now_x(schedule, period))]
    else:
        drawn = [*lines.of_week()]
    return Part(drawn, agents[0].n_agents if agents else 0, page)


def _period(schedule: Schedule) -> Period:
    """The week, or the one day, of the schedule that the address asks for."""
    today = clock.today(schedule.tz)
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = today
    asked = min(max(asked, schedule.first_day), schedule.last_day)
    unit = "day" if request.args.get("unit") == "day" else "week"
    return Period.around(asked, today=today, unit=unit)


def _days(schedule: Schedule, period: Period) -> list[date]:
    """The days of the period that the schedule covers."""
    return [d for d in period.days if schedule.first_day <= d <= schedule.last_day]


def _asked_filter() -> BoardFilter:
    return BoardFilter(
        text=request.args.get("q", "").strip()[:80],
        team_id=request.args.get("team", type=int),
        skill_id=request.args.get("skill", type=int),
    )


def _hours(
    schedule: Schedule, period: Period, totals: Totals
) -> list[tuple[str, float, float]]:
    """Required against scheduled by hour, with the hour's name."""
    hours = []
    for row in queries.by_hour(totals):
        local = row.starts_at.astimezone(schedule.tz)
        name = f"{local.hour:02}:{local.minute:02}"
        if period.unit != "day":
            name = f"{filters.weekday(local)} {name}"
        required, scheduled = row.required_agents, row.scheduled_agents
        hours.append((name, round(required, 1), round(scheduled, 1)))
    return hours


def _bounds(schedule: Schedule, period: Period) -> tuple[datetime, datetime]:
    return (
        day_start(period.first, schedule.tz),
        day_start(period.last + timedelta(days=1), schedule.tz),
    )


def _skills(schedule: Schedule) -> list[tuple[int, str]]:
    """The skills that the schedule's queues ask for, with the queues' names."""
    names: dict[int, list[str]] = {}
    for each in schedule.queues:
        if each.queue.skill_id is not None:
            names.setdefault(each.queue.skill_id, []).append(each.queue.name)
    return [(key, ", ".join(value)) for key, value in names.items()]


def _now_x(schedule: Schedule, period: Period) -> int | None:
    """Where the present moment lies on a day's line, in minutes."""
    if period.unit != "day" or not period.holds_today:
        return None
    passed = clock.now() - day_start(period.first, schedule.tz)
    return int(passed.total_seconds() // 60)


def board_url(schedule_id: int, day: date) -> str:
    """The board's address at a day."""
    return url_for("scheduling.board", schedule_id=schedule_id, day=day.isoformat())
