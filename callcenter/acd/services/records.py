"""Agent states and counted intervals: few enough for plain statements."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, update

from callcenter.acd.connectors.records import IntervalBatch, StateBatch
from callcenter.acd.models import (
    INTERVAL_S,
    AgentState,
    CountedInterval,
    QueueDay,
    QueueInterval,
)
from callcenter.acd.services import bulk
from callcenter.acd.services.bulk import Column
from callcenter.acd.services.counting import (
    QUEUE_SUMS,
    Cells,
    day_numbers,
    per_day,
    thresholds,
)
from callcenter.acd.services.facts import Basis, add_sums
from callcenter.acd.services.naming import Resolved
from callcenter.acd.services.rows import Numbering, encoded, hash_keys, seed_of
from callcenter.acd.services.storing import Change, Owner, epoch_s
from callcenter.kernel.db import db

Ints = NDArray[np.int64]
COUNTS = (
    "offered",
    "answered",
    "abandoned",
    "answered_in_threshold",
    "talk_s",
    "hold_s",
    "wrap_s",
    "wait_answered_s",
)


def spooled_states(
    batch: StateBatch, identity: str, agents: Numbering
) -> dict[str, Any]:
    """The columns of a batch of states as JSON holds them."""
    hashes = hash_keys(encoded(batch.source_key), seed_of(f"{identity}/state"))
    return {
        "key_hash": hashes.tolist(),
        "agent": [agents[name] for name in batch.agent],
        "at": batch.at.tolist(),
        "state": batch.state,
        "reason": [reason[:80] for reason in batch.reason],
        "duration_s": np.rint(batch.duration_s).astype(np.int64).tolist(),
    }


def spooled_intervals(batch: IntervalBatch, queues: Numbering) -> dict[str, Any]:
    """The columns of a batch of counted intervals as JSON holds them."""
    figures = {
        name: np.rint(getattr(batch, name)).astype(np.int64).tolist() for name in COUNTS
    }
    return {
        "queue": [queues[name] for name in batch.queue],
        "interval_start": batch.interval_start.tolist(),
        "interval_s": batch.interval_s.tolist(),
        **figures,
    }


def store_states(
    records: Mapping[str, Any], agents: Resolved, owner: Owner
) -> tuple[Change, dict[int, tuple[int, int]]]:
    """Store states that are not stored yet.

    Also returns, by agent, the first and last instant that is new, so that the
    agent's time between can be counted again.
    """
    hashes = np.array(records["key_hash"], np.int64)
    _unique, first = np.unique(hashes, return_index=True)
    stored = _stored_states(hashes[first].tolist())
    fresh = np.sort(first[~np.isin(hashes[first], np.array(stored, np.int64))])
    names = agents.name_ids[np.array(records["agent"], np.int64)[fresh]]
    agent_id = agents.target_of(names) if len(fresh) else np.zeros(0, np.int64)
    at = np.array(records["at"], np.int64)[fresh]
    n = len(fresh)
    columns = {
        "key_hash": Column(hashes[fresh]),
        "import_id": Column(np.full(n, owner.import_id)),
        "project_id": Column(np.full(n, owner.project_id)),
        "agent_name_id": Column(names),
        "agent_id": Column(agent_id, agent_id == 0),
        "at": Column(at),
        "state": Column(encoded(_picked(records["state"], fresh))),
        "reason": Column(encoded(_picked(records["reason"], fresh))),
        "duration_s": Column(np.array(records["duration_s"], np.int64)[fresh]),
    }
    bulk.insert(AgentState.__table__, columns)  # type: ignore[arg-type]
    return Change(n_new=n, n_unchanged=len(hashes) - n), _spans(agent_id, at)


def _picked(texts: list[str], places: NDArray[np.intp]) -> list[str]:
    return [texts[place] for place in places.tolist()]


def _stored_states(hashes: list[int]) -> list[int]:
    found: list[int] = []
    for start in range(0, len(hashes), 10_000):
        part = hashes[start : start + 10_000]
        known = select(AgentState.key_hash).where(AgentState.key_hash.in_(part))
        found.extend(db.session.scalars(known))
    return found


def _spans(agent_id: Ints, at: Ints) -> dict[int, tuple[int, int]]:
    spans = {}
    for agent in np.unique(agent_id[agent_id > 0]).tolist():
        mine = at[agent_id == agent]
        spans[agent] = (int(mine.min()), int(mine.max()))
    return spans


def store_intervals(
    records: Mapping[str, Any], queues: Resolved, owner: Owner, basis: Basis
) -> tuple[Change, set[int], set[int]]:
    """Store counted intervals; those that say something else replace the old ones.

    Returns the change, and the touched and the corrected days in days since 1970.
    """
    names = queues.name_ids[np.array(records["queue"], np.int64)]
    start = np.array(records["interval_start"], np.int64)
    codes = names * (1 << 40) + start
    # The last of equal intervals in a file counts.
    _codes, back = np.unique(codes[::-1], return_index=True)
    last = np.sort(len(codes) - 1 - back)
    figures = np.array([records[name] for name in COUNTS], np.int64)[:, last]
    names, start = names[last], start[last]
    stored = _stored_intervals(names, start)
    old = np.zeros_like(figures)
    is_known = np.zeros(len(last), np.bool_)
    for place, key in enumerate(zip(names.tolist(), start.tolist(), strict=True)):
        if key in stored:
            is_known[place], old[:, place] = True, stored[key]
    changed = is_known & (figures != old).any(axis=0)
    targets = queues.target_of(names) if len(names) else names
    _write_intervals(
        (names, targets, start, figures),
        np.array(records["interval_s"], np.int64)[last],
        (~is_known, changed),
        owner,
    )
    touched = (~is_known | changed) & (targets > 0)
    days = add_intervals(
        targets[touched], start[touched], (figures - old)[:, touched], basis
    )
    corrected = day_numbers(start[changed & (targets > 0)], basis.zone)
    n_new, n_changed = int((~is_known).sum()), int(changed.sum())
    change = Change(n_new, n_changed, len(codes) - n_new - n_changed)
    return change, days, set(corrected.tolist())


def _stored_intervals(names: Ints, start: Ints) -> dict[tuple[int, int], list[int]]:
    if not len(names):
        return {}
    low = datetime.fromtimestamp(int(start.min()), UTC)
    high = datetime.fromtimestamp(int(start.max()), UTC)
    rows = db.session.execute(
        select(
            CountedInterval.queue_name_id,
            epoch_s(CountedInterval.interval_start),
            *(getattr(CountedInterval, name) for name in COUNTS),
        ).where(
            CountedInterval.queue_name_id.in_(np.unique(names).tolist()),
            CountedInterval.interval_start.between(low, high),
        )
    )
    return {(row[0], int(row[1])): list(row[2:]) for row in rows}


def _write_intervals(
    cells: tuple[Ints, Ints, Ints, Ints],
    interval_s: Ints,
    chosen: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    owner: Owner,
) -> None:
    names, targets, start, figures = cells
    new, changed = chosen
    n = int(new.sum())
    columns = {
        "import_id": Column(np.full(n, owner.import_id)),
        "project_id": Column(np.full(n, owner.project_id)),
        "queue_name_id": Column(names[new]),
        "queue_id": Column(targets[new], targets[new] == 0),
        "interval_start": Column(start[new]),
        "interval_s": Column(interval_s[new]),
    }
    columns |= {
        name: Column(values)
        for name, values in zip(COUNTS, figures[:, new], strict=True)
    }
    bulk.insert(CountedInterval.__table__, columns)  # type: ignore[arg-type]
    for place in np.flatnonzero(changed).tolist():
        values = dict(zip(COUNTS, figures[:, place].tolist(), strict=True))
        db.session.execute(
            update(CountedInterval)
            .where(
                CountedInterval.queue_name_id == int(names[place]),
                CountedInterval.interval_start
                == datetime.fromtimestamp(int(start[place]), UTC),
            )
            .values(import_id=owner.import_id, **values)
        )


def add_intervals(queue_id: Ints, start: Ints, figures: Ints, basis: Basis) -> set[int]:
    """Add counted sums to the facts of the quarter-hour in which they start."""
    if not len(queue_id):
        return set()
    quarter = start // INTERVAL_S * INTERVAL_S
    codes, inverse = np.unique(queue_id * (1 << 40) + quarter, return_inverse=True)
    queue, at = codes // (1 << 40), codes % (1 << 40)
    nothing = np.zeros(len(codes), np.int64)
    sums = dict.fromkeys(QUEUE_SUMS, nothing)
    for name, values in zip(COUNTS, figures, strict=True):
        sums[name] = np.bincount(inverse, values, len(codes)).astype(np.int64)
    keys = {
        "queue_id": queue,
        "interval_start": at,
        "day": day_numbers(at, basis.zone),
        "threshold_s": thresholds(queue, at, basis.terms)[0],
    }
    add_cells(Cells(keys, sums))
    return set(keys["day"].tolist())


def add_cells(cells: Cells) -> None:
    """Add a queue's cells to the facts by quarter-hour and by day."""
    add_sums(QueueInterval, cells, QUEUE_SUMS)
    add_sums(QueueDay, per_day(cells, "queue_id"), QUEUE_SUMS, repeats=True)
