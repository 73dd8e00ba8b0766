"""What this room permits, and who holds it by default.

Whether somebody may decide a particular request is the matter of its kind, which
names the permission for each of its steps.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    REQUEST = "workflow.request"
    DECIDE = "workflow.decide"


WORDS: Mapping[Permission, object] = {
    Permission.REQUEST: _l("Make requests"),
    Permission.DECIDE: _l("Decide requests"),
}

_DECIDERS = (
    RoleCode.OPERATIONS_MANAGER,
    RoleCode.PLANNER,
    RoleCode.SUPERVISOR,
    RoleCode.RECRUITER,
    RoleCode.TRAINER,
    RoleCode.FINANCE,
)
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    **{role: tuple(Permission) for role in _DECIDERS},
    RoleCode.AGENT: (Permission.REQUEST,),
    RoleCode.INSPECTOR: (Permission.REQUEST,),
}
