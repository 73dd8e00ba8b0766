"""Clients, projects, queues and the teams on them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from callcenter.kernel.db import Model, db
from callcenter.projects.errors import (
    AssignmentOverlap,
    CodeTaken,
    StageNotAllowed,
    StillUsed,
)
from callcenter.projects.events import stage_changed
from callcenter.projects.models import (
    CalendarDay,
    Client,
    OpeningHours,
    Project,
    Queue,
    ServiceTarget,
    Stage,
    TeamAssignment,
)

Row = TypeVar("Row", Client, Project, Queue)

NEXT_STAGES: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.PREPARATION: (Stage.TRIAL, Stage.FORMAL, Stage.CLOSED),
    Stage.TRIAL: (Stage.FORMAL, Stage.RECTIFICATION, Stage.CLOSED),
    Stage.FORMAL: (Stage.RECTIFICATION, Stage.CLOSED),
    Stage.RECTIFICATION: (Stage.TRIAL, Stage.FORMAL, Stage.CLOSED),
    Stage.CLOSED: (),
}


def save_client(client: Client, **values: Any) -> Client:
    """Create or change a client; raises `CodeTaken`."""
    return _save(client, values)


def save_project(project: Project, **values: Any) -> Project:
    """Create or change a project; its stage changes by `change_stage` alone.

    Raises `CodeTaken`.
    """
    return _save(project, values)


def save_queue(queue: Queue, **values: Any) -> Queue:
    """Create or change a queue; raises `CodeTaken`."""
    return _save(queue, values)


def _save(row: Row, values: dict[str, Any]) -> Row:
    table = type(row)
    with db.session.no_autoflush:
        twin = db.session.scalar(
            select(table.id).where(
                table.code == values["code"], table.id != (row.id or 0)
            )
        )
    if twin is not None:
        raise CodeTaken(code=values["code"])
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def change_stage(project: Project, stage: Stage, *, by: int | None = None) -> None:
    """Let a project pass to another stage of its life.

    Raises `StageNotAllowed` for a step that its present stage does not offer.
    """
    if stage not in NEXT_STAGES[project.stage]:
        raise StageNotAllowed(was=project.stage.value, to=stage.value)
    was = project.stage
    project.stage = stage
    db.session.flush()
    stage_changed.send(project, was=was, by=by)


def delete_client(client: Client) -> None:
    """Delete a client without projects; raises `StillUsed`."""
    _delete(client)


def delete_project(project: Project) -> None:
    """Delete a project in preparation that nothing refers to; raises `StillUsed`."""
    if project.stage is not Stage.PREPARATION:
        raise StillUsed(project_id=project.id)
    _delete(
        project,
        (TeamAssignment, TeamAssignment.project_id),
        (CalendarDay, CalendarDay.project_id),
    )


def delete_queue(queue: Queue, project: Project) -> None:
    """Delete a queue of a project in preparation; raises `StillUsed`.

    Later its facts may exist, so it is deactivated instead.
    """
    if project.stage is not Stage.PREPARATION:
        raise StillUsed(queue_id=queue.id)
    _delete(
        queue,
        (ServiceTarget, ServiceTarget.queue_id),
        (OpeningHours, OpeningHours.queue_id),
    )


def _delete(row: Client | Project | Queue, *owned: tuple[type[Model], Any]) -> None:
    try:
        with db.session.begin_nested():
            for table, owner in owned:
                db.session.execute(delete(table).where(owner == row.id))
            db.session.delete(row)
            db.session.flush()
    except IntegrityError:
        raise StillUsed(id=row.id) from None


def assign_team(
    project_id: int, team_id: int, *, starts_on: date, ends_on: date | None
) -> TeamAssignment:
    """Let a team work on a project from a day on; raises `AssignmentOverlap`."""
    others = db.session.scalars(
        select(TeamAssignment).where(
            TeamAssignment.project_id == project_id, TeamAssignment.team_id == team_id
        )
    )
    if any(_overlap(each, starts_on, ends_on) for each in others):
        raise AssignmentOverlap(team_id=team_id)
    row = TeamAssignment(
        project_id=project_id, team_id=team_id, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(row)
    db.session.flush()
    return row


def end_assignment(assignment: TeamAssignment, ends_on: date) -> None:
    """End a team's work on a project; one that never began disappears."""
    if ends_on <= assignment.starts_on:
        db.session.delete(assignment)
    else:
        assignment.ends_on = ends_on
    db.session.flush()


def _overlap(
    row: TeamAssignment | ServiceTarget, starts_on: date, ends_on: date | None
) -> bool:
    return (ends_on is None or row.starts_on < ends_on) and (
        row.ends_on is None or row.ends_on > starts_on
    )


def first_overlapping(
    rows: Collection[ServiceTarget], starts_on: date, ends_on: date | None
) -> ServiceTarget | None:
    """The first of the targets that holds on any of those days."""
    return next((row for row in rows if _overlap(row, starts_on, ends_on)), None)
