"""What will come in, and how many agents that takes.

In: facts from acd, calendar, hours and targets from projects. Out: forecasts by
queue and interval with their errors known, and required agents for scheduling.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's permissions."""
    from callcenter.access import permissions as access_permissions
    from callcenter.acd.events import facts_corrected, facts_loaded
    from callcenter.forecasting import services
    from callcenter.forecasting.permissions import DEFAULTS, Permission

    access_permissions.declare(app, Permission, DEFAULTS)
    facts_loaded.connect(services.request_measuring)
    facts_corrected.connect(services.request_measuring)
