"""Requests and the decisions on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.access.models import User
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import IntPk, Model, Versioned


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What somebody decided."""

    APPROVE = "approve"
    REJECT = "reject"


TRANSITIONS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset(
        {RequestState.APPROVED, RequestState.REJECTED, RequestState.WITHDRAWN}
    ),
    RequestState.APPROVED: frozenset({RequestState.WITHDRAWN}),
    RequestState.REJECTED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One decision that a request needs, by a holder of the permission."""

    name: object
    permission: str


@dataclass(frozen=True, slots=True)
class RequestKind:
    """What rooms register: the steps of a kind of request, and how to show one.

    ``describe_all`` gives label and value pairs for each of several requests, in the
    reader's language and with few statements; ``url`` leads to the subject where it
    has a page, and ``brief`` says it in a few words from what the request itself
    holds, without any statement.
    """

    code: str
    title: object
    steps: Sequence[Step]
    describe_all: Callable[[Sequence["Request"]], list[list[tuple[str, str]]]]
    url: Callable[["Request"], str | None] = field(default=lambda _request: None)
    brief: Callable[["Request"], str] = field(default=lambda _request: "")


# Rooms fill it when they start, as they declare their permissions.
KINDS: dict[str, RequestKind] = {}


class Request(Versioned, Model):
    """Something that somebody wants and others must agree to.

    ``subject`` names the row that it is about (``leave:17``). The site, team,
    project and employee say whose matter it is, so that scopes can be compared.
    """

    __tablename__ = "workflow_request"
    __table_args__ = (
        Index(None, "state", "kind"),
        Index(None, "requester_id", "created_at"),
        Index(None, "subject"),
    )

    id: Mapped[IntPk]
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    step: Mapped[int] = mapped_column(default=0)
    requester_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    site_id: Mapped[int | None]
    team_id: Mapped[int | None]
    project_id: Mapped[int | None]
    employee_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    requester: Mapped[User] = relationship(lazy="raise_on_sql")
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="request",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="Decision.id",
    )

    def is_within(self, scope: Scope) -> bool:
        """Whether a scope reaches the people or the project it is about."""
        return (
            scope.is_everything
            or self.site_id in scope.site_ids
            or self.team_id in scope.team_ids
            or self.project_id in scope.project_ids
        )

    @property
    def is_overdue(self) -> bool:
        """Whether it still waits after its time."""
        is_open = self.state is RequestState.OPEN
        return is_open and self.due_at is not None and self.due_at < clock.now()


class Decision(Model):
    """What one person decided on one step of a request."""

    __tablename__ = "workflow_decision"
    __table_args__ = (Index(None, "request_id"),)

    id: Mapped[IntPk]
    request_id: Mapped[int] = mapped_column(ForeignKey("workflow_request.id"))
    step: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    verdict: Mapped[Verdict]
    note: Mapped[str] = mapped_column(String(400), default="")
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    request: Mapped[Request] = relationship(
        back_populates="decisions", lazy="raise_on_sql"
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
