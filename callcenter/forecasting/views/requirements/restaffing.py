"""Saying that requirements rest on what has changed, and letting it count."""

from typing import TYPE_CHECKING, Any

from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.web.pages import back_to_sender, toast

if TYPE_CHECKING:
    from callcenter.forecasting.services import Premises


def restaffing_of(
    forecast: Forecast, given: "Premises | None" = None
) -> dict[str, Any]:
    """Whether the requirements of a forecast are out of date, and who may mend it.

    ``given`` holds the targets and assumptions of all its days, where they are known.
    """
    is_outdated = services.is_outdated(forecast, given)
    subject = services.restaffing_subject(forecast.id)
    is_unknown = services.is_unknown(forecast)
    return {
        "is_unstaffed": is_outdated,
        "is_staffing_unknown": is_unknown,
        "restaff_job": find_live_job(subject) if is_outdated or is_unknown else None,
        "may_restaff": current_actor().may(Permission.APPROVE_FORECAST),
    }


@bp.post("/forecasts/<int:forecast_id>/restaff")
@permission_required(Permission.APPROVE_FORECAST)
def restaff(forecast_id: int) -> ResponseReturnValue:
    """Ask for the requirements of an approved forecast to be worked out again."""
    scope = current_actor().scope(Permission.APPROVE_FORECAST)
    with transaction():
        forecast = queries.get_forecast(forecast_id, scope)
        services.request_restaffing(forecast)
    toast(_("The requirements of the days to come are worked out again."))
    return back_to_sender("forecasting.requirement", forecast_id=forecast_id)
