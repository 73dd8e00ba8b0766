"""Requests that need somebody's decision: leave, offers, reports, whatever rooms add.

In: a request of a registered kind, opened by the room that owns its subject.
Out: the `decided` signal, on which the owner acts in the same transaction.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the inbox, the requests' pages and the navigation."""
    from callcenter.access import permissions as access_permissions
    from callcenter.kernel.text import _l
    from callcenter.web import home_page
    from callcenter.web.navigation import NavItem, register
    from callcenter.workflow import permissions, views

    access_permissions.declare(
        app,
        permissions.Permission,
        permissions.DEFAULTS,
        words=permissions.WORDS,
    )
    app.register_blueprint(views.bp)
    decide = permissions.Permission.DECIDE
    home_page.register(app, decide, 20, views.waiting_part)
    register(
        app,
        (
            NavItem(
                "me",
                _l("Approvals"),
                "workflow.inbox",
                decide,
                "inbox",
                order=20,
                phone_order=40,
            ),
            NavItem(
                "me",
                _l("My requests"),
                "workflow.my_requests",
                permissions.Permission.REQUEST,
                "send",
                order=25,
            ),
        ),
    )
