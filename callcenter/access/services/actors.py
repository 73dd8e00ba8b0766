"""What a user may do, worked out from roles and scopes."""

from collections.abc import Iterable

from callcenter.access import queries
from callcenter.access.events import ActorDraft, actor_drafted
from callcenter.access.models import Grant, ScopeKind, User
from callcenter.access.permissions import COMPANY_WIDE, RoleCode, held_by
from callcenter.kernel.actor import EVERYTHING, NOTHING, Actor, Scope
from callcenter.kernel.db import db


def build_actor(user: User, *, only: Iterable[str] | None = None) -> Actor:
    """The actor that a user is, with the scope of every permission held.

    ``only`` narrows it to the permissions of a token. Users and the audit trail belong
    to the whole company: a role within a site or project does not reach them.
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
        for permission in permissions_of(grant):
            if permission in COMPANY_WIDE and not scope.is_everything:
                continue
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


def find_actor(user_id: int) -> Actor | None:
    """The actor that a user is when a job acts for them; None once switched off."""
    user = db.session.get(User, user_id)
    return build_actor(user) if user is not None and user.is_enabled else None


def permissions_of(grant: Grant) -> Iterable[str]:
    """The permissions that a grant carries, from its own or its built-in role."""
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
