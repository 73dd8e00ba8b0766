"""For whom we work: clients, projects, queues, service targets, hours, holidays."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages and let project scopes reach the teams on them."""
    from callcenter.access import events as access_events
    from callcenter.access import permissions as access_permissions
    from callcenter.projects import permissions, services

    access_permissions.declare(app, permissions.Permission, permissions.DEFAULTS)
    access_events.actor_drafted.connect(services.describe_actor)
    access_events.scope_choices_wanted.connect(services.offer_scopes)
