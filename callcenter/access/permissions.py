"""What can be permitted, and which built-in role holds what.

Rooms declare their own permissions with the roles that hold them by default. A
built-in role is what the code says; who needs another mix copies it into a role
of the customer's own, kept in the database.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app

from callcenter.kernel.text import _l


class RoleCode(StrEnum):
    """The built-in roles: the readers that the product is made for."""

    ADMINISTRATOR = "administrator"
    OPERATIONS_MANAGER = "operations_manager"
    PLANNER = "planner"
    SUPERVISOR = "supervisor"
    RECRUITER = "recruiter"
    TRAINER = "trainer"
    INSPECTOR = "inspector"
    FINANCE = "finance"
    AGENT = "agent"
    CLIENT = "client"


ROLE_NAMES: Mapping[RoleCode, object] = {
    RoleCode.ADMINISTRATOR: _l("Administrator"),
    RoleCode.OPERATIONS_MANAGER: _l("Operations manager"),
    RoleCode.PLANNER: _l("Planner"),
    RoleCode.SUPERVISOR: _l("Supervisor"),
    RoleCode.RECRUITER: _l("Recruiter"),
    RoleCode.TRAINER: _l("Trainer"),
    RoleCode.INSPECTOR: _l("Quality inspector"),
    RoleCode.FINANCE: _l("Finance"),
    RoleCode.AGENT: _l("Agent"),
    RoleCode.CLIENT: _l("Client"),
}


class Permission(StrEnum):
    """What this room permits."""

    VIEW_USERS = "access.view_users"
    MANAGE_USERS = "access.manage_users"
    MANAGE_ROLES = "access.manage_roles"
    MANAGE_TOKENS = "access.manage_tokens"
    VIEW_AUDIT = "access.view_audit"
    VIEW_JOBS = "access.view_jobs"
    USE_OWN_ACCOUNT = "access.use_own_account"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_USERS: _l("See users"),
    Permission.MANAGE_USERS: _l("Create, change and block users"),
    Permission.MANAGE_ROLES: _l("Change roles"),
    Permission.MANAGE_TOKENS: _l("Issue and revoke tokens"),
    Permission.VIEW_AUDIT: _l("Read the audit trail"),
    Permission.VIEW_JOBS: _l("See background jobs"),
    Permission.USE_OWN_ACCOUNT: _l("Use one's own account"),
}


DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.ADMINISTRATOR: tuple(Permission),
    RoleCode.OPERATIONS_MANAGER: (Permission.VIEW_USERS, Permission.VIEW_AUDIT),
}


COMPANY_WIDE = frozenset(set(Permission) - {Permission.USE_OWN_ACCOUNT})
"""What has no smaller reach than everything: users, roles and the trail of all."""

SENSITIVE = (Permission.MANAGE_USERS, Permission.MANAGE_ROLES, Permission.MANAGE_TOKENS)


def declare(
    app: Flask,
    permissions: type[StrEnum],
    defaults: Mapping[RoleCode, Iterable[StrEnum]],
    *,
    words: Mapping[Any, object] = MappingProxyType({}),
    sensitive: Iterable[StrEnum] = (),
) -> None:
    """Make a room's permissions known, with the built-in roles that hold them.

    ``words`` says in the reader's language what each permits (a test finds those
    without). An administrator holds everything that is declared. Whoever holds a
    sensitive one (money, people's data, other users) is signed out sooner when idle.
    """
    app.extensions.setdefault("sensitive_permissions", set()).update(
        permission.value for permission in sensitive
    )
    known: dict[str, set[RoleCode]] = app.extensions.setdefault("permissions", {})
    names: dict[str, object] = app.extensions.setdefault("permission_words", {})
    for permission in permissions:
        names[permission.value] = words.get(permission, permission.value)
        holders = {role for role, held in defaults.items() if permission in set(held)}
        known[permission.value] = holders | {RoleCode.ADMINISTRATOR}
    app.extensions["held_permissions"] = {}


def declared() -> list[str]:
    """Every permission that the installed rooms know, sorted."""
    return sorted(current_app.extensions["permissions"])


def words_of(permission: str) -> str:
    """What a permission allows, in the reader's language.

    A role may hold one that no installed room knows any more: that keeps its code.
    """
    names: dict[str, object] = current_app.extensions["permission_words"]
    return str(names.get(permission, permission))


def is_sensitive(permissions: Iterable[str]) -> bool:
    """Whether any of them reaches money, people's data or other users."""
    sensitive: set[str] = current_app.extensions["sensitive_permissions"]
    return not sensitive.isdisjoint(permissions)


def held_by(role: RoleCode) -> frozenset[str]:
    """The permissions that a built-in role holds."""
    held: dict[RoleCode, frozenset[str]] = current_app.extensions["held_permissions"]
    if role not in held:
        known: dict[str, set[RoleCode]] = current_app.extensions["permissions"]
        mine = {code for code, roles in known.items() if role in roles}
        held[role] = frozenset(mine | {Permission.USE_OWN_ACCOUNT.value})
    return held[role]
