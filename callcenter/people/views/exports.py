"""The workbook of employees: what the list shows, in the form that comes in again."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from callcenter.access import audit
from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.text import _
from callcenter.people import queries, services
from callcenter.people.forms import ExportForm, before
from callcenter.people.models import Employee, Employment
from callcenter.people.permissions import Permission
from callcenter.people.views.blueprint import bp
from callcenter.people.views.employees import employees_table, filters_text
from callcenter.web.pages import render
from callcenter.web.tables import Column
from callcenter.web.tables.exports import xlsx_response


@bp.route("/employees/export", methods=["GET", "POST"])
@permission_required(Permission.VIEW_EMPLOYEES)
def export_employees() -> ResponseReturnValue:
    """A workbook of the filtered people that can be changed and brought in again."""
    actor = current_actor()
    form = ExportForm()
    if not actor.may(Permission.VIEW_PERSONAL_DATA):
        del form.with_personal
    if not actor.may(Permission.VIEW_PAY):
        del form.with_pay
    if form.validate_on_submit():
        with_personal = "with_personal" in form and form.with_personal.data
        with_pay = "with_pay" in form and form.with_pay.data
        if with_personal and not form.purpose.data:
            form.refuse("purpose", _("Personal data leaves only for a stated purpose."))
        else:
            return _export(
                with_personal=with_personal,
                with_pay=with_pay,
                purpose=form.purpose.data or "",
            )
    status = 422 if form.errors else 200
    return render("people/export.html", status, form=form, filters=filters_text())


def _export(*, with_personal: bool, with_pay: bool, purpose: str) -> Response:
    actor = current_actor()
    table = employees_table()
    scope = actor.scope(Permission.VIEW_EMPLOYEES)
    if with_personal:
        table.statement = queries.exported_employees(scope).where(
            queries.in_scope(actor.scope(Permission.VIEW_PERSONAL_DATA))
        )
    else:
        table.statement = queries.exported_employees(scope)
    if with_pay:
        pay_scope = actor.scope(Permission.VIEW_PAY)
        table.statement = table.statement.where(queries.in_scope(pay_scope))
    with transaction():
        audit.record(
            "exported",
            "people_employee",
            "workbook",
            query=request.query_string.decode()[:400],
            with_personal=with_personal,
            with_pay=with_pay,
            purpose=purpose,
        )
    columns = export_columns(with_personal=with_personal, with_pay=with_pay)
    response = xlsx_response(_("Employees"), columns, table.every_row())
    response.headers["Cache-Control"] = "no-store"
    return response


def export_columns(*, with_personal: bool, with_pay: bool) -> list[Column]:
    """The columns of the workbook: those that the import understands."""
    readers: dict[str, Callable[[Employee], Any]] = {
        "number": lambda e: e.number,
        "name": lambda e: e.name,
        "site": lambda e: e.site.code,
        "team": lambda e: e.team.code if e.team else None,
        "post": lambda e: e.post.title if e.post else None,
        "hired_on": lambda e: e.hired_on,
        "email": lambda e: e.email,
        "phone": lambda e: e.phone,
        "identity_number": lambda e: e.identity_number,
        "acd_login": lambda e: e.acd_login,
        "employment_kind": lambda e: _of_contract(e, "kind"),
        "contract_number": lambda e: _of_contract(e, "contract_number") or None,
        "starts_on": lambda e: _of_contract(e, "starts_on"),
        "ends_on": lambda e: before(_of_contract(e, "ends_on")),
        "weekly_h": lambda e: _of_contract(e, "weekly_h"),
        "pay_basis": lambda e: _of_contract(e, "pay_basis"),
        "pay_rate": lambda e: _of_contract(e, "pay_rate"),
        "currency": lambda e: _of_contract(e, "currency"),
        "skills": lambda e: "; ".join(f"{s.skill.code}:{s.level}" for s in e.skills),
        "left_on": lambda e: before(e.left_on),
        "leaving_reason": lambda e: e.leaving_reason,
    }
    return [
        Column(field.key, field.label, value=readers[field.key])
        for field in services.FIELDS
        if (with_personal or not field.is_personal) and (with_pay or not field.is_pay)
    ]


def _of_contract(employee: Employee, name: str) -> Any:
    contracts: list[Employment] = employee.employments
    return getattr(contracts[-1], name) if contracts else None
