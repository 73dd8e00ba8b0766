"""The room's commands: signing in, users and their roles, tokens, actors."""

from callcenter.access.services.actors import actor_behind, build_actor, find_actor
from callcenter.access.services.passwords import (
    hash_password,
    is_password,
    require_strong,
)
from callcenter.access.services.sign_in import (
    close_other_sessions,
    close_session,
    is_alive,
    is_due_to_be_seen,
    note_failure,
    note_seen,
    open_session,
    sign_in,
)
from callcenter.access.services.users import (
    GrantWish,
    accept_invitation,
    add_grant,
    delete_role,
    invite_user,
    issue_api_token,
    issue_link,
    remove_grant,
    renew_link,
    revoke_api_token,
    save_role,
    set_enabled,
    set_password,
)

__all__ = [
    "GrantWish",
    "accept_invitation",
    "actor_behind",
    "add_grant",
    "build_actor",
    "close_other_sessions",
    "close_session",
    "delete_role",
    "find_actor",
    "hash_password",
    "invite_user",
    "is_alive",
    "is_due_to_be_seen",
    "is_password",
    "issue_api_token",
    "issue_link",
    "note_failure",
    "note_seen",
    "open_session",
    "remove_grant",
    "renew_link",
    "require_strong",
    "revoke_api_token",
    "save_role",
    "set_enabled",
    "set_password",
    "sign_in",
]
