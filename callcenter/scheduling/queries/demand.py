"""The door to forecasting and to the facts: what is required, expected, and came.

This is the only module of the room that knows where these figures come from.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import NamedTuple

from callcenter.forecasting import queries as forecasting_queries


class Requirement(NamedTuple):
    """Agents to be scheduled for one queue in one interval, shrinkage included."""

    queue_id: int
    interval_start: datetime
    scheduled_agents: float


def required_by_interval(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[Requirement]:
    """What those queues require, by queue and time."""
    found = forecasting_queries.required_by_interval(queue_ids, starts_at, ends_at)
    return [
        Requirement(queue_id, start.replace(tzinfo=UTC), agents)
        for queue_id, start, agents in zip(
            found.queue_id.tolist(),
            found.interval_start.tolist(),
            found.scheduled_agents.tolist(),
            strict=True,
        )
    ]
