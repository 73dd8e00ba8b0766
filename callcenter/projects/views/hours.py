"""The week of a queue: when it is open."""

from datetime import time
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import Stale
from callcenter.kernel.text import _
from callcenter.projects import queries, services
from callcenter.projects.errors import HoursOverlap
from callcenter.projects.forms import SPANS_A_DAY, HoursForm
from callcenter.projects.models import Queue
from callcenter.projects.permissions import Permission
from callcenter.projects.views import words
from callcenter.projects.views.blueprint import bp
from callcenter.web.pages import render, see_other, toast


@bp.route("/queues/<int:queue_id>/hours", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def hours(queue_id: int) -> ResponseReturnValue:
    """Set the opening hours of a whole week at once."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    queue = queries.get_queue(queue_id, scope)
    given = None if request.method == "POST" else _given(queue)
    form = HoursForm(data=given)
    form.look_at(queue, *queries.opening_hours([queue.id]))
    if form.validate_on_submit() and _is_complete(form):
        spans = list(form.spans())
        if request.form.get("copy") == "monday":
            spans = _like_monday(spans)
        try:
            with transaction():
                queue = queries.get_queue(queue_id, scope)
                services.hold_hours(queue)
                form.require_unchanged(queue, *queries.opening_hours([queue.id]))
                services.replace_hours(queue, spans)
                queue.closes_on_holidays = form.closes_on_holidays.data
        except HoursOverlap as error:
            queue = queries.get_queue(queue_id, scope)
            day = error.context["weekday"]
            form.refuse(f"opens_{day}_0", f"{words.WEEKDAYS[day]}: {error.message}")
        except Stale as error:
            queue = queries.get_queue(queue_id, scope)
            form.refuse(None, error.message)
        else:
            toast(_("The opening hours were saved."))
            return see_other("projects.queue", queue_id=queue_id)
    status = 422 if form.errors else 200
    return render(
        "projects/hours.html",
        status,
        form=form,
        queue=queue,
        weekdays=words.WEEKDAYS,
        numbers=range(SPANS_A_DAY),
    )


def _given(queue: Queue) -> dict[str, Any]:
    values: dict[str, Any] = {"closes_on_holidays": queue.closes_on_holidays}
    filled: dict[int, int] = {}
    for row in queries.opening_hours([queue.id]):
        number = filled.get(row.weekday, 0)
        filled[row.weekday] = number + 1
        values[f"opens_{row.weekday}_{number}"] = row.opens_at
        values[f"closes_{row.weekday}_{number}"] = row.closes_at
    return values


def _is_complete(form: Any) -> bool:
    for name in form.halves():
        form.refuse(name, _("The other half of this span is missing."))
    return not form.halves()


def _like_monday(
    spans: list[tuple[int, time, time]],
) -> list[tuple[int, time, time]]:
    """Monday's hours for all seven days; holidays keep theirs."""
    monday = [(opens, closes) for day, opens, closes in spans if day == 0]
    week = [(day, *span) for day in range(7) for span in monday]
    return week + [span for span in spans if span[0] > 6]
