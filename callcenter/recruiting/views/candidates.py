"""One candidate: where they stand, what happened; writing, noting, merging."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access import audit
from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _
from callcenter.people.models import EmploymentKind
from callcenter.people.services import names as spelling
from callcenter.recruiting import queries, services
from callcenter.recruiting.forms import CandidateForm, NoteForm, PurposeForm
from callcenter.recruiting.models import (
    APPLICATION_STATES,
    Candidate,
    HistoryEntry,
    HistoryKind,
    RefusalReason,
)
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views import words
from callcenter.recruiting.views.blueprint import bp
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast

_FIELDS = (
    *("name", "phone", "identity_number", "email", "school", "skills"),
    *("wanted_kind", "available_on", "channel_id", "referrer"),
)


@bp.get("/candidates/<int:candidate_id>")
@permission_required(Permission.VIEW_CANDIDATES)
def candidate(candidate_id: int) -> ResponseReturnValue:
    """Show one candidate: where they stand, what is known, what happened."""
    return _page(candidate_id, NoteForm())


def _page(candidate_id: int, form: NoteForm) -> ResponseReturnValue:
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_CANDIDATES)
    found = queries.get_candidate(candidate_id, scope)
    held = queries.applications_of(found.id)
    stages = queries.stages_of_posts({each.requisition.post_id for each in held})
    may_edit = _may(found, Permission.EDIT_CANDIDATES)
    return render(
        "recruiting/candidate.html",
        422 if form.errors else 200,
        candidate=found,
        applications=[
            (each, words.next_stage(each, stages[each.requisition.post_id]))
            for each in held
            if words.is_reached(each.requisition, scope)
        ],
        states=APPLICATION_STATES,
        alike=queries.alike(found, scope),
        history=[_line(each) for each in queries.history_of_candidate(found.id)],
        masked=spelling.masked,
        may_edit=may_edit,
        may_merge=_may(found, Permission.MERGE_CANDIDATES),
        may_reveal=_may(found, Permission.VIEW_CANDIDATE_DATA),
        reasons=[(each.value, each.label) for each in RefusalReason],
        wanted=_offered(held) if may_edit else [],
        form=form,
        words=words,
    )


def _may(found: Candidate, permission: Permission) -> bool:
    actor = current_actor()
    if not actor.may(permission):
        return False
    scope = actor.scope(permission)
    return scope.is_everything or found.site_id in scope.site_ids


def _offered(held: Any) -> list[tuple[int, str]]:
    """The open requisitions that the candidate is not put forward for yet."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    there = {each.requisition_id for each in held}
    rows = db.session.scalars(queries.open_requisitions(scope))
    return [
        (each.id, words.requisition_and_day(each))
        for each in rows
        if each.id not in there
    ]


def _line(entry: HistoryEntry) -> dict[str, Any]:
    """One thing that happened, in the reader's language."""
    text = entry.kind.label
    if entry.kind is HistoryKind.MOVED and entry.from_stage and entry.to_stage:
        text = f"{entry.from_stage.label} → {entry.to_stage.label}"
    elif entry.to_stage is not None:
        text = f"{text}: {entry.to_stage.label}"
    said, colon, rest = entry.words.partition(": ")
    if said in set(RefusalReason):
        detail = f"{RefusalReason(said).label}{colon}{rest}"
    else:
        detail = entry.words
    tones = {HistoryKind.MOVED: "success", HistoryKind.REFUSED: "danger"}
    return {
        "at": entry.at,
        "by": entry.by.name if entry.by else None,
        "text": text,
        "detail": detail,
        "tone": tones.get(entry.kind, "neutral"),
    }


