"""Counting who covers what, once for every agent, and keeping it for the pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select

from callcenter.engine.rostering import Agent, Contract, Demand, RosterProblem
from callcenter.engine.rostering.cover import allocate, build_cover
from callcenter.kernel.db import db
from callcenter.people.models import EmployeeSkill
from callcenter.projects.models import Queue
from callcenter.scheduling import queries
from callcenter.scheduling.models import (
    CoverageInterval,
    Schedule,
    ScheduleQueue,
    Shift,
    ShiftStatus,
)
from callcenter.scheduling.services.ground import INTERVAL, Ground, grid_of

BATCH = 2000


def store_coverage(
    schedule_id: int,
    ground: Ground,
    wanted: NDArray[np.float64],
    scheduled: NDArray[np.float64],
) -> None:
    """Keep the coverage of a whole roster, replacing what was kept."""
    db.session.execute(
        delete(CoverageInterval).where(CoverageInterval.schedule_id == schedule_id)
    )
    _insert(schedule_id, ground.queue_ids, ground.starts_at, wanted, scheduled)


def recount_coverage(
    schedule: Schedule, starts_at: datetime, ends_at: datetime
) -> None:
    """Count again who covers what in a stretch of a schedule, after a change in it."""
    first = _floor(schedule, starts_at)
    n_intervals = -((first - ends_at) // INTERVAL)
    queues = _queues_of(schedule.id)
    wanted = _stored_requirement(schedule.id, queues, first, n_intervals)
    present = presence_of(schedule.id, first, n_intervals)
    scheduled = count_scheduled(schedule, queues, wanted, present)
    db.session.execute(
        delete(CoverageInterval).where(
            CoverageInterval.schedule_id == schedule.id,
            CoverageInterval.interval_start >= first,
            CoverageInterval.interval_start < first + n_intervals * INTERVAL,
        )
    )
    _insert(schedule.id, [each.id for each in queues], first, wanted, scheduled)


def count_scheduled(
    schedule: Schedule,
    queues: Sequence[Queue],
    wanted: NDArray[np.float64],
    present: dict[int, NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Agents at work by queue, each where the requirement needs them most.

    ``present`` holds 1 for each interval in which a person is at work, by employee.
    Returns an array of the shape of ``wanted``.
    """
    skills = skills_held(list(present), queues)
    everyone = sorted(present)
    problem = RosterProblem(
        grid=grid_of(schedule),
        demand=Demand(tuple(each.code for each in queues), wanted),
        agents=tuple(Agent(str(key), 0, skills[key]) for key in everyone),
        contracts=(Contract("any", ()),),
        templates=(),
    )
    if not everyone:
        return np.zeros_like(wanted)
    cover = build_cover(problem)
    for number, key in enumerate(everyone):
        cover.add(number, present[key])
    return allocate(cover, problem)


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


def presence_of(
    schedule_id: int, first: datetime, n_intervals: int
) -> dict[int, NDArray[np.int64]]:
    """Who is at work in which interval, breaks and meetings taken out."""
    last = first + n_intervals * INTERVAL
    rows = db.session.execute(
        select(Shift.id, Shift.employee_id, Shift.starts_at, Shift.ends_at).where(
            Shift.schedule_id == schedule_id,
            Shift.status == ShiftStatus.PLANNED,
            Shift.starts_at < last,
            Shift.ends_at > first,
        )
    ).all()
    activities = queries.activities_of([row[0] for row in rows])
    present: dict[int, NDArray[np.int64]] = {}
    for shift_id, employee_id, starts_at, ends_at in rows:
        line = present.setdefault(employee_id, np.zeros(n_intervals, np.int64))
        _mark(line, first, starts_at, ends_at, 1)
        for _kind, from_, until in activities.get(shift_id, ()):
            _mark(line, first, from_, until, 0)
    return present


def _mark(
    line: NDArray[np.int64],
    first: datetime,
    starts_at: datetime,
    ends_at: datetime,
    value: int,
) -> None:
    low = max(0, (starts_at - first) // INTERVAL)
    high = max(0, -((first - ends_at) // INTERVAL))
    line[low:high] = value


def skills_held(
    employee_ids: Sequence[int], queues: Sequence[Queue]
) -> dict[int, NDArray[np.bool_]]:
    """Which of the queues each person has the skill for."""
    rows = db.session.execute(
        select(EmployeeSkill.employee_id, EmployeeSkill.skill_id).where(
            EmployeeSkill.employee_id.in_(employee_ids)
        )
    )
    held: dict[int, set[int]] = {key: set() for key in employee_ids}
    for employee_id, skill_id in rows:
        held[employee_id].add(skill_id)
    return {
        key: np.array(
            [queue.skill_id is None or queue.skill_id in skills for queue in queues],
            np.bool_,
        )
        for key, skills in held.items()
    }


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
            "interval_start": first + timedelta(minutes=15) * int(index),
            "required_agents": float(wanted[place, index]),
            "scheduled_agents": float(scheduled[place, index]),
        }
        for place, index in zip(*np.nonzero(worth), strict=True)
    ]
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(CoverageInterval), rows[start : start + BATCH])
