"""What this room permits, and who holds it by default.

Front-line posts are agreed by HR and the head of operations; posts of management and
special posts by the general manager too, whom the company names by a role of its own
(an administrator holds everything).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    VIEW_REQUISITIONS = "recruiting.view_requisitions"
    EDIT_REQUISITIONS = "recruiting.edit_requisitions"
    VIEW_MONEY = "recruiting.view_money"
    APPROVE_AS_HR = "recruiting.approve_as_hr"
    APPROVE_AS_OPERATIONS = "recruiting.approve_as_operations"
    APPROVE_AS_GENERAL_MANAGER = "recruiting.approve_as_general_manager"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_REQUISITIONS: _l("See requisitions"),
    Permission.EDIT_REQUISITIONS: _l("Ask for people: write requisitions"),
    Permission.VIEW_MONEY: _l("See pay bands and what recruiting costs"),
    Permission.APPROVE_AS_HR: _l("Approve requisitions for HR"),
    Permission.APPROVE_AS_OPERATIONS: _l("Approve requisitions for operations"),
    Permission.APPROVE_AS_GENERAL_MANAGER: _l(
        "Approve requisitions as general manager"
    ),
}

P = Permission
SENSITIVE = (P.VIEW_MONEY,)
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: (
        P.VIEW_REQUISITIONS,
        P.EDIT_REQUISITIONS,
        P.VIEW_MONEY,
        P.APPROVE_AS_OPERATIONS,
    ),
    RoleCode.RECRUITER: (
        P.VIEW_REQUISITIONS,
        P.EDIT_REQUISITIONS,
        P.VIEW_MONEY,
        P.APPROVE_AS_HR,
    ),
    RoleCode.PLANNER: (P.VIEW_REQUISITIONS, P.EDIT_REQUISITIONS),
    RoleCode.TRAINER: (P.VIEW_REQUISITIONS,),
    RoleCode.FINANCE: (P.VIEW_REQUISITIONS, P.VIEW_MONEY),
}
