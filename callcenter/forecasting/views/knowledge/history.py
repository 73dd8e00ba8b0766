"""A queue's history: what is odd about it, what planners decide, who may lend to it."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import isnan
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.forms import ChoiceForm, LikenessForm
from callcenter.forecasting.models import HistoryChoice, Treatment
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.queries import Found
from callcenter.forecasting.views import words
from callcenter.forecasting.views.asked import day_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.knowledge import knowing
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, Stale
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast, whole_number_arg

WEEKS = (13, 26, 52, 104)
MOST_FINDINGS = 40


class FindingLine(NamedTuple):
    """A finding with what was chosen about it and what can be."""

    sentence: str
    tone: str
    day: date
    chosen: Treatment | None
    offered: list[tuple[str, object, object, bool]]
    factor: float | None


class ChoiceLine(NamedTuple):
    """One choice that somebody made."""

    choice_id: int
    when: str
    what: object
    reason: str
    who: str
    made_at: object
    taken_back_by: str
    is_taken_back: bool


@bp.get("/forecasts/history/<int:queue_id>")
@permission_required(Permission.VIEW_FORECASTS)
def history(queue_id: int) -> ResponseReturnValue:
    """Show a queue's days as counted and as forecasts see them."""
    return _page(_queue(queue_id, Permission.VIEW_FORECASTS))


def _queue(queue_id: int, permission: Permission) -> Queue:
    return project_queries.get_queue(queue_id, current_actor().scope(permission))


def _page(
    queue: Queue,
    status: int = 200,
    *,
    form: ChoiceForm | None = None,
    likeness_form: LikenessForm | None = None,
) -> ResponseReturnValue:
    every = queries.all_choices(queue.id)
    ruling = [row for row in reversed(every) if row.taken_back_at is None]
    look = services.look_at_history(queue, ruling, queries.latest_findings(queue.id))
    weeks = whole_number_arg("weeks", 26, low=1, high=104)
    told = queries.likenesses([queue.id]).get(queue.id)
    names = queries.user_names(
        [each for row in every for each in (row.made_by_id, row.taken_back_by_id)]
    )
    found = list(look.found)[:MOST_FINDINGS] if look else []
    return render(
        "forecasting/history.html",
        status,
        queue=queue,
        chart=_chart(look, weeks) if look else None,
        weeks=weeks,
        spans=WEEKS,
        lines=[finding_line(each, ruling) for each in found],
        n_more=len(look.found) - len(found) if look else 0,
        n_days=len(look.days) if look else 0,
        choices_made=[_choice_line(row, names) for row in every],
        form=form or _choice_form(),
        likeness=told,
        likeness_form=likeness_form or _likeness_form(queue),
        lenders=queries.latest_lenders(queue.id),
        is_young=look is None or len(look.days) < services.YOUNG_DAYS,
        fewest=services.FEWEST_DAYS,
        forecast_id=_forecast_id(),
        drafts=queries.draft_ids(queue.id)[:1],
        may_adjust=current_actor().may(Permission.ADJUST_FORECAST),
        treatments=[
            (knowing.TREATMENT_NAMES[each], knowing.TREATMENT_NOTES[each])
            for each in (Treatment.KEEP, Treatment.LEAVE_OUT, Treatment.USUAL)
        ],
    )


def _chart(look: "services.HistoryLook", weeks: int) -> Chart:
    """The last weeks day by day, twice: as counted, and as forecasts see them."""
    first = look.days[-1] - timedelta(weeks=weeks)
    start = next(place for place, day in enumerate(look.days) if day >= first)
    days = look.days[start:]

    def line(values: Any) -> list[float | None]:
        return [None if isnan(each) else round(float(each)) for each in values[start:]]

    counted, used = line(look.counted), line(look.used)
    series = [Series(_("As counted"), counted)]
    if counted != used:
        series.append(Series(_("As forecasts see it"), used, is_dashed=True))
    return line_chart(
        _("Contacts a day"),
        [filters.day(day, "weekday_day") for day in days],
        series,
        first_column=_("Day"),
    )


