"""Contacts and agent states pushed while they happen."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from callcenter.acd.connectors.records import (
    AgentState,
    Contact,
    contact_batch,
    state_batch,
)
from callcenter.acd.errors import CountedOtherwise
from callcenter.acd.models import Import, ImportState
from callcenter.acd.services import applying, imports, records
from callcenter.acd.services.rows import Numbering, RowMaker
from callcenter.acd.services.sources import is_counted_otherwise
from callcenter.acd.services.spool import Manifest
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.projects.models import Project

FORMAT_NAME = "live"


def push(
    project: Project,
    contacts: Sequence[Contact],
    states: Sequence[AgentState],
    *,
    source: str,
) -> dict[str, int]:
    """Store events at once with their facts; one that came before changes nothing.

    A contact that comes again with a higher version replaces the older one. Raises
    `CountedOtherwise` for a queue whose intervals are counted already in that time.
    """
    _refuse_counting_twice(project.id, contacts)
    row = _todays_import(project, source)
    before = (row.n_new, row.n_corrected, row.n_unchanged)
    identity = f"{project.id}/{FORMAT_NAME}/{source}"
    maker = RowMaker(identity, imports.customer_secret(), Numbering(), Numbering())
    rows = maker.rows(contact_batch(contacts)) if contacts else None
    moves = (
        records.spooled_states(state_batch(states), identity, maker.agents)
        if states
        else None
    )
    manifest = Manifest(0, 0, maker.queues.names, maker.agents.names)
    applying.apply_now(row, project, manifest, rows, moves)
    row.n_rows += len(contacts) + len(states)
    after = (row.n_new, row.n_corrected, row.n_unchanged)
    names = ("new", "corrected", "unchanged")
    return {n: b - a for n, a, b in zip(names, before, after, strict=True)}


def _refuse_counting_twice(project_id: int, contacts: Sequence[Contact]) -> None:
    if not contacts:
        return
    names = sorted({contact.queue for contact in contacts})
    at = [contact.offered_at for contact in contacts]
    if is_counted_otherwise(project_id, names, {"contacts": (min(at), max(at))}):
        raise CountedOtherwise


def _todays_import(project: Project, source: str) -> Import:
    """One import collects what a source pushes in a day."""
    since = clock.now() - timedelta(days=1)
    row = db.session.scalars(
        select(Import)
        .where(
            Import.project_id == project.id,
            Import.format_name == FORMAT_NAME,
            Import.created_at >= since,
        )
        .order_by(Import.id.desc())
    ).first()
    if row is None or row.file_names != [source]:
        row = imports.plan_import(project, format_name=FORMAT_NAME, file_names=[source])
        row.state = ImportState.DONE
    return row
