"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    VIEW_EMPLOYEES = "people.view_employees"
    EDIT_EMPLOYEES = "people.edit_employees"
    VIEW_PERSONAL_DATA = "people.view_personal_data"
    VIEW_PAY = "people.view_pay"
    IMPORT_EMPLOYEES = "people.import_employees"
    RECORD_ABSENCE = "people.record_absence"
    VIEW_ORGANISATION = "people.view_organisation"
    EDIT_ORGANISATION = "people.edit_organisation"
    VIEW_OWN_RECORD = "people.view_own_record"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_EMPLOYEES: _l("See employees"),
    Permission.EDIT_EMPLOYEES: _l("Change employees"),
    Permission.VIEW_PERSONAL_DATA: _l("See personal data"),
    Permission.VIEW_PAY: _l("See pay"),
    Permission.IMPORT_EMPLOYEES: _l("Import employees"),
    Permission.RECORD_ABSENCE: _l("Record absences"),
    Permission.VIEW_ORGANISATION: _l("See the organisation"),
    Permission.EDIT_ORGANISATION: _l("Change the organisation"),
    Permission.VIEW_OWN_RECORD: _l("See one's own record"),
}

P = Permission
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: (
        P.VIEW_EMPLOYEES,
        P.VIEW_ORGANISATION,
        P.EDIT_ORGANISATION,
        P.VIEW_PAY,
        P.VIEW_OWN_RECORD,
    ),
    RoleCode.RECRUITER: (
        P.VIEW_EMPLOYEES,
        P.EDIT_EMPLOYEES,
        P.VIEW_PERSONAL_DATA,
        P.VIEW_PAY,
        P.IMPORT_EMPLOYEES,
        P.RECORD_ABSENCE,
        P.VIEW_ORGANISATION,
        P.EDIT_ORGANISATION,
        P.VIEW_OWN_RECORD,
    ),
    RoleCode.PLANNER: (
        P.VIEW_EMPLOYEES,
        P.RECORD_ABSENCE,
        P.VIEW_ORGANISATION,
        P.VIEW_OWN_RECORD,
    ),
    RoleCode.SUPERVISOR: (
        P.VIEW_EMPLOYEES,
        P.RECORD_ABSENCE,
        P.VIEW_ORGANISATION,
        P.VIEW_OWN_RECORD,
    ),
    RoleCode.TRAINER: (P.VIEW_EMPLOYEES, P.VIEW_ORGANISATION, P.VIEW_OWN_RECORD),
    RoleCode.INSPECTOR: (P.VIEW_EMPLOYEES, P.VIEW_ORGANISATION, P.VIEW_OWN_RECORD),
    RoleCode.FINANCE: (
        P.VIEW_EMPLOYEES,
        P.VIEW_PAY,
        P.VIEW_ORGANISATION,
        P.VIEW_OWN_RECORD,
    ),
    RoleCode.AGENT: (P.VIEW_OWN_RECORD, P.VIEW_ORGANISATION),
}
