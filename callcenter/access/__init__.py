"""Who may enter, what they may do and how far it reaches, and what they did.

In: users, roles, grants, passwords, tokens. Out: the `Actor` of each request and
an append-only, hash-chained audit trail of every change.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages, guards and the audit trail."""
    from callcenter.access import audit, guards, permissions, services, views
    from callcenter.kernel import jobs
    from callcenter.web import preferences

    permissions.declare(
        app,
        permissions.Permission,
        permissions.DEFAULTS,
        words=permissions.WORDS,
        sensitive=permissions.SENSITIVE,
    )
    audit.init_app(app)
    guards.init_app(app)
    jobs.acts_as(app, services.find_actor)
    app.register_blueprint(views.bp)
    _add_navigation(app)
    preferences.preferences_chosen.connect(views.account.keep_preferences)


def _add_navigation(app: Flask) -> None:
    from callcenter.access.permissions import Permission
    from callcenter.kernel.text import _, _l
    from callcenter.web.navigation import NavItem, register

    group = "administration"
    register(
        app,
        (
            NavItem(
                group,
                _l("Users"),
                "access.users",
                Permission.VIEW_USERS,
                "people",
                order=900,
            ),
            NavItem(
                group,
                _l("Roles"),
                "access.roles",
                Permission.MANAGE_ROLES,
                "key",
                order=910,
            ),
            NavItem(
                group,
                _l("Access tokens"),
                "access.tokens",
                Permission.MANAGE_TOKENS,
                "lightning-charge",
                order=920,
            ),
            NavItem(
                group,
                _l("Audit trail"),
                "access.audit",
                Permission.VIEW_AUDIT,
                "shield-check",
                order=930,
            ),
            NavItem(
                "me",
                _l("Background work"),
                "access.jobs",
                Permission.USE_OWN_ACCOUNT,
                "arrow-repeat",
                order=990,
            ),
        ),
    )
    app.context_processor(
        lambda: {"account_links": lambda: [(_("My account"), "/account", "gear")]}
    )
