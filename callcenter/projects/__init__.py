"""For whom we work: clients, projects, queues, service targets, hours, holidays.

In: what people enter, calendar files, published holidays. Out: which queue promises
what and is open when, which team works on which project, and `stage_changed`.
"""

from flask import Flask

from callcenter.kernel.text import _l


def init_app(app: Flask) -> None:
    """Register the room's pages and let project scopes reach the teams on them."""
    from callcenter.access import events as access_events
    from callcenter.access import permissions as access_permissions
    from callcenter.projects import permissions, services, views
    from callcenter.web import search

    access_permissions.declare(
        app,
        permissions.Permission,
        permissions.DEFAULTS,
        words=permissions.WORDS,
    )
    access_events.actor_drafted.connect(services.describe_actor)
    access_events.scope_choices_wanted.connect(services.offer_scopes)
    app.register_blueprint(views.bp)
    search.register(app, views.find)
    _add_navigation(app)


def _add_navigation(app: Flask) -> None:
    from callcenter.projects.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    see = Permission.VIEW_PROJECTS
    register(
        app,
        [
            NavItem("projects", label, f"projects.{endpoint}", see, icon, order)
            for label, endpoint, icon, order in (
                (_l("Projects"), "projects", "briefcase", 10),
                (_l("Clients"), "clients", "building", 20),
                (_l("Calendar"), "calendar", "calendar3", 30),
            )
        ],
    )
