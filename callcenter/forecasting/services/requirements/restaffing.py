"""Working the requirements of an approved forecast out again, as targets change.

What is approved does not change by itself: somebody schedules by it. But a target, an
assumption or a margin that was changed since then is no longer what it rests on. Pages
say so, and one click lets the new ones count on the days that have not begun.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select

from callcenter.access import audit
from callcenter.forecasting.errors import NothingToRestaff
from callcenter.forecasting.events import requirements_restated
from callcenter.forecasting.models import Forecast, ForecastStatus, Requirement
from callcenter.forecasting.services.forecasts.days import first_day_ahead
from callcenter.forecasting.services.requirements.approving import (
    Calculated,
    calculate_requirements,
    requirement_values,
)
from callcenter.forecasting.services.requirements.requiring import (
    Premises,
    staffing_premises,
)
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.jobs import Job, enqueue

_ROWS_AT_ONCE = 20_000


def is_outdated(forecast: Forecast, given: Premises | None = None) -> bool:
    """Whether targets or assumptions changed since its requirements were worked out.

    Not known, and so not said, of forecasts that an earlier version approved; nor of
    those whose days have all begun.
    """
    if forecast.status is not ForecastStatus.APPROVED or not forecast.staffed_premises:
        return False
    if first_to_restaff(forecast) is None:
        return False
    return forecast.staffed_premises != staffing_premises(forecast, given)


def is_unknown(forecast: Forecast) -> bool:
    """Whether nobody knows what its requirements rest on: an earlier version's."""
    return (
        forecast.status is ForecastStatus.APPROVED
        and forecast.staffed_premises is None
        and first_to_restaff(forecast) is not None
    )


def first_to_restaff(forecast: Forecast) -> date | None:
    """The first day that can be worked out again; None where all have begun."""
    first = first_day_ahead(forecast)
    if forecast.approved_from is not None:
        first = max(first, forecast.approved_from)
    end = forecast.first_day + timedelta(days=forecast.n_days)
    return first if first < end else None


def request_restaffing(forecast: Forecast) -> Job:
    """Ask for the requirements to be worked out again; a job does it.

    Raises `NothingToRestaff`.
    """
    if forecast.status is not ForecastStatus.APPROVED:
        raise NothingToRestaff(forecast_id=forecast.id)
    if first_to_restaff(forecast) is None:
        raise NothingToRestaff(forecast_id=forecast.id)
    return enqueue(
        "forecasting.restaff",
        {"forecast_id": forecast.id},
        subject=restaffing_subject(forecast.id),
        unique=True,
    )


def restaffing_subject(forecast_id: int) -> str:
    """The subject of the job, so that pages find it."""
    return f"forecasting_restaffing:{forecast_id}"


def restaff(forecast: Forecast, earlier: Calculated | None = None) -> int:
    """Work out what a forecast requires anew where it rules on days to come.

    Intervals for which a later forecast rules stay as they are. ``earlier`` is what
    `calculate_requirements` found before. Returns the number of intervals. Raises
    `NothingToRestaff`.
    """
    first = first_to_restaff(forecast)
    if forecast.status is not ForecastStatus.APPROVED or first is None:
        raise NothingToRestaff(forecast_id=forecast.id)
    found = calculate_requirements(forecast, earlier, first=first)
    starts_at = datetime.combine(first, datetime.min.time(), tzinfo=forecast.tz)
    n_rows = _replace(forecast, starts_at, found)
    forecast.staffed_at = clock.now()
    forecast.staffed_premises = staffing_premises(forecast)
    db.session.flush()
    audit.record(
        "forecasting.restaff",
        "forecasting_forecast",
        forecast.id,
        n_intervals=n_rows,
        first_day=first.isoformat(),
    )
    requirements_restated.send(forecast)
    return n_rows


def _replace(forecast: Forecast, starts_at: datetime, found: Calculated) -> int:
    ruling = _ruling(forecast, starts_at)
    db.session.execute(
        delete(Requirement).where(
            Requirement.forecast_id == forecast.id,
            Requirement.interval_start >= starts_at,
        )
    )
    rows = [
        values
        for queue_id, need in found.needs.items()
        for values in requirement_values(forecast, queue_id, need, need.starts)
        if values["interval_start"] in ruling.get(queue_id, ())
    ]
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        db.session.execute(insert(Requirement), rows[first : first + _ROWS_AT_ONCE])
    return len(rows)


def _ruling(forecast: Forecast, starts_at: datetime) -> Mapping[int, set[datetime]]:
    """The intervals to come for which this forecast rules, by queue."""
    at = Requirement
    rows = db.session.execute(
        select(at.queue_id, at.interval_start).where(
            at.forecast_id == forecast.id, at.interval_start >= starts_at
        )
    )
    found: dict[int, set[datetime]] = {}
    for queue_id, start in rows:
        found.setdefault(queue_id, set()).add(start)
    return found
