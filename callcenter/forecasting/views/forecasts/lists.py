"""Forecasts: the list, a new one, approving, deleting."""

from datetime import timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.engine.forecasting import Method
from callcenter.forecasting import queries, services
from callcenter.forecasting.forms import SPANS_DAYS, ForecastForm
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _, _l, _n
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import (
    Column,
    Empty,
    StatusFilter,
    Table,
    TextFilter,
    status_column,
)


@bp.get("/forecasts")
@permission_required(Permission.VIEW_FORECASTS)
def forecasts() -> ResponseReturnValue:
    """List forecasts, latest first."""
    may_make = current_actor().may(Permission.MAKE_FORECAST)
    table = Table(
        "forecasts",
        queries.visible_forecasts(current_actor().scope(Permission.VIEW_FORECASTS)),
        caption=_("Forecasts"),
        columns=[
            Column("name", _l("Name"), sort=Forecast.name),
            Column("project", _l("Project"), value=lambda row: row.project.name),
            Column("first_day", _l("First day"), sort=Forecast.first_day, style="date"),
            Column("n_days", _l("Number of days"), sort=Forecast.n_days, align="end"),
            status_column(Forecast.status, _l("Status"), words.STATUS_NAMES),
            Column("made_at", _l("Made"), sort=Forecast.made_at, style="datetime"),
            Column(
                "approved_at",
                _l("Approved"),
                sort=Forecast.approved_at,
                style="datetime",
            ),
        ],
        filters=[
            TextFilter("q", _l("Name or project"), Forecast.name, Project.name),
            StatusFilter(Forecast.status, _l("Status"), words.STATUS_NAMES),
        ],
        default_sort="made_at",
        default_dir="desc",
        row_url=lambda row: url_for("forecasting.forecast", forecast_id=row.id),
        empty=Empty(
            _l("No forecasts yet"),
            _l("A forecast says how many contacts come in, interval by interval."),
            _l("New forecast") if may_make else None,
            url_for("forecasting.choose_project") if may_make else None,
            "graph-up",
        ),
    )
    return table.respond("forecasting/forecasts.html", may_make=may_make)


@bp.get("/forecasts/new")
@permission_required(Permission.MAKE_FORECAST)
def choose_project() -> ResponseReturnValue:
    """The first step of a new forecast: the project."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    found = db.session.scalars(project_queries.visible_projects(scope)).all()
    if len(found) == 1:
        return see_other("forecasting.new_forecast", project_id=found[0].id)
    return render("forecasting/choose_project.html", projects=found)


@bp.route("/projects/<int:project_id>/forecasts/new", methods=["GET", "POST"])
@permission_required(Permission.MAKE_FORECAST)
def new_forecast(project_id: int) -> ResponseReturnValue:
    """The second step: queues, days and method."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    project = project_queries.get_project(project_id, scope)
    queues = [queue for queue in project.queues if queue.is_active]
    form = _new_form(project, queues)
    if form.validate_on_submit():
        try:
            return _make(form, project_id)
        except Invalid as error:
            form.refuse(None, error.message)
    status = 422 if form.errors else 200
    return render("forecasting/new_forecast.html", status, form=form, project=project)


def _new_form(project: Project, queues: list[Queue]) -> ForecastForm:
    today = clock.today(project.tz)
    monday = today + timedelta(days=7 - today.weekday())
    name = _("%(project)s from %(day)s", project=project.name, day=filters.day(monday))
    given = {
        "name": name,
        "first_day": monday,
        "queue_ids": [queue.id for queue in queues],
        "method": Method.COMBINATION.value,
        "n_days": 28,
        "interval_s": 900,
    }
    form = ForecastForm(data=None if request.method == "POST" else given)
    form.queue_ids.choices = choices((queue.id, queue.name) for queue in queues)
    form.n_days.choices = choices((each, _span_name(each)) for each in SPANS_DAYS)
    form.interval_s.choices = choices(
        (each, _("%(minutes)s minutes", minutes=each // 60))
        for each in services.INTERVALS_S
    )
    form.method.choices = choices(
        (method.value, words.METHOD_NAMES[method]) for method in reversed(Method)
    )
    return form


def _span_name(n_days: int) -> str:
    return _n("%(num)s week", "%(num)s weeks", n_days // 7)


def _make(form: ForecastForm, project_id: int) -> ResponseReturnValue:
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        project = project_queries.get_project(project_id, scope)
        chosen = [each for each in project.queues if each.id in form.queue_ids.data]
        for queue in chosen:
            queue.project = project
        forecast, _job = services.make_forecast(
            chosen,
            form.first_day.data,
            form.n_days.data,
            name=form.name.data,
            interval_s=form.interval_s.data,
            method=form.method.data,
            by=current_actor().user_id,
        )
    return see_other("forecasting.forecast", forecast_id=forecast.id)


@bp.post("/forecasts/<int:forecast_id>/delete")
@permission_required(Permission.MAKE_FORECAST)
def delete_forecast(forecast_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        services.delete_forecast(queries.get_forecast(forecast_id, scope))
    toast(_("The draft is gone."))
    return see_other("forecasting.forecasts")
