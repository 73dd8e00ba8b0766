"""Counting who covers what, once for every agent, and keeping it for the pages."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select

from callcenter.kernel.db import db
from callcenter.projects.models import Queue
from callcenter.scheduling import queries
from callcenter.scheduling.models import (
    CoverageInterval,
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
)
from callcenter.scheduling.services.grid import INTERVAL
from callcenter.scheduling.services.ground import Ground
from callcenter.scheduling.services.presence import (
    count_scheduled,
    presence_of,
    presence_standing,
    together,
)

BATCH = 2000


def store_coverage(
    schedule_id: int, ground: Ground, scheduled: NDArray[np.float64]
) -> None:
    """Keep the coverage of a whole roster, replacing what was kept.

    ``scheduled`` are the agents that the roster gives each queue in each interval;
    those who stand there already are added.
    """
    db.session.execute(
        delete(CoverageInterval).where(CoverageInterval.schedule_id == schedule_id)
    )
    given = scheduled + ground.standing_agents
    _insert(
        schedule_id, ground.queue_ids, ground.starts_at, ground.required_agents, given
    )


def recount_coverage(
    schedule: Schedule, starts_at: datetime, ends_at: datetime
) -> None:
    """Count again who covers what in a stretch of time, after a change in a schedule.

    What holds counts for the schedules of the same queues too: those of other teams,
    and the one whose first morning a night shift runs into.
    """
    _recount(schedule, starts_at, ends_at)
    if schedule.status is ScheduleStatus.PUBLISHED:
        for each in queries.schedules_sharing(schedule, starts_at, ends_at):
            _recount(each, starts_at, ends_at)


def recount_around(schedule: Schedule, replaced: Iterable[Schedule]) -> None:
    """Count again in all other schedules that feel that this one holds now.

    These are the schedules of which it replaced a part, and those of the same queues;
    its last night shifts run past its days into what comes after.
    """
    starts_at, ends_at = schedule.starts_at, schedule.ends_at + queries.LONGEST_SHIFT
    sharing = queries.schedules_sharing(schedule, starts_at, ends_at)
    parted = [each for each in replaced if each.status is ScheduleStatus.PUBLISHED]
    for each in {other.id: other for other in (*sharing, *parted)}.values():
        _recount(each, starts_at, ends_at)


def _recount(schedule: Schedule, starts_at: datetime, ends_at: datetime) -> None:
    first = _floor(schedule, max(starts_at, schedule.starts_at))
    n_intervals = -((first - min(ends_at, schedule.ends_at)) // INTERVAL)
    if n_intervals <= 0:
        return
    queues = _queues_of(schedule.id)
    wanted = _stored_requirement(schedule.id, queues, first, n_intervals)
    present = together(
        presence_of(schedule.id, first, n_intervals),
        presence_standing(schedule, first, n_intervals),
    )
    scheduled = count_scheduled(schedule, queues, wanted, present)
    db.session.execute(
        delete(CoverageInterval).where(
            CoverageInterval.schedule_id == schedule.id,
            CoverageInterval.interval_start >= first,
            CoverageInterval.interval_start < first + n_intervals * INTERVAL,
        )
    )
    _insert(schedule.id, [each.id for each in queues], first, wanted, scheduled)


def _floor(schedule: Schedule, at: datetime) -> datetime:
    start = schedule.starts_at.astimezone(UTC)
    return start + (at - start) // INTERVAL * INTERVAL


def _queues_of(schedule_id: int) -> list[Queue]:
    return list(
        db.session.scalars(
            select(Queue)
            .join(ScheduleQueue, ScheduleQueue.queue_id == Queue.id)
            .where(ScheduleQueue.schedule_id == schedule_id)
            .order_by(Queue.id)
        )
    )


def _stored_requirement(
    schedule_id: int, queues: Sequence[Queue], first: datetime, n_intervals: int
) -> NDArray[np.float64]:
    wanted = np.zeros((len(queues), n_intervals))
    places = {each.id: place for place, each in enumerate(queues)}
    rows = db.session.execute(
        select(
            CoverageInterval.queue_id,
            CoverageInterval.interval_start,
            CoverageInterval.required_agents,
        ).where(
            CoverageInterval.schedule_id == schedule_id,
            CoverageInterval.interval_start >= first,
            CoverageInterval.interval_start < first + n_intervals * INTERVAL,
        )
    )
    for queue_id, at, required in rows:
        wanted[places[queue_id], (at - first) // INTERVAL] = required
    return wanted


def _insert(
    schedule_id: int,
    queue_ids: Sequence[int],
    first: datetime,
    wanted: NDArray[np.float64],
    scheduled: NDArray[np.float64],
) -> None:
    worth = (wanted > 0) | (scheduled > 0)
    rows = [
        {
            "schedule_id": schedule_id,
            "queue_id": queue_ids[place],
            "interval_start": first + INTERVAL * int(index),
            "required_agents": float(wanted[place, index]),
            "scheduled_agents": float(scheduled[place, index]),
        }
        for place, index in zip(*np.nonzero(worth), strict=True)
    ]
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(CoverageInterval), rows[start : start + BATCH])
