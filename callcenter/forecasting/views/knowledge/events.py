"""Events past and planned: the list with its calendar, one event with what it does."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.forms import EventForm
from callcenter.forecasting.models import EffectSource, Event
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.asked import day_asked, id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.knowledge import knowing
from callcenter.forecasting.views.knowledge.events_table import (
    events_table,
    projects_in,
)
from callcenter.forecasting.views.knowledge.months import (
    MONTHS,
    events_by_day,
    first_month,
    month_after,
    months,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError, Invalid, NotFound, Stale
from callcenter.kernel.text import _, _n
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast


class EffectLine(NamedTuple):
    """What an event does on one day around it."""

    when: str
    factors: tuple[float, float, float]
    change: str
    lower: str
    upper: str
    n_seen: int
    is_felt: bool


@bp.get("/forecasts/events")
@permission_required(Permission.VIEW_FORECASTS)
def events() -> ResponseReturnValue:
    """List events, with a calendar of the months around today."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    projects = projects_in(scope)
    may_adjust = current_actor().may(Permission.ADJUST_FORECAST)
    chosen = id_asked("project")
    if chosen not in {row.id for row in projects}:
        chosen = projects[0].id if len(projects) == 1 else None
    first = first_month()
    return events_table(scope, projects).respond(
        "forecasting/events.html",
        projects=projects,
        chosen=chosen,
        may_adjust=may_adjust,
        months=months(first),
        by_day=events_by_day(scope, first, chosen),
        today=clock.now().date(),
        earlier=month_after(first, -MONTHS),
        later=month_after(first, MONTHS),
        weekday_names=[
            filters.weekday(date(2024, 1, day), "EEEEE") for day in range(1, 8)
        ],
    )


@bp.route("/projects/<int:project_id>/events/new", methods=["GET", "POST"])
@permission_required(Permission.ADJUST_FORECAST)
def new_event(project_id: int) -> ResponseReturnValue:
    """Enter an event, past or planned."""
    project = _project(project_id)
    form = _form(project, None)
    if form.validate_on_submit() and _save(form, project_id, None):
        return _after(form)
    status = 422 if form.errors else 200
    return render(
        "forecasting/edit_event.html", status, form=form, project=project, event=None
    )


@bp.route("/forecasts/events/<int:event_id>", methods=["GET", "POST"])
@permission_required(Permission.VIEW_FORECASTS)
def event(event_id: int) -> ResponseReturnValue:
    """Show an event with what it does, and change it."""
    actor = current_actor()
    found = queries.get_event(event_id, actor.scope(Permission.VIEW_FORECASTS))
    if request.method == "POST":
        return _change(found)
    project = project_queries.get_project(
        found.project_id, actor.scope(Permission.VIEW_FORECASTS)
    )
    return _event_page(found, project, _form(project, found))


def _change(found: Event) -> ResponseReturnValue:
    """Save what was typed; raises `NotFound` for whoever may only look."""
    project = _project(found.project_id)
    form = _form(project, found)
    if form.validate_on_submit() and _save(form, project.id, found.id):
        return _after(form)
    again = queries.get_event(
        found.id, current_actor().scope(Permission.VIEW_FORECASTS)
    )
    return _event_page(again, _project(found.project_id), form, 422)


def _project(project_id: int) -> Project:
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    return project_queries.get_project(project_id, scope)


def _event_page(
    found: Event, project: Project, form: EventForm, status: int = 200
) -> ResponseReturnValue:
    queues = [queue for queue in project.queues if found.moves(queue.id)]
    asked = id_asked("queue")
    queue = next((each for each in queues if asked in {None, each.id}), None)
    if queue is None and asked is not None:
        raise NotFound(queue_id=asked)
    lines, n_seen = _effect(found, queue, project) if queue else ([], 0)
    return render(
        "forecasting/event.html",
        status,
        event=found,
        project=project,
        form=form,
        kind=knowing.kind_name(found.kind),
        effect=knowing.EFFECT_NAMES[found.effect],
        queue=queue,
        tabs=[
            (
                each.name,
                url_for("forecasting.event", event_id=found.id, queue=each.id),
                each is queue,
            )
            for each in queues
        ],
        lines=lines,
        n_seen=n_seen,
        chart=_effect_chart(lines) if n_seen else None,
        may_adjust=current_actor().may(Permission.ADJUST_FORECAST),
    )


def _effect(
    found: Event, queue: Queue, project: Project
) -> tuple[list[EffectLine], int]:
    """What past events of the kind did to a queue, by day, and how many there were."""
    queue.project = project
    learnt = services.learnt_effect(found, queue)
    if learnt is None:
        return [], 0
    lines = [
        EffectLine(
            when=offset_name(int(offset)),
            factors=(float(factor), float(lower), float(upper)),
            change=knowing.change_of(float(factor)),
            lower=knowing.change_of(float(lower)),
            upper=knowing.change_of(float(upper)),
            n_seen=int(n_seen),
            is_felt=-found.lead_days <= offset <= found.lag_days,
        )
        for offset, factor, lower, upper, n_seen in zip(
            learnt.offset,
            learnt.factor,
            learnt.lower,
            learnt.upper,
            learnt.n_seen,
            strict=True,
        )
    ]
    return lines, int(learnt.n_seen.max())


