"""Who is on duty for which queues, over all published schedules."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from callcenter.kernel.db import db
from callcenter.projects.models import Queue
from callcenter.scheduling.models import (
    CoverageInterval,
    Schedule,
    ScheduleQueue,
    ScheduleStatus,
    ServiceChance,
)
from callcenter.scheduling.queries.coverage import published_coverage


def published_for(queue_ids: Collection[int], first: date, last: date) -> Sequence[int]:
    """The published schedules that serve any of the queues on any of the days."""
    return db.session.scalars(
        select(Schedule.id)
        .join(ScheduleQueue, ScheduleQueue.schedule_id == Schedule.id)
        .where(
            Schedule.status == ScheduleStatus.PUBLISHED,
            ScheduleQueue.queue_id.in_(queue_ids),
            Schedule.first_day <= last,
            Schedule.last_day >= first,
        )
        .distinct()
        .order_by(Schedule.id)
    ).all()


def queues_served(schedule_ids: Collection[int]) -> Sequence[Queue]:
    """The queues that schedules serve."""
    return db.session.scalars(
        select(Queue)
        .where(
            Queue.id.in_(
                select(ScheduleQueue.queue_id).where(
                    ScheduleQueue.schedule_id.in_(schedule_ids)
                )
            )
        )
        .order_by(Queue.id)
    ).all()


def service_premises(
    queue_id: int, days: Sequence[tuple[date, datetime, datetime]]
) -> dict[date, str]:
    """What published schedules ask and give a queue on each day, as a short text.

    ``days`` are local days with their start and end.
    """
    if not days:
        return {}
    rows = db.session.execute(
        published_coverage(
            CoverageInterval.queue_id == queue_id,
            CoverageInterval.interval_start >= days[0][1],
            CoverageInterval.interval_start < days[-1][2],
        ).order_by(CoverageInterval.interval_start)
    ).all()
    found = {}
    for day, starts_at, ends_at in days:
        mine = [
            (float(required), float(scheduled))
            for _queue_id, at, required, scheduled in rows
            if starts_at <= at < ends_at
        ]
        # Each quarter counts by its place, so that a shift that moved is seen.
        asked = sum((place + 1) * each[0] for place, each in enumerate(mine))
        given = sum((place + 1) * each[1] for place, each in enumerate(mine))
        found[day] = f"{len(mine)}/{asked:.2f}/{given:.2f}"
    return found


def service_chances(
    queue_id: int, first: date, last: date
) -> dict[date, ServiceChance]:
    """What was simulated for a queue, by day."""
    rows = db.session.scalars(
        select(ServiceChance).where(
            ServiceChance.queue_id == queue_id,
            ServiceChance.day >= first,
            ServiceChance.day <= last,
        )
    )
    return {row.day: row for row in rows}
