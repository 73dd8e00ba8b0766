"""What the jobs of this room have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, ForecastStatus
from callcenter.forecasting.permissions import Permission
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError, Unavailable
from callcenter.kernel.jobs import JobCancelled, JobInterrupted, JobLost
from callcenter.kernel.text import _, _l


def load(forecast_id: int, permission: Permission) -> Forecast:
    """A forecast within what whoever asked for the job may reach."""
    return queries.get_forecast(forecast_id, current_actor().scope(permission))


_BROKEN = _l("Something went wrong; the list of background work says what.")


@contextmanager
def refusing(forecast_id: int) -> Iterator[None]:
    """Note with a forecast why it could not be made, whatever went wrong.

    Where the database was away, and where the worker ends, another attempt follows.
    """
    try:
        yield
    except (OperationalError, Unavailable):
        raise
    except JobCancelled:
        _refuse(forecast_id, _("It was cancelled."))
        raise
    except AppError as error:
        _refuse(forecast_id, error.message)
        raise
    except (JobInterrupted, JobLost):
        raise
    except Exception as error:
        _refuse(forecast_id, str(error) if isinstance(error, ValueError) else _BROKEN)
        raise


def _refuse(forecast_id: int, reason: object) -> None:
    db.session.rollback()
    with transaction():
        found = db.session.get(Forecast, forecast_id)
        if found is not None and found.status is ForecastStatus.MAKING:
            services.refuse_forecast(found, str(reason))