@bp.route("/candidates/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CANDIDATES)
def new_candidate() -> ResponseReturnValue:
    """Write down somebody new, and put them forward where one is named."""
    form = _form(None)
    saved = _saved(form, None) if form.validate_on_submit() else None
    if saved is not None:
        toast(_("%(name)s is written down.", name=saved.name))
        return see_other("recruiting.candidate", candidate_id=saved.id)
    return _form_page(form, None)


@bp.route("/candidates/<int:candidate_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CANDIDATES)
def edit_candidate(candidate_id: int) -> ResponseReturnValue:
    """Correct what is known of a candidate."""
    found = _editable(candidate_id)
    form = _form(found)
    if form.validate_on_submit() and _saved(form, candidate_id) is not None:
        toast(_("Saved."))
        return see_other("recruiting.candidate", candidate_id=candidate_id)
    return _form_page(form, found)


def _editable(candidate_id: int) -> Candidate:
    """The candidate, of a site at which the reader may change candidates."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    return queries.get_candidate(candidate_id, scope)


def _form_page(form: CandidateForm, found: Candidate | None) -> ResponseReturnValue:
    known = getattr(form, "known", None)
    return render(
        "recruiting/edit_candidate.html",
        422 if form.errors else 200,
        form=form,
        candidate_id=found.id if found else None,
        title=found.name if found else _("New candidate"),
        known=known,
    )


def _form(found: Candidate | None) -> CandidateForm:
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    is_first = request.method != "POST"
    form = CandidateForm(obj=found if is_first else None)
    sites = queries.sites_by_id(scope)
    if found is not None:
        sites.setdefault(found.site_id, found.site)
    form.site_id.choices = choices((each.id, each.name) for each in sites.values())
    form.channel_id.choices = choices(
        [
            ("", _("not known")),
            *(
                (each.id, each.name)
                for each in db.session.scalars(queries.visible_channels(scope))
            ),
        ]
    )
    form.wanted_kind.choices = choices(
        [("", _("anything")), *((each.value, each.label) for each in EmploymentKind)]
    )
    if found is None:
        rows = db.session.scalars(queries.open_requisitions(scope))
        form.requisition_id.choices = choices(
            [
                ("", _("the talent pool")),
                *((each.id, words.requisition_and_day(each)) for each in rows),
            ]
        )
    else:
        del form.requisition_id
        if is_first:
            # Numbers are not shown here; what stays empty stays as it is.
            form.phone.data = form.identity_number.data = form.email.data = ""
            form.referrer.data = found.referrer.number if found.referrer else ""
            form.has_consent.data = found.consent_at is not None
    form.look_at(found)
    return form


def _saved(form: CandidateForm, candidate_id: int | None) -> Candidate | None:
    """The candidate once it is stored; else the form says why not."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    values = form.values(*_FIELDS)
    for name in ("phone", "identity_number", "email"):
        values[name] = values[name] or None
    try:
        with transaction():
            row = Candidate() if candidate_id is None else _editable(candidate_id)
            form.require_unchanged(row if candidate_id else None)
            site = row.site if candidate_id else None
            if site is None or form.site_id.data != site.id:
                site = queries.get_site(form.site_id.data, scope)
            services.write_down(
                row,
                services.Person(**values),
                site=site,
                has_consent=bool(form.has_consent.data),
            )
            if candidate_id is None:
                _place(row, form.requisition_id.data)
            return row
    except AppError as refusal:
        form.refuse(refusal.context.get("field"), refusal.message)
        if refusal.context.get("is_reached"):
            form.known = refusal.context
    return None


def _place(row: Candidate, requisition_id: int | None) -> None:
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    if requisition_id:
        services.put_forward(row, queries.get_requisition(requisition_id, scope))
    else:
        services.set_pooled(row, is_in_pool=True)


@bp.route("/candidates/<int:candidate_id>/personal-data", methods=["GET", "POST"])
@permission_required(Permission.VIEW_CANDIDATE_DATA)
def candidate_data(candidate_id: int) -> ResponseReturnValue:
    """Ask for a purpose, note it, and show phone, e-mail and identity number."""
    scope = current_actor().scope(Permission.VIEW_CANDIDATE_DATA)
    found = queries.get_candidate(candidate_id, scope)
    form = PurposeForm()
    is_open = form.validate_on_submit()
    if is_open:
        with transaction():
            found = queries.get_candidate(candidate_id, scope)
            audit.record(
                "revealed",
                "recruiting_candidate",
                candidate_id,
                fields=["phone", "email", "identity_number"],
                purpose=form.purpose.data,
            )
    return render(
        "recruiting/candidate_data.html",
        422 if form.errors else 200,
        form=form,
        candidate=found,
        is_open=is_open,
    )


@bp.post("/candidates/<int:candidate_id>/note")
@permission_required(Permission.EDIT_CANDIDATES)
def note_candidate(candidate_id: int) -> ResponseReturnValue:
    """Add a note to the history."""
    form = NoteForm()
    _editable(candidate_id)
    if not form.validate_on_submit():
        return _page(candidate_id, form)
    with transaction():
        found = _editable(candidate_id)
        services.note(found.id, HistoryKind.NOTE, words=form.words.data)
    toast(_("Noted."))
    return see_other("recruiting.candidate", candidate_id=candidate_id)


@bp.post("/candidates/<int:candidate_id>/pool")
@permission_required(Permission.EDIT_CANDIDATES)
def pool_candidate(candidate_id: int) -> ResponseReturnValue:
    """Put somebody into the talent pool, or take them out."""
    is_in_pool = request.form.get("pooled") == "1"
    with transaction():
        services.set_pooled(_editable(candidate_id), is_in_pool=is_in_pool)
    toast(_("In the talent pool.") if is_in_pool else _("No longer in the pool."))
    return see_other("recruiting.candidate", candidate_id=candidate_id)


@bp.post("/candidates/<int:candidate_id>/merge")
@permission_required(Permission.MERGE_CANDIDATES)
def merge_candidate(candidate_id: int) -> ResponseReturnValue:
    """Take another record of the same person into this one."""
    scope = current_actor().scope(Permission.MERGE_CANDIDATES)
    other_id = request.form.get("other_id", 0, int)
    try:
        with transaction():
            kept = queries.get_candidate(candidate_id, scope)
            services.merge_candidates(kept, queries.get_candidate(other_id, scope))
    except AppError as refusal:
        toast(refusal.message, "warning")
    else:
        toast(_("Merged. Everything of both records is kept."))
    return see_other("recruiting.candidate", candidate_id=candidate_id)
