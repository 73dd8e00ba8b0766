"""Hours of some weekdays at which a kind of shrinkage has another share."""

from datetime import date, timedelta

from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.forms import ShrinkageSpanForm
from callcenter.forecasting.models import Assumption, ShrinkageKind, ShrinkageSpan
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.asked import id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web import filters
from callcenter.web.pages import render, see_other, toast

_MONDAY = date(2024, 1, 1)


@bp.route("/projects/<int:project_id>/assumptions/shrinkage", methods=["GET", "POST"])
@permission_required(Permission.EDIT_ASSUMPTIONS)
def shrinkage(project_id: int) -> ResponseReturnValue:
    """Show the hours with a shrinkage of their own, and add some."""
    project, queue = asked_project(project_id)
    form = ShrinkageSpanForm()
    form.offer(words.SHRINKAGE_NAMES, _weekdays())
    if form.validate_on_submit():
        try:
            with transaction():
                _add_span(form, project_id, queue)
        except Invalid as error:
            form.refuse("share", error.message)
        else:
            toast(
                _(
                    "Saved. What is approved already shows as out of date until it is "
                    "worked out again."
                )
            )
            return see_other(
                "forecasting.shrinkage",
                project_id=project_id,
                queue=queue.id if queue else None,
            )
    own = _own_or_usual(project_id, queue)
    return render(
        "forecasting/shrinkage.html",
        422 if form.errors else 200,
        form=form,
        project=project,
        queue=queue,
        spans=[(span, _days_text(span.weekdays)) for span in own.spans],
        names=words.SHRINKAGE_NAMES,
        heat=_heat(own),
        heat_columns=_weekdays(),
        most=services.most_shrinkage(own),
    )


def asked_project(project_id: int) -> tuple[Project, Queue | None]:
    """The project of the address and its queue, if it names one.

    Raises `NotFound` for what the reader may not change.
    """
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    project = project_queries.get_project(project_id, scope)
    queue_id = id_asked("queue")
    queue = next((each for each in project.queues if each.id == queue_id), None)
    if queue_id is not None and queue is None:
        raise NotFound(queue_id=queue_id)
    return project, queue


def _own_or_usual(project_id: int, queue: Queue | None) -> Assumption:
    own = queries.find_assumption(project_id, queue.id if queue else None)
    if own is None and queue is not None:
        own = queries.find_assumption(project_id, None)
    return own or Assumption.standard(project_id)


def _add_span(form: ShrinkageSpanForm, project_id: int, queue: Queue | None) -> None:
    project, queue = asked_project(project_id)
    if queue is not None:
        own = services.own_assumption(queue)
    else:
        own = services.project_assumption(project.id)
    services.add_span(
        own,
        kind=ShrinkageKind(form.kind.data),
        weekdays=sum(1 << day for day in form.weekdays.data or ()),
        starts_at=form.starts_at.data,
        ends_at=form.ends_at.data,
        share=form.share.data / 100,
    )


@bp.post("/projects/<int:project_id>/assumptions/shrinkage/<int:span_id>/delete")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def delete_span(project_id: int, span_id: int) -> ResponseReturnValue:
    """Let the usual share hold again at those hours."""
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    with transaction():
        project_queries.get_project(project_id, scope)
        span = db.session.get(ShrinkageSpan, span_id)
        own = None if span is None else db.session.get(Assumption, span.assumption_id)
        if span is None or own is None or own.project_id != project_id:
            raise NotFound(span_id=span_id)
        queue_id = own.queue_id
        db.session.delete(span)
    toast(_("The usual share holds again at those hours."))
    return see_other("forecasting.shrinkage", project_id=project_id, queue=queue_id)


def _weekdays() -> list[str]:
    return [filters.weekday(_MONDAY + timedelta(days=each)) for each in range(7)]


def _days_text(mask: int) -> str:
    """The weekdays of a span as words."""
    if mask == 0b1111111:
        return _("every day")
    names = _weekdays()
    return ", ".join(names[each] for each in range(7) if mask >> each & 1)


def _heat(own: Assumption) -> list[tuple[str, list[float]]]:
    """All shrinkage of a week, by half-hour and weekday."""
    import numpy as np

    minute = np.arange(0, 1440, 30)
    columns = [
        services.shrinkage_at(own, np.full(minute.shape, day), minute)
        for day in range(7)
    ]
    return [
        (
            f"{row // 2:02}:{row % 2 * 30:02}",
            [round(float(column[row]), 4) for column in columns],
        )
        for row in range(minute.size)
    ]
