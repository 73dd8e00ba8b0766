"""Users, their grants and invitations, roles of the customer's own, and tokens."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from callcenter.access import audit, queries
from callcenter.access.errors import EmailTaken, InvitationSpent
from callcenter.access.models import (
    ApiToken,
    Grant,
    Invitation,
    Role,
    ScopeKind,
    User,
)
from callcenter.access.permissions import RoleCode, declared, held_by
from callcenter.access.services.passwords import hash_password, require_strong
from callcenter.access.services.sign_in import close_other_sessions
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import Conflict, Forbidden, Invalid
from callcenter.kernel.text import _l

INVITATION_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class GrantWish:
    """A role and how far it shall reach, as somebody asked for it."""

    role_code: str | None
    role_id: int | None
    scope_kind: ScopeKind
    scope_id: int | None = None


def invite_user(
    *, email: str, name: str, grants: Iterable[GrantWish]
) -> tuple[User, str]:
    """Create a user who sets the password through the returned link token.

    Raises `EmailTaken` and `Forbidden` when a grant exceeds the inviter's own reach.
    """
    email = queries.normal_email(email)
    if queries.find_user_by_email(email) is not None:
        raise EmailTaken(email=email)
    user = User(email=email, name=name.strip(), grants=[])
    db.session.add(user)
    for wish in grants:
        add_grant(user, wish)
    db.session.flush()
    return user, issue_link(user)


def issue_link(user: User) -> str:
    """A fresh link token with which the user sets a password; older ones die."""
    now = clock.now()
    for old in db.session.scalars(queries.open_invitations_of(user.id)):
        old.used_at = now
    token = secrets.token_urlsafe(32)
    db.session.add(
        Invitation(
            user_id=user.id,
            token_digest=queries.token_digest(token),
            expires_at=now + INVITATION_LIFE,
        )
    )
    db.session.flush()
    return token


def renew_link(user: User) -> str:
    """A fresh link for somebody who lost the first or forgot the password.

    Raises `Forbidden` for a user who may do more than the one who asks: the link
    opens the account.
    """
    _require_no_stronger(user)
    return issue_link(user)


def accept_invitation(token: str, password: str) -> User:
    """Set the password of the invited user; the link is spent.

    Raises `InvitationSpent` and `WeakPassword`.
    """
    invitation = queries.find_invitation(token)
    if invitation is None or invitation.expires_at < clock.now():
        raise InvitationSpent
    user = invitation.user
    set_password(user, password)
    invitation.used_at = clock.now()
    close_other_sessions(user.id, keep=None)
    return user


def set_password(user: User, password: str) -> None:
    """Give the user a new password; raises `WeakPassword`."""
    require_strong(password, about=(user.email, user.name))
    user.password_hash = hash_password(password)
    user.password_changed_at = clock.now()
    user.n_failures, user.blocked_until = 0, None


def add_grant(user: User, wish: GrantWish) -> Grant:
    """Give the user a role within a scope.

    Nobody gives what they do not hold themselves, everywhere; that takes a holder
    of every permission of the role. Raises `Forbidden` and `Invalid`.
    """
    needs_id = wish.scope_kind in {ScopeKind.SITE, ScopeKind.PROJECT, ScopeKind.TEAM}
    if needs_id and wish.scope_id is None:
        raise Invalid(_l("Choose the site, project or team that the role reaches."))
    grant = Grant(
        role_code=wish.role_code,
        role_id=wish.role_id,
        scope_kind=wish.scope_kind,
        scope_id=wish.scope_id if needs_id else None,
    )
    _require_own(grant)
    user.grants.append(grant)
    return grant


def remove_grant(user: User, grant_id: int) -> None:
    """Take a role away.

    Raises `Conflict` for one's own administration and `Forbidden` for a role that
    may do more than the one who asks.
    """
    grant = next((each for each in user.grants if each.id == grant_id), None)
    if grant is None:
        return
    if user.id == current_actor().user_id and grant.role_code == "administrator":
        raise Conflict(_l("You cannot take administration away from yourself."))
    _require_own(grant)
    user.grants.remove(grant)


def set_enabled(user: User, *, is_enabled: bool) -> None:
    """Let a user in again, or shut them out everywhere at once.

    Raises `Conflict` for one's own account and `Forbidden` for a stronger one.
    """
    if user.id == current_actor().user_id and not is_enabled:
        raise Conflict(_l("You cannot shut yourself out."))
    _require_no_stronger(user)
    user.is_enabled = is_enabled
    if not is_enabled:
        close_other_sessions(user.id, keep=None)


def save_role(
    role: Role | None, *, name: str, description: str, permissions: Collection[str]
) -> Role:
    """Create or change a role of the customer's own.

    Raises `Invalid` for an unknown permission or a name that is taken.
    """
    unknown = set(permissions) - set(declared())
    if unknown:
        raise Invalid(_l("There is no such permission: %(code)s", code=min(unknown)))
    _require_held(permissions)
    same_name = queries.find_role_by_name(name.strip())
    if same_name is not None and (role is None or same_name.id != role.id):
        raise Invalid(_l("Another role has this name."), field="name")
    if role is None:
        role = Role(permissions=[])
        db.session.add(role)
    role.name, role.description = name.strip(), description.strip()
    role.permissions = sorted(permissions)
    db.session.flush()
    return role


def delete_role(role: Role) -> None:
    """Remove a role that nobody holds; raises `Conflict` otherwise."""
    if queries.has_holders(role.id):
        raise Conflict(_l("Somebody still holds this role. Take it away first."))
    db.session.delete(role)


def issue_api_token(
    user: User, *, name: str, permissions: Collection[str], days: int | None
) -> tuple[ApiToken, str]:
    """A token with which a program acts as the user, within the permissions named.

    The secret is returned once and never stored. Raises `Forbidden` for a
    permission that its maker does not hold.
    """
    _require_held(permissions)
    secret = f"cc_{secrets.token_urlsafe(32)}"
    now = clock.now()
    token = ApiToken(
        name=name.strip(),
        user_id=user.id,
        token_digest=queries.token_digest(secret),
        permissions=sorted(permissions),
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    db.session.add(token)
    db.session.flush()
    audit.record("token_issued", "access_api_token", token.id, name=token.name)
    return token, secret


def revoke_api_token(token: ApiToken) -> None:
    """End a token at once."""
    token.revoked_at = clock.now()


def _require_no_stronger(user: User) -> None:
    for grant in user.grants:
        _require_own(grant)


def _require_own(grant: Grant) -> None:
    role = queries.get_role(grant.role_id) if grant.role_id else None
    _require_held(
        role.permissions if role else held_by(RoleCode(grant.role_code or ""))
    )


def _require_held(permissions: Iterable[str]) -> None:
    actor = current_actor()
    for permission in permissions:
        if not actor.may(permission) or not actor.scope(permission).is_everything:
            raise Forbidden(
                _l("You can only give what you hold yourself, without limits."),
                permission=permission,
            )
