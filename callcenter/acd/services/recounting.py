"""Days counted again from their contacts: repeats of customers, and whole facts."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select, update

from callcenter.acd.connectors.records import Outcome
from callcenter.acd.events import FactsChange, facts_corrected
from callcenter.acd.models import (
    REPEAT_DAYS,
    AgentDay,
    AgentInterval,
    Contact,
    CountedInterval,
    DirtyDay,
    QueueDay,
    QueueInterval,
)
from callcenter.acd.services import facts, records
from callcenter.acd.services.bulk import day_of, number_of
from callcenter.acd.services.counting import Counted, day_numbers
from callcenter.acd.services.rows import COLUMNS, Rows
from callcenter.acd.services.storing import COUNTED, epoch_s
from callcenter.kernel.db import db
from callcenter.projects.models import Project, Queue

Ints = NDArray[np.int64]
MAX_DAYS_AT_ONCE = 31
_WINDOW = timedelta(days=REPEAT_DAYS)


def next_dirty_project() -> int | None:
    """A project with days to be counted again, or None."""
    return db.session.scalar(select(DirtyDay.project_id).limit(1))


def recount_dirty_days(project_id: int) -> int:
    """Count a stretch of a project's marked days again; returns how many.

    Repeats look ahead, so the days before a changed day are counted with it.
    """
    mine = select(DirtyDay).where(DirtyDay.project_id == project_id)
    first = db.session.scalar(mine.order_by(DirtyDay.day).limit(1))
    if first is None:
        return 0
    until = first.day + timedelta(days=MAX_DAYS_AT_ONCE)
    marked = db.session.scalars(mine.where(DirtyDay.day < until)).all()
    project = db.session.get_one(Project, project_id)
    whole = [each.day for each in marked if each.needs_recount]
    if whole:
        recount_facts(project, whole)
    days = sorted({each.day for each in marked})
    recount_repeats(project, days[0] - _WINDOW, days[-1])
    for each in marked:
        db.session.delete(each)
    facts_corrected.send(FactsChange(project_id, days))
    return len(days)


def retarget(queue_id: int, from_day: date | None) -> None:
    """Ask for a queue's days to be counted again with the targets that now hold.

    ``from_day`` is the first local day that counts otherwise; None means all of
    them. Days before the first stored contact keep their facts: there is nothing
    left to count them from.
    """
    queue = db.session.get_one(Queue, queue_id)
    project = db.session.get_one(Project, queue.project_id)
    earliest = db.session.scalar(
        select(func.min(Contact.offered_at)).where(Contact.queue_id == queue_id)
    )
    if earliest is None:
        return
    first = max(earliest.astimezone(project.tz).date(), from_day or date.min)
    days = db.session.scalars(
        select(QueueDay.day).where(QueueDay.queue_id == queue_id, QueueDay.day >= first)
    ).all()
    facts.mark_dirty(project.id, days, needs_recount=True)


def recount_facts(project: Project, days: Collection[date]) -> None:
    """Make the facts of those local days anew from contacts and counted intervals.

    A day that holds more facts than there are contacts and intervals for it keeps
    them: they came from elsewhere (a demo's past), and could not be counted again.
    """
    queue_ids = _queue_ids(project.id)
    basis = facts.basis_of(project)
    for day in sorted(days):
        if _is_from_elsewhere(project, queue_ids, day):
            continue
        for model in (QueueInterval, QueueDay, AgentInterval, AgentDay):
            db.session.execute(
                delete(model).where(model.queue_id.in_(queue_ids), model.day == day)
            )
        facts.add_counted([_contacts_of(project, queue_ids, day)], basis)
        _recount_intervals(project, queue_ids, day, basis)


def _is_from_elsewhere(project: Project, queue_ids: Sequence[int], day: date) -> bool:
    """Whether a day's facts count more than was stored.

    Whatever name is mapped to which queue, the sum over the project's queues stays; a
    contact that was just mapped makes it larger than the facts, never smaller.
    """
    counted = db.session.scalar(
        select(func.sum(QueueDay.offered + QueueDay.dialled)).where(
            QueueDay.queue_id.in_(queue_ids), QueueDay.day == day
        )
    )
    if not counted:
        return False
    starts_at, ends_at = _bounds(project, day, day)
    stored = db.session.scalar(
        select(func.count()).where(
            Contact.queue_id.in_(queue_ids),
            Contact.offered_at >= starts_at,
            Contact.offered_at < ends_at,
        )
    )
    in_intervals = db.session.scalar(
        select(func.coalesce(func.sum(CountedInterval.offered), 0)).where(
            CountedInterval.queue_id.in_(queue_ids),
            CountedInterval.interval_start >= starts_at,
            CountedInterval.interval_start < ends_at,
        )
    )
    return int(counted) > int(stored or 0) + int(in_intervals or 0)


def _queue_ids(project_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(Queue.id).where(Queue.project_id == project_id)
    ).all()


def _bounds(project: Project, first: date, last: date) -> tuple[datetime, datetime]:
    starts_at = datetime.combine(first, time(), project.tz)
    return starts_at, datetime.combine(last + timedelta(days=1), time(), project.tz)


def _contacts_of(project: Project, queue_ids: Sequence[int], day: date) -> Counted:
    starts_at, ends_at = _bounds(project, day, day)
    found = db.session.execute(
        select(
            Contact.queue_id,
            func.coalesce(Contact.agent_id, 0),
            epoch_s(Contact.offered_at),
            *(getattr(Contact, name) for name in COUNTED),
        ).where(
            Contact.queue_id.in_(queue_ids),
            Contact.offered_at >= starts_at,
            Contact.offered_at < ends_at,
        )
    ).all()
    n_columns = 3 + len(COUNTED)
    values = np.array([tuple(row) for row in found], np.int64).reshape(-1, n_columns).T
    n = values.shape[1]
    rows = Rows(np.zeros(n, "S1"), np.zeros((len(COLUMNS), n), np.int64))
    for name, column in zip(("offered_at", *COUNTED), values[2:], strict=True):
        rows[name][:] = column
    return Counted(rows, values[0], values[1], np.ones(n, np.int64))


def _recount_intervals(
    project: Project, queue_ids: Sequence[int], day: date, basis: facts.Basis
) -> None:
    starts_at, ends_at = _bounds(project, day, day)
    found = db.session.execute(
        select(
            CountedInterval.queue_id,
            epoch_s(CountedInterval.interval_start),
            *(getattr(CountedInterval, name) for name in records.COUNTS),
        ).where(
            CountedInterval.queue_id.in_(queue_ids),
            CountedInterval.interval_start >= starts_at,
            CountedInterval.interval_start < ends_at,
        )
    ).all()
    if found:
        values = np.array([tuple(row) for row in found], np.int64).T
        records.add_intervals(values[0], values[1], values[2:], basis)


def recount_repeats(project: Project, first: date, last: date) -> None:
    """Count, for each of those days, whose customer came again soon after.

    A handled contact of a known customer is *identified*; it is *repeated* when the
    same customer enters any queue of the project within `REPEAT_DAYS`.
    """
    queue_ids = _queue_ids(project.id)
    days = [
        day
        for day in map(day_of, range(number_of(first), number_of(last) + 1))
        if not _is_from_elsewhere(project, queue_ids, day)
    ]
    starts_at, ends_at = _bounds(project, first, last + _WINDOW)
    found = db.session.execute(
        select(
            Contact.customer,
            epoch_s(Contact.offered_at),
            Contact.queue_id,
            func.coalesce(Contact.agent_id, 0),
            Contact.outcome,
        ).where(
            Contact.queue_id.in_(queue_ids),
            Contact.offered_at >= starts_at,
            Contact.offered_at < ends_at,
            Contact.customer.is_not(None),
        )
    ).all()
    columns = np.array([tuple(row) for row in found], np.int64).reshape(-1, 5).T
    _clear_repeats(queue_ids, days)
    if columns.shape[1]:
        _store_repeats(project, columns, days)


def _clear_repeats(queue_ids: Sequence[int], days: Sequence[date]) -> None:
    for model in (QueueDay, AgentDay):
        db.session.execute(
            update(model)
            .where(model.queue_id.in_(queue_ids), model.day.in_(days))
            .values(identified=0, repeated=0)
        )


def repeats(customer: Ints, at: Ints, within_s: int) -> NDArray[np.bool_]:
    """Whether the same customer comes again within so many seconds."""
    order = np.lexsort((at, customer))
    is_repeated = np.zeros(len(at), np.bool_)
    follows = (customer[order[1:]] == customer[order[:-1]]) & (
        at[order[1:]] - at[order[:-1]] <= within_s
    )
    is_repeated[order[:-1]] = follows
    return is_repeated


def _store_repeats(project: Project, columns: Ints, days: Sequence[date]) -> None:
    customer, at, queue, agent, outcome = columns
    is_repeated = repeats(customer, at, REPEAT_DAYS * 86_400)
    day = day_numbers(at, project.tz)
    counted = outcome == Outcome.ANSWERED
    counted &= np.isin(day, [number_of(each) for each in days])
    of_queue = {"queue_id": queue[counted], "day": day[counted]}
    facts.add_repeats(QueueDay, of_queue, is_repeated[counted])
    counted &= agent > 0
    of_agent = {
        "agent_id": agent[counted],
        "day": day[counted],
        "queue_id": queue[counted],
    }
    facts.add_repeats(AgentDay, of_agent, is_repeated[counted])
