"""What this room permits, and who holds it by default."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from callcenter.access.permissions import RoleCode
from callcenter.kernel.text import _l


class Permission(StrEnum):
    """What this room permits."""

    VIEW_SCHEDULES = "scheduling.view_schedules"
    CREATE_SCHEDULE = "scheduling.create_schedule"
    MOVE_SHIFT = "scheduling.move_shift"
    PUBLISH_SCHEDULE = "scheduling.publish_schedule"
    VIEW_SEATS = "scheduling.view_seats"
    EDIT_SEATS = "scheduling.edit_seats"
    VIEW_LIBRARY = "scheduling.view_library"
    EDIT_LIBRARY = "scheduling.edit_library"
    VIEW_OWN_SCHEDULE = "scheduling.view_own_schedule"
    ASK_FOR_LEAVE = "scheduling.ask_for_leave"
    APPROVE_LEAVE = "scheduling.approve_leave"
    SWAP_SHIFTS = "scheduling.swap_shifts"
    APPROVE_SWAP = "scheduling.approve_swap"
    SET_AGENT_RULES = "scheduling.set_agent_rules"
    MAKE_OFFERS = "scheduling.make_offers"
    TAKE_OFFERS = "scheduling.take_offers"


WORDS: Mapping[Permission, object] = {
    Permission.VIEW_SCHEDULES: _l("See schedules"),
    Permission.CREATE_SCHEDULE: _l("Make schedules"),
    Permission.MOVE_SHIFT: _l("Change shifts"),
    Permission.PUBLISH_SCHEDULE: _l("Publish schedules"),
    Permission.VIEW_SEATS: _l("See seats"),
    Permission.EDIT_SEATS: _l("Change seats"),
    Permission.VIEW_LIBRARY: _l("See shift templates and work rules"),
    Permission.EDIT_LIBRARY: _l("Change shift templates and work rules"),
    Permission.VIEW_OWN_SCHEDULE: _l("See one's own shifts"),
    Permission.ASK_FOR_LEAVE: _l("Ask for leave"),
    Permission.APPROVE_LEAVE: _l("Decide on leave"),
    Permission.SWAP_SHIFTS: _l("Swap one's own shifts"),
    Permission.APPROVE_SWAP: _l("Decide on swaps of shifts"),
    Permission.SET_AGENT_RULES: _l("Set what agents may arrange themselves"),
    Permission.MAKE_OFFERS: _l("Offer overtime and time off"),
    Permission.TAKE_OFFERS: _l("Take offers of overtime and time off"),
}

P = Permission
_OWN = (P.VIEW_OWN_SCHEDULE, P.ASK_FOR_LEAVE)
_DECIDE = (P.APPROVE_LEAVE, P.APPROVE_SWAP, P.MAKE_OFFERS)
_LOOK = (P.VIEW_SCHEDULES, P.VIEW_SEATS, *_OWN)
DEFAULTS: Mapping[RoleCode, Iterable[Permission]] = {
    RoleCode.OPERATIONS_MANAGER: (
        *_LOOK,
        *_DECIDE,
        P.PUBLISH_SCHEDULE,
        P.SET_AGENT_RULES,
        P.EDIT_SEATS,
        P.VIEW_LIBRARY,
    ),
    RoleCode.PLANNER: tuple(Permission),
    RoleCode.SUPERVISOR: (*_LOOK, *_DECIDE),
    RoleCode.RECRUITER: _OWN,
    RoleCode.TRAINER: _LOOK,
    RoleCode.INSPECTOR: _LOOK,
    RoleCode.FINANCE: _OWN,
    RoleCode.AGENT: (*_OWN, P.SWAP_SHIFTS, P.TAKE_OFFERS),
}
