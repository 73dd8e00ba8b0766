"""The total of a forecast's inbound queues: by itself, as their sum, set by hand."""

from datetime import date
from typing import NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import DayClosed, ForecastNotReady, NoSuchDay
from callcenter.forecasting.forms import TotalsForm
from callcenter.forecasting.models import AddingUp, Forecast, ForecastStatus, TotalDay
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.knowledge import knowing
from callcenter.forecasting.views.rounding import whole
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.text import _, _n
from callcenter.projects.models import Direction
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast, whole_number_arg

PAGE_DAYS = 28


class TotalRow(NamedTuple):
    """A day with its total, what the total's own forecast says, and the queues."""

    day: date
    total: float
    model_total: float
    own: float | None
    parts: list[float]

    @property
    def shown(self) -> int:
        """The total as it is shown and taken."""
        return whole(self.total)

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed any of the queues."""
        return abs(self.total - self.model_total) > 0.05


@bp.get("/forecasts/<int:forecast_id>/total")
@permission_required(Permission.VIEW_FORECASTS)
def total(forecast_id: int) -> ResponseReturnValue:
    """Show the total of a forecast's inbound queues, day by day."""
    return _page(_forecast(forecast_id, Permission.VIEW_FORECASTS))


def _forecast(forecast_id: int, permission: Permission) -> Forecast:
    found = queries.get_forecast(forecast_id, current_actor().scope(permission))
    if not found.is_ready:
        raise ForecastNotReady(forecast_id=forecast_id)
    return found


