"""Who is away: recording absences and taking them back."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.forms import AbsenceForm
from callcenter.people.models import Absence, AbsenceKind, Employee
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.web.pages import back_to, render, see_other, toast
from callcenter.web.tables import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Empty,
    RowAction,
    Table,
)


@bp.get("/absences")
@permission_required(Permission.RECORD_ABSENCE)
def absences() -> ResponseReturnValue:
    """List who is or was away, latest first."""
    table = Table(
        "absences",
        queries.absences_within(_scope()),
        caption=_("Absences"),
        columns=[
            Column(
                "name",
                _l("Full name"),
                sort=Employee.name_sort,
                value=lambda a: a.employee.name,
            ),
            Column(
                "team",
                _l("Team"),
                value=lambda a: a.employee.team.name if a.employee.team else None,
            ),
            Column("kind", _l("Kind"), sort=Absence.kind, value=lambda a: a.kind.label),
            Column(
                "starts_at",
                _l("Time away"),
                sort=Absence.starts_at,
                value=lambda a: words.span(
                    a.starts_at, a.ends_at, a.employee.site.zone
                ),
            ),
            Column("note", _l("Note")),
        ],
        filters=[
            ChoiceFilter(
                "kind",
                _l("Kind"),
                Absence.kind,
                [(kind.value, kind.label) for kind in AbsenceKind],
            ),
            DateRangeFilter("from", _l("From"), Absence.starts_at),
        ],
        default_sort="starts_at",
        default_dir="desc",
        row_url=_person_url,
        actions=_actions,
        empty=Empty(
            _l("Nobody was away"),
            _l("Absences are recorded on the page of the person."),
            icon="calendar-x",
        ),
    )
    return table.respond("people/absences.html")


def _time_away(row: Absence) -> str:
    return words.span(row.starts_at, row.ends_at, row.employee.site.zone)


@bp.route("/employees/<int:employee_id>/absences/new", methods=["GET", "POST"])
@permission_required(Permission.RECORD_ABSENCE)
def record_absence(employee_id: int) -> ResponseReturnValue:
    """Note that somebody is away."""
    found = queries.get_reachable(employee_id, _scope())
    note = _("Times are by the clock of %(site)s.", site=found.site.name)
    form = AbsenceForm(kind=AbsenceKind.SICK, **_usual_day(found))
    form.kind.choices = words.kinds(AbsenceKind)
    if form.validate_on_submit():
        try:
            with transaction():
                _record(queries.get_reachable(employee_id, _scope()), form)
        except AppError as refusal:
            field = refusal.context.get("field") or "starts_at"
            form.refuse(field, refusal.message)
        else:
            toast(_("The absence is recorded; the time is taken."))
            return see_other("people.employee", employee_id=employee_id)
    return render(
        "people/employee_form.html",
        422 if request.method == "POST" else 200,
        form=form,
        employee=found,
        title=_("Absence of %(name)s", name=found.name),
        submit=_("Record"),
        note=note,
    )


@bp.post("/absences/<int:absence_id>/withdraw")
@permission_required(Permission.RECORD_ABSENCE)
def withdraw_absence(absence_id: int) -> ResponseReturnValue:
    """Take an absence back."""
    with transaction():
        absence = queries.get_absence(absence_id, _scope())
        services.withdraw_absence(absence)
    toast(_("The absence is withdrawn; the time is free again."))
    return back_to("people.absences")


def _record(employee: Employee, form: AbsenceForm) -> None:
    zone = employee.site.tz
    services.record_absence(
        employee,
        kind=form.kind.data,
        starts_at=words.at_site(form.starts_at.data, zone),
        ends_at=words.at_site(form.ends_at.data, zone),
        note=form.note.data or "",
    )


def _usual_day(employee: Employee) -> dict[str, datetime]:
    day = clock.today(employee.site.tz)
    return {
        "starts_at": datetime.combine(day, time()),
        "ends_at": datetime.combine(day + timedelta(days=1), time()),
    }


def _person_url(absence: Absence) -> str | None:
    if not current_actor().may(Permission.VIEW_EMPLOYEES):
        return None
    return url_for("people.employee", employee_id=absence.employee_id)


def _actions(absence: Absence) -> list[RowAction]:
    url = url_for("people.withdraw_absence", absence_id=absence.id)
    return [RowAction(_("Withdraw"), url, "x-lg", is_post=True, is_danger=True)]


def _scope() -> Any:
    return current_actor().scope(Permission.RECORD_ABSENCE)
