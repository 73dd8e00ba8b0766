"""The way of a candidate to one requisition, stage by stage."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Post
from callcenter.recruiting.models.candidates import Candidate
from callcenter.recruiting.models.enums import (
    ApplicationState,
    RefusalReason,
    StageKind,
)
from callcenter.recruiting.models.requisitions import Requisition


class StageTemplate(Versioned, Model):
    """The stages that candidates for one post pass; without one, the usual ones."""

    __tablename__ = "recruiting_stage_template"

    id: Mapped[IntPk]
    post_id: Mapped[int] = mapped_column(ForeignKey("people_post.id"), unique=True)
    post: Mapped[Post] = relationship(lazy="raise_on_sql")
    stages: Mapped[list["TemplateStage"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class TemplateStage(Model):
    """One stage of a template, and within how many days it should be over."""

    __tablename__ = "recruiting_template_stage"
    __table_args__ = (
        UniqueConstraint("template_id", "kind"),
        CheckConstraint("n_days BETWEEN 1 AND 365", name="n_days"),
    )

    id: Mapped[IntPk]
    template_id: Mapped[int] = mapped_column(ForeignKey("recruiting_stage_template.id"))
    kind: Mapped[StageKind]
    n_days: Mapped[int]


class Application(Versioned, Model):
    """A candidate on the way to one requisition.

    ``due_at`` is when the present stage should be over. What brought the candidate is
    the candidate's channel; an ended application keeps the stage in which it ended.
    """

    __tablename__ = "recruiting_application"
    __table_args__ = (
        UniqueConstraint("candidate_id", "requisition_id"),
        Index(None, "requisition_id", "state", "stage"),
        Index(None, "state", "due_at"),
    )
    ENDED: ClassVar = frozenset(set(ApplicationState) - {ApplicationState.ACTIVE})

    id: Mapped[IntPk]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("recruiting_candidate.id"))
    requisition_id: Mapped[int] = mapped_column(ForeignKey("recruiting_requisition.id"))
    stage: Mapped[StageKind] = mapped_column(default=StageKind.SCREENING)
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.ACTIVE)
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    refusal_reason: Mapped[RefusalReason | None]
    refusal_note: Mapped[str] = mapped_column(String(400), default="")
    recruiter_id: Mapped[int | None] = mapped_column(ForeignKey("access_user.id"))
    applied_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    candidate: Mapped[Candidate] = relationship(lazy="raise_on_sql")
    requisition: Mapped[Requisition] = relationship(lazy="raise_on_sql")
