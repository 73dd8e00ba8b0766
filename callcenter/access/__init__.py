"""Who may enter, what they may do and how far it reaches, and what they did.

In: users, roles, grants, passwords, tokens. Out: the `Actor` of each request and
an append-only, hash-chained audit trail of every change.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages, commands, guards and the audit trail."""
    from callcenter.access import audit, guards, permissions, services, views
    from callcenter.access.permissions import Permission
    from callcenter.kernel import jobs

    permissions.declare(app, Permission, permissions.DEFAULTS)
    audit.init_app(app)
    guards.init_app(app)
    jobs.acts_as(app, services.find_actor)
    app.register_blueprint(views.bp)
