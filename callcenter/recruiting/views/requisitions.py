"""Requisitions: the list, the page of one, writing, sending, closing."""

from datetime import timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _, _l
from callcenter.people.models import EmploymentKind
from callcenter.projects import queries as projects
from callcenter.recruiting import queries, services
from callcenter.recruiting.errors import RequisitionSettled
from callcenter.recruiting.forms import RequisitionForm
from callcenter.recruiting.models import (
    REQUISITION_STATES,
    Candidate,
    Requisition,
    RequisitionState,
    StageKind,
)
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views import words
from callcenter.recruiting.views.approvals import reason_words
from callcenter.recruiting.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import (
    ChoiceFilter,
    Column,
    Empty,
    StatusFilter,
    Table,
    status_column,
)
from callcenter.workflow import queries as workflow

_FIELDS = (
    *("project_id", "post_id", "employment_kind", "headcount", "due_on", "reason"),
    *("conditions", "note"),
)
_MONEY = ("pay_basis", "pay_low", "pay_high", "channel_budget")
CLASS_AHEAD = timedelta(weeks=6)
TALENTS = 8


@bp.get("/requisitions")
@permission_required(Permission.VIEW_REQUISITIONS)
def requisitions() -> ResponseReturnValue:
    """List the requisitions, the soonest due first."""
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_REQUISITIONS)
    table = Table(
        "requisitions",
        queries.visible_requisitions(scope),
        caption=_("Requisitions"),
        columns=_columns(),
        filters=[
            StatusFilter(Requisition.state, _l("State"), REQUISITION_STATES),
            ChoiceFilter(
                "project",
                _l("Project"),
                Requisition.project_id,
                [(each.id, each.name) for each in queries.offered_projects(scope)],
            ),
            ChoiceFilter(
                "kind",
                _l("Employment"),
                Requisition.employment_kind,
                [(each, each.label) for each in EmploymentKind],
            ),
        ],
        default_sort="due_on",
        row_url=lambda row: url_for("recruiting.requisition", requisition_id=row.id),
        empty=Empty(
            _l("No requisitions yet"),
            _l("Whoever needs people asks for them here; approved, recruiting begins."),
            _l("New requisition"),
            url_for("recruiting.new_requisition"),
            "clipboard-check",
        ),
    )
    return table.respond("recruiting/requisitions.html")


def _columns() -> list[Column]:
    return [
        Column("post", _l("Post"), value=lambda row: words.post_title(row.post)),
        Column(
            "project",
            _l("Project"),
            value=lambda row: row.project.name if row.project else None,
        ),
        Column("site", _l("Site"), value=lambda row: row.site.name),
        Column(
            "employment_kind",
            _l("Employment"),
            sort=Requisition.employment_kind,
            value=lambda row: row.employment_kind.label,
        ),
        Column("headcount", _l("Headcount"), sort=Requisition.headcount, align="end"),
        Column("due_on", _l("Needed on"), sort=Requisition.due_on, style="date"),
        status_column(Requisition.state, _l("State"), REQUISITION_STATES),
        Column(
            "reason",
            _l("Reason"),
            sort=Requisition.reason,
            value=lambda row: row.reason.label,
            is_hidden=True,
        ),
        Column(
            "opened_at",
            _l("Approved"),
            sort=Requisition.opened_at,
            style="date",
            is_hidden=True,
        ),
    ]


@bp.get("/requisitions/<int:requisition_id>")
@permission_required(Permission.VIEW_REQUISITIONS)
def requisition(requisition_id: int) -> ResponseReturnValue:
    """Show one requisition with its approval and its history."""
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_REQUISITIONS)
    found = queries.get_requisition(requisition_id, scope)
    return render(
        "recruiting/requisition.html",
        requisition=found,
        title=words.requisition_title(found),
        state=REQUISITION_STATES[found.state],
        reason=reason_words(found),
        pay_band=words.pay_band(found) if _shows_money(found) else None,
        shows_money=_shows_money(found),
        may_edit=_may_edit(found),
        chain=words.chain_words(services.chain_for(found, actor)),
        request_row=_request_of(found),
        history=_history(found),
        **_progress(found),
        words=words,
    )


def _progress(found: Requisition) -> dict[str, Any]:
    """How far its candidates are, and who of the talent pool could come."""
    actor = current_actor()
    if not actor.may(Permission.VIEW_CANDIDATES):
        return {"counts": None, "talents": []}
    is_open = found.state is RequisitionState.OPEN
    talents: list[Candidate] = []
    if is_open and actor.may(Permission.EDIT_CANDIDATES):
        scope = actor.scope(Permission.EDIT_CANDIDATES)
        pooled = queries.talent_for(found, scope).limit(TALENTS)
        talents = list(db.session.scalars(pooled))
    counts = queries.count_by_stage([found.id])
    n_taken = queries.count_taken(found.id)
    return {
        "counts": [
            (each.label, filters.number(counts[each]))
            for each in StageKind
            if each in counts
        ],
        "n_taken": n_taken,
        "talents": talents,
    }


def _request_of(found: Requisition) -> Any:
    """The request for its approval, for those who may look at it."""
    if found.request_id is None:
        return None
    row = workflow.find_request_about(f"requisition:{found.id}")
    is_known = row is not None and row.kind in workflow.kinds()
    if not is_known or row is None or not workflow.may_see(row, current_actor()):
        return None
    return row


def _may_edit(found: Requisition) -> bool:
    actor = current_actor()
    return actor.may(Permission.EDIT_REQUISITIONS) and words.is_reached(
        found, actor.scope(Permission.EDIT_REQUISITIONS)
    )


def _shows_money(found: Requisition | None) -> bool:
    actor = current_actor()
    if not actor.may(Permission.VIEW_MONEY):
        return False
    return found is None or words.is_reached(found, actor.scope(Permission.VIEW_MONEY))


