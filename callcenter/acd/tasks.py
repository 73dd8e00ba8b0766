"""Jobs of this room."""

from typing import Any

from sqlalchemy import select

from callcenter.acd import services
from callcenter.acd.models import Import, ImportState
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _l


@job("acd.import_file", title=_l("Import of call records"))
def import_file(run: Run, *, import_id: int) -> dict[str, Any] | None:
    """Read and store the files of an import; done before, it changes nothing."""
    with transaction():
        row = services.load_import(import_id)
        paths = [services.folder_of(import_id) / name for name in row.stored_names]
    services.carry_out(import_id, paths, services.Progress(run))
    with transaction():
        row = services.load_import(import_id)
    return {"new": row.n_new, "corrected": row.n_corrected, "state": str(row.state)}


@job("acd.finish_imports", title=_l("Finish interrupted imports"))
def finish_imports(run: Run) -> dict[str, Any] | None:
    """Bring imports to their end that were decided but whose process was killed."""
    with transaction():
        found = select(Import.id).where(Import.state == ImportState.APPLYING)
        open_ids = list(db.session.scalars(found))
    for import_id in open_ids:
        services.carry_out(import_id, [], services.Progress(run))
    return {"finished": len(open_ids)}


@job("acd.recount_days", title=_l("Count changed days again"))
def recount_days(run: Run) -> dict[str, Any] | None:
    """Count the days again that late or corrected contacts have touched."""
    n_days = 0
    while True:
        run.check()
        with transaction():
            project_id = services.next_dirty_project()
            if project_id is None:
                return {"days": n_days}
            n_days += services.recount_dirty_days(project_id)
