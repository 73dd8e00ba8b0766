"""What this room permits, and the built-in roles that hold it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    VIEW_FIGURES = "acd.view_figures"
    VIEW_CONTACTS = "acd.view_contacts"
    VIEW_IMPORTS = "acd.view_imports"
    IMPORT_FILES = "acd.import_files"
    MAP_NAMES = "acd.map_names"
    PUSH_EVENTS = "acd.push_events"
    VIEW_OWN_FIGURES = "acd.view_own_figures"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_FIGURES: _l("See figures"),
    Permission.VIEW_CONTACTS: _l("See single contacts"),
    Permission.VIEW_IMPORTS: _l("See imports"),
    Permission.IMPORT_FILES: _l("Import contacts"),
    Permission.MAP_NAMES: _l("Match unknown names"),
    Permission.PUSH_EVENTS: _l("Send events by program"),
    Permission.VIEW_OWN_FIGURES: _l("See one's own figures"),
}

_ALL = tuple(Permission)
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.ADMINISTRATOR: _ALL,
    RoleCode.OPERATIONS_MANAGER: _ALL,
    RoleCode.PLANNER: _ALL,
    RoleCode.SUPERVISOR: (Permission.VIEW_FIGURES, Permission.VIEW_CONTACTS),
    RoleCode.INSPECTOR: (Permission.VIEW_FIGURES, Permission.VIEW_CONTACTS),
    RoleCode.TRAINER: (Permission.VIEW_FIGURES,),
    RoleCode.FINANCE: (Permission.VIEW_FIGURES,),
    RoleCode.AGENT: (Permission.VIEW_OWN_FIGURES,),
    RoleCode.CLIENT: (Permission.VIEW_FIGURES,),
}