def finding_lines(queue_id: int, found: Sequence[Found]) -> list[FindingLine]:
    """Findings of a queue with what planners chose about each."""
    if not found:
        return []
    ruling = queries.ruling_choices([queue_id]).get(queue_id, [])
    return [finding_line(each, ruling) for each in found]


def finding_line(found: Found, ruling: list[HistoryChoice]) -> FindingLine:
    """A finding with what rules its day, given the choices that stand."""
    is_level = found.kind == "level-shift"
    sentence, tone = words.finding_sentence(found)
    about = [
        row
        for row in ruling
        if (row.factor is not None) == is_level
        and row.first_day <= found.day <= row.last_day
    ]
    chosen = about[-1].treatment if about else None
    return FindingLine(
        sentence=sentence,
        tone=tone,
        day=found.day,
        chosen=chosen,
        offered=[
            (
                each.value,
                knowing.TREATMENT_NAMES[each],
                knowing.TREATMENT_NOTES[each],
                each is chosen,
            )
            for each in knowing.treatments_for(found)
        ],
        factor=found.size if is_level else None,
    )


def _choice_line(row: HistoryChoice, names: dict[int, str]) -> ChoiceLine:
    when = filters.day(row.first_day, "medium")
    if row.last_day != row.first_day:
        when = filters.day_range(row.first_day, row.last_day)
    return ChoiceLine(
        choice_id=row.id,
        when=when,
        what=knowing.TREATMENT_NAMES[row.treatment],
        reason=row.reason,
        who=names.get(row.made_by_id or 0, ""),
        made_at=row.made_at,
        taken_back_by=names.get(row.taken_back_by_id or 0, ""),
        is_taken_back=row.taken_back_at is not None,
    )


def _choice_form() -> ChoiceForm:
    form = ChoiceForm()
    form.treatment.choices = choices(
        (each.value, name) for each, name in knowing.TREATMENT_NAMES.items()
    )
    if request.method != "POST":
        form.treatment.data = Treatment.USUAL.value
        day = day_asked()
        form.first_day.data = form.last_day.data = day
    return form


def _forecast_id() -> int | None:
    return request.values.get("forecast", type=int)


@bp.post("/forecasts/history/<int:queue_id>/choices")
@permission_required(Permission.ADJUST_FORECAST)
def choose(queue_id: int) -> ResponseReturnValue:
    """Decide what forecasts shall make of some days."""
    queue = _queue(queue_id, Permission.ADJUST_FORECAST)
    form = _choice_form()
    if not form.validate_on_submit():
        return _page(queue, 422, form=form)
    try:
        with transaction():
            choice = services.choose(
                _queue(queue_id, Permission.ADJUST_FORECAST),
                form.first_day.data,
                form.last_day.data,
                Treatment(form.treatment.data),
                factor=form.factor.data,
                reason=(form.reason.data or "").strip(),
                by=current_actor().user_id,
            )
    except Invalid as error:
        for name in error.context.get("fields") or (None,):
            form.refuse(name, error.message)
        return _page(_queue(queue_id, Permission.ADJUST_FORECAST), 422, form=form)
    toast(
        _("Kept for all forecasts from now on. Work drafts out again to see it."),
        undo_url=url_for(
            "forecasting.take_choice_back",
            choice_id=choice.id,
            forecast=_forecast_id(),
        ),
    )
    return _back(queue_id)


@bp.post("/forecasts/history/choices/<int:choice_id>/take-back")
@permission_required(Permission.ADJUST_FORECAST)
def take_choice_back(choice_id: int) -> ResponseReturnValue:
    """Take a choice back; what was chosen before rules again."""
    with transaction():
        choice = queries.get_choice(choice_id)
        queue = _queue(choice.queue_id, Permission.ADJUST_FORECAST)
        services.take_back(choice, by=current_actor().user_id)
    toast(
        _("The choice was taken back."),
        undo_url=url_for(
            "forecasting.put_choice_back", choice_id=choice_id, forecast=_forecast_id()
        ),
    )
    return _back(queue.id)


