"""What requirements rest on: model, patience, occupancy limit, shrinkage."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import TooMuchShrinkage
from callcenter.forecasting.forms import AssumptionForm
from callcenter.forecasting.models import Assumption, Rounding, StaffingModel
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.asked import id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web.pages import render, see_other, toast


@bp.get("/forecasts/assumptions")
@permission_required(Permission.VIEW_FORECASTS)
def assumptions() -> ResponseReturnValue:
    """Show, for each project and queue, what its requirement rests on."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    projects = db.session.scalars(
        project_queries.visible_projects(scope).options(selectinload(Project.queues))
    ).all()
    rows = db.session.scalars(queries.visible_assumptions(scope)).all()
    known = {(row.project_id, row.queue_id): row for row in rows}
    return render(
        "forecasting/assumptions.html",
        groups=[(project, _lines(project, known)) for project in projects],
        may_edit=current_actor().may(Permission.EDIT_ASSUMPTIONS),
    )


def _lines(
    project: Project, known: dict[tuple[int, int | None], Assumption]
) -> list[dict[str, Any]]:
    """The project's own line, then one for each queue, saying whose values hold."""
    common = known.get((project.id, None))
    usual = common or Assumption.standard(project.id)
    lines = [_line(_("All queues"), usual, None, project, is_own=common is not None)]
    for queue in project.queues:
        own = known.get((project.id, queue.id))
        lines.append(
            _line(queue.name, own or usual, queue.id, project, is_own=own is not None)
            | {"model": words.MODEL_NAMES[services.model_for(queue, own or usual)]}
        )
    return lines


def _line(
    name: str, row: Assumption, queue_id: int | None, project: Project, *, is_own: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "row": row,
        "is_own": is_own,
        "model": words.MODEL_NAMES[row.model],
        "url": url_for(
            "forecasting.edit_assumption", project_id=project.id, queue=queue_id
        ),
    }


@bp.route("/projects/<int:project_id>/assumptions", methods=["GET", "POST"])
@permission_required(Permission.EDIT_ASSUMPTIONS)
def edit_assumption(project_id: int) -> ResponseReturnValue:
    """Set what the requirements of a project, or of one queue, rest on."""
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    project = project_queries.get_project(project_id, scope)
    queue_id = id_asked("queue")
    queue = next((each for each in project.queues if each.id == queue_id), None)
    if queue_id is not None and queue is None:
        raise NotFound(queue_id=queue_id)
    form = _form(project_id, queue_id)
    if form.validate_on_submit():
        try:
            _save(form, project_id, queue_id)
        except TooMuchShrinkage as error:
            form.refuse("absence_share", error.message)
        else:
            toast(
                _(
                    "Saved. What is approved already shows as out of date until it is "
                    "worked out again."
                )
            )
            return see_other("forecasting.assumptions")
    status = 422 if form.errors else 200
    return render(
        "forecasting/edit_assumption.html",
        status,
        form=form,
        project=project,
        queue=queue,
        shows=_shown(queue),
    )


def _shown(queue: Queue | None) -> dict[str, bool]:
    """Which parts of the form make sense for a queue; all of them for a project."""
    if queue is None:
        return dict.fromkeys(("waits", "chats", "defers", "serves"), True)
    model = services.model_for(queue, Assumption.standard(queue.project_id))
    defers = model is StaffingModel.DEFERRED
    dials = model is StaffingModel.WORKLOAD
    return {
        "waits": not (defers or dials),
        "chats": model is StaffingModel.CHAT,
        "defers": defers,
        "serves": not dials,
    }


def _form(project_id: int, queue_id: int | None) -> AssumptionForm:
    row = (
        queries.find_assumption(project_id, queue_id)
        or queries.find_assumption(project_id, None)
        or Assumption.standard(project_id)
    )
    given = {
        "model": row.model.value,
        "rounding": row.rounding.value,
        "patience_s": round(row.patience_s),
        "is_pooled": row.is_pooled,
        "deadline_h": round(row.deadline_s / 3600, 2),
    }
    given |= {name: getattr(row, name) for name in AssumptionForm.PLAIN}
    given |= {
        name: round(getattr(row, name) * 100, 2) for name in AssumptionForm.PERCENT
    }
    form = AssumptionForm(data=None if request.method == "POST" else given)
    form.offer_models(
        {
            model: f"{name} ({words.MODEL_NOTES[model]})"
            for model, name in words.MODEL_NAMES.items()
        }
    )
    form.offer_rounding(words.ROUNDING_NAMES)
    if request.method == "POST" and "rounding" not in request.form:
        form.rounding.data = row.rounding.value
    return form


def _save(form: AssumptionForm, project_id: int, queue_id: int | None) -> None:
    """Store what was typed; a number left empty stays, or is none where it may be."""
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    given: dict[str, Any] = {
        name: form[name].data / 100
        for name in AssumptionForm.PERCENT
        if form[name].data is not None
    }
    given |= {
        name: form[name].data
        for name in ("waiting_room", "paid_hour_cost", "missed_day_penalty")
        if name in request.form
    }
    if form.backlog.data is not None:
        given["backlog"] = form.backlog.data
    if form.deadline_h.data is not None:
        given["deadline_s"] = round(form.deadline_h.data * 3600)
    with transaction():
        project_queries.get_project(project_id, scope)
        services.set_assumption(
            queries.find_assumption(project_id, queue_id),
            project_id=project_id,
            queue_id=queue_id,
            model=StaffingModel(form.model.data),
            patience_s=float(form.patience_s.data),
            rounding=Rounding(form.rounding.data),
            is_pooled=form.is_pooled.data,
            **given,
        )


@bp.post("/projects/<int:project_id>/assumptions/<int:assumption_id>/delete")
@permission_required(Permission.EDIT_ASSUMPTIONS)
def delete_assumption(project_id: int, assumption_id: int) -> ResponseReturnValue:
    """Let the project's values, or the usual ones, hold again."""
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    with transaction():
        project_queries.get_project(project_id, scope)
        row = db.session.get(Assumption, assumption_id)
        if row is None or row.project_id != project_id:
            raise NotFound(assumption_id=assumption_id)
        db.session.delete(row)
    toast(_("The usual values hold again."))
    return see_other("forecasting.assumptions")
