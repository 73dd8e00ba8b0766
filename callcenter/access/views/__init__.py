"""The room's pages: sign-in, one's own account, users, roles, tokens, audit trail."""

from callcenter.access.views import (
    account,
    audit,
    jobs,
    roles,
    sign_in,
    tokens,
    users,
)
from callcenter.access.views.blueprint import bp

__all__ = ["account", "audit", "bp", "jobs", "roles", "sign_in", "tokens", "users"]
