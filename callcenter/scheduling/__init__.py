"""Who works when, and on which seat.

In: required agents from forecasting, people with their skills, contracts and
commitments, the shift library, work rules, seats. Out: published shifts with breaks
and named seats, coverage by queue and interval, each agent's own schedule.
"""

from typing import TYPE_CHECKING

from flask import Flask

from callcenter.kernel.text import _l

if TYPE_CHECKING:
    from datetime import datetime

    from callcenter.forecasting.events import DutyAsked


def init_app(app: Flask) -> None:
    """Register the room's pages, jobs, permissions and what it listens to."""
    from callcenter.access import permissions as access_permissions
    from callcenter.forecasting.events import duty_wanted
    from callcenter.scheduling import permissions, views
    from callcenter.scheduling.views.front import coming_days_part, next_shift_part
    from callcenter.web import home_page

    access_permissions.declare(
        app,
        permissions.Permission,
        permissions.DEFAULTS,
        words=permissions.WORDS,
    )
    app.register_blueprint(views.bp)
    own = permissions.Permission.VIEW_OWN_SCHEDULE
    home_page.register(app, own, 10, next_shift_part)
    home_page.register(app, permissions.Permission.VIEW_SCHEDULES, 13, coming_days_part)
    _add_leave(app)
    _add_swaps(app)
    duty_wanted.connect(_tell_duty)
    _add_navigation(app)


def _tell_duty(asked: "DutyAsked") -> "dict[int, dict[datetime, float]]":
    """Who is on duty, for the forecast of the day."""
    from callcenter.scheduling import queries

    return queries.agents_on_duty(asked.queue_ids, asked.starts_at, asked.ends_at)


def _add_leave(app: Flask) -> None:
    """Let workflow decide on leave, and carry out here what was decided."""
    from callcenter.scheduling.services.leave_requests import carry_out_leave
    from callcenter.scheduling.views.leave import leave_kind
    from callcenter.workflow.events import decided
    from callcenter.workflow.services import register_kind

    with app.app_context():
        register_kind(leave_kind())
    decided.connect(carry_out_leave)


def _add_swaps(app: Flask) -> None:
    """Let workflow decide on swaps, and end those whose shifts change otherwise."""
    from callcenter.scheduling.events import schedule_published, shift_changed
    from callcenter.scheduling.services import fairness, swaps
    from callcenter.scheduling.views.acknowledging import unseen_part
    from callcenter.scheduling.views.swaps import needs_answer_part, swap_kind
    from callcenter.web import home_page
    from callcenter.workflow.events import decided
    from callcenter.workflow.services import register_kind

    with app.app_context():
        register_kind(swap_kind())
    decided.connect(swaps.carry_out_swap)
    shift_changed.connect(swaps.end_swaps_of_changed_shift)
    schedule_published.connect(swaps.end_swaps_of_replaced_shifts)
    shift_changed.connect(fairness.count_changed_shift)
    schedule_published.connect(fairness.count_published)
    home_page.register(app, "scheduling.view_own_schedule", 11, unseen_part)
    home_page.register(app, "scheduling.swap_shifts", 12, needs_answer_part)


def _add_navigation(app: Flask) -> None:
    from callcenter.scheduling.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    def mine(
        label: object,
        endpoint: str,
        permission: Permission,
        icon: str,
        order: int,
        phone_order: int | None = None,
    ) -> NavItem:
        return NavItem(
            "me",
            label,
            f"scheduling.{endpoint}",
            permission,
            icon,
            order=order,
            phone_order=phone_order,
            is_for_employees=True,
        )

    own, swap = Permission.VIEW_OWN_SCHEDULE, Permission.SWAP_SHIFTS
    leave, take = Permission.ASK_FOR_LEAVE, Permission.TAKE_OFFERS
    register(
        app,
        [
            mine(_l("My schedule"), "my_schedule", own, "calendar-check", 10, 1),
            mine(_l("My swaps"), "my_swaps", swap, "arrow-left-right", 15, 3),
            mine(_l("Offers to me"), "my_offers", take, "clock-history", 17),
            mine(_l("My wishes"), "my_wishes", own, "star", 18),
            mine(_l("My leave"), "my_leave", leave, "calendar-x", 20, 2),
        ],
    )
    _add_planning(app)


def _add_planning(app: Flask) -> None:
    from callcenter.scheduling.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    def item(
        label: object, endpoint: str, permission: Permission, icon: str, order: int
    ) -> NavItem:
        return NavItem(
            "planning", label, f"scheduling.{endpoint}", permission, icon, order
        )

    see, seats, library, rules = (
        Permission.VIEW_SCHEDULES,
        Permission.VIEW_SEATS,
        Permission.VIEW_LIBRARY,
        Permission.SET_AGENT_RULES,
    )
    register(
        app,
        [
            item(_l("Schedules"), "schedules", see, "calendar-week", 30),
            item(_l("Coverage"), "coverage", see, "graph-up", 35),
            item(_l("Swaps"), "swaps", see, "arrow-left-right", 38),
            item(_l("Fairness"), "fairness", see, "people", 39),
            item(_l("Seats"), "floors", seats, "grid-3x3-gap", 40),
            item(_l("Shift library"), "shift_library", library, "clock", 50),
            item(_l("Work rules"), "work_rules", library, "shield-check", 60),
            item(_l("Rules for agents"), "agent_rules", rules, "sliders", 65),
        ],
    )
