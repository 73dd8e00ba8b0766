"""The chance that a day's service is met with more or fewer agents, and its cost."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ForecastNotReady
from callcenter.forecasting.models import Assumption, Forecast, Study, StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.estimates import NOT_SIMULATED
from callcenter.forecasting.views.requirements.requirement import (
    day_of,
    request_day_study,
)
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _, _n
from callcenter.projects.models import Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pages import render, see_other, toast

SURE = 0.9


class Money(NamedTuple):
    """What an hour costs and what a missed day does, in a currency, and whence."""

    hour_cost: Decimal | None
    penalty: Decimal | None
    currency: str
    is_average: bool


@bp.get("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/chances")
@permission_required(Permission.VIEW_FORECASTS)
def chances(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Show what more or fewer agents on a day promise, and what they cost."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    forecast = queries.get_forecast(forecast_id, scope)
    if not forecast.is_ready:
        raise ForecastNotReady(forecast_id=forecast_id)
    queue = services.queue_of(forecast, queue_id)
    on = day_of(forecast, day)
    given = services.Premises.read(forecast, on, on)
    need = services.requirement_of(forecast, queue, on, 1, premises=given)
    targets, own = given.targets_on(queue, on), given.assumptions[queue.id]
    study = queries.studies_of_day(forecast.id, queue.id, on).get(StudyKind.CHANCES)
    premises = services.day_premises(StudyKind.CHANCES, need, on, targets, own)
    subject = services.subject_of(StudyKind.CHANCES, forecast.id, queue.id, on)
    return render(
        "forecasting/chances.html",
        forecast=forecast,
        queue=queue,
        day=on,
        target=targets[-1] if targets else None,
        own=own,
        study=study,
        is_outdated=study is not None and study.premises != premises,
        job=find_live_job(subject),
        is_simulated=need.staffing.model not in NOT_SIMULATED,
        may_study=current_actor().may(Permission.MAKE_FORECAST),
        may_edit=current_actor().may(Permission.EDIT_ASSUMPTIONS),
        tabs=_tabs(forecast, queue, on),
        neighbours=_neighbours(forecast, queue, on),
        **(_found(forecast, on, own, study) if study else {}),
    )


def _found(
    forecast: Forecast, day: date, own: Assumption, study: Study
) -> dict[str, Any]:
    """The steps with their money, the ones worth choosing, and both pictures."""
    money = _money(forecast, own, day)
    steps = services.priced(study.figures, money.hour_cost, money.penalty)
    share = own.safety_share
    starts = local_times(forecast, day, study.figures["places"])
    return {
        "steps": steps,
        "money": money,
        "now": min(steps, key=lambda each: abs(each.share - share)),
        "sure": services.least_for(steps, SURE),
        "cheapest": services.cheapest(steps),
        "peak": study.figures["peak"],
        "day_cv": study.figures["day_cv"],
        "n_days": study.figures["n_days"],
        "n_queues": study.figures["n_queues"],
        "chart": _curve(steps),
        "cost_chart": _costs(steps, money),
        "heat": _heat(steps, starts, max(1, 1800 // forecast.interval_s)),
        "heat_columns": [filters.signed(step.n_more, 0) for step in steps],
        "sentence": _sentence(services.least_for(steps, SURE), money),
    }


def _heat(
    steps: "Sequence[services.Step]", starts: Sequence[str], per_row: int
) -> list[tuple[str, list[float]]]:
    """The least chance of each half-hour, a column for each step."""
    return [
        (
            starts[first],
            [min(step.intervals[first : first + per_row]) for step in steps],
        )
        for first in range(0, len(starts), per_row)
    ]


def _money(forecast: Forecast, own: Assumption, day: date) -> Money:
    """What the reader may know of it: pay only with the permission for money."""
    currency = forecast.project.currency
    actor = current_actor()
    sees_pay = actor.may(Permission.VIEW_CAPACITY_COSTS)
    if not sees_pay and not actor.may(Permission.EDIT_ASSUMPTIONS):
        return Money(None, None, currency, is_average=False)
    cost, is_average = own.paid_hour_cost, False
    if cost is None and sees_pay:
        cost = queries.average_hour_cost(forecast.project_id, currency, day)
        is_average = cost is not None
    return Money(cost, own.missed_day_penalty, currency, is_average)


def _sentence(step: "services.Step | None", money: Money) -> str:
    """The choice in words: 90 % sure: +4 agents, +1,120 CNY a day."""
    if step is None:
        return _(
            "Even the most agents tried do not make the day %(share)s sure.",
            share=filters.percent(SURE, 0),
        )
    agents = _n(
        "%(more)s agent at the peak",
        "%(more)s agents at the peak",
        abs(step.n_more),
        more=filters.signed(step.n_more, 0),
    )
    sure = filters.percent(step.chance, 0)
    if step.cost is None:
        return _("%(share)s sure: %(agents)s.", share=sure, agents=agents)
    sign = "+" if step.cost > 0 else ""
    cost = sign + filters.money(step.cost, money.currency)
    return _(
        "%(share)s sure: %(agents)s, %(cost)s a day.",
        share=sure,
        agents=agents,
        cost=cost,
    )


def local_times(forecast: Forecast, day: date, places: Sequence[int]) -> list[str]:
    """The local times of the day's intervals."""
    zone = forecast.tz
    start = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
    times = [start + place * forecast.interval_s for place in places]
    return [f"{datetime.fromtimestamp(each, zone):%H:%M}" for each in times]


