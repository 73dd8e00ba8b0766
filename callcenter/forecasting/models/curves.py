"""Curves kept for looking at: counted days, and what each method says.

Two years of a queue are 70,000 rows of facts and 728 rows here, which a page reads
in a few milliseconds.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.forecasting.models.packed import Floats, PackedFloats
from callcenter.kernel import clock
from callcenter.kernel.db import Model


class CountedDay(Model):
    """A queue's local day as it was counted: a copy of its quarters, for charts.

    ``volume`` has one value per quarter of an ordinary day; ``total`` is the count of
    the queue's day at the time of copying, by which a stale copy shows itself.
    """

    __tablename__ = "forecasting_counted_day"
    __audited__ = False
    __table_args__ = ({"sqlite_with_rowid": False},)

    queue_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    total: Mapped[int]
    volume: Mapped[Floats] = mapped_column(PackedFloats)
    copied_at: Mapped[datetime] = mapped_column(default=clock.now)


class Candidate(Model):
    """What one method says about a queue of a forecast, beside the one that was taken.

    ``totals`` and ``shape_places`` have a value per day of the forecast; ``shapes``
    holds the distinct shapes one after the other, each with a value per slot, by which
    a day's total is multiplied. Most days share their shape with many others.
    """

    __tablename__ = "forecasting_candidate"
    __audited__ = False

    forecast_id: Mapped[int] = mapped_column(
        ForeignKey("forecasting_forecast.id"), primary_key=True
    )
    queue_id: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(String(20), primary_key=True)
    totals: Mapped[Floats] = mapped_column(PackedFloats)
    shape_places: Mapped[Floats] = mapped_column(PackedFloats)
    shapes: Mapped[Floats] = mapped_column(PackedFloats)
