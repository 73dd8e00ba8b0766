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
    EDIT_CHANNELS = "recruiting.edit_channels"
    VIEW_CANDIDATES = "recruiting.view_candidates"
    EDIT_CANDIDATES = "recruiting.edit_candidates"
    VIEW_CANDIDATE_DATA = "recruiting.view_candidate_data"
    MERGE_CANDIDATES = "recruiting.merge_candidates"
    EDIT_STAGES = "recruiting.edit_stages"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_REQUISITIONS: _l("See requisitions"),
    Permission.EDIT_REQUISITIONS: _l("Ask for people: write requisitions"),
    Permission.VIEW_MONEY: _l("See pay bands and what recruiting costs"),
    Permission.APPROVE_AS_HR: _l("Approve requisitions for HR"),
    Permission.APPROVE_AS_OPERATIONS: _l("Approve requisitions for operations"),
    Permission.APPROVE_AS_GENERAL_MANAGER: _l(
        "Approve requisitions as general manager"
    ),
    Permission.EDIT_CHANNELS: _l("Change recruiting channels and events"),
    Permission.VIEW_CANDIDATES: _l("See candidates"),
    Permission.EDIT_CANDIDATES: _l("Change candidates and move them on"),
    Permission.VIEW_CANDIDATE_DATA: _l("See candidates' phones and identity numbers"),
    Permission.MERGE_CANDIDATES: _l("Merge candidates"),
    Permission.EDIT_STAGES: _l("Change the stages of recruiting"),
}

P = Permission
SENSITIVE = (P.VIEW_MONEY, P.VIEW_CANDIDATE_DATA)
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: (
        P.VIEW_REQUISITIONS,
        P.EDIT_REQUISITIONS,
        P.VIEW_MONEY,
        P.APPROVE_AS_OPERATIONS,
        P.VIEW_CANDIDATES,
    ),
    RoleCode.RECRUITER: (
        P.VIEW_REQUISITIONS,
        P.EDIT_REQUISITIONS,
        P.VIEW_MONEY,
        P.APPROVE_AS_HR,
        P.EDIT_CHANNELS,
        P.VIEW_CANDIDATES,
        P.EDIT_CANDIDATES,
        P.VIEW_CANDIDATE_DATA,
        P.MERGE_CANDIDATES,
        P.EDIT_STAGES,
    ),
    RoleCode.PLANNER: (P.VIEW_REQUISITIONS, P.EDIT_REQUISITIONS),
    RoleCode.TRAINER: (P.VIEW_REQUISITIONS,),
    RoleCode.FINANCE: (P.VIEW_REQUISITIONS, P.VIEW_MONEY),
}
