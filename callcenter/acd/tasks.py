"""Jobs of this room."""

from typing import Any

from callcenter.acd import services
from callcenter.kernel.db import transaction
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
    run.check()
    return {"finished": services.finish_killed()}


@job("acd.delete_uploads", title=_l("Delete uploaded call records"))
def delete_uploads(run: Run) -> dict[str, Any] | None:
    """Delete uploaded files whose import ended long enough ago."""
    run.check()
    return {"deleted": services.delete_old_uploads()}


@job("acd.recount_days", title=_l("Count changed days again"))
def recount_days(run: Run) -> dict[str, Any] | None:
    """Count the days again that late or corrected contacts have touched."""
    run.check()
    return {"days": services.recount_all()}
