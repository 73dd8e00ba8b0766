"""Who is at work when, and which queue they count for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from callcenter.engine.rostering import Agent, Contract, Demand, RosterProblem
from callcenter.engine.rostering.cover import allocate, build_cover
from callcenter.kernel.db import db
from callcenter.people.models import EmployeeSkill
from callcenter.projects.models import Queue
from callcenter.scheduling import queries
from callcenter.scheduling.models import Schedule
from callcenter.scheduling.queries import ShiftSpan
from callcenter.scheduling.services.grid import INTERVAL, grid_of

Presence = dict[int, NDArray[np.int64]]


def count_scheduled(
    schedule: Schedule,
    queues: Sequence[Queue],
    wanted: NDArray[np.float64],
    present: Presence,
    skills: Mapping[int, NDArray[np.bool_]] | None = None,
) -> NDArray[np.float64]:
    """Agents at work by queue, each where the requirement needs them most.

    ``present`` holds 1 for each interval in which a person is at work, by employee;
    ``skills`` is what `skills_held` tells of them, read here unless given.
    Returns an array of the shape of ``wanted``.
    """
    if skills is None:
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


def presence_of(schedule_id: int, first: datetime, n_intervals: int) -> Presence:
    """Whom a schedule has at work in which interval, by employee.

    Breaks and meetings are taken out; 1 is at work, 0 is not.
    """
    last = first + n_intervals * INTERVAL
    spans = queries.shift_spans(schedule_id, first, last)
    return _presence(spans, first, n_intervals)


def presence_standing(
    schedule: Schedule, first: datetime, n_intervals: int
) -> Presence:
    """Whom other published schedules have at work for the same queues."""
    last = first + n_intervals * INTERVAL
    spans = queries.standing_shifts(schedule, first, last)
    return _presence(spans, first, n_intervals)


def together(*presences: Presence) -> Presence:
    """Everybody of several, at work where any of them says so."""
    found: Presence = {}
    for presence in presences:
        for key, line in presence.items():
            known = found.get(key)
            found[key] = line if known is None else np.maximum(known, line)
    return found


def _presence(
    spans: Iterable[ShiftSpan], first: datetime, n_intervals: int
) -> Presence:
    rows = list(spans)
    activities = queries.activities_of([row[0] for row in rows])
    present: Presence = {}
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
