"""Reading facts as arrays and rows, for the rooms that plan with them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from callcenter.acd.models import INTERVAL_S, AgentDay, QueueDay, QueueInterval
from callcenter.kernel.db import db
from callcenter.projects.models import Queue

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HISTORY = (
    QueueInterval.offered,
    QueueInterval.answered,
    QueueInterval.abandoned,
    QueueInterval.answered_in_threshold,
    QueueInterval.talk_s + QueueInterval.hold_s + QueueInterval.wrap_s,
    QueueInterval.wait_answered_s,
)
_HISTORY_NAMES = (
    "offered",
    "answered",
    "abandoned",
    "answered_in_threshold",
    "handle_s",
    "wait_answered_s",
)


def interval_history(
    queue_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    interval_s: int = INTERVAL_S,
) -> "dict[str, NDArray[Any]]":
    """The queues' facts within ``[starts_at, ends_at)`` as arrays without gaps.

    Each array has the shape (n_intervals,): ``interval_start`` in ``datetime64[s]``
    UTC, the first at ``starts_at``; ``offered``, ``answered``, ``abandoned`` and
    ``answered_in_threshold`` as int64 counts; ``handle_s`` (talk, hold and
    after-call work of the answered) and ``wait_answered_s`` as int64 seconds.
    ``handled`` is ``answered`` under the name that planners use. The queues are
    added together; ``interval_s`` is a multiple of 900; an interval without any
    contact is zero.
    """
    start, end = int(starts_at.timestamp()), int(ends_at.timestamp())
    n = max(0, -(-(end - start) // interval_s))
    import numpy as np

    columns: dict[str, NDArray[Any]] = {
        name: np.zeros(n, np.int64) for name in _HISTORY_NAMES
    }
    rows: Sequence[Any] = db.session.execute(
        select(QueueInterval.interval_start, *map(func.sum, _HISTORY))
        .where(
            QueueInterval.queue_id.in_(queue_ids),
            QueueInterval.interval_start >= starts_at,
            QueueInterval.interval_start < ends_at,
        )
        .group_by(QueueInterval.interval_start)
    ).all()
    if rows:
        at = np.array([int(row[0].timestamp()) for row in rows], np.int64)
        place = (at - start) // interval_s
        for index, name in enumerate(_HISTORY_NAMES, start=1):
            values = np.array([int(row[index]) for row in rows], np.int64)
            np.add.at(columns[name], place, values)
    first = np.datetime64(start, "s")
    columns["interval_start"] = first + np.arange(n) * np.timedelta64(interval_s, "s")
    columns["handled"] = columns["answered"]
    return columns


def has_facts(queue_id: int) -> bool:
    """Whether anything was ever counted in the queue."""
    found = select(QueueDay.queue_id).where(QueueDay.queue_id == queue_id).limit(1)
    return db.session.scalar(found) is not None


def last_fact_day(project_id: int | None = None) -> date | None:
    """The latest local day with facts, of one project or of all."""
    latest = select(func.max(QueueDay.day))
    if project_id is not None:
        queues = select(Queue.id).where(Queue.project_id == project_id)
        latest = latest.where(QueueDay.queue_id.in_(queues))
    return db.session.scalar(latest)


def agents_of_project(project_id: int, first: date, last: date) -> list[int]:
    """The employees who had contacts of the project on those days, by id."""
    queues = select(Queue.id).where(Queue.project_id == project_id)
    found = (
        select(AgentDay.agent_id)
        .where(AgentDay.queue_id.in_(queues), AgentDay.day.between(first, last))
        .distinct()
        .order_by(AgentDay.agent_id)
    )
    return list(db.session.scalars(found))
