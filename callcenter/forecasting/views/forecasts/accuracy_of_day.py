"""What each forecast said of one queue's day, beside what came."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries
from callcenter.forecasting.models import Accuracy, Forecast
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _n
from callcenter.projects import queries as project_queries
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pages import render


@bp.get("/queues/<int:queue_id>/accuracy/<day>")
@permission_required(Permission.VIEW_FORECASTS)
def accuracy_of_day(queue_id: int, day: str) -> ResponseReturnValue:
    """Show what each forecast said of a queue's day, beside what came."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    queue = project_queries.get_queue(queue_id, scope)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise NotFound(day=day) from None
    measured = queries.measured_on(queue_id, when, scope)
    slots = queries.slots_on(queue_id, when)
    return render(
        "forecasting/accuracy_of_day.html",
        queue=queue,
        day=when,
        rows=[_said(row, forecast) for row, forecast in measured],
        chart=_said_chart(when, measured, slots),
    )


def _said(row: Accuracy, forecast: Forecast) -> dict[str, Any]:
    """One forecast of a day: how far ahead, what it said, what it missed."""
    return {
        "forecast": forecast,
        "lead": _n("%(num)s day ahead", "%(num)s days ahead", row.lead_days),
        "planned": row.planned,
        "actual": row.actual,
        "wape": row.abs_error / row.actual if row.actual else None,
        "bias": row.planned / row.actual - 1.0 if row.actual else None,
        "in_band": row.n_in_band / row.n_intervals if row.n_intervals else None,
        "as_plan": row.counts_as_plan,
        "as_snapshot": row.counts_as_snapshot,
    }


def _said_chart(
    day: date,
    measured: Sequence[tuple[Accuracy, Forecast]],
    slots: Mapping[int, Any],
) -> Chart | None:
    known = [(row, forecast) for row, forecast in measured if forecast.id in slots]
    if not known:
        return None
    longest = max(slots[forecast.id].shape[1] for _row, forecast in known)
    alike = [each for each in known if slots[each[1].id].shape[1] == longest]
    figures = [slots[forecast.id] for _row, forecast in alike]
    busy = [place for place in range(longest) if figures[0][4][place]]
    minutes = 1440 // longest

    def cut(values: Any) -> list[float]:
        return [round(float(values[place]), 1) for place in busy]

    series = [Series(_("Came in"), cut(figures[0][0]))]
    for (row, _forecast), each in zip(alike[:4], figures, strict=False):
        name = _n("%(num)s day ahead", "%(num)s days ahead", row.lead_days)
        series.append(Series(name, cut(each[1]), is_dashed=True))
    return line_chart(
        filters.day(day, "full"),
        [f"{p * minutes // 60:02}:{p * minutes % 60:02}" for p in busy],
        series,
        first_column=_("Interval"),
    )
