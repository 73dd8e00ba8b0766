"""Reading users, grants, sessions, tokens and the audit trail."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.access.models import (
    ApiToken,
    AuditEntry,
    Grant,
    Invitation,
    Role,
    ScopeKind,
    User,
    UserSession,
)
from callcenter.kernel.db import db, table_of
from callcenter.kernel.errors import NotFound


def token_digest(token: str) -> str:
    """What is stored of a random token: enough to recognise it, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal_email(email: str) -> str:
    """The address as it is stored and compared."""
    return email.strip().lower()


def find_user_by_email(email: str) -> User | None:
    """The user who signs in with that address, or None."""
    return db.session.scalar(select(User).where(User.email == normal_email(email)))


def get_user(user_id: int) -> User:
    """The user with grants and their roles; raises `NotFound`."""
    statement = (
        select(User)
        .where(User.id == user_id)
        .options(selectinload(User.grants).joinedload(Grant.role))
    )
    user = db.session.scalar(statement)
    if user is None:
        raise NotFound(user_id=user_id)
    return user


def users() -> Select[User]:
    """All users with their grants, by name."""
    return (
        select(User)
        .options(selectinload(User.grants).joinedload(Grant.role))
        .order_by(User.name, User.id)
    )


def roles() -> Select[Role]:
    """The customer's own roles, by name."""
    return select(Role).order_by(Role.name)


def get_role(role_id: int) -> Role:
    """One of the customer's own roles; raises `NotFound`."""
    role = db.session.get(Role, role_id)
    if role is None:
        raise NotFound(role_id=role_id)
    return role


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a user holds: a built-in one, or one with permissions of its own."""

    role_code: str | None
    permissions: Sequence[str] | None
    scope_kind: ScopeKind
    scope_id: int | None


@dataclass(frozen=True, slots=True)
class Browser:
    """A signed-in browser with its user and what the user holds."""

    session_id: int
    created_at: datetime
    seen_at: datetime
    user_id: int
    name: str
    locale: str | None
    held: Sequence[Held]


# Every request begins with these, so they are made once, and give plain rows.
_USER, _SESSION = table_of(User).c, table_of(UserSession).c
_GRANT, _ROLE = table_of(Grant).c, table_of(Role).c
_HELD = (_GRANT.role_code, _ROLE.permissions, _GRANT.scope_kind, _GRANT.scope_id)
_HELD_BY_USER = (
    select(*_HELD)
    .select_from(table_of(Grant).outerjoin(table_of(Role)))
    .where(_GRANT.user_id == bindparam("user_id"))
    .order_by(_GRANT.id)
)
_BROWSER = (
    select(
        _SESSION.id,
        _SESSION.created_at,
        _SESSION.seen_at,
        _USER.id,
        _USER.name,
        _USER.locale,
        *_HELD,
    )
    .select_from(
        table_of(UserSession)
        .join(table_of(User))
        .outerjoin(table_of(Grant), _GRANT.user_id == _USER.id)
        .outerjoin(table_of(Role))
    )
    .where(
        _SESSION.token_digest == bindparam("digest"),
        _SESSION.revoked_at.is_(None),
        _USER.is_enabled,
    )
    .order_by(_GRANT.id)
)


def find_browser(token: str) -> Browser | None:
    """The signed-in browser of that token, unless revoked or its user switched off."""
    rows = db.session.execute(_BROWSER, {"digest": token_digest(token)}).all()
    if not rows:
        return None
    session_id, created_at, seen_at, user_id, name, locale = rows[0][:6]
    return Browser(
        session_id=session_id,
        created_at=created_at,
        seen_at=seen_at,
        user_id=user_id,
        name=name,
        locale=locale,
        held=_held([row[6:] for row in rows]),
    )


def held_by_user(user_id: int) -> Sequence[Held]:
    """What the user holds, in the order in which it was given."""
    return _held(db.session.execute(_HELD_BY_USER, {"user_id": user_id}).all())


def _held(rows: Iterable[Sequence[Any]]) -> Sequence[Held]:
    """A user without any role comes as one row of nothing."""
    return [Held(*row) for row in rows if row[2] is not None]


def find_session(token: str) -> UserSession | None:
    """The signed-in browser of that token, unless revoked or its user switched off."""
    statement = (
        select(UserSession)
        .join(UserSession.user)
        .where(
            UserSession.token_digest == token_digest(token),
            UserSession.revoked_at.is_(None),
            User.is_enabled,
        )
    )
    return db.session.scalar(statement)


def sessions_of(user_id: int) -> Select[UserSession]:
    """The user's browsers that are still signed in, latest first."""
    return (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .order_by(UserSession.seen_at.desc())
    )


def find_invitation(token: str) -> Invitation | None:
    """The unused invitation of that token with its user, expired or not."""
    statement = (
        select(Invitation)
        .where(
            Invitation.token_digest == token_digest(token),
            Invitation.used_at.is_(None),
        )
        .options(joinedload(Invitation.user))
    )
    return db.session.scalar(statement)


def open_invitations_of(user_id: int) -> Select[Invitation]:
    """The user's links that were not used yet."""
    return select(Invitation).where(
        Invitation.user_id == user_id, Invitation.used_at.is_(None)
    )


def find_role_by_name(name: str) -> Role | None:
    """The customer's own role of that name, or None."""
    return db.session.scalar(select(Role).where(Role.name == name))


def has_holders(role_id: int) -> bool:
    """Whether anybody holds that role."""
    statement = select(Grant.id).where(Grant.role_id == role_id).limit(1)
    return db.session.scalar(statement) is not None


def get_api_token(token_id: int) -> ApiToken:
    """The token's row; raises `NotFound`."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(token_id=token_id)
    return token


def get_session_of(user_id: int, session_id: int) -> UserSession:
    """One of the user's own browsers; raises `NotFound`."""
    statement = sessions_of(user_id).where(UserSession.id == session_id)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(session_id=session_id)
    return found


def find_api_token(token: str) -> ApiToken | None:
    """The token's row with its user, unless revoked."""
    statement = (
        select(ApiToken)
        .where(
            ApiToken.token_digest == token_digest(token),
            ApiToken.revoked_at.is_(None),
        )
        .options(joinedload(ApiToken.user))
    )
    return db.session.scalar(statement)


def api_tokens() -> Select[ApiToken]:
    """All tokens, newest first."""
    return (
        select(ApiToken)
        .options(joinedload(ApiToken.user))
        .order_by(ApiToken.created_at.desc())
    )


def audit_entries() -> Select[AuditEntry]:
    """The audit trail, newest first."""
    return select(AuditEntry).order_by(AuditEntry.id.desc())


def has_users() -> bool:
    """Whether anybody can sign in yet."""
    return bool(db.session.scalar(select(func.count()).select_from(User)))
