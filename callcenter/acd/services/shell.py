"""Importing from the shell: the same steps as a job, with plain values at the ends."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callcenter.acd import queries
from callcenter.acd.connectors.mapping import mapping_from_toml
from callcenter.acd.connectors.sources import SourceRefusedError
from callcenter.acd.errors import CountedOtherwise
from callcenter.acd.models import Import, ImportState, NameKind, SourceName
from callcenter.acd.services.imports import (
    discard_uploads,
    imports_folder,
    plan_import,
    refuse,
    spool_of,
)
from callcenter.acd.services.mapping_names import create_queue
from callcenter.acd.services.recounting import (
    next_dirty_project,
    recount_dirty_days,
)
from callcenter.acd.services.running import carry_out, load_import
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db, transaction
from callcenter.projects.models import Project

UPLOADS_KEPT = timedelta(days=30)
"""How long uploaded files stay after their import, to be looked at again."""

UNSEEN_FOR = timedelta(days=1)
"""How long an import may be read on a machine whose disk is not ours."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command line import came to."""

    is_stored: bool
    summary: str
    n_errors: int = 0
    unknown: Sequence[str] = field(default_factory=tuple)
    problems: Sequence[tuple[Any, ...]] = field(default_factory=tuple)


def import_files(
    project_code: str,
    paths: Sequence[Path],
    creates_queues: bool,  # noqa: FBT001 - passed on from the command line
    *,
    format_name: str,
    timezone: Any,
    mapping: Path | None,
    default_queue: str,
    keep_good_part: bool,
) -> Outcome:
    """Import files as they lie, and count what they touch.

    Raises `LookupError` for a project that is not there or a mapping of no use.
    """
    finish_killed()
    with transaction():
        planned = plan_import(
            _project(project_code),
            format_name=format_name,
            file_names=[path.name for path in paths],
            mapping=_mapping(mapping),
            timezone=str(timezone or ""),
            default_queue=default_queue,
            keeps_good_part=keep_good_part,
        )
    with spool_of(planned.id).reading():
        pass
    carry_out(planned.id, list(paths))
    if creates_queues:
        with transaction():
            for name in _unknown(planned.project_id):
                if name.kind is NameKind.QUEUE:
                    with suppress(CountedOtherwise):  # it stays unknown, and is told
                        create_queue(name)
    recount_all()
    with transaction():
        return _outcome(load_import(planned.id))


def end_unread() -> int:
    """End imports from the shell whose process was killed while it read; tell how many.

    Their files lie where only the shell knew: they are to be imported again. An upload
    is read again by its job.
    """
    with transaction():
        begun = select(Import).where(
            Import.state.in_([ImportState.WAITING, ImportState.READING])
        )
        left = [row for row in db.session.scalars(begun) if _is_left_unread(row)]
        for row in left:
            refuse(row, "killed-while-reading", ImportState.FAILED)
    return len(left)


def _is_left_unread(row: Import) -> bool:
    """Whether nobody reads the import any more; of another machine, after a day."""
    if row.stored_names:
        return False
    is_being_read = spool_of(row.id).is_being_read()
    if is_being_read is None:
        return row.created_at < clock.now() - UNSEEN_FOR
    return not is_being_read


def finish_killed() -> int:
    """Bring imports to their end whose process was killed; tell how many were stored.

    Decided ones are stored; those that were still being read have failed.
    """
    end_unread()
    with transaction():
        found = select(Import.id).where(Import.state == ImportState.APPLYING)
        open_ids = list(db.session.scalars(found))
    for import_id in open_ids:
        carry_out(import_id, [])
    return len(open_ids)


def delete_old_uploads() -> int:
    """Delete files whose import ended long ago, and uploads that were never imported.

    What was stored of them stays. Tells how many folders went.
    """
    folders = list(imports_folder().glob("*"))
    until = clock.now() - UPLOADS_KEPT
    with transaction():
        ended = select(Import.id).where(Import.finished_at < until)
        ids = {str(import_id) for import_id in db.session.scalars(ended)}
    old = [folder for folder in folders if folder.name in ids or _is_left(folder)]
    for folder in old:
        discard_uploads(folder)
    return len(old)


def _is_left(folder: Path) -> bool:
    """Whether an upload waits for its import since long ago."""
    left_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    return folder.name.startswith("upload-") and left_at < clock.now() - UPLOADS_KEPT


def recount_all() -> int:
    """Count every marked day again, a stretch at a time; tell how many."""
    n_days = 0
    while True:
        with transaction():
            project_id = next_dirty_project()
            if project_id is None:
                return n_days
            n_days += recount_dirty_days(project_id)


def _project(code: str) -> Project:
    found = db.session.scalar(select(Project).where(Project.code == code))
    if found is None:
        codes = db.session.scalars(select(Project.code).order_by(Project.code)).all()
        raise LookupError(f"no project {code!r}; there are: {', '.join(codes)}")
    return found


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        chosen = mapping_from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SourceRefusedError) as error:
        raise LookupError(f"{path}: {error}") from error
    return {name: _plain(getattr(chosen, name)) for name in chosen.__slots__}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else dict(value)


def _unknown(project_id: int) -> Sequence[SourceName]:
    return db.session.scalars(
        queries.unknown_names(EVERYTHING).where(SourceName.project_id == project_id)
    ).all()


def _outcome(row: Import) -> Outcome:
    counts = (
        f"{row.n_rows} rows: {row.n_new} new, {row.n_corrected} corrected, "
        f"{row.n_unchanged} unchanged, {row.n_errors} refused, {row.n_notices} notices"
    )
    found = db.session.scalars(queries.problems(row.id)).all()
    return Outcome(
        is_stored=row.state is ImportState.DONE,
        summary=f"{row.state}: {counts}" + (f" ({row.refusal})" if row.refusal else ""),
        n_errors=row.n_errors,
        unknown=[
            f"{name.kind} {name.name!r} ({name.n_waiting} contacts)"
            for name in _unknown(row.project_id)
        ],
        problems=[
            (p.source, p.line, p.field, p.rule, p.severity, p.value) for p in found
        ],
    )
