"""Changing a forecast by hand: totals, hours of a day, methods, comments."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import acting_user, permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import ChangedMeanwhile, DayClosed, NoSuchDay
from callcenter.forecasting.forms import AdjustForm, NoteForm
from callcenter.forecasting.models import Adjustment, Forecast
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.rounding import whole
from callcenter.forecasting.views.workbench.look import Look
from callcenter.forecasting.views.workbench.page import (
    adjust_form,
    choice_of_method,
    page,
)
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.text import _, _n
from callcenter.web import filters
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
            found = queries.get_forecast(forecast_id, scope)
            _check_unchanged(found.id, queue_id, _day(day), form.was.data or "")
            change = services.adjust_day(
                found,
                queue_id,
                _day(day),
                form.total.data,
                first_slot=form.starts.data,
                end_slot=form.ends.data,
                comment=form.comment.data or "",
                by=current_actor().user_id,
            )
    except (DayClosed, NoSuchDay, ChangedMeanwhile) as error:
        form.refuse("total", error.message)
        return _again(forecast_id, form)
    _changed_toast(forecast_id, [change])
    return _back(forecast_id, queue_id, day)


def _again(forecast_id: int, form: AdjustForm) -> ResponseReturnValue:
    """The page once more, with what was typed and why it does not do."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    return page(queries.get_forecast(forecast_id, scope), 422, form)


def _check_unchanged(forecast_id: int, queue_id: int, day: date, was: str) -> None:
    """Refuse to change a day that is no longer as it was shown.

    Raises `ChangedMeanwhile`, which says who changed it to what.
    """
    row = queries.find_day(forecast_id, queue_id, day, is_locked=True)
    if row is None or not was.isdigit() or int(was) == whole(row.total):
        return
    total = filters.number(whole(row.total))
    who = _last_to_change(forecast_id, queue_id, day)
    if who:
        raise ChangedMeanwhile(
            _(
                "%(name)s made it %(total)s meanwhile. Save again if yours is right.",
                name=who,
                total=total,
            )
        )
    raise ChangedMeanwhile(
        _("It is %(total)s by now. Save again if yours is right.", total=total)
    )


def _last_to_change(forecast_id: int, queue_id: int, day: date) -> str:
    """The name of whoever changed a day last, or nothing."""
    changes = [
        each
        for each in queries.adjustments(forecast_id, queue_id)
        if each.day == day and each.made_by_id != current_actor().user_id
    ]
    if not changes:
        return ""
    by = changes[-1].made_by_id
    return queries.user_names([by]).get(by or 0, "")


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/days")
@permission_required(Permission.ADJUST_FORECAST)
def adjust_days(forecast_id: int, queue_id: int) -> ResponseReturnValue:
    """Set the volumes of the days whose totals were typed anew, all or none."""
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
    return _back(forecast_id, queue_id, request.args.get("day", first))


def _adjust_all(
    forecast_id: int, queue_id: int, wanted: Mapping[date, str], scope: Scope
) -> tuple[list[Adjustment], dict[date, str]]:
    """The changes made, or the days that were refused, with why; then none is."""
    try:
        with transaction():
            return _adjust_each(forecast_id, queue_id, wanted, scope), {}
    except _SomeRefused as refusal:
        return [], refusal.why


class _SomeRefused(Exception):
    """Some days were refused, so nothing is kept."""

    def __init__(self, why: dict[date, str]) -> None:
        super().__init__()
        self.why = why


def _adjust_each(
    forecast_id: int, queue_id: int, wanted: Mapping[date, str], scope: Scope
) -> list[Adjustment]:
    found = queries.get_forecast(forecast_id, scope)
    rows = queries.day_rows(found.id, queue_id)
    present = {row.day: whole(row.total) for row in rows}
    changes, refused = [], {}
    for day, text in sorted(wanted.items()):
        if not _is_meant(day, text, present):
            continue
        try:
            changes.append(_adjust(found, queue_id, day, text))
        except (DayClosed, NoSuchDay, ChangedMeanwhile) as refusal:
            refused[day] = refusal.message
    if refused:
        raise _SomeRefused(refused)
    return changes


def _is_meant(day: date, text: str, present: Mapping[date, int]) -> bool:
    """Whether a total of the table was typed, and not merely left as it was shown."""
    shown = request.form.get(f"was-{day.isoformat()}", "")
    if day not in present or present[day] == float(text):
        return False
    return not shown.isdigit() or int(shown) != float(text)