@bp.post("/forecasts/history/choices/<int:choice_id>/put-back")
@permission_required(Permission.ADJUST_FORECAST)
def put_choice_back(choice_id: int) -> ResponseReturnValue:
    """Let a choice that was taken back count again."""
    with transaction():
        choice = queries.get_choice(choice_id)
        queue = _queue(choice.queue_id, Permission.ADJUST_FORECAST)
        services.put_back(choice)
    toast(_("The choice counts again."))
    return _back(queue.id)


@bp.post("/forecasts/<int:forecast_id>/again")
@permission_required(Permission.MAKE_FORECAST)
def work_out_again(forecast_id: int) -> ResponseReturnValue:
    """Work a draft out anew from what is known by now."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        services.work_out_again(queries.get_forecast(forecast_id, scope))
    return see_other(
        "forecasting.forecast",
        forecast_id=forecast_id,
        queue=request.values.get("queue", type=int),
    )


@bp.post("/forecasts/history/<int:queue_id>/likeness")
@permission_required(Permission.ADJUST_FORECAST)
def set_likeness(queue_id: int) -> ResponseReturnValue:
    """Say what stands in for the history that a queue has not got."""
    queue = _queue(queue_id, Permission.ADJUST_FORECAST)
    form = _likeness_form(queue)
    if not form.validate_on_submit():
        return _page(queue, 422, likeness_form=form)
    try:
        with transaction():
            queue = _queue(queue_id, Permission.ADJUST_FORECAST)
            row = queries.likenesses([queue.id]).get(queue.id)
            form.require_unchanged(row)
            services.set_likeness(
                queue,
                like_queue_id=form.like_queue_id.data or None,
                by=current_actor().user_id,
                reason=form.reason.data or "",
                **form.values("weekly_total", "aht_s"),
            )
    except Invalid as error:
        for name in error.context.get("fields") or (None,):
            form.refuse(name, error.message)
        return _page(
            _queue(queue_id, Permission.VIEW_FORECASTS), 422, likeness_form=form
        )
    except Stale as error:
        form.refuse(None, error.message)
        return _page(
            _queue(queue_id, Permission.VIEW_FORECASTS), 422, likeness_form=form
        )
    toast(_("Kept for all forecasts from now on. Work drafts out again to see it."))
    return _back(queue_id, "likeness")


@bp.post("/forecasts/history/<int:queue_id>/likeness/delete")
@permission_required(Permission.ADJUST_FORECAST)
def forget_likeness(queue_id: int) -> ResponseReturnValue:
    """Leave the choice of similar queues to likeness again."""
    with transaction():
        services.forget_likeness(_queue(queue_id, Permission.ADJUST_FORECAST).id)
    toast(_("Similar queues are found by likeness again."))
    return _back(queue_id, "likeness")


def _likeness_form(queue: Queue) -> LikenessForm:
    row = queries.likenesses([queue.id]).get(queue.id)
    form = LikenessForm(obj=None if request.method == "POST" else row)
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    rows = db.session.execute(
        select(Queue.id, Queue.name, Queue.project_id)
        .join(Queue.project)
        .where(
            project_queries.in_scope(scope),
            Queue.id != queue.id,
            Queue.direction == queue.direction,
        )
        .order_by(Queue.project_id != queue.project_id, Queue.name)
    ).all()
    form.like_queue_id.choices = choices(
        [(0, _("found by likeness")), *((row.id, row.name) for row in rows)]
    )
    if request.method != "POST":
        form.like_queue_id.data = (row.like_queue_id if row else None) or 0
    form.look_at(row)
    knowing.write_plainly(form)
    return form


def _back(queue_id: int, anchor: str = "found") -> ResponseReturnValue:
    return see_other(
        "forecasting.history",
        queue_id=queue_id,
        forecast=_forecast_id(),
        _anchor=anchor,
    )
