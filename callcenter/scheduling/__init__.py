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
    home_page.register(app, "scheduling.view_own_schedule", 4, unseen_part)
    home_page.register(app, "scheduling.swap_shifts", 5, needs_answer_part)


def _add_navigation(app: Flask) -> None:
    from callcenter.scheduling.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    def item(
        label: object, endpoint: str, permission: Permission, icon: str, order: int
    ) -> NavItem:
        return NavItem(
            "planning", label, f"scheduling.{endpoint}", permission, icon, order
        )

    see, seats, library = (
        Permission.VIEW_SCHEDULES,
        Permission.VIEW_SEATS,
        Permission.VIEW_LIBRARY,
    )
    own = NavItem(
        "me",
        _l("My schedule"),
        "scheduling.my_schedule",
        Permission.VIEW_OWN_SCHEDULE,
        "calendar-check",
        order=10,
        phone_order=1,
        is_for_employees=True,
    )
    leave = NavItem(
        "me",
        _l("My leave"),
        "scheduling.my_leave",
        Permission.ASK_FOR_LEAVE,
        "calendar-x",
        order=20,
        phone_order=2,
        is_for_employees=True,
    )
    swaps = NavItem(
        "me",
        _l("My swaps"),
        "scheduling.my_swaps",
        Permission.SWAP_SHIFTS,
        "arrow-left-right",
        order=15,
        phone_order=3,
        is_for_employees=True,
    )
    register(
        app,
        [
            own,
            leave,
            swaps,
            NavItem(
                "me",
                _l("My wishes"),
                "scheduling.my_wishes",
                Permission.VIEW_OWN_SCHEDULE,
                "star",
                order=18,
                is_for_employees=True,
            ),
            NavItem(
                "me",
                _l("Offers to me"),
                "scheduling.my_offers",
                Permission.TAKE_OFFERS,
                "clock-history",
                order=17,
                is_for_employees=True,
            ),
            item(_l("Schedules"), "schedules", see, "calendar-week", 30),
            item(_l("Coverage"), "coverage", see, "graph-up", 35),
            item(_l("Swaps"), "swaps", see, "arrow-left-right", 38),
            item(_l("Fairness"), "fairness", see, "people", 39),
            item(_l("Seats"), "floors", seats, "grid-3x3-gap", 40),
            item(_l("Shift library"), "shift_library", library, "clock", 50),
            item(_l("Work rules"), "work_rules", library, "shield-check", 60),
            item(
                _l("Rules for agents"),
                "agent_rules",
                Permission.SET_AGENT_RULES,
                "person-check",
                65,
            ),
        ],
    )