def _adjust(found: Forecast, queue_id: int, day: date, text: str) -> Adjustment:
    shown = request.form.get(f"was-{day.isoformat()}", "")
    _check_unchanged(found.id, queue_id, day, shown)
    return services.adjust_day(
        found,
        queue_id,
        day,
        float(text),
        comment=request.form.get("comment", "")[:400],
        by=current_actor().user_id,
    )


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
        is_gone = change.taken_back_at is not None
        if not is_gone:
            services.undo_adjustment(found, change, by=current_actor().user_id)
    if is_gone:
        toast(_("The change was taken back before."), "info")
    else:
        toast(
            _("The change was taken back."),
            undo_url=url_for(
                "forecasting.restore_adjustment",
                forecast_id=forecast_id,
                adjustment_id=adjustment_id,
            ),
        )
    return _back(forecast_id, change.queue_id, change.day.isoformat())


@bp.post("/forecasts/<int:forecast_id>/adjustments/<int:adjustment_id>/restore")
@permission_required(Permission.ADJUST_FORECAST)
def restore_adjustment(forecast_id: int, adjustment_id: int) -> ResponseReturnValue:
    """Put a change back that was taken back."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        change = queries.get_adjustment(found.id, adjustment_id)
        services.restore_adjustments(found, [change])
    toast(_("The change holds again."))
    return _back(forecast_id, change.queue_id, change.day.isoformat())


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/adjustments/undo")
@permission_required(Permission.ADJUST_FORECAST)
def undo_own_adjustments(forecast_id: int, queue_id: int) -> ResponseReturnValue:
    """Take all of one's own changes in a queue back."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        gone = services.undo_own_adjustments(found, queue_id, by=acting_user().id)
    if not gone:
        toast(_("There was no change of yours."), "info")
        return _back(forecast_id, queue_id)
    at = gone[0].taken_back_at
    toast(
        _n("%(num)s change taken back.", "%(num)s changes taken back.", len(gone)),
        undo_url=url_for(
            "forecasting.restore_own_adjustments",
            forecast_id=forecast_id,
            queue_id=queue_id,
            at=at.isoformat() if at else "",
        ),
    )
    return _back(forecast_id, queue_id)


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/adjustments/restore")
@permission_required(Permission.ADJUST_FORECAST)
def restore_own_adjustments(forecast_id: int, queue_id: int) -> ResponseReturnValue:
    """Put back what one took back at one stroke."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        raise NotFound(at=request.args.get("at")) from None
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        gone = [
            each
            for each in queries.every_adjustment(found.id, queue_id)
            if each.taken_back_at == at
            and each.taken_back_by_id == current_actor().user_id
        ]
        back = services.restore_adjustments(found, gone)
    toast(_n("%(num)s change put back.", "%(num)s changes put back.", len(back)))
    return _back(forecast_id, queue_id)


@bp.post("/forecasts/<int:forecast_id>/queues/<int:queue_id>/method")
@permission_required(Permission.ADJUST_FORECAST)
def choose_method(forecast_id: int, queue_id: int) -> ResponseReturnValue:
    """Let a queue be forecast by another method."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    form = choice_of_method()
    if form.validate_on_submit():
        try:
            with transaction():
                found = queries.get_forecast(forecast_id, scope)
                services.request_method(
                    found, queue_id, form.method.data, form.reason.data
                )
            return _back(forecast_id, queue_id, anchor="forecast")
        except Invalid as error:
            form.refuse("method", error.message)
    found = queries.get_forecast(forecast_id, scope)
    return page(found, 422, method_form=form)


@bp.post("/forecasts/<int:forecast_id>/notes")
@permission_required(Permission.ADJUST_FORECAST)
def add_note(forecast_id: int) -> ResponseReturnValue:
    """Say something about a forecast, a queue of it, or a queue's day."""
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    form = NoteForm()
    about = request.form.get("about", "forecast")
    queue_id = request.form.get("queue_id", type=int)
    day = request.form.get("day", "")
    with transaction():
        found = queries.get_forecast(forecast_id, scope)
        if queue_id not in {row.queue_id for row in found.queues}:
            queue_id, about = None, "forecast"
        if form.validate_on_submit():
            services.add_note(
                found,
                form.words.data,
                queue_id=queue_id if about in {"queue", "day"} else None,
                day=_day(day) if about == "day" else None,
                by=current_actor().user_id,
            )
        else:
            toast(_("An empty comment says nothing; nothing was saved."), "warning")
    return _back(forecast_id, queue_id, day, anchor="notes")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(day=text) from None


def _back(
    forecast_id: int, queue_id: int | None, day: str = "", anchor: str = "days"
) -> ResponseReturnValue:
    """Back to the workbench as it was looked at."""
    return see_other(
        "forecasting.forecast",
        forecast_id=forecast_id,
        queue=queue_id,
        day=day or request.args.get("day"),
        _anchor=anchor,
        **Look.asked().args,
    )
