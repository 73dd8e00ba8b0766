"""Jobs of this room: checking and storing large spreadsheets, forgetting old ones."""

from collections.abc import Callable
from typing import Any

from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.models import EmployeeImport, ImportState


@job("people.check_import", title=_l("Check of a spreadsheet of employees"))
def check_import(run: Run, *, import_id: int) -> dict[str, Any] | None:
    """Judge every row; nothing is stored but what was found."""
    findings = services.judge_file(
        _own(import_id), _teller(run, _("Checking the rows"))
    )
    with transaction():
        services.note_findings(_own(import_id), findings)
    return {"page": ["people.import_file", {"import_id": import_id}]}


@job("people.store_import", title=_l("Import of employees"))
def store_import(
    run: Run, *, import_id: int, good_rows_only: bool
) -> dict[str, Any] | None:
    """Store the rows; done before, it changes nothing."""
    row = _own(import_id)
    if row.state is not ImportState.DONE:
        findings = services.judge_file(row, _teller(run, _("Checking the rows")))
        with transaction():
            services.store_findings(
                _own(import_id),
                findings,
                good_rows_only=good_rows_only,
                on_progress=_teller(run, _("Storing")),
            )
    return {"page": ["people.import_file", {"import_id": import_id}]}


@job("people.forget_files", title=_l("Throwing old spreadsheets away"))
def forget_files(_run: Run) -> dict[str, Any] | None:
    """Throw files away that were uploaded more than a week ago."""
    with transaction():
        n = services.forget_files()
    return {"files": n}


@job("people.complete_departures", title=_l("Closing sign-ins of those who left"))
def complete_departures(_run: Run) -> dict[str, Any] | None:
    """Shut the sign-ins of people whose last day is over."""
    with transaction():
        n = services.complete_departures()
    return {"people": n}


def _own(import_id: int) -> EmployeeImport:
    user_id = current_actor().user_id
    return queries.get_import(import_id, user_id, with_details=True)


def _teller(run: Run, message: str) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        run.progress(done, total, message)

    return tell
