"""The floor plan: who sits where at a moment, which seats are out of order."""

from datetime import UTC, datetime

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _, _n
from callcenter.people.models import Floor
from callcenter.projects import queries as projects
from callcenter.projects.models import Project
from callcenter.scheduling import queries, services
from callcenter.scheduling.forms import CloseSeatForm, SeatsForm
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views.blueprint import bp
from callcenter.scheduling.views.plan import PartOfFloor, Plan, parts_of
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast, whole_number_arg


@bp.get("/floors")
@permission_required(Permission.VIEW_SEATS)
def floors() -> ResponseReturnValue:
    """List the floors with their seats."""
    scope = current_actor().scope(Permission.VIEW_SEATS)
    return render(
        "scheduling/floors.html",
        floors=db.session.scalars(queries.visible_floors(scope)).all(),
        counts=queries.seat_counts(),
    )


@bp.get("/floors/<int:floor_id>")
@permission_required(Permission.VIEW_SEATS)
def floor(floor_id: int) -> ResponseReturnValue:
    """Show a floor as it is at a moment."""
    found = queries.get_floor(floor_id, current_actor().scope(Permission.VIEW_SEATS))
    at = _asked_moment(found)
    parts = parts_of(queries.seat_rows(found.id, at))
    asked = whole_number_arg("part", 1, low=1, high=10_000)
    part = parts[min(asked, len(parts)) - 1] if parts else None
    may_edit = current_actor().may(Permission.EDIT_SEATS)
    return render(
        "scheduling/floor.html",
        floor=found,
        at=at,
        local=at.astimezone(found.site.tz),
        sections=parts,
        part=part,
        plan=_plan(found, part, at) if part else None,
        n_seats=sum(each.n_seats for each in parts),
        n_taken=sum(each.n_taken for each in parts),
        form=_seats_form() if may_edit else None,
        may_edit=may_edit,
    )


def _plan(found: Floor, part: PartOfFloor, at: datetime) -> Plan:
    seats = queries.placed_seats(found.id, part.first_y, part.last_y)
    use = queries.seat_use([seat.id for seat in seats], at)
    return Plan(seats, use, found.site.zone)


def _asked_moment(found: Floor) -> datetime:
    """The moment of the address, by the site's clock; now when it names none."""
    try:
        local = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        return clock.now()
    return local.replace(tzinfo=found.site.tz).astimezone(UTC)


def _seats_form() -> SeatsForm:
    form = SeatsForm()
    scope = current_actor().scope(Permission.EDIT_SEATS)
    rows = db.session.execute(
        select(Project.id, Project.name)
        .where(projects.in_scope(scope))
        .order_by(Project.name)
    )
    form.project_id.choices = choices([(0, _("Everybody")), *rows])

    return form


@bp.post("/floors/<int:floor_id>/seats")
@permission_required(Permission.EDIT_SEATS)
def lay_out_seats(floor_id: int) -> ResponseReturnValue:
    """Put a block of seats on a floor."""
    form = _seats_form()
    if not form.validate_on_submit():
        for errors in form.errors.values():
            toast(" ".join(map(str, errors)), "danger")
        return see_other("scheduling.floor", floor_id=floor_id)
    with transaction():
        found = queries.get_floor(
            floor_id, current_actor().scope(Permission.EDIT_SEATS)
        )
        block = services.Block(
            form.zone.data.upper(),
            form.n_rows.data,
            form.n_columns.data,
            form.x.data,
            form.y.data,
        )
        made = services.lay_out(found, block, project_id=form.project_id.data or None)
    toast(_n("%(num)d seat added.", "%(num)d seats added.", len(made)))
    return see_other("scheduling.floor", floor_id=floor_id)


@bp.get("/seats/<int:seat_id>")
@permission_required(Permission.VIEW_SEATS)
def seat(seat_id: int) -> ResponseReturnValue:
    """Show one seat and whether it can be used."""
    found = queries.get_seat(seat_id, current_actor().scope(Permission.VIEW_SEATS))
    return render(
        "scheduling/seat.html",
        seat=found,
        use=queries.seat_use([found.id], clock.now()).get(found.id),
        form=CloseSeatForm(),
        may_edit=current_actor().may(Permission.EDIT_SEATS),
    )


@bp.post("/seats/<int:seat_id>/close")
@permission_required(Permission.EDIT_SEATS)
def close_seat(seat_id: int) -> ResponseReturnValue:
    """Take a seat out of order; who would sit there is moved."""
    scope = current_actor().scope(Permission.EDIT_SEATS)
    form = CloseSeatForm()
    if not form.validate_on_submit():
        found = queries.get_seat(seat_id, scope)
        return render(
            "scheduling/seat.html", 422, seat=found, use=None, form=form, may_edit=True
        )
    with transaction():
        found = queries.get_seat(seat_id, scope)
        n_moved, n_left = services.close_seat(found, form.reason.data)
        floor_id = found.floor_id
    toast(_("%(n)s coming shifts got another seat.", n=n_moved))
    if n_left:
        toast(_("%(n)s coming shifts are left without a seat.", n=n_left), "warning")
    return see_other("scheduling.floor", floor_id=floor_id)


@bp.post("/seats/<int:seat_id>/reopen")
@permission_required(Permission.EDIT_SEATS)
def reopen_seat(seat_id: int) -> ResponseReturnValue:
    """Let people sit there again."""
    with transaction():
        found = queries.get_seat(seat_id, current_actor().scope(Permission.EDIT_SEATS))
        services.reopen_seat(found)
        floor_id = found.floor_id
    return see_other("scheduling.floor", floor_id=floor_id)
