"""What will come in, and how many agents that takes.

In: facts from acd, calendar, hours and targets from projects. Out: forecasts by
queue and interval with their errors known, and required agents for scheduling.
"""

from typing import TYPE_CHECKING

from flask import Flask

from callcenter.kernel.text import _l

if TYPE_CHECKING:
    from callcenter.acd.events import FactsChange


def init_app(app: Flask) -> None:
    """Register the room's pages, permissions and what it listens to."""
    from callcenter.access import permissions as access_permissions
    from callcenter.acd.events import facts_corrected, facts_loaded
    from callcenter.forecasting import views
    from callcenter.forecasting.api import api_bp
    from callcenter.forecasting.permissions import DEFAULTS, WORDS, Permission
    from callcenter.web import home_page

    access_permissions.declare(app, Permission, DEFAULTS, words=WORDS)
    facts_loaded.connect(_request_measuring)
    facts_corrected.connect(_request_measuring)
    facts_loaded.connect(_request_copying)
    facts_corrected.connect(_request_copying)
    app.register_blueprint(views.bp)
    app.register_blueprint(api_bp)
    home_page.register(app, Permission.VIEW_FORECASTS, 35, views.planned_and_actual)
    _init_schedules(app)
    _add_navigation(app)


def _init_schedules(app: Flask) -> None:
    """Each hour the clock asks whose weekly refresh or new day has come."""
    from callcenter.kernel.jobs import schedule

    schedule(app, "weekly forecasts", "forecasting.ask_for_refreshes", "7 * * * *")
    schedule(app, "models of the day", "forecasting.ask_for_day_models", "37 * * * *")


def _request_measuring(change: "FactsChange") -> None:
    """Measuring needs numpy, which a process loads when it measures."""
    from callcenter.forecasting import services

    services.request_measuring(change)


def _request_copying(change: "FactsChange") -> None:
    from callcenter.forecasting import services

    services.request_copying(change)


def _add_navigation(app: Flask) -> None:
    from callcenter.forecasting.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    see = Permission.VIEW_FORECASTS
    register(
        app,
        [
            NavItem("planning", label, f"forecasting.{endpoint}", see, icon, order)
            for label, endpoint, icon, order in (
                (_l("Forecasts"), "forecasts", "graph-up", 10),
                (_l("Today"), "todays", "clock", 9),
                (_l("Weekly forecasts"), "refreshes", "arrow-repeat", 11),
                (_l("Special events"), "events", "bell", 12),
                (_l("Campaigns"), "campaigns", "telephone", 13),
                (_l("Forecast accuracy"), "accuracy", "bar-chart", 15),
                (_l("Assumptions"), "assumptions", "sliders", 20),
            )
        ],
    )
