"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits; the values are older than the room, and stored.

    Who may see money is permitted by forecasting, where chances have a price as well.
    """

    VIEW_CAPACITY = "forecasting.view_capacity"
    EDIT_CAPACITY = "forecasting.edit_capacity"
    APPROVE_CAPACITY = "forecasting.approve_capacity"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_CAPACITY: _l("See capacity plans"),
    Permission.EDIT_CAPACITY: _l("Change capacity plans"),
    Permission.APPROVE_CAPACITY: _l("Approve capacity plans"),
}

DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: tuple(Permission),
    RoleCode.PLANNER: (Permission.VIEW_CAPACITY, Permission.EDIT_CAPACITY),
    RoleCode.RECRUITER: (Permission.VIEW_CAPACITY,),
    RoleCode.FINANCE: (Permission.VIEW_CAPACITY,),
}
