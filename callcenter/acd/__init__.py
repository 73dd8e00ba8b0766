"""Calls become facts: exports and streams of a switch in, interval facts out.

Inputs: files of contacts, agent states or interval sums (see ``connectors``), and
live events. Outputs: contacts stored once by source key, their sums by queue, agent,
quarter-hour and day, and the catalogue of figures over those sums.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register the room's permissions."""
    from callcenter.access import permissions as access_permissions
    from callcenter.acd import models  # noqa: F401 - makes the tables known
    from callcenter.acd.permissions import DEFAULTS, Permission

    access_permissions.declare(app, Permission, DEFAULTS)
