"""Calls become facts: exports and streams of a switch in, interval facts out.

Inputs: files of contacts, agent states or interval sums (see ``connectors``), and
live events. Outputs: contacts stored once by source key, their sums by queue, agent,
quarter-hour and day, and the catalogue of figures over those sums.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

    from callcenter.web.navigation import NavItem


def init_app(app: "Flask") -> None:
    """Register the room's pages, its door for programs, its permissions and jobs."""
    from callcenter.access import permissions as access_permissions
    from callcenter.acd.api import api_bp
    from callcenter.acd.permissions import DEFAULTS, WORDS, Permission
    from callcenter.acd.views import bp, front
    from callcenter.kernel import jobs
    from callcenter.projects import events as project_events
    from callcenter.web import home_page, navigation

    access_permissions.declare(app, Permission, DEFAULTS, words=WORDS)
    app.register_blueprint(bp)
    app.register_blueprint(api_bp)
    navigation.register(app, _navigation())
    service, own = Permission.VIEW_FIGURES, Permission.VIEW_OWN_FIGURES
    home_page.register(app, service, 12, front.service_of_the_week)
    home_page.register(app, own, 15, front.own_figures)
    _fill_first_pages(app)
    project_events.target_changed.connect(_retarget)
    jobs.schedule(app, "acd.delete_uploads", "acd.delete_uploads", "20 3 * * *")
    jobs.schedule(app, "acd.finish_imports", "acd.finish_imports", "*/10 * * * *")


def _fill_first_pages(app: "Flask") -> None:
    from callcenter.acd.permissions import Permission
    from callcenter.acd.views import front_work
    from callcenter.people.permissions import Permission as PeoplePermission
    from callcenter.projects.permissions import Permission as ProjectPermission
    from callcenter.web import home_page

    for permission, order, build in (
        (Permission.VIEW_CONTACTS, 14, front_work.contacts_of_the_week),
        (PeoplePermission.VIEW_EMPLOYEES, 14, front_work.newcomers),
        (ProjectPermission.VIEW_BILLING, 14, front_work.billed_this_month),
        (Permission.VIEW_FIGURES, 14, front_work.service_by_day),
    ):
        home_page.register(app, permission, order, build)


def _retarget(queue_id: int, from_day: "date | None") -> None:
    """Counting needs numpy, which a process loads when it counts."""
    from callcenter.acd import services

    services.retarget(queue_id, from_day)


def _navigation() -> "list[NavItem]":
    from callcenter.acd.permissions import Permission
    from callcenter.kernel.text import _l
    from callcenter.web.navigation import NavItem

    see, look = Permission.VIEW_FIGURES, Permission.VIEW_CONTACTS
    imports = Permission.VIEW_IMPORTS
    group = "service"
    return [
        NavItem(group, _l("Figures"), "acd.figures", see, "graph-up", 10),
        NavItem(group, _l("Contacts"), "acd.contacts", look, "telephone", 20),
        NavItem(group, _l("Imports"), "acd.imports", imports, "cloud-upload", 30),
    ]
