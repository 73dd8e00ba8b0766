"""The roster board: agents by days, or agents by intervals of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.scheduling import queries
from callcenter.scheduling.models import ActivityKind, Schedule
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.queries import BoardFilter, BoardShift
from callcenter.scheduling.queries.coverage import Totals
from callcenter.scheduling.views import words
from callcenter.scheduling.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.components import Period
from callcenter.web.pages import render, whole_number_arg

PER_PAGE = 50
DAY_MIN = 24 * 60
Part = tuple[ActivityKind, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Bar:
    """A shift of the day view: minutes from midnight, and its parts likewise."""

    shift: BoardShift
    x: int
    width: int
    parts: Sequence[tuple[ActivityKind, int, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """An agent with a cell for each day, or with the bars of one day."""

    employee: Employee
    cells: Sequence[Sequence[BoardShift]]
    bars: Sequence[Bar]
    paid_h: float


@bp.get("/schedules/<int:schedule_id>/board")
@permission_required(Permission.VIEW_SCHEDULES)
def board(schedule_id: int) -> ResponseReturnValue:
    """Show who works when, with what is required against what is scheduled."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    schedule = queries.get_schedule(schedule_id, scope)
    period = _period(schedule)
    chosen = _asked_filter()
    page = whole_number_arg("page", 1, low=1, high=10_000)
    agents, n_agents = _agents(schedule, scope, chosen, page)
    ids = [each.id for each in agents]
    shifts = queries.shifts_of(schedule, ids, period.first, period.last)
    parts = _parts(shifts) if period.unit == "day" else {}
    totals = queries.coverage_totals(schedule.id, *_bounds(schedule, period))
    last_change = queries.find_last_change(schedule.id)
    return render(
        "scheduling/board.html",
        schedule=schedule,
        period=period,
        days=_days(schedule, period),
        lines=_lines(schedule, period, agents, shifts, parts),
        hours=_hours(schedule, period, totals),
        totals=queries.by_day(totals, schedule.tz),
        chosen=chosen,
        skills=_skills(schedule),
        pages=_Pages(page, -(-n_agents // PER_PAGE), n_agents),
        last_change=last_change,
        may_move=schedule.is_editable and current_actor().may(Permission.MOVE_SHIFT),
        words=words,
        now_x=_now_x(schedule, period),
        P=Permission,
    )


@dataclass(frozen=True, slots=True)
class _Pages:
    page: int
    n_pages: int
    total: int


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


def _agents(
    schedule: Schedule, scope: Scope, chosen: BoardFilter, page: int
) -> tuple[Sequence[Employee], int]:
    statement = queries.agents_of(schedule, scope, chosen)
    cut = statement.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    agents = db.session.scalars(cut).all()
    if page == 1 and len(agents) < PER_PAGE:
        return agents, len(agents)
    return agents, queries.count_agents(statement)


def _parts(shifts: Sequence[BoardShift]) -> dict[int, list[Part]]:
    return queries.activities_of([shift.id for shift in shifts])


def _lines(
    schedule: Schedule,
    period: Period,
    agents: Sequence[Employee],
    shifts: Sequence[BoardShift],
    parts: dict[int, list[Part]],
) -> list[Line]:
    mine: dict[int, list[BoardShift]] = {}
    for shift in shifts:
        mine.setdefault(shift.employee_id, []).append(shift)
    midnight = day_start(period.first, schedule.tz)
    days = _days(schedule, period)
    lines = []
    for employee in agents:
        own = mine.get(employee.id, [])
        by_day: dict[date, list[BoardShift]] = {}
        for shift in own:
            by_day.setdefault(shift.day, []).append(shift)
        bars = [_bar(each, midnight, parts.get(each.id, [])) for each in own]
        paid_h = sum(each.paid_min for each in own) / 60
        cells = [by_day.get(day, []) for day in days]
        lines.append(Line(employee, cells, bars if parts else [], paid_h))
    return lines


def _bar(shift: BoardShift, midnight: datetime, parts: Sequence[Part]) -> Bar:
    def minute(at: datetime) -> int:
        return int((at - midnight).total_seconds() // 60)

    x = minute(shift.starts_at)
    return Bar(
        shift,
        x,
        minute(shift.ends_at) - x,
        [(kind, minute(a), minute(b) - minute(a)) for kind, a, b in parts],
    )


def _hours(
    schedule: Schedule, period: Period, totals: Totals
) -> list[tuple[str, float, float]]:
    """Required against scheduled by hour, with the hour's name."""
    style = "%H:%M" if period.unit == "day" else None
    return [
        (
            _hour_name(row.starts_at, schedule, style),
            round(row.required_agents, 1),
            round(row.scheduled_agents, 1),
        )
        for row in queries.by_hour(totals)
    ]


def _hour_name(at: datetime, schedule: Schedule, style: str | None) -> str:
    local = at.astimezone(schedule.tz)
    if style is not None:
        return local.strftime(style)
    return f"{filters.weekday(local)} {local:%H:%M}"


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
