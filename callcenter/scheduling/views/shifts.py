"""One shift: its panel, the rule check while it is dragged, and changing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Conflict, Invalid, NotFound
from callcenter.kernel.text import _, _n
from callcenter.people import queries as people
from callcenter.people.models import Employee
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import RulesBroken
from callcenter.scheduling.forms import AddShiftForm, MoveShiftForm
from callcenter.scheduling.models import Schedule, Shift
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views import words
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.board import board_url
from callcenter.scheduling.views.instants import end_after, instant
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import is_fragment_request, render, toast

AGENTS = "shift-agents"  # the list of the panel that a search replaces


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to "what would this do?", in words."""

    is_clean: bool
    sentences: Sequence[str]
    cost: str


@bp.get("/shifts/<int:shift_id>")
@permission_required(Permission.VIEW_SCHEDULES)
def shift(shift_id: int) -> ResponseReturnValue:
    """Show one shift with its parts, what rules it breaks, and how to change it."""
    found = queries.get_shift(
        shift_id, current_actor().scope(Permission.VIEW_SCHEDULES)
    )
    if request.headers.get("HX-Target") == AGENTS:
        return _agents(found)
    return _panel(found, _form_for(found))


def _agents(found: Shift) -> ResponseReturnValue:
    """Only whom the typed words name, for the two lists of the panel."""
    candidates = _candidates(found) if _may_move(found) else []
    return render_template(
        "scheduling/_shift_agents.html",
        form=_offer(_form_for(found), found, candidates),
        others=_swap_partners(found, candidates),
        is_alone=True,
    )


def _may_move(found: Shift) -> bool:
    return found.schedule.is_editable and current_actor().may(Permission.MOVE_SHIFT)


def _panel(
    found: Shift, form: MoveShiftForm, check: Check | None = None, status: int = 200
) -> ResponseReturnValue:
    may_move = _may_move(found)
    if check is None:
        check = _check(found, services.as_proposal(found))
    candidates = _candidates(found) if may_move else []
    response = render(
        "scheduling/shift.html",
        status,
        shift=found,
        form=_offer(form, found, candidates),
        check=check,
        may_move=may_move,
        others=_swap_partners(found, candidates),
        words=words,
    )
    response.vary.update(("HX-Request", "HX-Target"))
    return response


def _form_for(found: Shift) -> MoveShiftForm:
    zone = found.schedule.tz
    starts, ends = (each.astimezone(zone) for each in (found.starts_at, found.ends_at))
    values = {
        "employee_id": found.employee_id,
        "day": found.day,
        "starts": starts.time(),
        "ends": ends.time(),
        "version": found.version,
    }
    form = MoveShiftForm(data=None if request.method == "POST" else values)
    return _offer(form, found, ())


def _offer(
    form: MoveShiftForm, found: Shift, candidates: Sequence[queries.Candidate]
) -> MoveShiftForm:
    """Let the form offer whose the shift is, who is asked for, and who is free."""
    names = {found.employee_id: found.employee.name}
    asked = form.employee_id.data
    if asked and asked != found.employee_id:
        names[asked] = _require_agent(asked).name
    free = {each.employee_id: each.name for each in candidates if not each.shift_id}
    form.employee_id.choices = choices((names | free).items())
    return form


def _candidates(found: Shift) -> list[queries.Candidate]:
    scope = current_actor().scope(Permission.MOVE_SHIFT)
    typed = request.args.get("agent", "").strip()[:80]
    return queries.candidates_for(found, scope, typed)


def _swap_partners(
    found: Shift, candidates: Sequence[queries.Candidate]
) -> list[tuple[int, str]]:
    """Shifts of other agents on the same day, for a swap."""
    zone = found.schedule.zone
    return [
        (each.shift_id, f"{each.name}, {_times(each, zone)}")
        for each in candidates
        if each.shift_id is not None
    ]


def _times(each: Any, zone: str) -> str:
    return filters.time_range(each.starts_at, each.ends_at, zone)


def _check(found: Shift, proposal: "services.Proposal") -> Check:
    """What a change would break and cost, in words."""
    return _in_words(services.check_change(found, proposal))


def _in_words(answer: "services.Answer") -> Check:
    sentences = [
        words.finding(each.rule, each.found, each.limit, each.unit)
        for each in answer.findings
    ]
    delta = answer.short_after_h - answer.short_before_h
    if abs(delta) < 0.125:
        cost = _("Coverage stays as it is.")
    elif delta > 0:
        cost = _("%(hours)s more missing than now.", hours=filters.hours(delta, 2))
    else:
        cost = _("%(hours)s less missing than now.", hours=filters.hours(-delta, 2))
    return Check(answer.is_clean, sentences, cost)


