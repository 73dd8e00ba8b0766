"""Who will be needed in the weeks to come, who will be there, and whom to hire.

In: what forecasts require of each week, people and how long they stay, prices. Out:
plans of 64 weeks with scenarios, and the classes that an approved one asks recruiting
for. Its tables, addresses and permissions were once forecasting's and keep its name.
"""

from typing import TYPE_CHECKING, Any

from flask import Flask, url_for

from callcenter.kernel.text import _l

if TYPE_CHECKING:
    from callcenter.forecasting.models import Forecast


def init_app(app: Flask) -> None:
    """Register the room's pages, permissions, schedule and what it listens to."""
    from callcenter.access import permissions as access_permissions
    from callcenter.capacity import views
    from callcenter.capacity.api import api_bp
    from callcenter.capacity.permissions import DEFAULTS, WORDS, Permission
    from callcenter.forecasting import events
    from callcenter.kernel.jobs import schedule

    access_permissions.declare(app, Permission, DEFAULTS, words=WORDS)
    events.forecast_approved.connect(_restate_weeks)
    events.forecast_proposed.connect(_restate_weeks)
    events.requirements_restated.connect(_restate_weeks)
    app.register_blueprint(views.bp)
    app.register_blueprint(api_bp)
    app.url_build_error_handlers.append(_at_home)
    schedule(app, "refresh capacity plans", "capacity.refresh_plans", "30 20 * * 0")
    _add_navigation(app)


def _restate_weeks(forecast: "Forecast", **_about: object) -> None:
    """What weeks require follows the forecasts that count."""
    from callcenter.capacity import services

    services.request_required_weeks(forecast.project_id)


def _at_home(error: Exception, endpoint: str, values: dict[str, Any]) -> str:
    """Jobs that ended before this room was its own name its page as forecasting's."""
    if endpoint == "forecasting.capacity_plan":
        return url_for("capacity.capacity_plan", **values)
    raise error


def _add_navigation(app: Flask) -> None:
    from callcenter.capacity.permissions import Permission
    from callcenter.web.navigation import NavItem, register

    label, endpoint = _l("Capacity plan"), "capacity.capacity_plans"
    see = Permission.VIEW_CAPACITY
    register(app, [NavItem("planning", label, endpoint, see, "graph-up-arrow", 25)])
