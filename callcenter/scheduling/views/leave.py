"""Asking for leave, and what those who decide on it are shown."""

from collections.abc import Sequence
from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _l, _n
from callcenter.people import queries as people
from callcenter.people.errors import AlreadyTaken
from callcenter.people.models import AbsenceKind, Employee
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import LeaveClash, LeaveInvalid
from callcenter.scheduling.forms import LeaveForm
from callcenter.scheduling.models import Leave
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.services.leave_requests import KIND, OFFERED_KINDS
from callcenter.scheduling.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.workflow.models import Request, RequestKind, RequestState, Step


@bp.route("/me/leave", methods=["GET", "POST"])
@permission_required(Permission.ASK_FOR_LEAVE)
def my_leave() -> ResponseReturnValue:
    """Ask for leave, and see what became of it."""
    form = LeaveForm()
    form.kind.choices = choices((each.value, each.label) for each in OFFERED_KINDS)
    if form.validate_on_submit() and _asked(form):
        toast(_("Your request was sent."))
        return see_other("scheduling.my_leave")
    employee_id = current_actor().employee_id
    mine = db.session.scalars(queries.leave_of(employee_id or 0).limit(50)).all()
    return render(
        "scheduling/my_leave.html",
        422 if form.errors and request.method == "POST" else 200,
        form=form,
        is_employee=employee_id is not None,
        leave=mine,
        states=STATES,
    )


def _asked(form: LeaveForm) -> bool:
    """Whether the request went out; else the form says why not."""
    try:
        with transaction():
            services.ask_for_leave(
                _myself(),
                kind=AbsenceKind(form.kind.data),
                first_day=form.first_day.data,
                last_day=form.last_day.data or form.first_day.data,
                note=form.note.data or "",
                by=current_actor().user_id or 0,
            )
    except LeaveInvalid as refusal:
        form.refuse(refusal.context.get("field"), refusal.message)
    except (LeaveClash, AlreadyTaken) as refusal:
        form.refuse("first_day", refusal.message)
    else:
        return True
    return False


def _myself() -> Employee:
    employee = people.find_employee_of_user(current_actor().user_id or 0)
    if employee is None:
        raise NotFound
    return employee


STATES = {
    RequestState.OPEN: (_l("waiting"), "info"),
    RequestState.APPROVED: (_l("approved"), "success"),
    RequestState.REJECTED: (_l("rejected"), "danger"),
    RequestState.WITHDRAWN: (_l("taken back"), "neutral"),
}


def leave_kind() -> RequestKind:
    """How workflow names, shows and decides leave."""
    return RequestKind(
        code=KIND,
        title=_l("Leave"),
        steps=(Step(_l("Supervisor or planner"), Permission.APPROVE_LEAVE),),
        describe_all=_describe_all,
        brief=_brief,
    )


def _brief(about: Request) -> str:
    """Kind and days, as they were asked for."""
    kind, first, last = (
        str(about.details.get(name, "")) for name in ("kind", "first_day", "last_day")
    )
    if kind not in set(AbsenceKind) or not first or not last:
        return ""
    days = {filters.day(date.fromisoformat(each)): None for each in (first, last)}
    return f"{AbsenceKind(kind).label} · {' – '.join(days)}"


def _describe_all(requests: Sequence[Request]) -> list[list[tuple[str, str]]]:
    """Each leave in label and value pairs, with what it costs the schedule."""
    ids = [int(each.subject.partition(":")[2]) for each in requests]
    found = queries.leaves(ids)
    is_open = {each.subject: each.state is RequestState.OPEN for each in requests}
    costly = [each for each in found.values() if is_open[f"leave:{each.id}"]]
    n_shifts, n_away = queries.count_shifts_in(costly), queries.count_away(costly)
    facts = []
    for leave_id in ids:
        about = _facts(found[leave_id])
        if leave_id in n_shifts:
            about += [
                (_("Shifts that would go"), str(n_shifts[leave_id])),
                (_("Others of the team away then"), str(n_away[leave_id])),
            ]
        elif found[leave_id].n_shifts_changed:
            changed = str(found[leave_id].n_shifts_changed)
            about.append((_("Shifts changed"), changed))
        if found[leave_id].note:
            about.append((_("Note"), found[leave_id].note))
        facts.append(about)
    return facts


def _facts(leave: Leave) -> list[tuple[str, str]]:
    days = filters.day(leave.first_day)
    if leave.n_days > 1:
        days = f"{days} – {filters.day(leave.last_day)}"
    return [
        (_("Who"), leave.employee.name),
        (_("Kind"), leave.kind.label),
        (_("Days"), days),
        (_("Length"), _n("one day", "%(num)s days", leave.n_days)),
    ]
