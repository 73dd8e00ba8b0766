"""Reading imports, their problems, saved mappings and the names of files."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import contains_eager, lazyload

from callcenter.acd.models import (
    Import,
    ImportProblem,
    ImportState,
    SavedMapping,
    SourceName,
)
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.projects.models import Project
from callcenter.projects.queries import in_scope


def imports(scope: Scope) -> Select[Import]:
    """The imports of the projects in scope with their project, newest first."""
    return (
        select(Import)
        .join(Import.project)
        .options(contains_eager(Import.project))
        .where(in_scope(scope))
        .order_by(Import.id.desc())
    )


def get_import(import_id: int, scope: Scope) -> Import:
    """One import within the scope; raises `NotFound`."""
    found = db.session.scalar(imports(scope).where(Import.id == import_id))
    if found is None:
        raise NotFound(import_id=import_id)
    return found


def find_same_delivery(
    project_id: int, sha256: str, *, before_id: int
) -> Import | None:
    """An earlier import of the very same delivery whose rows all still stand.

    None when an import after it corrected rows, since those may have been its own.
    """
    done = select(Import).where(
        Import.project_id == project_id,
        Import.state == ImportState.DONE,
        Import.id < before_id,
    )
    same = db.session.scalars(
        done.where(Import.sha256 == sha256).order_by(Import.id.desc()).limit(1)
    ).first()
    if same is None:
        return None
    corrected = done.where(Import.id > same.id, Import.n_corrected > 0).limit(1)
    return same if db.session.scalar(corrected) is None else None


def problems(import_id: int) -> Select[ImportProblem]:
    """The rows that were refused or completed, in the order of the files."""
    return (
        select(ImportProblem)
        .where(ImportProblem.import_id == import_id)
        .order_by(ImportProblem.id)
    )


def mappings(project_id: int) -> Sequence[SavedMapping]:
    """The project's saved mappings, by name."""
    return db.session.scalars(
        select(SavedMapping)
        .where(SavedMapping.project_id == project_id)
        .order_by(SavedMapping.name)
    ).all()


def source_names(scope: Scope) -> Select[SourceName]:
    """All names of queues and agents in the scope's projects, by name."""
    return (
        select(SourceName)
        .join(SourceName.project)
        .options(contains_eager(SourceName.project))
        .where(in_scope(scope))
        .order_by(SourceName.name, SourceName.id)
    )


def unknown_names(scope: Scope) -> Select[SourceName]:
    """The names that nobody has mapped or set aside yet."""
    return source_names(scope).where(
        and_(
            SourceName.queue_id.is_(None),
            SourceName.employee_id.is_(None),
            SourceName.is_ignored.is_(False),
        )
    )


def count_unknown_names(scope: Scope) -> int:
    """How many names wait for somebody to say what they stand for."""
    listed = unknown_names(scope).with_only_columns(SourceName.id).order_by(None)
    counted = select(func.count()).select_from(listed.options(lazyload("*")).subquery())
    return db.session.scalar(counted) or 0


def get_source_name(source_name_id: int, scope: Scope) -> SourceName:
    """One name within the scope; raises `NotFound`."""
    found = db.session.scalar(
        source_names(scope).where(SourceName.id == source_name_id)
    )
    if found is None:
        raise NotFound(source_name_id=source_name_id)
    return found


def get_project_by_code(code: str, scope: Scope) -> Project:
    """The project of that code within the scope; raises `NotFound`."""
    found = db.session.scalar(
        select(Project).where(Project.code == code, in_scope(scope))
    )
    if found is None:
        raise NotFound(project=code)
    return found