@bp.get("/shifts/<int:shift_id>/check")
@permission_required(Permission.MOVE_SHIFT)
def check_shift(shift_id: int) -> ResponseReturnValue:
    """Answer what a change would break and cost while it is dragged or typed.

    The panel asks for a fragment, the board for JSON.
    """
    found = queries.get_shift(shift_id, current_actor().scope(Permission.MOVE_SHIFT))
    if is_fragment_request() and "" in request.args.values():
        return "", 204  # a time that is still being typed
    proposal = _asked_proposal(found)
    check = _check(found, proposal)
    if is_fragment_request():
        return render_template("scheduling/_shift_check.html", check=check)
    return jsonify(
        is_clean=check.is_clean,
        sentences=list(check.sentences),
        cost=check.cost,
        times=_times(proposal, found.schedule.zone),
    )


def _asked_proposal(found: Shift) -> "services.Proposal":
    """The change that the address describes: agent, day, start, and end or length."""
    employee_id = request.args.get("employee_id", found.employee_id, int)
    if employee_id != found.employee_id:
        _require_agent(employee_id)
    local = found.starts_at.astimezone(found.schedule.tz)
    try:
        day = date.fromisoformat(request.args.get("day", found.day.isoformat()))
        starts = time.fromisoformat(request.args.get("starts", f"{local:%H:%M}"))
    except ValueError:
        raise Invalid(field="day") from None
    starts_at = instant(found.schedule, day, starts)
    return services.propose(
        found,
        employee_id=employee_id,
        starts_at=starts_at,
        ends_at=_asked_end(found.schedule, day, starts_at),
    )


def _asked_end(schedule: Schedule, day: date, starts_at: datetime) -> datetime | None:
    length = request.args.get("length_min", type=int)
    if length:
        return starts_at + timedelta(minutes=length)
    if "ends" not in request.args:
        return None
    try:
        return end_after(
            schedule, day, starts_at, time.fromisoformat(request.args["ends"])
        )
    except ValueError:
        raise Invalid(field="ends") from None


def _require_agent(employee_id: int) -> Employee:
    """The agent, if within reach; raises `NotFound`."""
    scope = current_actor().scope(Permission.MOVE_SHIFT)
    employee = db.session.scalar(
        people.visible_employees(scope).where(Employee.id == employee_id)
    )
    if employee is None:
        raise NotFound(employee_id=employee_id)
    return employee


@bp.post("/shifts/<int:shift_id>/move")
@permission_required(Permission.MOVE_SHIFT)
def move_shift(shift_id: int) -> ResponseReturnValue:
    """Give a shift another time, length or agent."""
    scope = current_actor().scope(Permission.MOVE_SHIFT)
    found = queries.get_shift(shift_id, scope)
    form = _form_for(found)
    if form.validate_on_submit():
        try:
            with transaction():
                found = queries.get_shift(shift_id, scope)
                change = services.change_shift(
                    found,
                    _proposal_of(found, form),
                    version=int(form.version.data or 0) or None,
                    is_confirmed=form.is_confirmed.data,
                )
                day, schedule_id = found.day, found.schedule_id
            return _changed(schedule_id, day, _("Shift moved."), change.id)
        except RulesBroken as refusal:
            found = queries.get_shift(shift_id, scope)
            check = _check(found, _proposal_of(found, form))
            form.refuse(None, refusal.message)
            return _panel(found, form, check, 422)
        except Conflict as refusal:
            found = queries.get_shift(shift_id, scope)
            form.refuse(None, refusal.message)
    return _panel(found, form, status=422)


