"""Reading imports of employees."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job
from callcenter.people.models import EmployeeImport


def imports(made_by_id: int | None) -> Select[EmployeeImport]:
    """Imports, newest first: those that a user made, or everybody's (None)."""
    statement = select(EmployeeImport).order_by(EmployeeImport.id.desc())
    if made_by_id is not None:
        statement = statement.where(EmployeeImport.made_by_id == made_by_id)
    return statement


def get_import(
    import_id: int, made_by_id: int | None, *, with_details: bool = False
) -> EmployeeImport:
    """One import; raises `NotFound`, also for somebody else's.

    With details come the file itself, the problems and the first rows.
    """
    statement = imports(made_by_id).where(EmployeeImport.id == import_id)
    if with_details:
        statement = statement.options(
            undefer(EmployeeImport.content),
            undefer(EmployeeImport.problems),
            undefer(EmployeeImport.preview),
        ).execution_options(populate_existing=True)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(import_id=import_id)
    return found


def imports_with_content(before: datetime) -> Select[EmployeeImport]:
    """Imports older than an instant that still hold their file."""
    return select(EmployeeImport).where(
        EmployeeImport.content.is_not(None), EmployeeImport.created_at < before
    )


def latest_job(import_id: int) -> Job | None:
    """The latest job of an import, or None when it needed none."""
    statement = (
        select(Job)
        .where(Job.subject == f"people_import:{import_id}")
        .order_by(Job.id.desc())
        .limit(1)
    )
    return db.session.scalar(statement)
