"""How forecasts came true: additive sums by forecast, queue and day, and by slot."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.forecasting.models.packed import Floats, PackedFloats
from callcenter.kernel.db import Model


class Lead(StrEnum):
    """How far ahead a forecast looked: the day less the last day that it knew.

    The next day; 2 to 7 days; 8 to 28; 29 to 91; 92 and more.
    """

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LATER = "later"
    FAR = "far"

    @classmethod
    def of(cls, n_days: int) -> "Lead":
        """The class of so many days ahead."""
        for lead, last in _LAST_DAY.items():
            if n_days <= last:
                return lead
        return cls.FAR


_LAST_DAY = {Lead.DAY: 1, Lead.WEEK: 7, Lead.MONTH: 28, Lead.LATER: 91}


class Accuracy(Model):
    """How a forecast of a queue's day came true; every figure is an additive sum.

    ``abs_error`` sums |actual - planned| over the day's intervals; ``naive_error`` and
    ``median_error`` the same for the last, and for the median of six, like weekdays
    before the forecast was made, whose totals are ``naive`` and ``median``. The
    figures of handling time are seconds weighted by the contacts that were handled:
    ``handle_s`` came, ``planned_handle_s`` is what they would have taken as planned.

    Of several forecasts in one class of lead the newest counts: of those that were
    approved (``counts_as_plan``), and of the weekly snapshots (``counts_as_snapshot``).
    """

    __tablename__ = "forecasting_accuracy"
    __audited__ = False
    __table_args__ = (Index(None, "queue_id", "day"), Index(None, "day"))

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    horizon: Mapped[Lead]
    actual: Mapped[float]
    planned: Mapped[float]
    abs_error: Mapped[float]
    naive_error: Mapped[float | None]
    n_in_band: Mapped[int]
    n_intervals: Mapped[int]
    lead_days: Mapped[int]
    week_on: Mapped[date]
    counts_as_plan: Mapped[bool] = mapped_column(default=False, server_default=false())
    counts_as_snapshot: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )
    naive: Mapped[float | None]
    median: Mapped[float | None]
    median_error: Mapped[float | None]
    handle_s: Mapped[float | None]
    planned_handle_s: Mapped[float | None]
    naive_handle_s: Mapped[float | None]
    median_handle_s: Mapped[float | None]
    aht_error_s: Mapped[float | None]
    naive_aht_error_s: Mapped[float | None]
    median_aht_error_s: Mapped[float | None]


N_FIGURES = 10
"""How many values `SlotAccuracy` holds of each slot."""


class SlotAccuracy(Model):
    """The same of a day's slots, for the forecasts that count.

    ``figures`` holds, one after the other, a value per slot of: actual, planned, naive,
    median (NaN where unknown), 1 where the slot counts, 1 where it is inside the band,
    and the seconds of handling: actual, as planned, naive, median.
    """

    __tablename__ = "forecasting_slot_accuracy"
    __audited__ = False
    __table_args__ = (Index(None, "queue_id", "day"),)

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[Floats] = mapped_column(PackedFloats)
