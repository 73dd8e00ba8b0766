"""Forecast against actual, and required against scheduled, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as projects
from callcenter.projects.models import Queue
from callcenter.scheduling import queries
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.service import service_context
from callcenter.web import charts, filters
from callcenter.web.components import Period, url_with
from callcenter.web.pages import render
from callcenter.web.tables import Column
from callcenter.web.tables.exports import FORMATS, csv_response, xlsx_response

SLOTS = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One interval: contacts expected and come, agents required and scheduled."""

    starts_at: datetime
    label: str
    forecast: float | None
    lower: float | None
    upper: float | None
    actual: int | None
    required: float | None
    scheduled: float | None

    @property
    def gap(self) -> float | None:
        """Scheduled minus required."""
        if self.required is None and self.scheduled is None:
            return None
        return (self.scheduled or 0.0) - (self.required or 0.0)


@bp.get("/coverage")
@permission_required(Permission.VIEW_SCHEDULES)
def coverage() -> ResponseReturnValue:
    """Show by interval what was expected and came, was required and is scheduled."""
    queues = db.session.scalars(
        projects.visible_queues(current_actor().scope(Permission.VIEW_SCHEDULES))
    ).all()
    queue = _asked_queue(queues)
    if queue is None:
        return render("scheduling/coverage.html", queue=None, queues=[])
    zone = queue.project.tz
    today = clock.today(zone)
    unit = "day" if request.args.get("unit") == "day" else "week"
    period = Period.around(_asked_day(today), today=today, unit=unit)
    minutes = _asked_slot(unit)
    lines = _lines(queue, period, zone, timedelta(minutes=minutes))
    asked_format = request.args.get("export")
    if asked_format in FORMATS:
        return _export(asked_format, queue, lines)
    return render(
        "scheduling/coverage.html",
        queue=queue,
        queues=queues,
        period=period,
        minutes=minutes,
        slots=SLOTS,
        lines=lines,
        totals=_totals(lines, minutes / 60),
        charts=_charts(lines),
        export_url=url_with(export="csv"),
        **service_context(queue, period, zone),
    )


def _asked_queue(queues: Sequence[Queue]) -> Queue | None:
    """The queue of the address, or the first one.

    Raises `NotFound` for one that the reader may not see.
    """
    asked = request.args.get("queue", type=int)
    if asked is None:
        return queues[0] if queues else None
    for queue in queues:
        if queue.id == asked:
            return queue
    raise NotFound(queue_id=asked)


def _asked_day(today: date) -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today


def _asked_slot(unit: str) -> int:
    usual = 30 if unit == "day" else 60
    asked = request.args.get("interval", usual, int)
    return asked if asked in SLOTS else usual


def _lines(
    queue: Queue, period: Period, zone: ZoneInfo, slot: timedelta
) -> list[SlotLine]:
    starts_at = day_start(period.first, zone)
    ends_at = day_start(period.last + timedelta(days=1), zone)
    expected = queries.expected_by_slot([queue.id], starts_at, ends_at, slot)
    came = queries.offered_by_slot([queue.id], starts_at, ends_at, slot)
    given = {
        (row.interval_start - starts_at) // slot: row
        for row in queries.coverage_of_queue([queue.id], starts_at, ends_at, slot)
    }
    # Without a single contact there are no facts rather than nobody who called.
    known_until = clock.now() if any(came) else starts_at
    lines = []
    for place, offered in enumerate(came):
        at = starts_at + place * slot
        wanted, row = expected.get(place), given.get(place)
        if wanted is None and row is None and not offered:
            continue
        lines.append(
            SlotLine(
                starts_at=at,
                label=_label(at, zone, period),
                forecast=wanted.offered if wanted else None,
                lower=wanted.lower if wanted else None,
                upper=wanted.upper if wanted else None,
                actual=offered if at + slot <= known_until else None,
                required=wanted.required_agents
                if wanted
                else (row.required_agents if row else None),
                scheduled=row.scheduled_agents if row else None,
            )
        )
    return lines


def _label(at: datetime, zone: ZoneInfo, period: Period) -> str:
    local = at.astimezone(zone)
    if period.unit == "day":
        return f"{local:%H:%M}"
    return f"{filters.weekday(local)} {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class _Totals:
    forecast: float
    actual: float
    n_known: int
    error: float | None
    required_h: float
    scheduled_h: float
    missing_h: float
    n_under: int


def _totals(lines: Sequence[SlotLine], slot_h: float) -> _Totals:
    known = [
        (each.forecast, each.actual)
        for each in lines
        if each.forecast is not None and each.actual is not None
    ]
    actual = sum(came for _wanted, came in known)
    missed = sum(abs(wanted - came) for wanted, came in known)
    gaps = [each.gap for each in lines if each.gap is not None]
    return _Totals(
        forecast=sum(each.forecast or 0.0 for each in lines),
        actual=sum(each.actual or 0 for each in lines),
        n_known=len(known),
        error=missed / actual if actual else None,
        required_h=sum(each.required or 0.0 for each in lines) * slot_h,
        scheduled_h=sum(each.scheduled or 0.0 for each in lines) * slot_h,
        missing_h=-sum(min(0.0, gap) for gap in gaps) * slot_h,
        n_under=sum(gap < -charts.UNSEEN for gap in gaps),
    )


def _charts(lines: Sequence[SlotLine]) -> tuple[charts.Chart, charts.Chart]:
    labels = [each.label for each in lines]
    has_band = any(each.upper is not None for each in lines)
    contacts = charts.line_chart(
        _("Contacts: forecast against actual"),
        labels,
        [
            charts.Series(
                _("Forecast"),
                [_rounded(each.forecast) for each in lines],
                lower=[_rounded(each.lower) for each in lines] if has_band else None,
                upper=[_rounded(each.upper) for each in lines] if has_band else None,
                is_dashed=True,
            ),
            charts.Series(_("Actual"), [each.actual for each in lines]),
        ],
        first_column=_("Interval"),
    )
    agents = charts.coverage_chart(
        _("Agents: required against scheduled"),
        labels,
        [round(each.required or 0.0, 1) for each in lines],
        [round(each.scheduled or 0.0, 1) for each in lines],
        first_column=_("Interval"),
    )
    return contacts, agents


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _export(
    file_format: str, queue: Queue, lines: Sequence[SlotLine]
) -> ResponseReturnValue:
    columns = [
        Column("starts_at", _l("Interval")),
        Column("forecast", _l("Forecast")),
        Column("lower", _l("Forecast, least")),
        Column("upper", _l("Forecast, most")),
        Column("actual", _l("Actual")),
        Column("required", _l("Required")),
        Column("scheduled", _l("Scheduled")),
        Column("gap", _l("Gap")),
    ]
    write = csv_response if file_format == "csv" else xlsx_response
    return write(_("Coverage %(queue)s", queue=queue.code), columns, iter(lines))
