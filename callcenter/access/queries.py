"""Reading users, grants, sessions, tokens and the audit trail."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcenter.access.models import (
    ApiToken,
    AuditEntry,
    Grant,
    Invitation,
    Role,
    User,
    UserSession,
)
from callcenter.kernel.db import db
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


def find_session(token: str) -> UserSession | None:
    """The signed-in browser of that token with its user, unless revoked."""
    statement = (
        select(UserSession)
        .join(UserSession.user)
        .options(contains_eager(UserSession.user))
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


def grants_of(user_id: int) -> Sequence[Grant]:
    """The user's grants, each with its own role loaded where it names one."""
    statement = (
        select(Grant).where(Grant.user_id == user_id).options(joinedload(Grant.role))
    )
    return db.session.scalars(statement).all()


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
