"""What is still unresolved in a forecast that is to be approved."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, func, select

from callcenter.acd.models import QueueDay
from callcenter.forecasting.models import (
    Adjustment,
    Finding,
    Forecast,
    ForecastDay,
    HistoryChoice,
)
from callcenter.forecasting.queries.rows import Found
from callcenter.kernel.db import db
from callcenter.projects.models import Direction, Queue

YEAR = timedelta(days=364)
FEWEST_WEEKS = 4
BEYOND = 0.1


class FarDay(NamedTuple):
    """A day whose total lies beyond all that its weekday brought within a year."""

    day: date
    total: float
    least: int
    most: int


class OpenEnds(NamedTuple):
    """What nobody decided on in one queue of a forecast."""

    queue_id: int
    findings: list[Found]
    far_days: list[FarDay]
    n_without_reason: int

    @property
    def is_empty(self) -> bool:
        """Whether everything is settled."""
        return not (self.findings or self.far_days or self.n_without_reason)


def open_ends(forecast: Forecast) -> list[OpenEnds]:
    """What is unresolved, by queue in their order, in four statements.

    Findings without a choice, days far from all that was counted on their weekday,
    and changes without a reason.
    """
    findings = _undecided(forecast.id)
    silent = _without_reason(forecast.id)
    totals = _totals(forecast.id)
    counted = _counted([row.queue for row in forecast.queues], forecast.first_day)
    return [
        OpenEnds(
            row.queue_id,
            findings.get(row.queue_id, []),
            _far(totals.get(row.queue_id, []), counted.get(row.queue_id, [])),
            silent.get(row.queue_id, 0),
        )
        for row in forecast.queues
    ]


def changes_seen(forecast_id: int) -> str:
    """A mark that differs once anything was changed by hand."""
    at = Adjustment
    n, last, n_gone = db.session.execute(
        select(func.count(), func.max(at.id), func.count(at.taken_back_at)).where(
            at.forecast_id == forecast_id
        )
    ).one()
    return f"{n}-{last or 0}-{n_gone}"


def _undecided(forecast_id: int) -> dict[int, list[Found]]:
    at, choice = Finding, HistoryChoice
    rules = and_(
        choice.queue_id == at.queue_id,
        choice.first_day <= at.day,
        choice.last_day >= at.day,
        choice.taken_back_at.is_(None),
    )
    rows = db.session.execute(
        select(at.queue_id, at.kind, at.day, at.size)
        .where(at.forecast_id == forecast_id, ~select(choice.id).where(rules).exists())
        .order_by(at.day.desc())
    )
    found: dict[int, list[Found]] = {}
    for queue_id, kind, day, size in rows:
        found.setdefault(queue_id, []).append(Found(kind, day, size))
    return found


def _without_reason(forecast_id: int) -> dict[int, int]:
    at = Adjustment
    rows = db.session.execute(
        select(at.queue_id, func.count())
        .where(
            at.forecast_id == forecast_id,
            at.taken_back_at.is_(None),
            at.comment == "",
        )
        .group_by(at.queue_id)
    )
    return dict(rows.all())


def _totals(forecast_id: int) -> dict[int, list[tuple[date, float]]]:
    at = ForecastDay
    rows = db.session.execute(
        select(at.queue_id, at.day, at.total)
        .where(at.forecast_id == forecast_id, at.total > 0.0)
        .order_by(at.day)
    )
    found: dict[int, list[tuple[date, float]]] = {}
    for queue_id, day, total in rows:
        found.setdefault(queue_id, []).append((day, total))
    return found


def _counted(
    queues: Sequence[Queue], first_day: date
) -> Mapping[int, list[tuple[date, int]]]:
    """What came in on each day of the year before, by queue."""
    outbound = {each.id for each in queues if each.direction is Direction.OUTBOUND}
    at = QueueDay
    rows = db.session.execute(
        select(at.queue_id, at.day, at.offered, at.dialled).where(
            at.queue_id.in_([each.id for each in queues]),
            at.day.between(first_day - YEAR, first_day - timedelta(days=1)),
        )
    )
    found: dict[int, list[tuple[date, int]]] = {}
    for queue_id, day, offered, dialled in rows:
        count = dialled if queue_id in outbound else offered
        found.setdefault(queue_id, []).append((day, int(count)))
    return found


def _far(
    totals: Sequence[tuple[date, float]], counted: Sequence[tuple[date, int]]
) -> list[FarDay]:
    """The days beyond a tenth of the least and the most of their weekday."""
    by_weekday: dict[int, list[int]] = {}
    for day, count in counted:
        by_weekday.setdefault(day.weekday(), []).append(count)
    far = []
    for day, total in totals:
        known = by_weekday.get(day.weekday(), [])
        if len(known) < FEWEST_WEEKS:
            continue
        least, most = min(known), max(known)
        if not least * (1.0 - BEYOND) <= total <= most * (1.0 + BEYOND):
            far.append(FarDay(day, total, least, most))
    return far
