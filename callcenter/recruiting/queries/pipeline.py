"""Reading the pipeline: stages of posts, cards of the board, rows of the list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, Scope
from callcenter.kernel.db import db, table_of
from callcenter.kernel.errors import NotFound
from callcenter.people.models import Post
from callcenter.recruiting.models import (
    Application,
    ApplicationState,
    Candidate,
    Requisition,
    RequisitionState,
    StageKind,
    StageTemplate,
)
from callcenter.recruiting.queries.requisitions import in_scope

USUAL_DAYS: Mapping[StageKind, int] = {
    StageKind.SCREENING: 2,
    StageKind.FIRST_INTERVIEW: 5,
    StageKind.SKILLS_TEST: 3,
    StageKind.FINAL_INTERVIEW: 5,
    StageKind.APPROVAL: 3,
    StageKind.OFFER: 3,
    StageKind.CONTRACT: 5,
    StageKind.CLASS: 30,
}
TAKEN = (StageKind.OFFER, StageKind.CONTRACT, StageKind.CLASS)
"""The stages in which a candidate takes one of the places wanted."""


@dataclass(frozen=True, slots=True)
class Card:
    """One candidate on the board."""

    id: int
    candidate_id: int
    name: str
    stage: StageKind
    due_at: datetime
    entered_at: datetime
    requisition_id: int


def stages_of_posts(post_ids: Collection[int]) -> dict[int, dict[StageKind, int]]:
    """The stages of each post, in order, with the days that each may take."""
    templates = db.session.scalars(
        select(StageTemplate)
        .where(StageTemplate.post_id.in_(post_ids))
        .options(selectinload(StageTemplate.stages))
    )
    own = {
        each.post_id: dict(
            sorted(
                ((stage.kind, stage.n_days) for stage in each.stages),
                key=lambda pair: pair[0].position,
            )
        )
        for each in templates
    }
    return {post_id: own.get(post_id) or dict(USUAL_DAYS) for post_id in post_ids}


def stages_of(requisition: Requisition) -> dict[StageKind, int]:
    """The stages that candidates for the requisition pass, with their days."""
    return stages_of_posts([requisition.post_id])[requisition.post_id]


def find_template(post_id: int) -> StageTemplate | None:
    """The stages that were set for a post, or None."""
    return db.session.scalar(
        select(StageTemplate)
        .where(StageTemplate.post_id == post_id)
        .options(selectinload(StageTemplate.stages))
    )


def posts_with_templates() -> Sequence[Post]:
    """Every post, by title, with its site."""
    statement = (
        select(Post).options(joinedload(Post.site)).order_by(Post.title, Post.id)
    )
    return db.session.scalars(statement).all()


def visible_applications(scope: Scope) -> Select[Application]:
    """The applications within a scope with candidate and requisition, by due time."""
    requisition = contains_eager(Application.requisition)
    return (
        select(Application)
        .join(Application.candidate)
        .join(Application.requisition)
        .options(
            contains_eager(Application.candidate),
            requisition.joinedload(Requisition.post),
            requisition.joinedload(Requisition.project),
            requisition.joinedload(Requisition.site),
        )
        .where(in_scope(scope), Candidate.merged_into_id.is_(None))
        .order_by(Application.due_at, Application.id)
    )


def get_application(application_id: int, scope: Scope) -> Application:
    """The application with candidate and requisition; raises `NotFound`."""
    found = db.session.scalar(
        visible_applications(scope).where(Application.id == application_id)
    )
    if found is None:
        raise NotFound(application_id=application_id)
    return found


def applications_of(candidate_id: int) -> Sequence[Application]:
    """The applications of a candidate, latest first, with their requisitions."""
    requisition = joinedload(Application.requisition)
    return db.session.scalars(
        select(Application)
        .where(Application.candidate_id == candidate_id)
        .options(
            requisition.joinedload(Requisition.post),
            requisition.joinedload(Requisition.project),
            requisition.joinedload(Requisition.site),
        )
        .order_by(Application.applied_at.desc(), Application.id.desc())
    ).all()


def has_applied(candidate_id: int, requisition_id: int) -> bool:
    """Whether the candidate was put forward for the requisition."""
    statement = select(Application.id).where(
        Application.candidate_id == candidate_id,
        Application.requisition_id == requisition_id,
    )
    return db.session.scalar(statement) is not None


def count_taken(requisition_id: int) -> int:
    """How many of the places wanted are promised: offered, signed, or hired."""
    counted = select(func.count()).where(
        Application.requisition_id == requisition_id, _takes_a_place()
    )
    return db.session.scalar(counted) or 0


def _takes_a_place() -> ColumnElement[bool]:
    is_far = Application.stage.in_(TAKEN)
    is_active = Application.state == ApplicationState.ACTIVE
    return (is_active & is_far) | (Application.state == ApplicationState.HIRED)


def taken_of(requisition_ids: Collection[int]) -> dict[int, int]:
    """How many places of each requisition are promised."""
    rows = db.session.execute(
        select(Application.requisition_id, func.count())
        .where(Application.requisition_id.in_(requisition_ids), _takes_a_place())
        .group_by(Application.requisition_id)
    )
    return dict(rows.all())


def hold_places(requisition_id: int) -> None:
    """Let nobody else promise places of the requisition until the transaction ends."""
    db.session.execute(
        select(Requisition.id).where(Requisition.id == requisition_id).with_for_update()
    )


def is_overdue() -> ColumnElement[bool]:
    """The condition that an application stays longer in its stage than it may."""
    return (Application.state == ApplicationState.ACTIVE) & (
        Application.due_at < clock.now()
    )


def overdue_by_recruiter() -> dict[int, tuple[User, list[Application]]]:
    """Who of open requisitions is overdue, for each recruiter who can sign in."""
    statement = (
        visible_applications(EVERYTHING)
        .join(User, User.id == Application.recruiter_id)
        .add_columns(User)
        .where(
            is_overdue(),
            Requisition.state == RequisitionState.OPEN,
            User.is_enabled,
        )
    )
    found: dict[int, tuple[User, list[Application]]] = {}
    for application, user in db.session.execute(statement):
        found.setdefault(user.id, (user, []))[1].append(application)
    return found


def count_by_stage(requisition_ids: Collection[int]) -> dict[StageKind, int]:
    """How many candidates stand in each stage of those requisitions."""
    rows = db.session.execute(
        select(Application.stage, func.count())
        .where(
            Application.requisition_id.in_(requisition_ids),
            Application.state == ApplicationState.ACTIVE,
        )
        .group_by(Application.stage)
    )
    return dict(rows.all())


def cards(
    requisition_ids: Collection[int], *, per_stage: int
) -> dict[StageKind, list[Card]]:
    """The candidates of each stage, most overdue first, ``per_stage`` at most."""
    held, person = table_of(Application).c, table_of(Candidate).c
    place = (
        func.row_number()
        .over(partition_by=held.stage, order_by=(held.due_at, held.id))
        .label("place")
    )
    placed = (
        select(
            *(held.id, held.candidate_id, held.stage, held.due_at, held.entered_at),
            *(held.requisition_id, place),
        )
        .where(
            held.requisition_id.in_(requisition_ids),
            held.state == ApplicationState.ACTIVE,
        )
        .subquery()
    )
    rows = db.session.execute(
        select(
            *(placed.c.id, placed.c.candidate_id, person.name, placed.c.stage),
            *(placed.c.due_at, placed.c.entered_at, placed.c.requisition_id),
        )
        .join(table_of(Candidate), person.id == placed.c.candidate_id)
        .where(placed.c.place <= per_stage)
        .order_by(placed.c.place)
    )
    found: dict[StageKind, list[Card]] = {}
    for row in rows:
        found.setdefault(row.stage, []).append(Card(*row))
    return found
