"""Names of files mapped to queues and employees; waiting contacts then count."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import func, select, update

from callcenter.access import audit
from callcenter.acd.errors import WrongTarget
from callcenter.acd.models import (
    AgentState,
    Contact,
    CountedInterval,
    NameKind,
    SavedMapping,
    SourceName,
)
from callcenter.acd.services import agent_time, facts
from callcenter.acd.services.bulk import day_of
from callcenter.acd.services.counting import day_numbers
from callcenter.acd.services.sources import refuse_counting_twice
from callcenter.acd.services.storing import epoch_s
from callcenter.kernel.db import db
from callcenter.people.models import Employee
from callcenter.projects.models import Project, Queue


def map_queue(name: SourceName, queue_id: int) -> None:
    """Say which queue is meant; contacts that waited for it count from now on.

    Raises `WrongTarget` for a queue of another project, and `CountedOtherwise` for
    one that is counted from the other kind of source in the same time.
    """
    queue = db.session.get(Queue, queue_id)
    if name.kind is not NameKind.QUEUE or queue is None:
        raise WrongTarget
    if queue.project_id != name.project_id:
        raise WrongTarget
    refuse_counting_twice(name, queue_id)
    _settle(name, queue_id=queue_id)
    for model in (Contact, CountedInterval):
        _point(model, model.queue_name_id == name.id, queue_id=queue_id)
    _recount(name, Contact.queue_name_id == name.id)


def map_agent(name: SourceName, employee_id: int) -> None:
    """Say which employee is meant; contacts and states count for that person.

    Raises `WrongTarget` when there is no such employee.
    """
    employee = db.session.get(Employee, employee_id)
    if name.kind is not NameKind.AGENT or employee is None:
        raise WrongTarget
    _settle(name, employee_id=employee_id)
    for model in (Contact, AgentState):
        _point(model, model.agent_name_id == name.id, agent_id=employee_id)
    _recount(name, Contact.agent_name_id == name.id)
    _recount_time(name, employee_id)


def create_queue(name: SourceName) -> Queue:
    """Make a queue of that name in the project, and map the name to it.

    Raises `CountedOtherwise` when contacts and counted intervals wait under the name.
    """
    refuse_counting_twice(name, None)
    code = f"{name.project.code}-{name.name}"[:40]
    taken = db.session.scalar(select(Queue.id).where(Queue.code == code))
    if taken is not None:
        code = f"{code[:30]}-{name.id}"
    queue = Queue(project_id=name.project_id, code=code, name=name.name[:120])
    db.session.add(queue)
    db.session.flush()
    map_queue(name, queue.id)
    return queue


def ignore_name(name: SourceName) -> None:
    """Set a name aside: its contacts stay stored and are not counted."""
    name.is_ignored = True


def save_mapping(
    project_id: int, name: str, mapping: Mapping[str, Any], headers: list[str]
) -> SavedMapping:
    """Keep a mapping of columns under a name; the same name replaces it."""
    found = db.session.scalar(
        select(SavedMapping).where(
            SavedMapping.project_id == project_id, SavedMapping.name == name
        )
    )
    if found is None:
        found = SavedMapping(project_id=project_id, name=name, mapping={}, headers=[])
        db.session.add(found)
    found.mapping, found.headers = dict(mapping), list(headers)
    return found


def _settle(name: SourceName, **target: int) -> None:
    for column, value in target.items():
        setattr(name, column, value)
    name.is_ignored = False
    audit.record(
        "mapped", "acd_source_name", name.id, name=name.name, waiting=name.n_waiting
    )
    name.n_waiting = 0
    db.session.flush()


def _point(model: Any, which: Any, **target: int) -> None:
    db.session.execute(
        update(model).where(which).values(**target),
        execution_options={"synchronize_session": False},
    )


def _recount(name: SourceName, which: Any) -> None:
    """Ask for the days to be counted again on which the name occurs."""
    project = db.session.get_one(Project, name.project_id)
    ends = (func.min(Contact.offered_at), func.max(Contact.offered_at))
    row = db.session.execute(select(*map(epoch_s, ends)).where(which)).one()
    days = set()
    if row[0] is not None:
        low, high = day_numbers(np.array(tuple(row), np.int64), project.tz).tolist()
        days |= {day_of(number) for number in range(low, high + 1)}
    if name.kind is NameKind.QUEUE:
        days |= _days_of_intervals(name, project)
    facts.mark_dirty(name.project_id, days, needs_recount=True)


def _days_of_intervals(name: SourceName, project: Project) -> set[Any]:
    found = db.session.scalars(
        select(epoch_s(CountedInterval.interval_start)).where(
            CountedInterval.queue_name_id == name.id
        )
    ).all()
    numbers = day_numbers(np.array(found, np.int64), project.tz)
    return {day_of(number) for number in np.unique(numbers).tolist()}


def _recount_time(name: SourceName, employee_id: int) -> None:
    ends = (func.min(AgentState.at), func.max(AgentState.at))
    mine = AgentState.agent_name_id == name.id
    row = db.session.execute(select(*map(epoch_s, ends)).where(mine)).one()
    if row[0] is not None:
        agent_time.recount({employee_id: (int(row[0]), int(row[1]))})
