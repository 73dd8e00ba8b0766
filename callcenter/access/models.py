"""Users, roles, grants, sessions, invitations, tokens and the audit trail."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.kernel import clock
from callcenter.kernel.db import BigPk, IntPk, Model, Versioned


class ScopeKind(StrEnum):
    """How far a grant reaches."""

    EVERYTHING = "everything"
    SITE = "site"
    PROJECT = "project"
    TEAM = "team"
    OWN_TEAMS = "own_teams"
    SELF = "self"


class User(Versioned, Model):
    """Someone who can sign in; an employee may have one, a client's reader too."""

    __tablename__ = "access_user"

    id: Mapped[IntPk]
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(
        String(200), info={"secret": True}
    )
    locale: Mapped[str | None] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    password_changed_at: Mapped[datetime | None]
    n_failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]
    grants: Mapped[list["Grant"]] = relationship(
        back_populates="user", lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class Role(Versioned, Model):
    """A mix of permissions of the customer's own; built-in roles live in the code."""

    __tablename__ = "access_role"

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str] = mapped_column(String(400), default="")
    permissions: Mapped[list[str]] = mapped_column(default=list)


class Grant(Model):
    """A role given to a user within a scope.

    Exactly one of ``role_code`` (built in) and ``role_id`` (own) is set;
    ``scope_id`` names the site, project or team where the kind needs one.
    """

    __tablename__ = "access_grant"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[IntPk]
    user_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    role_code: Mapped[str | None] = mapped_column(String(40))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("access_role.id"))
    scope_kind: Mapped[ScopeKind]
    scope_id: Mapped[int | None]
    user: Mapped[User] = relationship(back_populates="grants", lazy="raise_on_sql")
    role: Mapped[Role | None] = relationship(lazy="raise_on_sql")


class UserSession(Model):
    """One signed-in browser; revoking the row signs it out."""

    __tablename__ = "access_session"
    __audited__ = False
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[IntPk]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    created_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(200), default="")
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class Invitation(Model):
    """A link that lets a new user, or one who forgot, set a password once."""

    __tablename__ = "access_invitation"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[IntPk]
    user_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    token_digest: Mapped[str] = mapped_column(
        String(64), unique=True, info={"secret": True}
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class ApiToken(Model):
    """A secret with which a program acts, within the permissions listed on it."""

    __tablename__ = "access_api_token"

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(120))
    token_digest: Mapped[str] = mapped_column(
        String(64), unique=True, info={"secret": True}
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("access_user.id"))
    permissions: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None] = mapped_column(info={"unaudited": True})
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class AuditEntry(Model):
    """One change: by whom, when, of what, from what to what.

    ``digest`` covers the entry and the digest before it, so that a changed or
    missing entry breaks the chain from there on.
    """

    __tablename__ = "access_audit_entry"
    __audited__ = False
    __table_args__ = (
        UniqueConstraint("previous"),
        Index(None, "subject", "subject_id"),
        Index(None, "at"),
        Index(None, "user_id", "at"),
    )

    id: Mapped[BigPk]
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    user_name: Mapped[str] = mapped_column(String(120), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[str] = mapped_column(String(80))
    changes: Mapped[str] = mapped_column(Text)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

    def changed_fields(self) -> dict[str, Any]:
        """The changes by field, each ``[before, after]``."""
        import json

        fields: dict[str, Any] = json.loads(self.changes)
        return fields
