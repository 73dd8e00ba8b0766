"""Patience and redials estimated from contacts, and taken over."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import NoContacts
from callcenter.forecasting.models import Study, StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.requirements.shrinkage import asked_project
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.projects.models import Direction, Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.pages import render, see_other, toast


@bp.get("/projects/<int:project_id>/assumptions/patience")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def patience(project_id: int) -> ResponseReturnValue:
    """Show how patient a queue's callers are by their own contacts."""
    project, queue = asked_project(project_id)
    offered = [each for each in project.queues if _is_asked(each)]
    if queue is None:
        queue = offered[0] if offered else None
    study = None
    if queue is not None:
        study = queries.find_study(project.id, StudyKind.PATIENCE, queue.id)
    return render(
        "forecasting/patience.html",
        project=project,
        queue=queue,
        queues=offered,
        study=study,
        own=None if queue is None else queries.assumptions_of([queue])[queue.id],
        job=queue
        and find_live_job(
            services.subject_of(StudyKind.PATIENCE, project.id, queue.id)
        ),
        is_certain=study is not None
        and study.figures["n_abandoned"] >= services.FEWEST,
        chart=_curve(study) if study is not None else None,
    )


def _is_asked(queue: Queue) -> bool:
    return queue.direction is Direction.INBOUND and queue.is_active


def _curve(study: Study) -> Chart | None:
    """The survival curve with its band, by seconds of waiting."""
    figures: dict[str, Any] = study.figures
    if not figures["times_s"]:
        return None
    return line_chart(
        _("Share of callers still willing to wait"),
        [filters.clock(each) for each in figures["times_s"]],
        [
            Series(
                _("Seen in contacts"),
                figures["survival"],
                lower=figures["survival_lower"],
                upper=figures["survival_upper"],
            ),
            Series(_("By the mean"), _exponential(figures), is_dashed=True),
        ],
        style="percent",
        first_column=_("Waited"),
    )


def _exponential(figures: dict[str, Any]) -> list[float | None]:
    """What Erlang A takes patience to be, beside what was seen."""
    from math import exp

    mean = figures["mean_s"]
    if not mean:
        return [None] * len(figures["times_s"])
    return [exp(-max(0.0, each - 5.0) / mean) for each in figures["times_s"]]


@bp.post("/projects/<int:project_id>/assumptions/patience")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def estimate_patience(project_id: int) -> ResponseReturnValue:
    """Ask for patience to be estimated from a queue's contacts."""
    with transaction():
        _project, queue = asked_project(project_id)
        if queue is None:
            raise NotFound(queue_id=None)
        services.request_estimate(queue)
    return see_other("forecasting.patience", project_id=project_id, queue=queue.id)


@bp.post("/projects/<int:project_id>/assumptions/patience/take")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def take_patience(project_id: int) -> ResponseReturnValue:
    """Take the estimate over as the queue's assumption."""
    study_id = request.form.get("study_id", type=int)
    with transaction():
        _project, queue = asked_project(project_id)
        study = db.session.get(Study, study_id) if study_id else None
        if queue is None or study is None or study.queue_id != queue.id:
            raise NotFound(study_id=study_id)
        if not study.figures["mean_s"]:
            raise NoContacts(queue_id=queue.id)
        own = services.take_patience(queue, study)
        patience_s = own.patience_s
    toast(
        _(
            "Callers of %(queue)s now count as waiting %(time)s on average.",
            queue=queue.name,
            time=filters.duration(patience_s),
        )
    )
    return see_other("forecasting.patience", project_id=project_id, queue=queue.id)
