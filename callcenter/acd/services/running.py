"""One import from beginning to end, as jobs and the shell both run it.

It opens its transactions itself, one after the other, because an import is many of
them by design (docs/decisions/0004); no other service does.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from callcenter.acd.errors import FileRefused
from callcenter.acd.models import Import, ImportState
from callcenter.acd.services import applying, bulk, imports
from callcenter.acd.services.spool import Manifest
from callcenter.acd.services.tally import Tally
from callcenter.kernel.db import db, dialect_name, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import JobCancelled, Run
from callcenter.kernel.text import _
from callcenter.projects.models import Project

_LOG_PAGES, _LOG_PAGES_BETWEEN = 1_000, 25_000
"""SQLite's own limit, and one of 100 MB: most pages are then copied back only once."""


class Progress:
    """Where an import tells how far it is; it may stop it while it reads."""

    def __init__(self, run: Run | None = None) -> None:
        self.run = run

    def read(self, tally: Tally) -> None:
        """So many rows were read."""
        if self.run is not None:
            rows = f"{tally.n_rows:,}"
            self.run.progress(0, 0, _("Reading: %(n)s rows", n=rows))

    def applied(self, done: int, total: int) -> None:
        """So many chunks are stored; from here on nothing stops it."""
        if self.run is not None and done < total:
            with suppress(JobCancelled):
                self.run.progress(done, total, _("Storing"))


def carry_out(
    import_id: int, paths: Sequence[Path], progress: Progress | None = None
) -> None:
    """Bring an import to its end, from wherever an earlier attempt left it.

    Refusals are noted on the import; they are not raised.
    """
    progress = progress or Progress()
    with transaction():
        row = load_import(import_id)
        is_read = row.state is ImportState.APPLYING
        if not row.is_open:
            return
    if not is_read and not _read(row, paths, progress):
        return
    _apply(import_id, progress)


def _read(row: Import, paths: Sequence[Path], progress: Progress) -> bool:
    """Read and judge; true when there is something to store."""
    try:
        sha256 = imports.digest_of(row, paths)
        with transaction():
            if imports.skip_if_delivered(_reading(row.id), sha256):
                return False
        with imports.spool_of(row.id).reading():
            tally, problems = imports.read_into_spool(
                row, paths, on_batch=progress.read
            )
    except FileRefused as refusal:
        with transaction():
            imports.refuse(load_import(row.id), refusal.message)
        return False
    except JobCancelled:
        with transaction():
            imports.refuse(load_import(row.id), "", ImportState.CANCELLED)
        raise
    with transaction():
        return imports.note_reading(load_import(row.id), tally, problems)


def _reading(import_id: int) -> Import:
    row = load_import(import_id)
    row.state = ImportState.READING
    return row


def _apply(import_id: int, progress: Progress) -> None:
    """Store chunk by chunk; on PostgreSQL all of them in one transaction.

    PostgreSQL's writers do not wait for each other, SQLite's do. Another process may
    be finishing the same import: the lock lets one after the other take a chunk.
    """
    manifest = imports.spool_of(import_id).manifest()
    if manifest is None:
        _note_lost_spool(import_id)
        return
    at_once = manifest.n_chunks if dialect_name() == "postgresql" else 1
    has_more = True
    while has_more:
        with transaction():
            row = applying.lock_import(load_import(import_id))
            if not row.is_open:
                return
            has_more = _apply_some(row, manifest, max(at_once, 1))
            done = row.n_chunks_applied
        progress.applied(done, manifest.n_chunks)
    imports.spool_of(import_id).remove()


def _apply_some(row: Import, manifest: Manifest, at_once: int) -> bool:
    """Store the next chunks; true while there are more."""
    project = db.session.get_one(Project, row.project_id)
    is_last = row.n_chunks_applied + at_once >= manifest.n_chunks
    bulk.let_log_grow(_LOG_PAGES if is_last else _LOG_PAGES_BETWEEN)
    spool = imports.spool_of(row.id)
    has_more = not applying.apply_first(row, project, manifest, spool)
    for _count in range(at_once):
        has_more = has_more and applying.apply_chunk(row, project, manifest, spool)
    if not has_more:
        applying.finish(row)
    return has_more


def _note_lost_spool(import_id: int) -> None:
    """End an import whose spool is gone, unless another process has just stored it.

    Importing the files again completes what is missing and doubles nothing.
    """
    with transaction():
        row = load_import(import_id)
        if row.is_open:
            imports.refuse(row, "lost-spool", ImportState.FAILED)


def load_import(import_id: int) -> Import:
    """The import; raises `NotFound`."""
    row = db.session.get(Import, import_id)
    if row is None:
        raise NotFound(import_id=import_id)
    return row
