"""From the wish for people to the day their class starts: HR's whole pipeline.

In: requisitions of those who need people, candidates from channels and events. Out:
people who pass each stage on time, and a history of every step for the reports.
"""

from flask import Flask

from callcenter.kernel.text import _l


def init_app(app: Flask) -> None:
    """Register the room's pages, permissions and what it listens to."""
    from callcenter.access import permissions as access_permissions
    from callcenter.kernel import jobs
    from callcenter.recruiting import permissions, views

    access_permissions.declare(
        app,
        permissions.Permission,
        permissions.DEFAULTS,
        words=permissions.WORDS,
        sensitive=permissions.SENSITIVE,
    )
    app.register_blueprint(views.bp)
    # Before the working day begins in China.
    jobs.schedule(app, "recruiting.remind", "recruiting.remind", "30 0 * * 1-5")
    _add_decisions()
    _add_navigation(app)
    _add_to_other_pages(app)


def _add_decisions() -> None:
    """Let workflow decide on requisitions, and open here what was approved."""
    from callcenter.recruiting.services.approving import carry_out_decision
    from callcenter.recruiting.views.approvals import requisition_kinds
    from callcenter.workflow.events import decided
    from callcenter.workflow.services import register_kind

    for kind in requisition_kinds():
        register_kind(kind)
    decided.connect(carry_out_decision)


def _add_navigation(app: Flask) -> None:
    from callcenter.recruiting.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    see, wanted, channels = (
        Permission.VIEW_CANDIDATES,
        Permission.VIEW_REQUISITIONS,
        Permission.EDIT_CHANNELS,
    )
    entries = (
        (_l("Pipeline"), "pipeline", see, "layers"),
        (_l("Candidates"), "candidates", see, "person-plus"),
        (_l("Requisitions"), "requisitions", wanted, "clipboard-check"),
        (_l("Recruiting events"), "events", channels, "calendar-event"),
        (_l("Channels"), "channels", channels, "tag"),
        (_l("Stages"), "stages", Permission.EDIT_STAGES, "list-check"),
    )
    register(
        app,
        [
            NavItem("people", label, f"recruiting.{name}", permission, icon, 310 + n)
            for n, (label, name, permission, icon) in enumerate(entries)
        ],
    )


def _add_to_other_pages(app: Flask) -> None:
    from callcenter.recruiting.permissions import Permission
    from callcenter.recruiting.views import front
    from callcenter.web import home_page, search

    search.register(app, front.find)
    home_page.register(app, Permission.VIEW_REQUISITIONS, 30, front.open_requisitions)
    home_page.register(app, Permission.EDIT_CANDIDATES, 31, front.overdue)