def offset_name(offset: int) -> str:
    """Days since an event, in words."""
    if offset < 0:
        return _n("%(num)s day before", "%(num)s days before", -offset)
    if offset > 0:
        return _n("%(num)s day after", "%(num)s days after", offset)
    return _("its days")


def _effect_chart(lines: Sequence[EffectLine]) -> Chart:
    return line_chart(
        _("Volume around it, as a share of the usual"),
        [line.when for line in lines],
        [
            Series(
                _("Learnt"),
                [round(line.factors[0], 3) for line in lines],
                lower=[round(line.factors[1], 3) for line in lines],
                upper=[round(line.factors[2], 3) for line in lines],
            )
        ],
        style="percent",
        first_column=_("Day"),
        starts_at_zero=False,
    )


def _form(project: Project, row: Event | None) -> EventForm:
    is_asked = request.method != "POST"
    form = EventForm(obj=row if is_asked else None)
    kinds = dict(knowing.KIND_NAMES)
    for kind in queries.event_kinds(project.id):
        kinds.setdefault(kind, kind)
    form.kind.choices = choices(kinds.items())
    form.queue_ids.choices = choices((each.id, each.name) for each in project.queues)
    form.effect.choices = choices(
        (each.value, name) for each, name in knowing.EFFECT_NAMES.items()
    )
    form.repeat.choices = choices(knowing.REPEAT_NAMES.items())
    if is_asked and row is not None:
        form.queue_ids.data = sorted(row.queue_ids)
        form.effect.data = row.effect.value
        form.uplift.data = knowing.spelt([each - 1.0 for each in row.uplift or ()])
        form.look_at(row)
    elif is_asked:
        _propose(form)
    knowing.write_plainly(form)
    return form


def _propose(form: EventForm) -> None:
    """A new event's first values, from the page that asked for it."""
    kind = request.args.get("kind", "mailing")
    form.kind.data = kind
    form.lead_days.data, form.lag_days.data = knowing.FELT.get(kind, (0, 0))
    queue_id = id_asked("queue")
    form.queue_ids.data = [queue_id] if queue_id else []
    hopeless = kind in knowing.WILL_NOT_RETURN
    form.effect.data = (EffectSource.NONE if hopeless else EffectSource.LEARNT).value
    form.first_day.data = day_asked()


def _save(form: EventForm, project_id: int, event_id: int | None) -> bool:
    """Keep what was typed; False after a refusal, which the form then shows."""
    try:
        uplift = [1.0 + share for share in knowing.percents(form.uplift.data or "")]
    except ValueError:
        form.refuse("uplift", knowing.not_percents())
        return False
    first = form.first_day.data
    values = form.values("name", "lead_days", "lag_days", "size")
    values |= {
        "kind": form.own_kind.data or form.kind.data,
        "first_day": first,
        "last_day": form.last_day.data or first,
        "effect": EffectSource(form.effect.data),
        "uplift": uplift,
        "comment": form.comment.data or "",
    }
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    try:
        with transaction():
            row = None if event_id is None else queries.get_event(event_id, scope)
            form.require_unchanged(row)
            if row is None:
                values["made_by_id"] = current_actor().user_id
            _save_all(form, _project(project_id), row, values)
    except (Invalid, Stale) as error:
        _refuse(form, error)
        return False
    return True


def _save_all(
    form: EventForm, project: Project, row: Event | None, values: dict[str, Any]
) -> None:
    saved = services.save_event(row, project, form.queue_ids.data or (), **values)
    if not form.repeat.data:
        toast(_("Kept for all forecasts from now on. Work drafts out again to see it."))
        return
    if form.until.data is None:
        raise Invalid(_("Say until when it comes again."), fields=("until",))
    made = services.repeat_event(saved, every=form.repeat.data, until=form.until.data)
    toast(_n("%(num)s event entered.", "%(num)s events entered.", 1 + len(made)))


def _refuse(form: EventForm, error: AppError) -> None:
    for name in error.context.get("fields", ()) or (None,):
        form.refuse(name, error.message)


def _after(form: EventForm) -> ResponseReturnValue:
    """Back to where the event was asked for, at its day if that is forecast."""
    forecast_id = id_asked("forecast")
    if forecast_id is None:
        return see_other("forecasting.events")
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    found = queries.get_forecast(forecast_id, scope)
    day = form.first_day.data
    is_within = 0 <= (day - found.first_day).days < found.n_days
    return see_other(
        "forecasting.forecast",
        forecast_id=forecast_id,
        queue=id_asked("queue"),
        day=day.isoformat() if is_within else None,
    )


@bp.post("/forecasts/events/<int:event_id>/delete")
@permission_required(Permission.ADJUST_FORECAST)
def delete_event(event_id: int) -> ResponseReturnValue:
    """Forget an event."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    with transaction():
        services.delete_event(queries.get_event(event_id, scope))
    toast(_("The event is gone; forecasts made from now on do without it."))
    return see_other("forecasting.events")