def _page(
    found: Forecast, status: int = 200, *, refused: dict[date, str] | None = None
) -> ResponseReturnValue:
    inbound = [
        row.queue for row in found.queues if row.queue.direction is Direction.INBOUND
    ]
    days = queries.totals_by_day(found.id, [queue.id for queue in inbound])
    own = {row.day: row for row in queries.total_days(found.id)}
    rows = [
        TotalRow(
            day=day,
            total=sum(total for _model, total in parts.values()),
            model_total=sum(model for model, _total in parts.values()),
            own=own[day].mean if day in own else None,
            parts=[parts.get(queue.id, (0.0, 0.0))[1] for queue in inbound],
        )
        for day, parts in sorted(days.items())
    ]
    n_pages = max(1, -(-len(rows) // PAGE_DAYS))
    page = whole_number_arg("page", 1, low=1, high=n_pages)
    plan = queries.find_total_plan(found.id)
    return render(
        "forecasting/total.html",
        status,
        forecast=found,
        queues=inbound,
        n_outbound=len(found.queues) - len(inbound),
        chart=_chart(rows, own) if rows else None,
        rows=rows[(page - 1) * PAGE_DAYS : page * PAGE_DAYS],
        pages=_pages(rows, page),
        has_own=bool(own),
        adding_up=knowing.ADDING_UP_NAMES[
            plan.adding_up if plan else AddingUp.BOTTOM_UP
        ],
        form=_form(plan.adding_up if plan else AddingUp.BOTTOM_UP),
        refused=refused or {},
        typed=request.form if refused else {},
        may_adjust=found.status is ForecastStatus.DRAFT
        and current_actor().may(Permission.ADJUST_FORECAST),
    )


def _pages(rows: list[TotalRow], page: int) -> list[tuple[str, int, bool]]:
    starts = range(0, len(rows), PAGE_DAYS)
    if len(starts) < 2:
        return []
    return [
        (filters.day(rows[start].day, "day_month"), place, place == page)
        for place, start in enumerate(starts, start=1)
    ]


def _chart(rows: list[TotalRow], own: dict[date, TotalDay]) -> Chart:
    """The sum of the queues beside the total's own forecast with its band."""
    series = [Series(_("Sum of the queues"), [round(row.total) for row in rows])]
    if own:
        known = [own.get(row.day) for row in rows]
        series.append(
            Series(
                _("The total by itself"),
                [None if each is None else round(each.mean) for each in known],
                lower=[None if each is None else round(each.lower) for each in known],
                upper=[None if each is None else round(each.upper) for each in known],
                is_dashed=True,
            )
        )
    return line_chart(
        _("Contacts a day"),
        [filters.day(row.day, "weekday_day") for row in rows],
        series,
        first_column=_("Day"),
    )


def _form(chosen: AddingUp) -> TotalsForm:
    form = TotalsForm()
    form.adding_up.choices = choices(
        (each.value, name) for each, name in knowing.ADDING_UP_NAMES.items()
    )
    if request.method != "POST":
        form.adding_up.data = chosen.value
    return form


@bp.post("/forecasts/<int:forecast_id>/total/days")
@permission_required(Permission.ADJUST_FORECAST)
def set_totals(forecast_id: int) -> ResponseReturnValue:
    """Split the totals that were changed over the queues."""
    found = _forecast(forecast_id, Permission.ADJUST_FORECAST)
    wanted, refused = _typed()
    n_changed = 0
    if not refused:
        n_changed, refused = _set_all(forecast_id, wanted)
    if refused:
        return _page(found, 422, refused=refused)
    toast(
        _n("%(num)s day changed.", "%(num)s days changed.", n_changed)
        if n_changed
        else _("Nothing was changed."),
        "success" if n_changed else "info",
    )
    return _back(forecast_id)


def _typed() -> tuple[dict[date, float], dict[date, str]]:
    """The totals that are numbers, and why others are none; unreadable days go."""
    wanted: dict[date, float] = {}
    refused: dict[date, str] = {}
    for name, text in request.form.items():
        if not name.startswith("total-") or not text.strip():
            continue
        try:
            day = date.fromisoformat(name.removeprefix("total-"))
        except ValueError:
            continue
        try:
            wanted[day] = float(text)
        except ValueError:
            refused[day] = _("“%(text)s” is not a number of contacts.", text=text[:20])
            continue
        if not 0 <= wanted[day] <= 10_000_000:
            refused[day] = _("Contacts are numbers from 0 to ten million.")
    return wanted, refused


def _set_all(
    forecast_id: int, wanted: dict[date, float]
) -> tuple[int, dict[date, str]]:
    """How many days were changed, or why one cannot be; then none is."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    n_changed, day = 0, date.min
    try:
        with transaction():
            found = queries.get_forecast(forecast_id, scope)
            for day, value in sorted(wanted.items()):
                n_changed += _set_one(found, day, value)
    except (DayClosed, NoSuchDay) as refusal:
        return 0, {day: str(refusal.message)}
    return n_changed, {}


def _set_one(found: Forecast, day: date, value: float) -> bool:
    present = services.inbound_totals(found, day)
    if present and whole(sum(present.values())) == value:
        return False
    return bool(
        services.set_total(
            found,
            day,
            value,
            comment=request.form.get("comment", "")[:400],
            by=current_actor().user_id,
        )
    )


@bp.post("/forecasts/<int:forecast_id>/total/adding-up")
@permission_required(Permission.ADJUST_FORECAST)
def plan_total(forecast_id: int) -> ResponseReturnValue:
    """Choose how queues and total add up, and work the draft out again."""
    scope: Scope = current_actor().scope(Permission.ADJUST_FORECAST)
    found = _forecast(forecast_id, Permission.ADJUST_FORECAST)
    form = _form(AddingUp.BOTTOM_UP)
    if not form.validate_on_submit():
        return _page(found, 422)
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        services.plan_total(found, AddingUp(form.adding_up.data))
        services.work_out_again(found)
    return see_other("forecasting.forecast", forecast_id=forecast_id)


def _back(forecast_id: int) -> ResponseReturnValue:
    return see_other(
        "forecasting.total",
        forecast_id=forecast_id,
        page=request.args.get("page", type=int),
        _anchor="days",
    )
