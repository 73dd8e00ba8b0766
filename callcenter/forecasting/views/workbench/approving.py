"""Approving a forecast, with what is still unresolved in it named before."""

from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, ForecastQueue, ForecastStatus
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.queries import OpenEnds
from callcenter.forecasting.views import words
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.rounding import whole
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.text import _, _n
from callcenter.web import filters
from callcenter.web.pages import render, see_other, toast

MOST_NAMED = 5


class Line(NamedTuple):
    """One thing unresolved: what it is, and where it can be looked at."""

    text: str
    url: str


@bp.get("/forecasts/<int:forecast_id>/approval")
@permission_required(Permission.APPROVE_FORECAST)
def approval(forecast_id: int) -> ResponseReturnValue:
    """Name what is unresolved in a draft, and ask whether it shall rule."""
    scope = current_actor().scope(Permission.APPROVE_FORECAST)
    found = queries.get_forecast(forecast_id, scope)
    if found.status is not ForecastStatus.DRAFT:
        return see_other("forecasting.forecast", forecast_id=found.id)
    by_queue = {row.queue_id: row for row in found.queues}
    ends = [each for each in queries.open_ends(found) if not each.is_empty]
    unresolved = [
        (by_queue[each.queue_id].queue.name, _lines(found, each)) for each in ends
    ]
    return render(
        "forecasting/approval.html",
        forecast=found,
        unresolved=unresolved,
        untested=[row.queue.name for row in found.queues if row.basis != "tested"],
        chosen=[_choice(row) for row in found.queues if row.chosen_method],
        seen=queries.changes_seen(found.id),
        expected=sum(queries.day_totals(found.id).values()),
    )


def _lines(found: Forecast, ends: OpenEnds) -> list[Line]:
    here: dict[str, Any] = {"forecast_id": found.id, "queue": ends.queue_id}
    lines = [
        Line(
            words.finding_sentence(each)[0],
            url_for("forecasting.forecast", **here, _anchor="findings"),
        )
        for each in ends.findings[:MOST_NAMED]
    ]
    lines += _more(len(ends.findings), url_for("forecasting.forecast", **here))
    lines += [
        Line(
            _(
                "%(day)s: %(total)s contacts; within a year this weekday brought "
                "%(least)s to %(most)s.",
                day=filters.day(each.day, "weekday_day"),
                total=filters.number(whole(each.total)),
                least=filters.number(each.least),
                most=filters.number(each.most),
            ),
            url_for(
                "forecasting.forecast",
                **here,
                day=each.day.isoformat(),
                _anchor="day-chart",
            ),
        )
        for each in ends.far_days[:MOST_NAMED]
    ]
    lines += _more(len(ends.far_days), url_for("forecasting.forecast", **here))
    if ends.n_without_reason:
        text = _n(
            "%(num)s change has no reason.",
            "%(num)s changes have no reason.",
            ends.n_without_reason,
        )
        lines.append(
            Line(text, url_for("forecasting.forecast", **here, _anchor="changes"))
        )
    return lines


def _more(n: int, url: str) -> list[Line]:
    if n <= MOST_NAMED:
        return []
    return [Line(_n("and %(num)s more", "and %(num)s more", n - MOST_NAMED), url)]


def _choice(row: ForecastQueue) -> str:
    method = words.METHOD_NAMES[row.chosen_method]
    return f"{row.queue.name}: {method} ({row.chosen_reason})"


@bp.post("/forecasts/<int:forecast_id>/approve")
@permission_required(Permission.APPROVE_FORECAST)
def approve_forecast(forecast_id: int) -> ResponseReturnValue:
    """Let a forecast rule: its requirements are what schedules are made for."""
    scope = current_actor().scope(Permission.APPROVE_FORECAST)
    seen = request.form.get("seen", "")
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        is_same = not seen or seen == queries.changes_seen(found.id)
        if is_same:
            services.request_approval(found)
    if not is_same:
        toast(
            _("Somebody changed this forecast since you looked. Look once more."),
            "warning",
        )
        return see_other("forecasting.approval", forecast_id=forecast_id)
    return see_other("forecasting.forecast", forecast_id=forecast_id)
