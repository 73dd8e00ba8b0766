"""The workbench of one queue of a forecast: look, compare, change, comment."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.engine.forecasting import Method
from callcenter.forecasting import queries
from callcenter.forecasting.forms import AdjustForm, MethodForm, NoteForm
from callcenter.forecasting.models import Forecast, ForecastQueue, ForecastStatus
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.queries import DayTotal
from callcenter.forecasting.views import words
from callcenter.forecasting.views.asked import day_in, id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.knowledge.history import finding_lines
from callcenter.forecasting.views.rounding import whole
from callcenter.forecasting.views.workbench.look import (
    UNDER_DAYS,
    Look,
    Stretch,
    View,
    stretch_of,
    week_of,
)
from callcenter.forecasting.views.workbench.sides import (
    ChangeLine,
    DayRow,
    change_lines,
    day_pages,
    day_rows,
    look_form,
    method_rows,
    note_choices,
    queue_tabs,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import Job, find_live_job
from callcenter.web.forms import choices
from callcenter.web.pages import render

if TYPE_CHECKING:
    from callcenter.forecasting.views.workbench.curves import Bench

__all__ = ["ChangeLine", "DayRow", "adjust_form", "forecast", "page"]


@bp.get("/forecasts/<int:forecast_id>")
@permission_required(Permission.VIEW_FORECASTS)
def forecast(forecast_id: int) -> ResponseReturnValue:
    """Show one queue of a forecast, or how far its making has come."""
    found = queries.get_forecast(
        forecast_id, current_actor().scope(Permission.VIEW_FORECASTS)
    )
    return page(found)


def page(
    found: Forecast,
    status: int = 200,
    form: AdjustForm | None = None,
    *,
    refused: Mapping[date, str] | None = None,
    method_form: MethodForm | None = None,
) -> ResponseReturnValue:
    """The page of a forecast; with a form that was refused, what was typed in it.

    ``refused`` says why days of the table were refused; what was typed there stays.
    """
    refused = refused or {}
    job = _live_job(found)
    if not found.is_ready:
        return render("forecasting/forecast.html", forecast=found, job=job, words=words)
    bench = _bench(found, refused)
    chosen = _chosen_queue(found)
    if form is not None and bench.chosen is not None:
        form.was.data = str(whole(bench.chosen.total))
    return render(
        "forecasting/forecast.html",
        status,
        forecast=found,
        job=job,
        words=words,
        chosen=chosen,
        day=bench.day,
        look=bench.look,
        refused=refused,
        typed=request.form if refused else {},
        tabs=queue_tabs(found, chosen.queue_id, bench.look),
        look_form=look_form(found, chosen.queue_id, bench.day, bench.look),
        may_adjust=may_adjust(found),
        form=form or adjust_form(found, bench.days, bench.day),
        method_form=method_form or choice_of_method(chosen),
        expected=sum(row.total for row in bench.days),
        workload_h=sum(row.workload_s for row in bench.days) / 3600,
        **_charts(bench),
        **_beside(found, chosen, bench),
    )


def _bench(found: Forecast, refused: Mapping[date, str]) -> "Bench":
    """What is drawn, read in as few statements as possible."""
    from callcenter.forecasting.views.workbench.curves import Bench

    chosen, look = _chosen_queue(found), Look.asked()
    day = min(refused) if refused else _chosen_day(found)
    stretch = stretch_of(found, look, day, clock.today(found.tz))
    drawn = week_of(day) if look.view is View.WEEKS else [day]
    days = queries.day_rows(found.id, chosen.queue_id, drawn)
    return Bench(
        forecast=found,
        queue=chosen.queue,
        look=look,
        stretch=stretch,
        day=day,
        days=days,
        came=queries.fact_days(
            chosen.queue, _earliest(look, stretch, drawn[0]), stretch.drawn_last
        ),
        lines=queries.method_lines(
            found.id, chosen.queue_id, look.methods, (day - found.first_day).days
        ),
    )


def _earliest(look: Look, stretch: Stretch, first_drawn: date) -> date:
    """The first day of history that anything drawn reaches back to."""
    furthest = max((UNDER_DAYS[each] for each in look.under), default=timedelta())
    first = min(stretch.drawn_first, first_drawn)
    return min(first - furthest, first_drawn - timedelta(weeks=look.back))


def _charts(bench: "Bench") -> dict[str, Any]:
    """The charts of the view that was asked for, by the names of the template."""
    from callcenter.forecasting.views.workbench import curves

    if bench.look.view is View.DAY:
        return {
            "day_chart": curves.day_chart(bench),
            "aht_chart": curves.aht_chart(bench),
        }
    is_weeks = bench.look.view is View.WEEKS
    name, draw = (
        ("weeks_chart", curves.weeks_chart)
        if is_weeks
        else ("days_chart", curves.days_chart)
    )
    return {name: draw(bench), "day_chart": curves.day_chart(bench)}


def _beside(found: Forecast, chosen: ForecastQueue, bench: "Bench") -> dict[str, Any]:
    """The table of days and all that is said about them."""
    findings, tested = queries.evidence(found.id, chosen.queue_id)
    people = (found.made_by_id, found.approved_by_id, chosen.chosen_by_id)
    changes, notes, names = queries.remarks(found.id, chosen.queue_id, people)
    lines = change_lines(found, changes, names)
    return {
        "names": names,
        "rows": day_rows(bench, notes, is_drawn=bench.look.view is View.DAYS),
        "pages": day_pages(bench),
        "methods": method_rows(bench, chosen, tested),
        "horizons": list(words.HORIZON_NAMES.items()),
        "history_lines": finding_lines(chosen.queue_id, findings),
        "changes": [line for line in lines if not line.is_taken_back],
        "taken_back": [line for line in lines if line.is_taken_back][:5],
        "n_own": sum(line.is_own and not line.is_taken_back for line in lines),
        "notes": notes,
        "day_notes": [each for each in notes if each.day == bench.day],
        "note_form": _note_form(found, chosen, bench.day),
        "may_comment": current_actor().may(Permission.ADJUST_FORECAST),
    }


def _live_job(found: Forecast) -> Job | None:
    """The work under way: of what is being made, or waits for its approval."""
    is_open = not found.is_ready or found.status is ForecastStatus.DRAFT
    return find_live_job(f"forecasting_forecast:{found.id}") if is_open else None


def may_adjust(found: Forecast) -> bool:
    """Whether the reader may change this forecast by hand."""
    is_draft = found.status is ForecastStatus.DRAFT
    return is_draft and current_actor().may(Permission.ADJUST_FORECAST)


def _chosen_queue(found: Forecast) -> ForecastQueue:
    named = (request.view_args or {}).get("queue_id")
    asked = named or id_asked("queue")
    if asked is None:
        return found.queues[0]
    for row in found.queues:
        if row.queue_id == asked:
            return row
    raise NotFound(queue_id=asked)


def _chosen_day(found: Forecast) -> date:
    last = found.first_day + timedelta(days=found.n_days - 1)
    named = (request.view_args or {}).get("day")
    text = named or request.args.get("day", "")
    if text:
        return day_in(text, found.first_day, last)
    return min(max(clock.today(found.tz), found.first_day), last)


def adjust_form(
    found: Forecast, days: Sequence[DayTotal] = (), day: date | None = None
) -> AdjustForm:
    """The form that changes a day, with its present total."""
    from callcenter.forecasting.views.workbench.slots import clock_text

    form = AdjustForm()
    n = found.n_slots
    times = [(slot, clock_text(slot, found.interval_s)) for slot in range(n + 1)]
    form.starts.choices = choices(times[:-1])
    form.ends.choices = choices(times[1:])
    total = next((row.total for row in days if row.day == day), None)
    if request.method != "POST":
        form.starts.data, form.ends.data = 0, n
        form.total.data = None if total is None else round(total, 1)
    if total is not None:
        form.was.data = str(whole(total))
    return form


def choice_of_method(chosen: ForecastQueue | None = None) -> MethodForm:
    """The form that chooses another method; of a request, with what was typed."""
    if chosen is None:
        form = MethodForm()
    else:
        form = MethodForm(formdata=None, data={"method": chosen.method})
    form.offer(
        {each.value: words.METHOD_NAMES[each] for each in reversed(Method)},
    )
    return form


def _note_form(found: Forecast, chosen: ForecastQueue, day: date) -> NoteForm:
    form = NoteForm(
        formdata=None,
        data={"about": "day", "queue_id": chosen.queue_id, "day": day.isoformat()},
    )
    form.about.choices = choices(note_choices(found, chosen, day))
    return form
