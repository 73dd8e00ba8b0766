"""Who works here: sites, teams, posts, employees, skills, absences, commitments.

In: spreadsheets, hires from recruiting. Out: signals when somebody joins, moves,
leaves, returns or is absent, and the one table of who is taken when.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages and tell access who its users are."""
    from callcenter.access import events as access_events
    from callcenter.access import permissions as access_permissions
    from callcenter.kernel import jobs
    from callcenter.people import api, permissions, services, views

    access_permissions.declare(
        app,
        permissions.Permission,
        permissions.DEFAULTS,
        words=permissions.WORDS,
    )
    access_events.actor_drafted.connect(services.describe_actor)
    access_events.scope_choices_wanted.connect(services.offer_scopes)
    app.register_blueprint(views.bp)
    app.register_blueprint(api.api_bp)
    _add_navigation(app)
    _add_to_other_pages(app)
    jobs.schedule(app, "people.forget_files", "people.forget_files", "20 3 * * *")
    departures = "people.complete_departures"
    jobs.schedule(app, departures, departures, "5 * * * *")


def _add_navigation(app: Flask) -> None:
    from callcenter.kernel.text import _l
    from callcenter.people.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    view, edit_absence, organisation = (
        Permission.VIEW_EMPLOYEES,
        Permission.RECORD_ABSENCE,
        Permission.VIEW_ORGANISATION,
    )
    entries = (
        (_l("Employees"), "employees", view, "people"),
        (_l("Absences"), "absences", edit_absence, "calendar-x"),
        (_l("Organisation"), "organisation", organisation, "diagram-3"),
        (_l("Teams"), "teams", organisation, "people"),
        (_l("Posts"), "posts", organisation, "briefcase"),
        (_l("Sites"), "sites", organisation, "building"),
        (_l("Skills"), "skills", organisation, "mortarboard"),
    )
    items = [
        NavItem("people", label, f"people.{name}", permission, icon, 400 + 10 * place)
        for place, (label, name, permission, icon) in enumerate(entries)
    ]
    record = NavItem(
        "me",
        _l("My record"),
        "people.my_record",
        Permission.VIEW_OWN_RECORD,
        "person-badge",
        order=50,
        is_for_employees=True,
    )
    register(app, [*items, record])


def _add_to_other_pages(app: Flask) -> None:
    from callcenter.people.permissions import Permission
    from callcenter.people.views import front
    from callcenter.web import home_page, search

    search.register(app, front.find)
    home_page.register(app, Permission.RECORD_ABSENCE, 40, front.absent_today)
    home_page.register(app, Permission.EDIT_EMPLOYEES, 41, front.ending_contracts)
    home_page.register(app, Permission.EDIT_ORGANISATION, 42, front.vacancies)
