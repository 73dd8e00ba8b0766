"""A day with people missing, more contacts or another rule, beside it as planned."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.forms import WhatIfForm
from callcenter.forecasting.models import Forecast, Study, StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.chance_steps import local_times
from callcenter.forecasting.views.requirements.chances import (
    asked_day,
)
from callcenter.forecasting.views.requirements.estimates import NOT_SIMULATED
from callcenter.forecasting.views.requirements.requirement import request_day_study
from callcenter.kernel.actor import current_actor
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.projects.models import Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pages import render, see_other


class Compared(NamedTuple):
    """A queue as planned and with the change."""

    name: str
    target: float | None
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]


@bp.get("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/what-if")
@permission_required(Permission.VIEW_FORECASTS)
def what_if(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Show what a change does to a day."""
    return _page(*asked_day(forecast_id, queue_id, day))


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/what-if")
@permission_required(Permission.MAKE_FORECAST)
def try_out(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Ask for a change to be tried on a day."""
    return _page(*asked_day(forecast_id, queue_id, day))


def _pool(forecast: Forecast, queue: Queue, given: "services.Premises") -> list[Queue]:
    """The queues whose contacts the same agents take, in which somebody waits."""
    everyone = [row.queue for row in forecast.queues]
    groups = services.groups_of(everyone, given.assumptions)
    group = next(group for group in groups if queue in group)
    return [
        each
        for each in group
        if services.model_for(each, given.assumptions[each.id]) not in NOT_SIMULATED
    ]


def _asked(study: Study | None) -> dict[str, Any]:
    """What was tried last, else something worth trying."""
    if study is None:
        return {"absence": 10.0, "more": 0.0, "first_id": ""}
    figures = study.figures
    return {
        "absence": round(figures["absence"] * 100, 2),
        "more": round(figures["more"] * 100, 2),
        "first_id": str(figures["first_id"] or ""),
    }


def _ask(
    form: WhatIfForm, forecast_id: int, queue_id: int, day: str
) -> ResponseReturnValue:
    first = form.first_id.data
    request_day_study(
        StudyKind.WHAT_IF,
        forecast_id,
        queue_id,
        day,
        absence=(form.absence.data or 0.0) / 100,
        more=(form.more.data or 0.0) / 100,
        first_id=int(first) if first else None,
    )
    return see_other(
        "forecasting.what_if", forecast_id=forecast_id, queue_id=queue_id, day=day
    )


def _page(forecast: Forecast, queue: Queue, day: date) -> ResponseReturnValue:
    """The page with its form; on to the job once something sensible was typed."""
    given = services.Premises.read(forecast, day, day)
    study = queries.studies_of_day(forecast.id, queue.id, day).get(StudyKind.WHAT_IF)
    form = WhatIfForm(data=None if request.method == "POST" else _asked(study))
    form.offer([(each.id, each.name) for each in _pool(forecast, queue, given)])
    if form.validate_on_submit():
        return _ask(form, forecast.id, queue.id, day.isoformat())
    return _shown(form, forecast, queue, day, study, given)


def _shown(
    form: WhatIfForm,
    forecast: Forecast,
    queue: Queue,
    day: date,
    study: Study | None,
    given: "services.Premises",
) -> ResponseReturnValue:
    is_outdated = False
    if study is not None:
        need = services.requirement_of(forecast, queue, day, 1, premises=given)
        targets, own = given.targets_on(queue, day), given.assumptions[queue.id]
        premises = services.day_premises(StudyKind.WHAT_IF, need, day, targets, own)
        is_outdated = premises != study.premises
    model = services.model_for(queue, given.assumptions[queue.id])
    place: dict[str, Any] = {"forecast_id": forecast.id, "day": day.isoformat()}
    return render(
        "forecasting/what_if.html",
        422 if form.errors else 200,
        form=form,
        forecast=forecast,
        queue=queue,
        day=day,
        study=study,
        is_outdated=is_outdated,
        is_simulated=model not in NOT_SIMULATED,
        job=find_live_job(
            services.subject_of(StudyKind.WHAT_IF, forecast.id, queue.id, day)
        ),
        may_study=current_actor().may(Permission.MAKE_FORECAST),
        tabs=[
            (
                row.queue.name,
                url_for("forecasting.what_if", queue_id=row.queue_id, **place),
                row.queue_id == queue.id,
            )
            for row in forecast.queues
        ],
        **(_found(forecast, day, study) if study else {}),
    )


def _found(forecast: Forecast, day: date, study: Study) -> dict[str, Any]:
    figures = study.figures
    names = {row.queue_id: row.queue.name for row in forecast.queues}
    return {
        "compared": [
            Compared(
                names.get(each["queue_id"], "–"),
                each["target"],
                each["before"],
                each["after"],
            )
            for each in figures["queues"]
        ],
        "changed": _words(figures, names),
        "chart": _chart(
            local_times(forecast, day, figures["places"]),
            figures,
            figures["queues"][figures["row"]]["target"],
        ),
    }


def _words(figures: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """What was changed, in a sentence."""
    parts = []
    if figures["absence"]:
        share = filters.percent(figures["absence"])
        parts.append(_("%(share)s of the people missing", share=share))
    if figures["more"]:
        sign = "+" if figures["more"] > 0 else "−"
        share = sign + filters.percent(abs(figures["more"]))
        parts.append(_("contacts %(share)s", share=share))
    if figures["first_id"]:
        name = names.get(figures["first_id"], "–")
        parts.append(_("%(queue)s goes first", queue=name))
    return ", ".join(parts) or _("nothing changed")


def _chart(
    labels: Sequence[str], figures: Mapping[str, Any], target: float | None
) -> Chart:
    return line_chart(
        _("Service level"),
        labels,
        [
            Series(_("As planned"), figures["sl_before"]),
            Series(_("With the change"), figures["sl_after"], colour="var(--chart-6)"),
        ],
        style="percent",
        target=target,
        first_column=_("Interval"),
    )
