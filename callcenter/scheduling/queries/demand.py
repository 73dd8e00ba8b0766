"""The door to the forecasting room: how many agents are required when.

This is the only module of the room that knows where requirements come from.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import column, select, table
from sqlalchemy.types import Float, Integer

from callcenter.kernel.db import UtcDateTime, db

_requirement = table(
    "forecasting_requirement",
    column("queue_id", Integer),
    column("interval_start", UtcDateTime()),
    column("scheduled_agents", Float),
)


class Requirement(NamedTuple):
    """Agents to be scheduled for one queue in one interval, shrinkage included."""

    queue_id: int
    interval_start: datetime
    scheduled_agents: float


def required_by_interval(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[Requirement]:
    """What those queues require, by queue and time."""
    at = _requirement.c
    statement = (
        select(at.queue_id, at.interval_start, at.scheduled_agents)
        .where(
            at.queue_id.in_(queue_ids),
            at.interval_start >= starts_at,
            at.interval_start < ends_at,
        )
        .order_by(at.queue_id, at.interval_start)
    )
    return [
        Requirement(queue_id, start, float(agents))
        for queue_id, start, agents in db.session.execute(statement)
    ]
