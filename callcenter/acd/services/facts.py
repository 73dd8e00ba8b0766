"""Sums into the tables of facts, and the days that are to be counted again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from callcenter.acd.models import (
    AgentDay,
    AgentInterval,
    DirtyDay,
    QueueDay,
    QueueInterval,
)
from callcenter.acd.services import bulk
from callcenter.acd.services.bulk import Column
from callcenter.acd.services.counting import (
    AGENT_SUMS,
    QUEUE_SUMS,
    Cells,
    Counted,
    Ints,
    QueueTerms,
    Terms,
    agent_cells,
    per_day,
    queue_cells,
    weights,
)
from callcenter.acd.services.rows import join
from callcenter.kernel import clock
from callcenter.kernel.db import Model, db, dialect_name
from callcenter.kernel.jobs import enqueue
from callcenter.projects.models import Project, Queue, ServiceTarget


@dataclass(frozen=True, slots=True)
class Basis:
    """What counting needs to know of a project: its zone and its queues' terms."""

    project_id: int
    zone: ZoneInfo
    terms: QueueTerms


def basis_of(project: Project) -> Basis:
    """The project's zone, and the thresholds of its queues from when they hold."""
    terms: dict[int, list[Terms]] = {}
    targets = db.session.scalars(
        select(ServiceTarget)
        .join(Queue, Queue.id == ServiceTarget.queue_id)
        .where(Queue.project_id == project.id)
        .order_by(ServiceTarget.starts_on)
    )
    for target in targets:
        known = terms.setdefault(target.queue_id, [])
        starts = datetime.combine(target.starts_on, time(), project.tz)
        # The first target also holds for the history before it.
        at = int(starts.timestamp()) if known else 0
        known.append(Terms(at, target.sl_threshold_s, target.short_abandon_s))
    return Basis(project.id, project.tz, terms)


def add_counted(
    parts: Sequence[Counted], basis: Basis, *, are_new: bool = False
) -> set[date]:
    """Add contacts to the facts by quarter-hour and by day; returns the days.

    ``are_new`` tells that no agent has facts yet in these quarter-hours.
    """
    parts = [part for part in parts if len(part.rows)]
    if not parts:
        return set()
    whole = Counted(
        join([part.rows for part in parts]),
        np.concatenate([part.queue_id for part in parts]),
        np.concatenate([part.agent_id for part in parts]),
        np.concatenate([part.sign for part in parts]),
    )
    weight = weights(whole, basis.terms)
    queues = queue_cells(whole, weight, basis.terms, basis.zone)
    agents = agent_cells(whole, weight, basis.zone)
    add_sums(QueueInterval, queues, QUEUE_SUMS)
    add_sums(QueueDay, per_day(queues, "queue_id"), QUEUE_SUMS, repeats=True)
    for cells, is_new in [(agents, True)] if are_new else _split(agents):
        add_sums(AgentInterval, cells, AGENT_SUMS, are_new=is_new)
    add_sums(
        AgentDay, per_day(agents, "agent_id", "queue_id"), AGENT_SUMS, repeats=True
    )
    return {bulk.day_of(day) for day in np.unique(queues.keys["day"]).tolist()}


def _split(agents: Cells) -> Iterator[tuple[Cells, bool]]:
    """Agents' cells that may be stored already, and those that surely are not.

    These make most of the facts. A file mostly goes on where the last chunk ended, and
    cells after all that is stored of their queues need no looking up.
    """
    if not len(agents):
        return
    start = agents.keys["interval_start"]
    found = db.session.scalar(
        select(func.max(AgentInterval.interval_start)).where(
            AgentInterval.interval_start.between(
                datetime.fromtimestamp(int(start.min()), UTC),
                datetime.fromtimestamp(int(start.max()), UTC),
            ),
            AgentInterval.queue_id.in_(np.unique(agents.keys["queue_id"]).tolist()),
        )
    )
    last = -1 if found is None else int(found.timestamp())
    yield agents.take(start <= last), False
    yield agents.take(start > last), True


def add_sums(
    model: type[Model],
    cells: Cells,
    sums: Sequence[str],
    *,
    repeats: bool = False,
    are_new: bool = False,
) -> None:
    """Add cells to a table of facts; with ``repeats`` its repeats stay as they are.

    ``are_new`` tells that none of them is stored yet.
    """
    if not len(cells):
        return
    columns = {name: Column(values) for name, values in cells.keys.items()}
    columns |= {name: Column(cells.sums[name]) for name in sums}
    if repeats:
        nothing = np.zeros(len(cells), np.int64)
        columns |= {"identified": Column(nothing), "repeated": Column(nothing)}
        sums = (*sums, "identified", "repeated")
    table: Table = model.__table__  # type: ignore[assignment]
    if are_new:
        bulk.insert(table, columns)
    else:
        bulk.add(table, columns, sums)


def mark_dirty(
    project_id: int, days: Iterable[date], *, needs_recount: bool = False
) -> None:
    """Ask for days to be counted again by a job; a recount is never taken back."""
    now = clock.now()
    rows = [
        {
            "project_id": project_id,
            "day": day,
            "needs_recount": needs_recount,
            "marked_at": now,
        }
        for day in sorted(days)
    ]
    if not rows:
        return
    insert = sqlite_insert if dialect_name() == "sqlite" else postgres_insert
    statement = insert(DirtyDay)
    changes = {"marked_at": statement.excluded.marked_at}
    if needs_recount:
        changes["needs_recount"] = statement.excluded.needs_recount
    keys = ["project_id", "day"]
    db.session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changes), rows
    )
    enqueue("acd.recount_days", subject="acd_recount", unique=True)


def add_repeats(
    model: type[Model], keys: Mapping[str, Ints], is_repeated: NDArray[np.bool_]
) -> None:
    """Add identified and repeated contacts to days; the other sums stay."""
    if not len(is_repeated):
        return
    stacked = np.stack(list(keys.values()))
    cells, inverse = np.unique(stacked, axis=1, return_inverse=True)
    n = cells.shape[1]
    columns = {name: Column(cells[place]) for place, name in enumerate(keys)}
    others = QUEUE_SUMS if model is QueueDay else AGENT_SUMS
    columns |= {name: Column(np.zeros(n, np.int64)) for name in others}
    columns["identified"] = Column(np.bincount(inverse.ravel(), minlength=n))
    repeated = np.bincount(inverse.ravel(), is_repeated, n).astype(np.int64)
    columns["repeated"] = Column(repeated)
    table: Table = model.__table__  # type: ignore[assignment]
    bulk.add(table, columns, ("identified", "repeated", *others))
