"""Signing in and out, and what a user may do once inside."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callcenter.access import queries
from callcenter.access.errors import TooManyAttempts, WrongCredentials
from callcenter.access.events import (
    ActorDraft,
    actor_drafted,
    sign_in_refused,
    signed_in,
)
from callcenter.access.models import Grant, ScopeKind, User, UserSession
from callcenter.access.permissions import RoleCode, held_by
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, NOTHING, Actor, Scope
from callcenter.kernel.db import db

if TYPE_CHECKING:
    from argon2 import PasswordHasher

IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
FREE_FAILURES = 4
LONGEST_WAIT = timedelta(minutes=15)


def hash_password(password: str) -> str:
    """The argon2id hash of a password, RFC 9106's low-memory profile."""
    return _hasher().hash(password)


def is_password(user: User | None, password: str) -> bool:
    """Whether the password is the user's; takes as long when there is no user."""
    from argon2.exceptions import InvalidHashError, VerificationError

    known = user.password_hash if user and user.password_hash else _decoy_hash()
    try:
        _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and user.password_hash is not None


def sign_in(
    email: str, *, is_right: bool, address: str, device: str
) -> tuple[UserSession, str]:
    """Open a session for the user, given that the password was checked before.

    The check takes a quarter of a second and is made outside the transaction, so
    that sign-ins do not queue behind each other. Returns the session and its token.

    Raises `TooManyAttempts` while the account waits after failures, and
    `WrongCredentials` for every other reason.
    """
    now = clock.now()
    user = queries.find_user_by_email(email)
    if user is not None and user.blocked_until and user.blocked_until > now:
        raise TooManyAttempts(until=user.blocked_until)
    if user is None or not is_right or not user.is_enabled:
        raise WrongCredentials(user=user)
    user.n_failures, user.blocked_until = 0, None
    session, token = open_session(user, address=address, device=device)
    signed_in.send(user)
    return session, token


def note_failure(email: str) -> None:
    """Make the account wait longer after each failure, never for ever."""
    user = queries.find_user_by_email(email)
    if user is not None:
        user.n_failures += 1
        excess = user.n_failures - FREE_FAILURES
        if excess > 0:
            wait = min(timedelta(seconds=2**excess), LONGEST_WAIT)
            user.blocked_until = clock.now() + wait
    sign_in_refused.send(email)


def open_session(user: User, *, address: str, device: str) -> tuple[UserSession, str]:
    """Start a session under a fresh random token."""
    now = clock.now()
    token = secrets.token_urlsafe(32)
    session = UserSession(
        token_digest=queries.token_digest(token),
        user_id=user.id,
        created_at=now,
        authenticated_at=now,
        seen_at=now,
        address=address[:64],
        device=device[:200],
    )
    db.session.add(session)
    db.session.flush()
    return session, token


def close_session(session: UserSession) -> None:
    """Sign one browser out."""
    session.revoked_at = clock.now()


def is_alive(session: UserSession, now: datetime) -> bool:
    """Whether the session is within its idle and its absolute limit."""
    is_idle = session.seen_at + IDLE_LIMIT < now
    return not is_idle and session.created_at + ABSOLUTE_LIMIT >= now


def is_due_to_be_seen(session: UserSession, now: datetime) -> bool:
    """Whether the last activity is old enough to be written again."""
    return session.seen_at + SEEN_EVERY < now


def build_actor(user: User, *, only: Iterable[str] | None = None) -> Actor:
    """The actor that a user is, with the scope of every permission held.

    ``only`` narrows it to the permissions of a token.
    """
    grants = queries.grants_of(user.id)
    draft = ActorDraft(
        user_id=user.id,
        project_ids=frozenset(
            grant.scope_id
            for grant in grants
            if grant.scope_kind is ScopeKind.PROJECT and grant.scope_id
        ),
    )
    actor_drafted.send(draft)
    reach: dict[str, Scope] = {}
    for grant in grants:
        scope = _scope_of(grant, draft)
        for permission in _permissions_of(grant):
            reach[permission] = reach.get(permission, NOTHING) | scope
    if only is not None:
        allowed = set(only)
        reach = {code: scope for code, scope in reach.items() if code in allowed}
    return Actor(
        user_id=user.id,
        name=user.name,
        employee_id=draft.employee_id,
        zone=draft.zone,
        locale=user.locale,
        permissions=reach,
    )


def _permissions_of(grant: Grant) -> Iterable[str]:
    if grant.role is not None:
        return grant.role.permissions
    return held_by(RoleCode(grant.role_code or ""))


def _scope_of(grant: Grant, draft: ActorDraft) -> Scope:
    ids = frozenset({grant.scope_id} if grant.scope_id else ())
    match grant.scope_kind:
        case ScopeKind.EVERYTHING:
            return EVERYTHING
        case ScopeKind.SITE:
            return Scope(site_ids=ids, employee_id=draft.employee_id)
        case ScopeKind.PROJECT:
            return Scope(
                project_ids=ids,
                team_ids=draft.project_team_ids,
                employee_id=draft.employee_id,
            )
        case ScopeKind.TEAM:
            return Scope(team_ids=ids, employee_id=draft.employee_id)
        case ScopeKind.OWN_TEAMS:
            return Scope(team_ids=draft.own_team_ids, employee_id=draft.employee_id)
        case ScopeKind.SELF:
            return Scope(employee_id=draft.employee_id)


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


_decoy: list[str] = []


def _decoy_hash() -> str:
    if not _decoy:
        _decoy.append(hash_password(secrets.token_urlsafe(16)))
    return _decoy[0]
