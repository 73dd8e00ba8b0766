"""Who works here: sites, teams, posts, employees, skills, absences, commitments.

In: spreadsheets, hires from recruiting. Out: signals when somebody joins, moves,
leaves, returns or is absent, and the one table of who is taken when.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages and tell access who its users are."""
    from callcenter.access import events as access_events
    from callcenter.access import permissions as access_permissions
    from callcenter.people import permissions, services

    access_permissions.declare(app, permissions.Permission, permissions.DEFAULTS)
    access_events.actor_drafted.connect(services.describe_actor)
    access_events.scope_choices_wanted.connect(services.offer_scopes)
