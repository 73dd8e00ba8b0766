"""Who works when, and on which seat.

In: required agents from forecasting, people with their skills, contracts and
commitments, the shift library, work rules, seats. Out: published shifts with breaks
and named seats, coverage by queue and interval, each agent's own schedule.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the room's pages, jobs and permissions."""
    from callcenter.access import permissions as access_permissions
    from callcenter.scheduling import permissions

    access_permissions.declare(app, permissions.Permission, permissions.DEFAULTS)
