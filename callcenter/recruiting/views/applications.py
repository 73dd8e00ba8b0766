"""One candidate's way to one requisition: put forward, move, end, take up again."""

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError, NotFound
from callcenter.kernel.text import _
from callcenter.recruiting import queries, services
from callcenter.recruiting.forms import RefusalForm
from callcenter.recruiting.models import RefusalReason, StageKind
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views.blueprint import bp
from callcenter.web.errors import wants_json
from callcenter.web.forms import choices
from callcenter.web.pages import back_to, toast


def stage_asked(name: str) -> StageKind | None:
    """The stage that the request names; None for none.

    Raises `NotFound` for a stage that does not exist.
    """
    typed = request.values.get(name, "")
    if not typed:
        return None
    try:
        return StageKind(typed)
    except ValueError:
        raise NotFound(stage=typed) from None


@bp.post("/applications/<int:application_id>/move")
@permission_required(Permission.EDIT_CANDIDATES)
def move_application(application_id: int) -> ResponseReturnValue:
    """Move a candidate to another stage, as dragged or as pressed."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    queries.get_application(application_id, scope)
    to, seen = stage_asked("stage"), stage_asked("seen")
    if to is None:
        raise NotFound
    try:
        with transaction():
            found = queries.get_application(application_id, scope)
            was = found.stage
            services.move_application(found, to, seen=seen)
    except AppError as refusal:
        if wants_json():
            raise
        toast(refusal.message, "warning")
        return _back(found.candidate_id)
    said = _("%(name)s: %(stage)s", name=found.candidate.name, stage=to.label)
    if wants_json():
        return _told(said, to)
    undo = url_for(
        "recruiting.move_application",
        application_id=application_id,
        stage=was.value,
        next=request.values.get("next", ""),
    )
    toast(said, undo_url=None if was is to else undo)
    return _back(found.candidate_id)


def _told(said: str, to: StageKind) -> Response:
    return jsonify(said=said, stage=to.value)


def _back(candidate_id: int) -> Response:
    return back_to("recruiting.candidate", candidate_id=candidate_id)


@bp.post("/applications/<int:application_id>/refuse")
@permission_required(Permission.EDIT_CANDIDATES)
def refuse_application(application_id: int) -> ResponseReturnValue:
    """End an application because the candidate does not go on."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    candidate_id = queries.get_application(application_id, scope).candidate_id
    form = RefusalForm()
    form.reason.choices = choices((each.value, each.label) for each in RefusalReason)
    if not form.validate_on_submit():
        toast(_("Choose a reason."), "warning")
        return _back(candidate_id)
    try:
        with transaction():
            found = queries.get_application(application_id, scope)
            services.refuse_application(
                found,
                reason=form.reason.data,
                words=form.words.data or "",
                into_pool=form.into_pool.data,
            )
    except AppError as refusal:
        toast(refusal.message, "warning")
    else:
        undo = url_for("recruiting.reopen_application", application_id=application_id)
        said = _("%(name)s does not go on.", name=found.candidate.name)
        toast(said, undo_url=undo)
    return _back(candidate_id)


@bp.post("/applications/<int:application_id>/withdraw")
@permission_required(Permission.EDIT_CANDIDATES)
def withdraw_application(application_id: int) -> ResponseReturnValue:
    """End an application because the candidate does not want to go on."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    candidate_id = queries.get_application(application_id, scope).candidate_id
    try:
        with transaction():
            found = queries.get_application(application_id, scope)
            services.withdraw_application(found)
    except AppError as refusal:
        toast(refusal.message, "warning")
    else:
        undo = url_for("recruiting.reopen_application", application_id=application_id)
        toast(_("%(name)s withdrew.", name=found.candidate.name), undo_url=undo)
    return _back(candidate_id)


@bp.post("/applications/<int:application_id>/reopen")
@permission_required(Permission.EDIT_CANDIDATES)
def reopen_application(application_id: int) -> ResponseReturnValue:
    """Take up again what was ended."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    candidate_id = queries.get_application(application_id, scope).candidate_id
    try:
        with transaction():
            services.reopen_application(queries.get_application(application_id, scope))
    except AppError as refusal:
        toast(refusal.message, "warning")
    else:
        toast(_("Taken up again."))
    return _back(candidate_id)


@bp.post("/candidates/<int:candidate_id>/put-forward")
@permission_required(Permission.EDIT_CANDIDATES)
def put_forward(candidate_id: int) -> ResponseReturnValue:
    """Put a candidate into the pipeline of a requisition."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    queries.get_candidate(candidate_id, scope)
    requisition_id = request.form.get("requisition_id", 0, int)
    try:
        with transaction():
            services.put_forward(
                queries.get_candidate(candidate_id, scope),
                queries.get_requisition(requisition_id, scope),
            )
    except AppError as refusal:
        toast(refusal.message, "warning")
    else:
        toast(_("Put forward."))
    return _back(candidate_id)
