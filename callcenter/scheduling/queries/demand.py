"""The door to forecasting and to the facts: what is required, expected, and came.

This is the only module of the room that knows where these figures come from.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from callcenter.acd.queries import interval_history
from callcenter.forecasting.models import Requirement as Row
from callcenter.kernel.db import db


class Requirement(NamedTuple):
    """Agents to be scheduled for one queue in one interval, shrinkage included."""

    queue_id: int
    interval_start: datetime
    interval_s: int
    scheduled_agents: float


class Expectation(NamedTuple):
    """What a forecast expects of some queues in a slot, and the agents for it."""

    offered: float
    required_agents: float


def required_by_interval(
    queue_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[Requirement]:
    """What those queues require, by queue and time."""
    statement = (
        select(Row.queue_id, Row.interval_start, Row.interval_s, Row.scheduled_agents)
        .where(
            Row.queue_id.in_(queue_ids),
            Row.interval_start >= starts_at,
            Row.interval_start < ends_at,
        )
        .order_by(Row.queue_id, Row.interval_start)
    )
    return [Requirement._make(row) for row in db.session.execute(statement)]


def expected_by_slot(
    queue_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    slot: timedelta,
) -> dict[int, Expectation]:
    """The forecast that rules, added up by slot of the time; agents are a mean."""
    statement = select(
        Row.interval_start, Row.interval_s, Row.offered, Row.scheduled_agents
    ).where(
        Row.queue_id.in_(queue_ids),
        Row.interval_start >= starts_at,
        Row.interval_start < ends_at,
    )
    offered: dict[int, float] = {}
    agent_s: dict[int, float] = {}
    for at, interval_s, contacts, agents in db.session.execute(statement):
        place = (at - starts_at) // slot
        offered[place] = offered.get(place, 0.0) + contacts
        agent_s[place] = agent_s.get(place, 0.0) + agents * interval_s
    slot_s = slot.total_seconds()
    return {
        place: Expectation(offered[place], agent_s[place] / slot_s)
        for place in sorted(offered)
    }


def offered_by_slot(
    queue_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    slot: timedelta,
) -> list[int]:
    """The contacts that came, by slot of the time; zero where none did."""
    facts = interval_history(
        queue_ids, starts_at, ends_at, interval_s=int(slot.total_seconds())
    )
    return [int(each) for each in facts["offered"]]
