"""Changing a forecast by hand: totals, hours of a day, comments."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import DayClosed, NoSuchDay
from callcenter.forecasting.forms import AdjustForm, NoteForm
from callcenter.forecasting.models import Adjustment
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.workbench import adjust_form, page
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _n
from callcenter.web.pages import see_other, toast


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days/<day>/adjust")
@permission_required(Permission.ADJUST_FORECAST)
def adjust_day(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    """Set the volume of a day or of some of its hours."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    found = queries.get_forecast(forecast_id, scope)
    form = adjust_form(found)
    if not form.validate_on_submit():
        return _again(forecast_id, form)
    try:
        with transaction():
            change = services.adjust_day(
                queries.get_forecast(forecast_id, scope),
                queue_id,
                _day(day),
                form.total.data,
                first_slot=form.starts.data,
                end_slot=form.ends.data,
                comment=form.comment.data or "",
                by=current_actor().user_id,
            )
    except (DayClosed, NoSuchDay) as error:
        form.refuse("total", error.message)
        return _again(forecast_id, form)
    _changed_toast(forecast_id, [change])
    return _back(forecast_id, queue_id, day)


def _again(forecast_id: int, form: AdjustForm) -> ResponseReturnValue:
    """The page once more, with what was typed and why it does not do."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    return page(queries.get_forecast(forecast_id, scope), 422, form)


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days")
@permission_required(Permission.ADJUST_FORECAST)
def adjust_days(forecast_id: int, queue_id: int) -> ResponseReturnValue:
    """Take over the totals that were changed in the table of days."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    wanted = {
        _day(name.removeprefix("total-")): value
        for name, value in request.form.items()
        if name.startswith("total-") and value.strip()
    }
    refused = {day: fault for day, text in wanted.items() if (fault := _fault(text))}
    changes: list[Adjustment] = []
    if not refused:
        changes, refused = _adjust_all(forecast_id, queue_id, wanted, scope)
    if refused:
        return page(queries.get_forecast(forecast_id, scope), 422, refused=refused)
    _changed_toast(forecast_id, changes)
    first = min(wanted).isoformat() if wanted else ""
    return _back(forecast_id, queue_id, first)


def _adjust_all(
    forecast_id: int, queue_id: int, wanted: Mapping[date, str], scope: Scope
) -> tuple[list[Adjustment], dict[date, str]]:
    """The changes made, or the days that were refused, with why; then none is."""
    changes: list[Adjustment] = []
    day = min(wanted, default=date.min)
    try:
        with transaction():
            found = queries.get_forecast(forecast_id, scope)
            rows = queries.day_rows(found.id, queue_id)
            present = {row.day: round(row.total) for row in rows}
            for day, text in sorted(wanted.items()):
                if day not in present or present[day] == float(text):
                    continue
                change = services.adjust_day(
                    found,
                    queue_id,
                    day,
                    float(text),
                    comment=request.form.get("comment", "")[:400],
                    by=current_actor().user_id,
                )
                changes.append(change)
    except (DayClosed, NoSuchDay) as refusal:
        return [], {day: str(refusal.message)}
    return changes, {}


def _fault(text: str) -> str | None:
    """Why a text is no number of contacts, in words."""
    try:
        value = float(text)
    except ValueError:
        return _("“%(text)s” is not a number of contacts.", text=text[:20])
    if not 0 <= value <= 1_000_000:
        return _("Contacts are numbers from 0 to a million.")
    return None


def _changed_toast(forecast_id: int, changes: Sequence[Adjustment]) -> None:
    if not changes:
        toast(_("Nothing was changed."), "info")
        return
    undo = url_for(
        "forecasting.undo_adjustment",
        forecast_id=forecast_id,
        adjustment_id=changes[0].id,
    )
    toast(
        _n("%(num)s day changed.", "%(num)s days changed.", len(changes)),
        undo_url=undo if len(changes) == 1 else None,
    )


@bp.post("/forecasts/<int:forecast_id>/adjustments/<int:adjustment_id>/undo")
@permission_required(Permission.ADJUST_FORECAST)
def undo_adjustment(forecast_id: int, adjustment_id: int) -> ResponseReturnValue:
    """Take one change back."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        change = queries.get_adjustment(found.id, adjustment_id)
        queue_id, day = change.queue_id, change.day
        services.undo_adjustment(found, change)
    toast(_("The change was taken back."))
    return _back(forecast_id, queue_id, day.isoformat())


@bp.post("/forecasts/<int:forecast_id>/notes")
@permission_required(Permission.VIEW_FORECASTS)
def add_note(forecast_id: int) -> ResponseReturnValue:
    """Say something about a forecast."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    form = NoteForm()
    if form.validate_on_submit():
        with transaction():
            found = queries.get_forecast(forecast_id, scope)
            services.add_note(found, form.words.data, by=current_actor().user_id)
    else:
        queries.get_forecast(forecast_id, scope)
        toast(_("An empty comment says nothing; nothing was saved."), "warning")
    return see_other("forecasting.forecast", forecast_id=forecast_id, _anchor="notes")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(day=text) from None


def _back(forecast_id: int, queue_id: int, day: str) -> ResponseReturnValue:
    return see_other(
        "forecasting.forecast",
        forecast_id=forecast_id,
        queue=queue_id,
        day=day,
        _anchor="days",
    )