def _history(found: Requisition) -> list[dict[str, Any]]:
    states = {key.value: str(name) for key, (name, _tone) in REQUISITION_STATES.items()}
    usual = {"created": _("Created"), "changed": _("Changed")}
    lines = []
    for entry in db.session.scalars(queries.history_of(found.id).limit(20)):
        _was, became = entry.changed_fields().get("state", (None, None))
        said = usual.get(entry.action, entry.action)
        text = states.get(str(became), said)
        lines.append({"at": entry.at, "by": entry.user_name, "text": text})
    return lines


@bp.route("/requisitions/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_REQUISITIONS)
def new_requisition() -> ResponseReturnValue:
    """Write a requisition; it is a draft until it is sent."""
    form = _form(None)
    if form.validate_on_submit() and (made := _written(form, None)) is not None:
        toast(_("The draft is kept. Send it for approval when it is right."))
        return see_other("recruiting.requisition", requisition_id=made.id)
    return _form_page(form, None)


@bp.route("/requisitions/<int:requisition_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_REQUISITIONS)
def edit_requisition(requisition_id: int) -> ResponseReturnValue:
    """Change a requisition that nobody decides on yet."""
    scope = current_actor().scope(Permission.EDIT_REQUISITIONS)
    found = queries.get_requisition(requisition_id, scope)
    if not found.is_editable:
        toast(RequisitionSettled().message, "warning")
        return see_other("recruiting.requisition", requisition_id=requisition_id)
    form = _form(found)
    if form.validate_on_submit() and _written(form, requisition_id) is not None:
        toast(_("Saved."))
        return see_other("recruiting.requisition", requisition_id=requisition_id)
    return _form_page(form, queries.get_requisition(requisition_id, scope))


def _form_page(form: RequisitionForm, found: Requisition | None) -> ResponseReturnValue:
    return render(
        "recruiting/edit_requisition.html",
        422 if form.errors else 200,
        form=form,
        requisition=found,
        title=words.requisition_title(found) if found else _("New requisition"),
    )


def _form(found: Requisition | None) -> RequisitionForm:
    scope = current_actor().scope(Permission.EDIT_REQUISITIONS)
    form = RequisitionForm(obj=None if request.method == "POST" else found)
    form.name_kinds()
    form.site_id.choices = choices(
        (each.id, each.name) for each in queries.offered_sites(scope)
    )
    form.post_id.choices = choices(
        (each.id, words.post_and_site(each)) for each in queries.offered_posts(scope)
    )
    offered = db.session.scalars(projects.visible_projects(scope))
    form.project_id.choices = choices(
        [("", _("no project")), *((each.id, each.name) for each in offered)]
    )
    if not _shows_money(found):
        del form.pay_basis, form.pay_low, form.pay_high, form.channel_budget
    form.look_at(found)
    if request.method != "POST":
        if found is None:
            form.due_on.data = clock.now().date() + CLASS_AHEAD
        elif found.replaces is not None:
            form.replaces.data = found.replaces.number
    return form


def _written(form: RequisitionForm, requisition_id: int | None) -> Requisition | None:
    """The requisition once it is stored; else the form says why not."""
    actor = current_actor()
    scope = actor.scope(Permission.EDIT_REQUISITIONS)
    names = _FIELDS + (_MONEY if "pay_low" in form else ())
    try:
        with transaction():
            row = (
                Requisition(asked_by_id=actor.user_id)
                if requisition_id is None
                else form.require_unchanged(
                    queries.get_requisition(requisition_id, scope)
                )
            )
            return services.write_requisition(
                row,
                site=queries.get_site(form.site_id.data, scope),
                replaces=form.replaces.data or "",
                **form.values(*names),
            )
    except AppError as refusal:
        form.refuse(refusal.context.get("field"), refusal.message)
    return None


@bp.post("/requisitions/<int:requisition_id>/send")
@permission_required(Permission.EDIT_REQUISITIONS)
def send_requisition(requisition_id: int) -> ResponseReturnValue:
    """Ask for the approval of a draft."""
    actor = current_actor()
    try:
        with transaction():
            found = queries.get_requisition(
                requisition_id, actor.scope(Permission.EDIT_REQUISITIONS)
            )
            services.send_requisition(found, actor=actor)
    except RequisitionSettled as refusal:
        toast(refusal.message, "warning")
    else:
        toast(_("Sent. Those who decide see it among their approvals."))
    return see_other("recruiting.requisition", requisition_id=requisition_id)


@bp.post("/requisitions/<int:requisition_id>/close")
@permission_required(Permission.EDIT_REQUISITIONS)
def close_requisition(requisition_id: int) -> ResponseReturnValue:
    """Stop recruiting for a requisition."""
    scope = current_actor().scope(Permission.EDIT_REQUISITIONS)
    try:
        with transaction():
            services.close_requisition(queries.get_requisition(requisition_id, scope))
    except RequisitionSettled as refusal:
        toast(refusal.message, "warning")
    else:
        toast(_("The requisition is closed."))
    return see_other("recruiting.requisition", requisition_id=requisition_id)


@bp.post("/requisitions/<int:requisition_id>/delete")
@permission_required(Permission.EDIT_REQUISITIONS)
def delete_requisition(requisition_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    scope = current_actor().scope(Permission.EDIT_REQUISITIONS)
    try:
        with transaction():
            services.delete_requisition(queries.get_requisition(requisition_id, scope))
    except RequisitionSettled as refusal:
        toast(refusal.message, "warning")
        return see_other("recruiting.requisition", requisition_id=requisition_id)
    toast(_("The draft was thrown away."))
    return see_other("recruiting.requisitions")
