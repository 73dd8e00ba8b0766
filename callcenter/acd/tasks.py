"""Jobs of this room, and the run of one import that the shell shares with them."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from callcenter.acd import services
from callcenter.acd.errors import FileRefused
from callcenter.acd.models import Import, ImportState
from callcenter.acd.services import Tally
from callcenter.kernel.db import db, dialect_name, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import JobCancelled, Run, job
from callcenter.kernel.text import _, _l
from callcenter.projects.models import Project


@job("acd.import_file", title=_l("Import of call records"))
def import_file(run: Run, *, import_id: int) -> dict[str, Any] | None:
    """Read and store the files of an import; done before, it changes nothing."""
    with transaction():
        row = _load(import_id)
        paths = [services.folder_of(import_id) / name for name in row.stored_names]
    carry_out(import_id, paths, Progress(run))
    with transaction():
        row = _load(import_id)
    return {"new": row.n_new, "corrected": row.n_corrected, "state": str(row.state)}


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
        row = _load(import_id)
        is_read = row.state is ImportState.APPLYING
        if not row.is_open:
            return
    if not is_read and not _read(row, paths, progress):
        return
    _apply(import_id, progress)


def _read(row: Import, paths: Sequence[Path], progress: Progress) -> bool:
    """Read and judge; true when there is something to store."""
    try:
        sha256 = services.digest_of(row, paths)
        with transaction():
            if services.skip_if_delivered(_reading(row.id), sha256):
                return False
        tally, problems = services.read_into_spool(row, paths, on_batch=progress.read)
    except FileRefused as refusal:
        with transaction():
            services.refuse(_load(row.id), refusal.message)
        return False
    except JobCancelled:
        with transaction():
            services.refuse(_load(row.id), "", ImportState.CANCELLED)
        raise
    with transaction():
        return services.note_reading(_load(row.id), tally, problems)


def _reading(import_id: int) -> Import:
    row = _load(import_id)
    row.state = ImportState.READING
    return row


def _apply(import_id: int, progress: Progress) -> None:
    """Store chunk by chunk; on PostgreSQL all of them in one transaction.

    PostgreSQL's writers do not wait for each other, SQLite's do.
    """
    manifest = services.spool_of(import_id).manifest()
    if manifest is None:
        raise NotFound(import_id=import_id)
    at_once = manifest.n_chunks if dialect_name() == "postgresql" else 1
    has_more = True
    while has_more:
        with transaction():
            row = _load(import_id)
            project = db.session.get_one(Project, row.project_id)
            for _count in range(max(at_once, 1)):
                has_more = services.apply_chunk(row, project, manifest)
            done = row.n_chunks_applied
            if not has_more:
                services.finish(row)
        progress.applied(done, manifest.n_chunks)
    services.spool_of(import_id).remove()


def _load(import_id: int) -> Import:
    row = db.session.get(Import, import_id)
    if row is None:
        raise NotFound(import_id=import_id)
    return row
