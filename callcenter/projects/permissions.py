"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode


class Permission(StrEnum):
    """What this room permits."""

    VIEW_PROJECTS = "projects.view_projects"
    EDIT_PROJECTS = "projects.edit_projects"
    VIEW_BILLING = "projects.view_billing"
    EDIT_CALENDAR = "projects.edit_calendar"


P = Permission
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: tuple(Permission),
    RoleCode.PLANNER: (P.VIEW_PROJECTS, P.EDIT_CALENDAR),
    RoleCode.SUPERVISOR: (P.VIEW_PROJECTS,),
    RoleCode.RECRUITER: (P.VIEW_PROJECTS, P.EDIT_CALENDAR),
    RoleCode.TRAINER: (P.VIEW_PROJECTS,),
    RoleCode.INSPECTOR: (P.VIEW_PROJECTS,),
    RoleCode.FINANCE: (P.VIEW_PROJECTS, P.VIEW_BILLING),
    RoleCode.CLIENT: (P.VIEW_PROJECTS,),
}
