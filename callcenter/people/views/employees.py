"""The list of employees, one employee, and what is written about them."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import false

from callcenter.access import audit
from callcenter.access.guards import permission_required
from callcenter.access.models import AuditEntry
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _, _l
from callcenter.people import queries, services
from callcenter.people.forms import EmployeeForm, NewEmployeeForm, PurposeForm
from callcenter.people.models import Employee, EmploymentKind
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table
from callcenter.web.tables.exports import FORMATS
from callcenter.web.tables.filters import TextFilter

HISTORY = 20
COMMITMENTS = 12


@bp.get("/employees")
@permission_required(Permission.VIEW_EMPLOYEES)
def employees() -> ResponseReturnValue:
    """List the employees within reach."""
    if request.args.get("export") in FORMATS:
        with transaction():
            query = request.query_string.decode()
            audit.record("exported", "people_employee", "list", query=query[:400])
    return employees_table().respond("people/employees.html", filters=filters_text())


def filters_text() -> str:
    """The address's query as it is, to carry a list's filters to another page."""
    query = request.query_string.decode()
    return f"?{query}" if query else ""


def employees_table() -> Table:
    """The list as the address narrows and orders it."""
    day = words.today()
    statement = queries.listed_employees(_scope(), day)
    return Table(
        "employees",
        statement,
        caption=_("Employees"),
        columns=_columns(day),
        filters=_filters(day),
        default_sort="name",
        row_url=lambda e: url_for("people.employee", employee_id=e.id),
        empty=Empty(
            _l("No employees yet"),
            _l("Take on the first one, or bring in a spreadsheet of them all."),
            _l("New employee"),
            url_for("people.new_employee"),
            "people",
        ),
    )


def _columns(day: Any) -> list[Column]:
    status = words.status_words()
    return [
        Column("name", _l("Full name"), sort=Employee.name_sort),
        Column("number", _l("Number"), sort=Employee.number),
        Column("team", _l("Team"), value=lambda e: e.team.name if e.team else None),
        Column("site", _l("Site"), value=lambda e: e.site.name),
        Column("post", _l("Post"), value=lambda e: words.post_title(e.post)),
        Column(
            "employment",
            _l("Employment"),
            value=lambda e: e.current_kind.label if e.current_kind else None,
        ),
        Column(
            "status",
            _l("Status"),
            sort=Employee.left_on,
            value=lambda e: status[words.status_of(e, day)][0],
        ),
        Column(
            "tenure",
            _l("Tenure"),
            sort=Employee.hired_on,
            value=lambda e: words.tenure(e, day),
        ),
        Column("hired_on", _l("Joined on"), sort=Employee.hired_on, is_hidden=True),
        Column("left_on", _l("Gone from"), sort=Employee.left_on, is_hidden=True),
        Column("email", _l("E-mail"), sort=Employee.email, is_hidden=True),
        Column("acd_login", _l("Telephone system sign-in"), is_hidden=True),
    ]


def _filters(day: Any) -> list[Any]:
    offered = queries.filter_choices(_scope())
    present = queries.employed_on(day)
    status: dict[str, Callable[[], Any]] = {
        "present": lambda: present,
        "left": lambda: Employee.left_on <= day,
        "future": lambda: Employee.hired_on > day,
    }
    status_names = words.status_words()
    return [
        TextFilter("q", _l("Name, pinyin or number"), matching=queries.matching),
        ChoiceFilter("site", _l("Site"), Employee.site_id, [*offered["site"].items()]),
        ChoiceFilter("team", _l("Team"), Employee.team_id, [*offered["team"].items()]),
        ChoiceFilter(
            "skill",
            _l("Skill"),
            None,
            [*offered["skill"].items()],
            narrow=lambda key: queries.holding_skill(key, day),
        ),
        ChoiceFilter(
            "employment",
            _l("Employment"),
            None,
            [(kind.value, kind.label) for kind in EmploymentKind],
            narrow=lambda code: queries.employed_as(EmploymentKind(code), day),
        ),
        ChoiceFilter(
            "status",
            _l("Status"),
            None,
            [(code, status_names[code][0]) for code in status],
            narrow=lambda code: status.get(code, false)(),
            default="present",
        ),
    ]


@bp.get("/employees/<int:employee_id>")
@permission_required(Permission.VIEW_EMPLOYEES)
def employee(employee_id: int) -> ResponseReturnValue:
    """Show one person: who, where, under which contract, what takes their time."""
    found = queries.detailed_employee(employee_id, _scope())
    return render("people/employee.html", **detail_context(found))


def detail_context(found: Employee) -> dict[str, Any]:
    """What the page about a person shows."""
    day = clock.today(found.site.tz)
    actor = current_actor()
    coming = queries.commitments_of(found.id, clock.now()).limit(COMMITMENTS)
    trail = queries.history_of(found.id).limit(HISTORY)
    absences = db.session.scalars(queries.absences_of(found.id).limit(COMMITMENTS))
    return {
        "employee": found,
        "day": day,
        "zone": found.site.zone,
        "status": words.status_of(found, day),
        "status_words": words.status_words(),
        "tenure": words.tenure(found, day),
        "words": words,
        "masked": services.masked,
        "absences": absences.all(),
        "commitments": db.session.scalars(coming).all(),
        "moves": queries.moves_of(found.id),
        "history": [_told(entry) for entry in db.session.scalars(trail)],
        "now": clock.now(),
        "may": {each.name.lower(): actor.may(each) for each in Permission},
    }


@bp.route("/employees/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_EMPLOYEES)
def new_employee() -> ResponseReturnValue:
    """Take somebody on."""
    form = NewEmployeeForm(hired_on=words.today())
    form.place.choices = words.places(_edit_scope())
    form.post_id.choices = words.post_choices(_("None yet"))
    if form.validate_on_submit():
        try:
            with transaction():
                hired = _hire(form)
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("%(name)s is on board. Add the contract next.", name=hired.name))
            return see_other("people.employee", employee_id=hired.id)
    return render("people/new_employee.html", 422 if form.errors else 200, form=form)


@bp.route("/employees/<int:employee_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_EMPLOYEES)
def edit_employee(employee_id: int) -> ResponseReturnValue:
    """Correct what is known of somebody."""
    found = queries.get_reachable(employee_id, _edit_scope())
    form = EmployeeForm(obj=found)
    form.look_at(found)
    if form.validate_on_submit():
        try:
            with transaction():
                found = queries.get_reachable(employee_id, _edit_scope())
                form.require_unchanged(found)
                services.change_employee(found, _person(form, found.site_id))
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("people.employee", employee_id=employee_id)
    return render(
        "people/employee_form.html",
        422 if form.errors else 200,
        form=form,
        employee=found,
        title=_("Edit %(name)s", name=found.name),
    )


@bp.route("/employees/<int:employee_id>/personal-data", methods=["GET", "POST"])
@permission_required(Permission.VIEW_PERSONAL_DATA)
def personal_data(employee_id: int) -> ResponseReturnValue:
    """Ask for a purpose, note it, and show phone and identity number."""
    scope = current_actor().scope(Permission.VIEW_PERSONAL_DATA)
    found = queries.get_reachable(employee_id, scope)
    form = PurposeForm()
    is_open = form.validate_on_submit()
    if is_open:
        with transaction():
            found = queries.get_with_personal_data(employee_id, scope)
            audit.record(
                "revealed",
                "people_employee",
                employee_id,
                fields=["phone", "identity_number"],
                purpose=form.purpose.data,
            )
    response = render(
        "people/personal_data.html",
        422 if form.errors else 200,
        form=form,
        employee=found,
        is_open=is_open,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _hire(form: NewEmployeeForm) -> Employee:
    site_id, team_id = words.place_of(form.place.data)
    site = queries.get_site(site_id)
    hired = services.hire_employee(_person(form, site_id, team_id, form.post_id.data))
    services.set_phone(hired, form.phone.data, site.country)
    services.set_identity_number(hired, form.identity_number.data, site.country)
    return hired


def _person(
    form: EmployeeForm,
    site_id: int,
    team_id: int | None = None,
    post_id: int | None = None,
) -> services.Person:
    known = form.values("number", "name", "hired_on", "email", "acd_login")
    return services.Person(**known, site_id=site_id, team_id=team_id, post_id=post_id)


def _scope() -> Any:
    return current_actor().scope(Permission.VIEW_EMPLOYEES)


def _edit_scope() -> Any:
    return current_actor().scope(Permission.EDIT_EMPLOYEES)


def _told(entry: AuditEntry) -> dict[str, Any]:
    """One entry of the audit trail as a line of somebody's history."""
    actions = {
        "created": _("Taken on"),
        "changed": _("Changed"),
        "revealed": _("Personal data looked at"),
        "released": _("Booked time given back"),
    }
    text = actions.get(entry.action, entry.action)
    fields = entry.changed_fields()
    if entry.action == "changed":
        shown = [_field_name(name) for name in fields if name not in {"name_sort"}]
        text = _("Changed: %(fields)s", fields=", ".join(shown))
    detail = fields.get("purpose") if entry.action == "revealed" else None
    return {"at": entry.at, "by": entry.user_name, "text": text, "detail": detail}


def _field_name(key: str) -> str:
    names = {
        "name": _("Full name"),
        "number": _("Number"),
        "site_id": _("Site"),
        "team_id": _("Team"),
        "post_id": _("Post"),
        "user_id": _("Sign-in"),
        "hired_on": _("Joined on"),
        "left_on": _("Gone from"),
        "leaving_reason": _("Reason for leaving"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "identity_number": _("Identity number"),
        "acd_login": _("Telephone system sign-in"),
    }
    return names.get(key, key)
