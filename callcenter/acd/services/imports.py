"""Imports: read everything and judge it, then store it, and never half of it.

Reading touches no fact. It ends with a complete spool or with a refusal. From then on
the import is decided and only goes forward: each transaction stores some chunks with
their facts and notes how far it came, so that a killed process goes on from there
(docs/decisions/0004).
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from callcenter.acd import queries
from callcenter.acd.connectors import ReadOptions, connector
from callcenter.acd.connectors.mapping import mapping_from_dict
from callcenter.acd.connectors.records import (
    Batch,
    ContactBatch,
    IntervalBatch,
    RowError,
    Severity,
    StateBatch,
)
from callcenter.acd.connectors.sources import SourceRefusedError
from callcenter.acd.errors import FileRefused, RowsRefused
from callcenter.acd.models import (
    Import,
    ImportProblem,
    ImportState,
)
from callcenter.acd.services import records
from callcenter.acd.services.rows import Numbering, RowMaker
from callcenter.acd.services.sources import is_counted_otherwise
from callcenter.acd.services.spool import Spool
from callcenter.acd.services.tally import Tally
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.crypto import derive_key
from callcenter.kernel.db import db
from callcenter.kernel.settings import settings
from callcenter.projects.models import Project

MAX_PROBLEMS = 10_000
_READ_BYTES = 1 << 20


def plan_import(
    project: Project,
    *,
    format_name: str,
    file_names: Sequence[str],
    stored_names: Sequence[str] = (),
    mapping: dict[str, Any] | None = None,
    timezone: str = "",
    default_queue: str = "",
    keeps_good_part: bool = False,
) -> Import:
    """Note that files are to be imported into a project, and how they are read."""
    row = Import(
        project_id=project.id,
        format_name=format_name,
        file_names=list(file_names),
        stored_names=list(stored_names),
        mapping=mapping or {},
        timezone=timezone,
        default_queue=default_queue,
        keeps_good_part=keeps_good_part,
        created_by_id=current_actor().user_id,
    )
    row.project = project
    db.session.add(row)
    db.session.flush()
    return row


def imports_folder() -> Path:
    """Where all imports keep their files."""
    return settings().var / "imports"


def folder_of(import_id: int) -> Path:
    """Where an import keeps its files and its spool."""
    return imports_folder() / str(import_id)


def folder_of_uploads(token: str) -> Path:
    """A fresh folder for files that come in, before their import is noted."""
    folder = imports_folder() / f"upload-{token}"
    folder.mkdir(parents=True)
    return folder


def adopt_uploads(row: Import, folder: Path) -> None:
    """Make the folder of uploaded files the import's own."""
    target = folder_of(row.id)
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)


def discard_uploads(folder: Path) -> None:
    """Delete uploaded files that will not be imported."""
    shutil.rmtree(folder, ignore_errors=True)


def paths_of(row: Import) -> list[Path]:
    """The import's uploaded files."""
    return [folder_of(row.id) / name for name in row.stored_names]


def spool_of(import_id: int) -> Spool:
    """The spool of an import."""
    return Spool(folder_of(import_id) / "spool")


def digest_of(row: Import, paths: Sequence[Path]) -> str:
    """A digest of the files' content and of how they are read.

    Raises `FileRefused` when a file is not there.
    """
    how = [row.project_id, row.format_name, row.timezone, row.default_queue]
    digest = hashlib.sha256(repr([*how, sorted(row.mapping.items())]).encode())
    for path in paths:
        try:
            with path.open("rb") as file:
                whole = hashlib.file_digest(file, "sha256")
        except OSError:
            raise refusal_of(SourceRefusedError("not-found", file=path.name)) from None
        digest.update(whole.digest())
    return digest.hexdigest()


def refusal_of(error: SourceRefusedError) -> FileRefused:
    """A connector's refusal as one of ours."""
    return FileRefused(str(error), refusal=error.code, **error.context)


