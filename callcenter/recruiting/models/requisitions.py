"""What is asked for: how many people, for what, by when, at what price."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.db import IntPk, Model, Versioned
from callcenter.people.models import Employee, EmploymentKind, PayBasis, Post, Site
from callcenter.projects.models import Project
from callcenter.recruiting.models.enums import RequisitionReason, RequisitionState


class Requisition(Versioned, Model):
    """A number of people wanted for one post at one site by the day they start.

    ``due_on`` is the first day of their pre-job class. Money is in ``currency``, the
    site's; the pay band holds both ends or neither. ``replaces_id`` names who left,
    where the reason is a replacement.
    """

    __tablename__ = "recruiting_requisition"
    __table_args__ = (
        CheckConstraint("headcount BETWEEN 1 AND 9999", name="headcount"),
        CheckConstraint("pay_low <= pay_high", name="pay_band"),
        CheckConstraint("pay_low >= 0 AND channel_budget >= 0", name="money"),
        Index(None, "state", "due_on"),
        Index(None, "site_id"),
        Index(None, "project_id"),
        Index(None, "post_id"),
    )

    id: Mapped[IntPk]
    site_id: Mapped[int] = mapped_column(ForeignKey("people_site.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects_project.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("people_post.id"))
    employment_kind: Mapped[EmploymentKind]
    headcount: Mapped[int]
    conditions: Mapped[str] = mapped_column(Text, default="")
    pay_basis: Mapped[PayBasis] = mapped_column(default=PayBasis.MONTH)
    pay_low: Mapped[Decimal | None]
    pay_high: Mapped[Decimal | None]
    channel_budget: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3))
    due_on: Mapped[date]
    reason: Mapped[RequisitionReason]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("people_employee.id"))
    note: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[RequisitionState] = mapped_column(default=RequisitionState.DRAFT)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_request.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")
    post: Mapped[Post] = relationship(lazy="raise_on_sql")
    replaces: Mapped[Employee | None] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[User] = relationship(lazy="raise_on_sql")

    @property
    def is_editable(self) -> bool:
        """Whether it can still be changed: nobody decides on it or recruits for it."""
        return self.state in {RequisitionState.DRAFT, RequisitionState.REJECTED}
