"""Reading how today goes so far, and what was learnt about days like it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from callcenter.acd.models import QueueInterval
from callcenter.forecasting.models import DayModelRow, Requirement
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Direction, Project, Queue, Stage


class Counted(NamedTuple):
    """What a queue counted in one interval."""

    queue_id: int
    interval_start: datetime
    offered: int
    handled: int
    handle_s: int


def projects_under_way(scope: Scope) -> Sequence[Project]:
    """The projects within a scope that are not closed, with their queues' number."""
    has_queue = select(Queue.id).where(Queue.project_id == Project.id, Queue.is_active)
    return db.session.scalars(
        select(Project)
        .where(
            project_queries.in_scope(scope),
            Project.stage != Stage.CLOSED,
            has_queue.exists(),
        )
        .order_by(Project.name, Project.id)
    ).all()


def counted_between(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[Counted]:
    """What queues counted in ``[starts_at, ends_at)``; outbound ones by attempts."""
    at = QueueInterval
    is_outbound = Queue.direction == Direction.OUTBOUND
    handle_s = at.talk_s + at.hold_s + at.wrap_s
    rows = db.session.execute(
        select(
            at.queue_id,
            at.interval_start,
            case((is_outbound, at.dialled), else_=at.offered),
            case((is_outbound, at.dialled), else_=at.answered),
            case((is_outbound, at.outbound_s), else_=handle_s),
        )
        .join(Queue, Queue.id == at.queue_id)
        .where(
            at.queue_id.in_(queue_ids),
            at.interval_start >= starts_at,
            at.interval_start < ends_at,
        )
        .order_by(at.interval_start)
    )
    return [Counted._make(row) for row in rows]


def find_day_model(project_id: int, queue_id: int) -> DayModelRow | None:
    """What was learnt about a queue's days, or about those of the whole project."""
    return db.session.scalars(
        select(DayModelRow).where(
            DayModelRow.project_id == project_id, DayModelRow.queue_id == queue_id
        )
    ).one_or_none()


def day_models(project_id: int, queue_ids: Collection[int]) -> dict[int, DayModelRow]:
    """What was learnt about the days of queues, by queue."""
    rows = db.session.scalars(
        select(DayModelRow).where(
            DayModelRow.project_id == project_id, DayModelRow.queue_id.in_(queue_ids)
        )
    )
    return {row.queue_id: row for row in rows}


def expected_days(project_id: int, day: date) -> dict[int, Any]:
    """The forecasts of a day from the evening before, by queue."""
    at = DayModelRow
    rows = db.session.execute(
        select(at.queue_id, at.expected).where(
            at.project_id == project_id, at.day == day
        )
    )
    return dict(rows.all())


def last_learnt(project_ids: Collection[int]) -> dict[int, datetime]:
    """When the days of each project were last learnt."""
    rows = db.session.execute(
        select(DayModelRow.project_id, func.max(DayModelRow.learnt_at))
        .where(DayModelRow.project_id.in_(project_ids))
        .group_by(DayModelRow.project_id)
    )
    return dict(rows.all())


def agents_by_load(
    queue_id: int, starts_at: datetime, ends_at: datetime
) -> tuple[Any, Any]:
    """Loads in Erlangs and the agents that rule at them; arrays of shape (n,)."""
    import numpy as np

    rows = db.session.execute(
        select(Requirement.load_erlangs, Requirement.required_agents).where(
            Requirement.queue_id == queue_id,
            Requirement.interval_start >= starts_at,
            Requirement.interval_start < ends_at,
            Requirement.load_erlangs > 0.0,
        )
    ).all()
    points = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 2)
    return points[:, 0], points[:, 1]


def required_between(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> Sequence[Any]:
    """Queue, start, length, required and scheduled agents that rule in a span."""
    at = Requirement
    return db.session.execute(
        select(
            at.queue_id,
            at.interval_start,
            at.interval_s,
            at.required_agents,
            at.scheduled_agents,
        ).where(
            at.queue_id.in_(queue_ids),
            at.interval_start >= starts_at,
            at.interval_start < ends_at,
        )
    ).all()
