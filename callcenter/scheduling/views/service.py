"""The chance that the agents on duty meet service, beside coverage."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import find_live_job
from callcenter.projects import queries as projects
from callcenter.projects.models import Queue
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import ServiceChance
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.components import Period
from callcenter.web.pages import see_other

_MOST_WEAK = 10
_QUARTERS_A_ROW = 2


class WeakInterval(NamedTuple):
    """An interval in which service is less likely met than in most others."""

    day: date
    at: str
    chance: float
    sl: float
    offered: float
    agents: int


def service_context(queue: Queue, period: Period, zone: ZoneInfo) -> dict[str, Any]:
    """What was simulated for a queue in a period, as heat and as the weakest times."""
    days = [period.first + timedelta(days=each) for each in range(_n_days(period))]
    known = queries.service_chances(queue.id, period.first, period.last)
    spans = [
        (day, day_start(day, zone), day_start(day + timedelta(days=1), zone))
        for day in days
        if day in known
    ]
    now = queries.service_premises(queue.id, spans)
    return {
        "chance_heat": _heat(days, known),
        "chance_columns": [filters.day(day, "EEE d") for day in days],
        "weakest": _weakest(known, zone),
        "day_chances": [
            (day, known[day].figures["day_chance"]) for day in days if day in known
        ],
        "is_outdated": any(row.premises != now.get(day) for day, row in known.items()),
        "chance_job": find_live_job(services.chances_subject(queue.id)),
        "may_simulate": current_actor().may(Permission.CREATE_SCHEDULE),
    }


def _n_days(period: Period) -> int:
    return min((period.last - period.first).days + 1, 7)


def _heat(
    days: list[date], known: Mapping[date, ServiceChance]
) -> list[tuple[str, list[float | None]]]:
    """The least chance of each half-hour, a column for each day."""
    rows = []
    for first in range(0, 96, _QUARTERS_A_ROW):
        cells = [
            _least(known[day].figures["chance"], first) if day in known else None
            for day in days
        ]
        if any(cell is not None for cell in cells):
            rows.append((f"{first // 4:02}:{first % 4 * 15:02}", cells))
    return rows


def _least(chances: list[float | None], first: int) -> float | None:
    part = chances[first : first + _QUARTERS_A_ROW]
    return min((each for each in part if each is not None), default=None)


def _weakest(known: Mapping[date, ServiceChance], zone: ZoneInfo) -> list[WeakInterval]:
    """The intervals with the least chance; nothing where all are nearly sure."""
    found = []
    for day, row in known.items():
        start = day_start(day, zone).timestamp()
        figures = row.figures
        for place, chance in enumerate(figures["chance"]):
            if chance is None or chance >= 0.9:
                continue
            at = datetime.fromtimestamp(start + place * 900, zone)
            found.append(
                WeakInterval(
                    day,
                    f"{at:%H:%M}",
                    chance,
                    figures["sl"][place],
                    figures["offered"][place],
                    figures["agents"][place],
                )
            )
    found.sort(key=lambda each: (each.chance, -each.offered))
    return found[:_MOST_WEAK]


@bp.post("/coverage/queues/<int:queue_id>/chances")
@permission_required(Permission.CREATE_SCHEDULE)
def simulate_coverage(queue_id: int) -> ResponseReturnValue:
    """Ask for the chance that the agents on duty meet service, for a week."""
    scope = current_actor().scope(Permission.CREATE_SCHEDULE)
    with transaction():
        queue = projects.get_queue(queue_id, scope)
        today = clock.today(queue.project.tz)
        try:
            day = date.fromisoformat(request.form.get("day", ""))
        except ValueError:
            day = today
        unit = "day" if request.form.get("unit") == "day" else "week"
        period = Period.around(day, today=today, unit=unit)
        services.ask_for_chances(queue, period.first, _n_days(period))
    return see_other(
        "scheduling.coverage", queue=queue_id, day=period.first.isoformat(), unit=unit
    )