def read_into_spool(
    row: Import,
    paths: Sequence[Path],
    *,
    on_batch: Callable[[Tally], None] = lambda _tally: None,
) -> tuple[Tally, list[RowError]]:
    """Read the files into the import's spool; the database stays as it is.

    Also returns the first problems of rows. Raises `FileRefused` when a whole file is
    of no use, and whatever ``on_batch`` raises to stop.
    """
    spool = spool_of(row.id)
    spool.begin()
    maker = RowMaker(_identity(row), customer_secret(), Numbering(), Numbering())
    tally, problems = Tally(), list[RowError]()
    for batch in _batches(row, paths):
        _take_problems(batch.errors, tally, problems)
        tally.n_rows += len(batch)
        if isinstance(batch, ContactBatch) and len(batch):
            spool.add(maker.rows(batch))
            tally.stretch("contacts", batch.offered_at)
        elif isinstance(batch, StateBatch) and len(batch):
            states = records.spooled_states(batch, maker.identity, maker.agents)
            spool.add_records("states", states)
        elif isinstance(batch, IntervalBatch) and len(batch):
            counted = records.spooled_intervals(batch, maker.queues)
            spool.add_records("intervals", counted)
            tally.stretch("intervals", batch.interval_start)
            tally.stretch("intervals", batch.interval_start + batch.interval_s - 1)
        on_batch(tally)
    spool.finish(maker.queues.names, maker.agents.names)
    return tally, problems


def _identity(row: Import) -> str:
    return f"{row.project_id}/{row.format_name}"


def customer_secret() -> bytes:
    """The key of the digest that stands for a customer."""
    return derive_key(settings().data_keys[-1], "customer")


def _batches(row: Import, paths: Sequence[Path]) -> Iterator[Batch]:
    try:
        options = ReadOptions(
            ZoneInfo(row.timezone) if row.timezone else None,
            mapping_from_dict(row.mapping) if row.mapping else None,
            row.default_queue,
        )
        yield from connector(row.format_name).read(paths, options)
    except SourceRefusedError as error:
        raise refusal_of(error) from error


def _take_problems(
    errors: Sequence[RowError], tally: Tally, problems: list[RowError]
) -> None:
    n_errors = sum(error.severity is Severity.ERROR for error in errors)
    tally.n_errors += n_errors
    tally.n_notices += len(errors) - n_errors
    problems.extend(errors[: max(0, MAX_PROBLEMS - len(problems))])


def note_reading(row: Import, tally: Tally, problems: Sequence[RowError]) -> bool:
    """Store what reading found, and decide whether the import goes on.

    Rows that break a rule refuse the whole, unless the good part is to be kept.
    """
    row.n_rows, row.n_errors = tally.n_rows, tally.n_errors
    row.n_notices = tally.n_notices
    _store_problems(row, problems)
    if tally.n_errors and not row.keeps_good_part:
        refuse(row, RowsRefused.code)
        return False
    if is_counted_otherwise(row.project_id, spool_of(row.id).queues(), tally.spans):
        refuse(row, "counted-otherwise")
        return False
    row.state = ImportState.APPLYING
    return True


def _store_problems(row: Import, problems: Sequence[RowError]) -> None:
    own_names = dict(zip(row.stored_names, row.file_names, strict=False))
    rows = [
        {
            "import_id": row.id,
            "severity": str(problem.severity),
            "source": own_names.get(problem.source, problem.source)[:200],
            "line": problem.line,
            "field": problem.field[:80],
            "rule": problem.rule[:80],
            "value": problem.value[:200],
        }
        for problem in problems
    ]
    if rows:
        db.session.execute(insert(ImportProblem), rows)


def with_own_names(row: Import, reason: str) -> str:
    """A refusal that names the files as their owner does, not as we stored them."""
    for stored, own in zip(row.stored_names, row.file_names, strict=False):
        reason = reason.replace(f"file={stored}", f"file={own}")
    return reason


def refuse(row: Import, reason: str, state: ImportState = ImportState.REFUSED) -> None:
    """End an import that stored nothing."""
    row.state, row.refusal = state, with_own_names(row, reason)[:400]
    row.finished_at = clock.now()
    spool_of(row.id).remove()


def skip_if_delivered(row: Import, sha256: str) -> bool:
    """End an import at once when the very same delivery was stored before."""
    row.sha256 = sha256
    same = queries.find_same_delivery(row.project_id, sha256, before_id=row.id)
    if same is None:
        return False
    row.n_rows = row.n_unchanged = same.n_rows
    row.first_day, row.last_day = same.first_day, same.last_day
    row.state, row.finished_at = ImportState.DONE, clock.now()
    return True