def _curve(steps: "Sequence[services.Step]") -> Chart:
    return line_chart(
        _("Chance that service is met"),
        [filters.signed(step.n_more, 0) for step in steps],
        [
            Series(
                _("The day"),
                [step.chance for step in steps],
                lower=[step.lower for step in steps],
                upper=[step.upper for step in steps],
            ),
            Series(
                _("An interval"),
                [step.interval_share for step in steps],
                is_dashed=True,
            ),
        ],
        style="percent",
        target=SURE,
        first_column=_("Agents more at the peak"),
    )


def _costs(steps: "Sequence[services.Step]", money: Money) -> Chart | None:
    """Hours and penalty against each other; None where either is not known."""
    if money.hour_cost is None or money.penalty is None:
        return None
    return line_chart(
        _("Cost a day, %(currency)s", currency=money.currency),
        [filters.signed(step.n_more, 0) for step in steps],
        [
            Series(_("Paid hours more"), [float(step.cost or 0) for step in steps]),
            Series(_("Expected penalty"), [float(step.penalty or 0) for step in steps]),
            Series(
                _("Together"),
                [float(step.total or 0) for step in steps],
                is_dashed=True,
            ),
        ],
        starts_at_zero=False,
        first_column=_("Agents more at the peak"),
    )


def _url(forecast: Forecast, queue: Queue, day: date) -> str:
    return url_for(
        "forecasting.chances",
        forecast_id=forecast.id,
        queue_id=queue.id,
        day=day.isoformat(),
    )


def _tabs(forecast: Forecast, chosen: Queue, day: date) -> list[tuple[str, str, bool]]:
    return [
        (row.queue.name, _url(forecast, row.queue, day), row.queue_id == chosen.id)
        for row in forecast.queues
    ]


def _neighbours(
    forecast: Forecast, queue: Queue, day: date
) -> tuple[str | None, str | None]:
    """The addresses of the days before and after, where the forecast has them."""
    last = forecast.first_day + timedelta(days=forecast.n_days - 1)
    one = timedelta(days=1)
    return (
        _url(forecast, queue, day - one) if day > forecast.first_day else None,
        _url(forecast, queue, day + one) if day < last else None,
    )


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/chances")
@permission_required(Permission.MAKE_FORECAST)
def find_chances(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Ask for the chances of a day."""
    on = request_day_study(StudyKind.CHANCES, forecast_id, queue_id, day)
    return see_other(
        "forecasting.chances", forecast_id=forecast_id, queue_id=queue_id, day=on
    )


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/margin")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def take_margin(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Take a margin over as the queue's assumption; its next approval holds it."""
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    asked = request.form.get("n_more", type=int)
    with transaction():
        forecast = queries.get_forecast(forecast_id, scope)
        queue = services.queue_of(forecast, queue_id)
        on = day_of(forecast, day)
        study = queries.studies_of_day(forecast.id, queue.id, on).get(StudyKind.CHANCES)
        step = next(
            (
                each
                for each in (study.figures["steps"] if study else ())
                if each["n_more"] == asked
            ),
            None,
        )
        if step is None:
            raise Invalid(_("Choose one of the margins that were simulated."))
        services.take_margin(queue, step["share"], chance=step["chance"])
    toast(
        _(
            "%(queue)s keeps a margin of %(share)s from the next approval on.",
            queue=queue.name,
            share=filters.percent(step["share"]),
        )
    )
    return see_other(
        "forecasting.chances", forecast_id=forecast_id, queue_id=queue_id, day=day
    )
