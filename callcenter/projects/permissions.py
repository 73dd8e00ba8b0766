"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    VIEW_PROJECTS = "projects.view_projects"
    EDIT_PROJECTS = "projects.edit_projects"
    VIEW_BILLING = "projects.view_billing"
    EDIT_CALENDAR = "projects.edit_calendar"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_PROJECTS: _l("See projects"),
    Permission.EDIT_PROJECTS: _l("Change projects"),
    Permission.VIEW_BILLING: _l("See rates and billing"),
    Permission.EDIT_CALENDAR: _l("Change the calendar"),
}

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
