"""What a user may do, worked out from roles and scopes."""

from collections.abc import Collection, Iterable, Sequence

from callcenter.access import queries
from callcenter.access.events import ActorDraft, actor_drafted
from callcenter.access.models import ScopeKind, User
from callcenter.access.permissions import COMPANY_WIDE, RoleCode, held_by
from callcenter.access.queries import Browser, Held
from callcenter.kernel.actor import EVERYTHING, NOTHING, Actor, Scope
from callcenter.kernel.db import db


def build_actor(user: User, *, only: Iterable[str] | None = None) -> Actor:
    """The actor that a user is, with the scope of every permission held.

    ``only`` narrows it to the permissions of a token.
    """
    held = queries.held_by_user(user.id)
    return _actor(user.id, user.name, user.locale, held, only)


def actor_behind(browser: Browser) -> Actor:
    """The actor that the user of a signed-in browser is."""
    return _actor(browser.user_id, browser.name, browser.locale, browser.held)


def _actor(
    user_id: int,
    name: str,
    locale: str | None,
    held: Sequence[Held],
    only: Iterable[str] | None = None,
) -> Actor:
    draft = ActorDraft(
        user_id=user_id,
        project_ids=frozenset(
            each.scope_id
            for each in held
            if each.scope_kind is ScopeKind.PROJECT and each.scope_id
        ),
    )
    actor_drafted.send(draft)
    reach = _reach(held, draft)
    if only is not None:
        allowed = set(only)
        reach = {code: scope for code, scope in reach.items() if code in allowed}
    return Actor(
        user_id=user_id,
        name=name,
        employee_id=draft.employee_id,
        zone=draft.zone,
        locale=locale,
        permissions=reach,
    )


def _reach(held: Sequence[Held], draft: ActorDraft) -> dict[str, Scope]:
    """How far each permission reaches, all roles taken together.

    Users and the audit trail belong to the whole company: a role within a site or
    project does not reach them.
    """
    reach: dict[str, Scope] = {}
    for each in held:
        scope = _scope_of(each, draft)
        codes = permissions_of(each)
        if not scope.is_everything:
            codes = set(codes) - COMPANY_WIDE
        if not reach:
            reach = dict.fromkeys(codes, scope)
            continue
        for code in codes:
            reach[code] = reach.get(code, NOTHING) | scope
    return reach


def find_actor(user_id: int) -> Actor | None:
    """The actor that a user is when a job acts for them; None once switched off."""
    user = db.session.get(User, user_id)
    return build_actor(user) if user is not None and user.is_enabled else None


def permissions_of(held: Held) -> Collection[str]:
    """The permissions that a role carries, its own or those of a built-in one."""
    if held.permissions is not None:
        return held.permissions
    return held_by(RoleCode(held.role_code or ""))


def _scope_of(grant: Held, draft: ActorDraft) -> Scope:
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