def _proposal_of(found: Shift, form: MoveShiftForm) -> "services.Proposal":
    schedule = found.schedule
    _require_agent(form.employee_id.data)
    starts_at = instant(schedule, form.day.data, form.starts.data)
    ends_at = end_after(schedule, form.day.data, starts_at, form.ends.data)
    return services.propose(
        found,
        employee_id=form.employee_id.data,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _changed(
    schedule_id: int, day: date, message: str, change_id: int
) -> ResponseReturnValue:
    undo = url_for(
        "scheduling.undo_change", schedule_id=schedule_id, change_id=change_id
    )
    toast(message, undo_url=undo)
    return _redirect_to(board_url(schedule_id, day))


@bp.post("/shifts/<int:shift_id>/swap")
@permission_required(Permission.MOVE_SHIFT)
def swap_shift(shift_id: int) -> ResponseReturnValue:
    """Let two agents work each other's shift."""
    scope = current_actor().scope(Permission.MOVE_SHIFT)
    other_id = request.form.get("other_id", type=int)
    if other_id is None:
        raise Invalid(field="other_id")
    try:
        with transaction():
            found = queries.get_shift(shift_id, scope)
            changes = services.swap_shifts(
                found,
                queries.get_shift(other_id, scope),
                is_confirmed=bool(request.form.get("is_confirmed")),
            )
            day, schedule_id = found.day, found.schedule_id
    except RulesBroken as refusal:
        found = queries.get_shift(shift_id, scope)
        form = _form_for(found)
        form.refuse(None, refusal.message)
        return _panel(found, form, _broken(refusal), 422)
    return _changed(schedule_id, day, _("Shifts swapped."), changes[0].id)


def _redirect_to(url: str) -> ResponseReturnValue:
    return redirect(url, code=303)


def _broken(refusal: RulesBroken) -> Check:
    findings = refusal.context["findings"]
    sentences = [words.finding(f.rule, f.found, f.limit, f.unit) for f in findings]
    return Check(is_clean=False, sentences=sentences, cost="")


@bp.post("/shifts/<int:shift_id>/delete")
@permission_required(Permission.MOVE_SHIFT)
def delete_shift(shift_id: int) -> ResponseReturnValue:
    """Take a shift off the schedule."""
    with transaction():
        found = queries.get_shift(
            shift_id, current_actor().scope(Permission.MOVE_SHIFT)
        )
        change = services.delete_shift(found)
        day, schedule_id = found.day, found.schedule_id
    return _changed(schedule_id, day, _("Shift deleted."), change.id)


@bp.post("/schedules/<int:schedule_id>/changes/<int:change_id>/undo")
@permission_required(Permission.MOVE_SHIFT)
def undo_change(schedule_id: int, change_id: int) -> ResponseReturnValue:
    """Take a change by hand back."""
    with transaction():
        scope = current_actor().scope(Permission.MOVE_SHIFT)
        queries.get_schedule(schedule_id, scope)
        change = queries.get_change(change_id, schedule_id)
        queries.get_shift(change.shift_id, scope)
        shifts = services.undo_change(change)
        day = shifts[0].day
    toast(
        _n(
            "%(num)d shift is as it was.",
            "%(num)d shifts are as they were.",
            len(shifts),
        )
    )
    return _redirect_to(board_url(schedule_id, day))


@bp.route("/schedules/<int:schedule_id>/shifts/new", methods=["GET", "POST"])
@permission_required(Permission.MOVE_SHIFT)
def add_shift(schedule_id: int) -> ResponseReturnValue:
    """Give an agent one more shift."""
    scope = current_actor().scope(Permission.MOVE_SHIFT)
    schedule = queries.get_schedule(schedule_id, scope)
    form = AddShiftForm(data=_empty_shift() if request.method == "GET" else None)
    templates = queries.active_templates()
    form.template_id.choices = choices(
        (each.id, words.template_name(each)) for each in templates
    )
    if form.employee_id.data is None:
        raise Invalid(field="employee_id")
    employee = _require_agent(int(form.employee_id.data))
    check = None
    if form.validate_on_submit():
        try:
            day = date.fromisoformat(form.day.data)
            with transaction():
                schedule = queries.get_schedule(schedule_id, scope)
                services.add_shift(
                    schedule,
                    _require_agent(employee.id),
                    queries.get_template(form.template_id.data),
                    instant(schedule, day, form.starts.data),
                    is_confirmed=form.is_confirmed.data,
                )
            return _redirect_to(board_url(schedule_id, day))
        except RulesBroken as refusal:
            check = _broken(refusal)
            form.refuse(None, refusal.message)
        except Conflict as refusal:
            form.refuse(None, refusal.message)
    return render(
        "scheduling/add_shift.html",
        422 if form.errors else 200,
        schedule=queries.get_schedule(schedule_id, scope),
        employee=_require_agent(employee.id),
        form=form,
        check=check,
        templates=templates,
    )


def _empty_shift() -> dict[str, Any]:
    return {
        "employee_id": request.args.get("employee_id", type=int),
        "day": request.args.get("day"),
        "starts": time(9),
    }
