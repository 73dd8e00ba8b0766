"""Forecasts as files: one made elsewhere brought in, one of ours taken away."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.forms import ImportForecastForm
from callcenter.forecasting.models import Forecast
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _n
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project
from callcenter.web.forms import Form
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, exports

MOST_SHOWN = 20
MOST_BYTES = 16 * 1024 * 1024


@bp.route("/projects/<int:project_id>/forecasts/import", methods=["GET", "POST"])
@permission_required(Permission.MAKE_FORECAST)
def import_forecast(project_id: int) -> ResponseReturnValue:
    """Take a forecast from a file, as a draft."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    project = project_queries.get_project(project_id, scope)
    form = ImportForecastForm()
    if request.method == "GET":
        form.name.data = _("%(project)s, from elsewhere", project=project.name)
        return _page(project, form)
    is_valid = form.validate()
    text = file_text(form)
    if not is_valid or text is None:
        return _page(project, form, status=422)
    try:
        with transaction():
            made = services.import_forecast(
                project_queries.get_project(project_id, scope),
                text,
                name=form.name.data or "",
                by=current_actor().user_id,
            )
    except ImportRefused as refusal:
        project = project_queries.get_project(project_id, scope)
        return _page(project, form, refusal, status=422)
    _warn_of_past(made)
    return see_other("forecasting.forecast", forecast_id=made.id)


def _warn_of_past(made: Forecast) -> None:
    """Say when there is nothing left to plan with it."""
    n_over = min((clock.today(made.tz) - made.first_day).days, made.n_days)
    if n_over == made.n_days:
        toast(
            _(
                "All its days are over: it can be set against what came, but nothing "
                "is planned by it. Check the years of the file."
            ),
            "warning",
        )
    elif n_over > 0:
        toast(
            _n(
                "Its first day is over already.",
                "Its first %(num)s days are over already.",
                n_over,
            ),
            "info",
        )


def file_text(form: Form) -> str | None:
    """What the file holds; None, and why on the field, for what is no text."""
    file = request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file else b""
    if not content:
        form.refuse("file", _("Choose a file."))
        return None
    if len(content) > MOST_BYTES:
        form.refuse("file", _("At most 16 MB at once."))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        form.refuse("file", _("This is no text in UTF-8."))
        return None


def _page(
    project: Project,
    form: ImportForecastForm,
    refusal: ImportRefused | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    faults = refusal.context["faults"] if refusal else []
    codes = [queue.code for queue in project.queues if queue.is_active]
    return render(
        "forecasting/import_forecast.html",
        status,
        project=project,
        form=form,
        faults=faults[:MOST_SHOWN],
        n_faults=len(faults),
        is_cut=bool(refusal and refusal.context.get("is_cut")),
        rule=rule_in_words,
        example=codes[0] if codes else "queue-1",
    )


@bp.get("/forecasts/<int:forecast_id>/export/<file_format>")
@permission_required(Permission.VIEW_FORECASTS)
def export_forecast(forecast_id: int, file_format: str) -> ResponseReturnValue:
    """All intervals of a forecast as a file that can be brought in again."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    found = queries.get_forecast(forecast_id, scope)
    if not found.is_ready or file_format not in exports.FORMATS:
        raise NotFound(forecast_id=forecast_id, file_format=file_format)
    write = exports.csv_response if file_format == "csv" else exports.xlsx_response
    return write(found.name, _columns(found.tz), services.forecast_rows(found))


def _columns(zone: ZoneInfo) -> list[Column]:
    """What an import takes; times are those of the project, with their offset."""

    def figure(place: int, name: str) -> Column:
        return Column(name, name, value=lambda row: row[place], style="number")

    def start(row: Any) -> str:
        return str(row[1].astimezone(zone).isoformat(timespec="minutes"))

    names = ("offered", "aht_s", "offered_lo80", "offered_hi80")
    return [
        Column("series", "series", value=lambda row: row[0].code),
        Column("interval_start", "interval_start", value=start),
        *(figure(place, name) for place, name in enumerate(names, start=2)),
    ]


def rule_in_words(fault: "services.Fault") -> str:
    """The rule that a value breaks, as a sentence."""
    plain = {
        "missing-column": _("This column is missing."),
        "no-rows": _("The file has no rows."),
        "not-csv": _("From here on this is no CSV."),
        "unknown-queue": _("No active queue of the project has this code or name."),
        "not-a-time": _("Write times as 2026-03-02T08:00."),
        "skipped-hour": _("The clocks skip this hour; it does not exist."),
        "required": _("A value is needed."),
        "not-a-number": _("Write a number."),
        "negative": _("Numbers start at zero."),
        "above-offered_hi80": _("The band ends below its beginning."),
        "not-on-15-minutes": _("Intervals start each quarter of an hour."),
        "not-on-30-minutes": _("Intervals start each half hour."),
    }
    if fault.rule in plain:
        return plain[fault.rule]
    number = "".join(letter for letter in fault.rule if letter.isdigit())
    if fault.rule.startswith("twice"):
        return _("Row %(row)s has the same interval.", row=number)
    if fault.rule.endswith("days"):
        return _("A forecast covers 1 to %(most)s days.", most=number)
    return _("At most %(most)s rows at once.", most=number)
