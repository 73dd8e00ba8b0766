"""The ways in which this room says no."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _l


class NoHistory(Conflict):
    """There are no facts to forecast from."""

    code = "forecasting.no_history"

    def default_message(self) -> object:
        """What is missing, and the way out."""
        return _l(
            "None of these queues has a full day of facts before the first day of the "
            "forecast. Import their contacts first."
        )


class ForecastNotReady(Conflict):
    """The forecast is still being made, or could not be made."""

    code = "forecasting.not_ready"

    def default_message(self) -> object:
        """What stands in the way."""
        return _l("This forecast has no figures yet.")


class ForecastClosed(Conflict):
    """Only drafts change."""

    code = "forecasting.closed"

    def default_message(self) -> object:
        """What to do instead."""
        return _l(
            "This forecast was approved and does not change any more. "
            "Make a new one instead."
        )


class DayClosed(Invalid):
    """Nothing can be expected while the queue is closed."""

    code = "forecasting.day_closed"

    def default_message(self) -> object:
        """What is the case."""
        return _l("The queue is closed on that day or in those hours.")


class NoSuchDay(Invalid):
    """The day or the hours lie outside the forecast."""

    code = "forecasting.no_such_day"

    def default_message(self) -> object:
        """What is the case."""
        return _l("That day or those hours are not part of this forecast.")
