"""The approvals inbox, a request's page, and what one asked for oneself."""

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _, _l
from callcenter.web.home_page import Line, Part
from callcenter.web.pages import (
    back_to,
    render,
    see_other,
    toast,
    whole_number_arg,
)
from callcenter.web.tables import Column, Empty, Table
from callcenter.workflow import queries, services
from callcenter.workflow.errors import AlreadyDecided, ReasonNeeded
from callcenter.workflow.forms import DecideForm
from callcenter.workflow.models import Request, RequestState, Verdict
from callcenter.workflow.permissions import Permission

bp = Blueprint("workflow", __name__, template_folder="templates")
LINES_AT_HOME = 5
CARDS = 20


@bp.get("/approvals")
@permission_required(Permission.DECIDE)
def inbox() -> ResponseReturnValue:
    """List what waits for the reader's decision, oldest first."""
    page = whole_number_arg("page", 1, low=1, high=10_000)
    waiting = queries.waiting_for(current_actor(), with_decisions=False)
    cut = waiting.limit(CARDS + 1).offset((page - 1) * CARDS)
    found = db.session.scalars(cut).all()
    described = _described(found[:CARDS])
    return render(
        "workflow/inbox.html",
        cards=[(each, title_of(each), facts) for each, facts in described],
        page=page,
        has_more=len(found) > CARDS,
    )


def waiting_part() -> Part:
    """What waits for the reader's decision, for the first page: most pressing first."""
    waiting = queries.waiting_for(current_actor(), with_decisions=False)
    rows = db.session.scalars(waiting.limit(LINES_AT_HOME + 1)).all()
    lines = [
        Line(
            title_of(each),
            url_for("workflow.request_page", request_id=each.id),
            reason=queries.kind_of(each).brief(each),
            badge=_("overdue") if each.is_overdue else "",
            tone="danger",
        )
        for each in rows[:LINES_AT_HOME]
    ]
    return Part(
        title=_("Waiting for your decision"),
        lines=lines,
        more_label=_("All requests") if len(rows) > LINES_AT_HOME else "",
        more_url=url_for("workflow.inbox"),
        empty=_("Nothing waits for you."),
    )


@bp.get("/requests")
@permission_required(Permission.REQUEST)
def my_requests() -> ResponseReturnValue:
    """List what the reader asked for, newest first."""
    table = Table(
        "requests",
        queries.requests_by(current_actor().user_id or 0),
        caption=_("My requests"),
        columns=[
            Column("title", _l("Request"), value=title_of),
            Column(
                "created_at", _l("Asked"), sort=Request.created_at, style="datetime"
            ),
            Column("state", _l("State"), sort=Request.state, value=state_text),
            Column("decided_at", _l("Decided"), style="datetime"),
        ],
        row_url=lambda each: url_for("workflow.request_page", request_id=each.id),
        empty=Empty(
            _l("You have not asked for anything yet"),
            _l("Leave, swaps and other requests appear here with their answer."),
        ),
    )
    return table.respond("workflow/my_requests.html")


@bp.get("/requests/<int:request_id>")
@permission_required(Permission.REQUEST)
def request_page(request_id: int) -> ResponseReturnValue:
    """Show one request with its history and, to its deciders, the decision."""
    return _request_page(request_id, DecideForm())


@bp.post("/requests/<int:request_id>/decide")
@permission_required(Permission.DECIDE)
def decide(request_id: int) -> ResponseReturnValue:
    """Approve or reject, as the pressed button says."""
    form = DecideForm()
    verdict = Verdict(request.form.get("verdict", Verdict.REJECT))
    if not form.validate_on_submit():
        return _request_page(request_id, form)
    actor = current_actor()
    try:
        with transaction():
            found = queries.get_request(request_id, actor)
            services.decide(
                found, verdict=verdict, actor=actor, note=form.note.data or ""
            )
    except ReasonNeeded as refusal:
        form.refuse("note", refusal.message)
        return _request_page(request_id, form)
    except AlreadyDecided as refusal:
        toast(refusal.message, kind="warning")
        return see_other("workflow.request_page", request_id=request_id)
    toast(_("Approved.") if verdict is Verdict.APPROVE else _("Rejected."))
    return back_to("workflow.inbox")


@bp.post("/requests/<int:request_id>/withdraw")
@permission_required(Permission.REQUEST)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take an own request back."""
    actor = current_actor()
    with transaction():
        services.withdraw(queries.get_request(request_id, actor), actor=actor)
    toast(_("Your request was taken back."))
    return see_other("workflow.my_requests")


def _request_page(request_id: int, form: DecideForm) -> ResponseReturnValue:
    actor = current_actor()
    found = queries.get_request(request_id, actor)
    kind = queries.kind_of(found)
    return render(
        "workflow/request.html",
        422 if form.errors else 200,
        request_row=found,
        title=title_of(found),
        facts=_described([found])[0][1],
        subject_url=kind.url(found),
        steps=[str(step.name) for step in kind.steps],
        history=_history(found),
        state=state_text(found),
        form=form,
        may_decide=services.may_decide(found, actor),
        may_withdraw=found.requester_id == actor.user_id
        and found.state in {RequestState.OPEN, RequestState.APPROVED},
    )


def title_of(request_row: Request) -> str:
    """What the request is, and whose."""
    return f"{queries.kind_of(request_row).title} · {request_row.requester.name}"


def state_text(request_row: Request) -> str:
    """Where the request stands, in words."""
    return {
        RequestState.OPEN: _("waiting"),
        RequestState.APPROVED: _("approved"),
        RequestState.REJECTED: _("rejected"),
        RequestState.WITHDRAWN: _("taken back"),
    }[request_row.state]


def _described(
    requests: Sequence[Request],
) -> list[tuple[Request, list[tuple[str, str]]]]:
    """Each request with its facts, kind by kind, in the order given."""
    facts: dict[int, list[tuple[str, str]]] = {}
    for code in {each.kind for each in requests}:
        alike = [each for each in requests if each.kind == code]
        described = queries.kind_of(alike[0]).describe_all(alike)
        facts |= {each.id: its for each, its in zip(alike, described, strict=True)}
    return [(each, facts[each.id]) for each in requests]


def _history(request_row: Request) -> list[dict[str, object]]:
    texts = {
        Verdict.APPROVE: (_("Approved"), "success"),
        Verdict.REJECT: (_("Rejected"), "danger"),
    }
    asked = {
        "at": request_row.created_at,
        "by": request_row.requester.name,
        "text": _("Asked"),
    }
    return [asked] + [
        {
            "at": each.decided_at,
            "by": each.user.name,
            "text": texts[each.verdict][0],
            "detail": each.note,
            "tone": texts[each.verdict][1],
        }
        for each in request_row.decisions
    ]
