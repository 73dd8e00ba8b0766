"""Storing what an import has read: contacts, states and intervals with their facts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select, update

from callcenter.acd.events import FactsChange, facts_corrected, facts_loaded
from callcenter.acd.models import Import, ImportState, NameKind, SourceName
from callcenter.acd.services import agent_time, facts, first_load, records, storing
from callcenter.acd.services.bulk import day_of
from callcenter.acd.services.naming import Resolved, resolve
from callcenter.acd.services.rows import Rows, newest, seal
from callcenter.acd.services.spool import Manifest, Spool
from callcenter.kernel import clock
from callcenter.kernel.db import db, dialect_name
from callcenter.projects.models import Project


def apply_chunk(
    row: Import, project: Project, manifest: Manifest, spool: Spool
) -> bool:
    """Store the next chunk with its facts; true while there are more.

    The names of the files become names of the project, known or waiting.
    """
    number = row.n_chunks_applied
    if number < manifest.n_chunks:
        _lock(project.id)
        names = _Names.resolve(project.id, manifest)
        chunk = spool.chunk(number)
        if isinstance(chunk, Rows):
            _apply_contacts(row, project, chunk, names)
        else:
            _apply_records(row, project, chunk, names)
        row.n_chunks_applied = number + 1
    return row.n_chunks_applied < manifest.n_chunks


def apply_first(
    row: Import, project: Project, manifest: Manifest, spool: Spool
) -> bool:
    """Store a whole import of new contacts into empty tables, if it is such a one."""
    if row.n_chunks_applied or not first_load.is_worthwhile(manifest, spool):
        return False
    with first_load.without_indexes() as is_possible:
        if is_possible:
            names = _Names.resolve(project.id, manifest)
            for rows in first_load.slices(manifest, spool):
                _apply_contacts(row, project, rows, names, are_new=True)
            row.n_chunks_applied = manifest.n_chunks
    return is_possible


def apply_now(
    row: Import,
    project: Project,
    manifest: Manifest,
    rows: Rows | None,
    states: dict[str, Any] | None,
) -> None:
    """Store a few contacts and states at once, without a spool."""
    _lock(project.id)
    names = _Names.resolve(project.id, manifest)
    if rows is not None:
        _apply_contacts(row, project, rows, names)
    if states is not None:
        _apply_records(row, project, {"kind": "states", **states}, names)


def finish(row: Import) -> None:
    """End an import whose chunks are all stored."""
    row.state, row.finished_at = ImportState.DONE, clock.now()


def lock_import(row: Import) -> Import:
    """The import as it stands once nobody else stores anything of its project."""
    _lock(row.project_id)
    db.session.refresh(row, with_for_update=dialect_name() == "postgresql")
    return row


def _lock(project_id: int) -> None:
    """One import at a time per project; SQLite has one writer anyway."""
    if dialect_name() == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(0x0ACD, project_id)))


@dataclass(frozen=True, slots=True)
class _Names:
    queues: Resolved
    agents: Resolved

    @classmethod
    def resolve(cls, project_id: int, manifest: Manifest) -> "_Names":
        return cls(
            resolve(project_id, NameKind.QUEUE, manifest.queues),
            resolve(project_id, NameKind.AGENT, manifest.agents),
        )


def _apply_contacts(
    row: Import,
    project: Project,
    rows: Rows,
    names: _Names,
    *,
    are_new: bool = False,
) -> None:
    seal(rows, names.queues.name_ids, names.agents.name_ids)
    rows = newest(rows)
    queue_id = names.queues.target_of(rows["queue_name_id"])
    agent_id = names.agents.target_of(rows["agent_name_id"])
    owner = storing.Owner(project.id, row.id)
    change = storing.store(rows, queue_id, agent_id, owner, are_new=are_new)
    _note_waiting(rows["queue_name_id"][queue_id == 0])
    has_name = rows["agent_name_id"] > 0
    _note_waiting(rows["agent_name_id"][(agent_id == 0) & has_name])
    basis = facts.basis_of(project)
    loaded = facts.add_counted(change.counted, basis, are_new=are_new)
    corrected = facts.add_counted(change.corrected, basis)
    if rows["customer"].any():
        facts.mark_dirty(project.id, loaded | corrected)
    _note(row, change, loaded, corrected)


def _apply_records(
    row: Import, project: Project, chunk: dict[str, Any], names: _Names
) -> None:
    owner = storing.Owner(project.id, row.id)
    loaded, corrected = set[int](), set[int]()
    if chunk["kind"] == "states":
        change, spans = records.store_states(chunk, names.agents, owner)
        loaded = agent_time.recount(spans)
    else:
        basis = facts.basis_of(project)
        change, loaded, corrected = records.store_intervals(
            chunk, names.queues, owner, basis
        )
    _note(row, change, set(map(day_of, loaded)), set(map(day_of, corrected)))


def _note(
    row: Import, change: storing.Change, loaded: set[date], corrected: set[date]
) -> None:
    row.n_new += change.n_new
    row.n_corrected += change.n_corrected
    row.n_unchanged += change.n_unchanged
    days = loaded | corrected
    if days:
        row.first_day = min(days | ({row.first_day} if row.first_day else set()))
        row.last_day = max(days | ({row.last_day} if row.last_day else set()))
    if loaded - corrected:
        facts_loaded.send(FactsChange(row.project_id, sorted(loaded - corrected)))
    if corrected:
        facts_corrected.send(FactsChange(row.project_id, sorted(corrected)))


def _note_waiting(name_ids: np.ndarray[Any, Any]) -> None:
    ids, counts = np.unique(name_ids, return_counts=True)
    for name_id, n in zip(ids.tolist(), counts.tolist(), strict=True):
        db.session.execute(
            update(SourceName)
            .where(SourceName.id == name_id)
            .values(n_waiting=SourceName.n_waiting + n)
        )
