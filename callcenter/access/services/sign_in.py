"""Opening, keeping and closing sessions."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update

from callcenter.access import queries
from callcenter.access.errors import TooManyAttempts, WrongCredentials
from callcenter.access.events import sign_in_refused, signed_in
from callcenter.access.models import User, UserSession
from callcenter.access.queries import Browser
from callcenter.kernel import clock
from callcenter.kernel.db import db

IDLE_LIMIT = timedelta(hours=12)
SENSITIVE_IDLE_LIMIT = timedelta(hours=2)
ABSOLUTE_LIMIT = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
FREE_FAILURES = 4
LONGEST_WAIT = timedelta(minutes=15)


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


def is_alive(
    session: UserSession | Browser, now: datetime, *, is_sensitive: bool
) -> bool:
    """Whether the session is within its idle and its absolute limit.

    Who reaches money or people's data is signed out after two idle hours, others
    after twelve; everybody after a week.
    """
    limit = SENSITIVE_IDLE_LIMIT if is_sensitive else IDLE_LIMIT
    is_idle = session.seen_at + limit < now
    return not is_idle and session.created_at + ABSOLUTE_LIMIT >= now


def is_due_to_be_seen(session: UserSession | Browser, now: datetime) -> bool:
    """Whether the last activity is old enough to be written again."""
    return session.seen_at + SEEN_EVERY < now


def note_seen(session_id: int, now: datetime) -> None:
    """Keep when the session was last used."""
    seen = update(UserSession).where(UserSession.id == session_id)
    db.session.execute(seen.values(seen_at=now))


def close_other_sessions(user_id: int, keep: UserSession | None) -> int:
    """Sign out every other browser of the user; how many there were."""
    others = [
        each
        for each in db.session.scalars(queries.sessions_of(user_id))
        if keep is None or each.id != keep.id
    ]
    for each in others:
        close_session(each)
    return len(others)
