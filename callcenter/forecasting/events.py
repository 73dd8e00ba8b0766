"""What this room tells others.

`forecast_approved` sends the `Forecast` inside the transaction that stored its
requirements; ``by`` is the user's id. `forecast_proposed` sends the `Forecast` of a
weekly refresh when it has all its figures.

`duty_wanted` asks who is on duty: its sender is a `DutyAsked`, and whoever knows
schedules answers with agents by queue and start of the interval.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from blinker import signal


@dataclass(frozen=True, slots=True)
class DutyAsked:
    """Of which queues the agents on duty in ``[starts_at, ends_at)`` are asked for."""

    queue_ids: Collection[int]
    starts_at: datetime
    ends_at: datetime


forecast_approved = signal("forecasting.forecast_approved")
requirements_restated = signal("forecasting.requirements_restated")
forecast_proposed = signal("forecasting.forecast_proposed")
duty_wanted = signal("forecasting.duty_wanted")
