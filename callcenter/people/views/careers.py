"""What happens to an employee: transfers, leaving, contracts, skills, sign-in."""

from collections.abc import Callable
from typing import Any

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.access.permissions import ROLE_NAMES, RoleCode
from callcenter.access.permissions import Permission as AccessPermission
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _
from callcenter.people import queries, services
from callcenter.people.forms import (
    AccountForm,
    EmploymentForm,
    EndForm,
    LeaveForm,
    PersonalDataForm,
    ReturnForm,
    SkillForm,
    TransferForm,
    after,
    before,
)
from callcenter.people.models import (
    Employee,
    EmploymentKind,
    LeavingReason,
    PayBasis,
)
from callcenter.people.permissions import Permission
from callcenter.people.views import words
from callcenter.people.views.blueprint import bp
from callcenter.web.forms import Form, choices
from callcenter.web.pages import render, see_other, toast

PATH = "/employees/<int:employee_id>"
BOTH = ["GET", "POST"]


@bp.route(f"{PATH}/transfer", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def transfer(employee_id: int) -> ResponseReturnValue:
    """Move somebody to another team, site or post."""
    found = _reachable(employee_id)
    present = f"{found.site_id}:{found.team_id or ''}"
    form = TransferForm(place=present, post_id=found.post_id, moved_on=words.today())
    form.place.choices = words.places(current_actor().scope(Permission.EDIT_EMPLOYEES))
    form.post_id.choices = words.post_choices(_("None"))

    def move(employee: Employee) -> None:
        site_id, team_id = words.place_of(form.place.data)
        services.transfer_employee(
            employee,
            site_id=site_id,
            team_id=team_id,
            **form.values("post_id", "moved_on", "reason"),
        )

    title = _("Transfer %(name)s", name=found.name)
    return _carry_out(found, form, move, title=title, submit=_("Transfer"))


@bp.route(f"{PATH}/leave", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def leave(employee_id: int) -> ResponseReturnValue:
    """End somebody's employment."""
    found = _reachable(employee_id)
    form = LeaveForm(last_day=words.today())
    form.reason.choices = words.kinds(LeavingReason)

    def let_go(employee: Employee) -> None:
        services.let_go(
            employee, left_on=after(form.last_day.data), reason=form.reason.data
        )

    return _carry_out(
        found,
        form,
        let_go,
        title=_("%(name)s leaves the company", name=found.name),
        submit=_("Leave the company"),
        note=_(
            "The contract ends with that day and later bookings are given back. Once "
            "it is over, the sign-in is shut and led teams wait for a supervisor."
        ),
    )


@bp.route(f"{PATH}/return", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def take_back(employee_id: int) -> ResponseReturnValue:
    """Employ somebody again who has left."""
    found = _reachable(employee_id)
    form = ReturnForm(returned_on=words.today())

    def bring_back(employee: Employee) -> None:
        services.take_back(employee, returned_on=form.returned_on.data)

    return _carry_out(
        found,
        form,
        bring_back,
        title=_("%(name)s returns", name=found.name),
        submit=_("Take back"),
        note=_("Add the new contract afterwards; skills are as they were."),
    )


@bp.route(f"{PATH}/personal-data/edit", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def edit_personal_data(employee_id: int) -> ResponseReturnValue:
    """Write a new phone or identity number; the present ones are not shown."""
    found = _reachable(employee_id)
    form = PersonalDataForm()

    def save(employee: Employee) -> None:
        country = queries.get_site(employee.site_id).country
        if form.phone.data:
            services.set_phone(employee, form.phone.data, country)
        if form.identity_number.data:
            services.set_identity_number(employee, form.identity_number.data, country)

    return _carry_out(
        found,
        form,
        save,
        title=_("Phone and identity number of %(name)s", name=found.name),
        note=_("What you leave empty stays as it is."),
    )


@bp.route(f"{PATH}/contracts/new", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def new_employment(employee_id: int) -> ResponseReturnValue:
    """Add a contract."""
    found = _reachable(employee_id)
    form = EmploymentForm(
        starts_on=found.hired_on,
        weekly_h=40,
        currency=found.site.currency,
        pay_basis=PayBasis.MONTH,
        kind=EmploymentKind.FULL_TIME,
    )
    form.kind.choices = words.kinds(EmploymentKind)
    form.pay_basis.choices = words.kinds(PayBasis)

    def add(employee: Employee) -> None:
        services.add_employment(employee, **form.fields())

    title = _("New contract of %(name)s", name=found.name)
    return _carry_out(found, form, add, title=title, submit=_("Add the contract"))


@bp.route(f"{PATH}/contracts/<int:employment_id>/end", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def end_employment(employee_id: int, employment_id: int) -> ResponseReturnValue:
    """Set or take away the last day of a contract."""
    found = _reachable(employee_id)
    contract = queries.get_employment(found, employment_id)
    form = EndForm(last_day=before(contract.ends_on))
    form.look_at(contract)

    def end(employee: Employee) -> None:
        present = queries.get_employment(employee, employment_id, lock=True)
        form.require_unchanged(present)
        services.end_employment(present, after(form.last_day.data))

    title = _("End of %(name)s's contract", name=found.name)
    return _carry_out(found, form, end, title=title)


@bp.route(f"{PATH}/skills/new", methods=BOTH)
@bp.route(f"{PATH}/skills/<int:skill_id>", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def edit_skill(employee_id: int, skill_id: int | None = None) -> ResponseReturnValue:
    """Grant a skill, or change its level and validity."""
    found = _reachable(employee_id)
    form = SkillForm(valid_from=words.today())
    if skill_id is not None:
        held = queries.get_employee_skill(found, skill_id)
        form = SkillForm(obj=held, last_day=before(held.valid_until))
        form.look_at(held)
    form.skill_id.choices = choices(
        (each.id, words.skill_name(each))
        for each in db.session.scalars(queries.skills())
        if skill_id in {None, each.id}
    )

    def grant(employee: Employee) -> None:
        if skill_id is not None:
            form.require_unchanged(queries.get_employee_skill(employee, skill_id))
        services.set_skill(
            employee,
            valid_until=after(form.last_day.data),
            **form.values("skill_id", "level", "valid_from"),
        )

    title = _("Skill of %(name)s", name=found.name)
    return _carry_out(found, form, grant, title=title)


@bp.post(f"{PATH}/skills/<int:skill_id>/remove")
@permission_required(Permission.EDIT_EMPLOYEES)
def remove_skill(employee_id: int, skill_id: int) -> ResponseReturnValue:
    """Take a skill away."""
    with transaction():
        found = _reachable(employee_id)
        services.remove_skill(queries.get_employee_skill(found, skill_id))
    toast(_("The skill is taken away."))
    return see_other("people.employee", employee_id=employee_id)


@bp.route(f"{PATH}/sign-in", methods=BOTH)
@permission_required(Permission.EDIT_EMPLOYEES)
def account(employee_id: int) -> ResponseReturnValue:
    """Give somebody a sign-in: an invitation, or one that exists already."""
    current_actor().scope(AccessPermission.MANAGE_USERS)
    found = _reachable(employee_id)
    form = AccountForm(email=found.email, role=RoleCode.AGENT.value)
    form.role.choices = choices(
        (role.value, ROLE_NAMES[role]) for role in services.INVITABLE
    )
    free = db.session.execute(queries.users_without_employee()).all()
    form.user_id.choices = choices(
        [
            ("", _("Invite to a new one")),
            *((key, f"{name} · {email}") for key, name, email in free),
        ]
    )
    if form.validate_on_submit():
        try:
            with transaction():
                token = _link_or_invite(_reachable(employee_id), form)
        except AppError as refusal:
            form.refuse("email", refusal.message)
        else:
            if token is not None:
                return _link_page(found, form.email.data, token)
            toast(_("The sign-in is linked."))
            return see_other("people.employee", employee_id=employee_id)
    return _form_page(
        found,
        form,
        title=_("Sign-in of %(name)s", name=found.name),
        submit=_("Link the sign-in"),
        note=_("Choose a sign-in that exists, or write the address to invite."),
    )


@bp.post(f"{PATH}/sign-in/unlink")
@permission_required(Permission.EDIT_EMPLOYEES)
def unlink_account(employee_id: int) -> ResponseReturnValue:
    """Set somebody's sign-in free and shut it."""
    current_actor().scope(AccessPermission.MANAGE_USERS)
    with transaction():
        services.unlink_user(_reachable(employee_id))
    toast(_("The sign-in is shut and no longer theirs."))
    return see_other("people.employee", employee_id=employee_id)


def _link_or_invite(employee: Employee, form: AccountForm) -> str | None:
    if form.user_id.data is not None:
        services.link_user(employee, form.user_id.data)
        return None
    _user, token = services.invite_employee(
        employee, email=form.email.data or "", role=RoleCode(form.role.data)
    )
    return token


def _link_page(found: Employee, email: str, token: str) -> ResponseReturnValue:
    base = current_app.extensions["config"].public_url
    path = url_for("access.accept_invitation", token=token, _external=not base)
    return render(
        "people/invitation.html", employee=found, email=email, link=f"{base}{path}"
    )


def _reachable(employee_id: int) -> Employee:
    scope = current_actor().scope(Permission.EDIT_EMPLOYEES)
    return queries.get_reachable(employee_id, scope)


def _carry_out(
    found: Employee, form: Form, change: Callable[[Employee], None], **texts: Any
) -> ResponseReturnValue:
    """Show the form or, once it is sent, carry the change out and go back."""
    if form.validate_on_submit():
        try:
            with transaction():
                change(_reachable(found.id))
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("people.employee", employee_id=found.id)
    return _form_page(found, form, **texts)


def _form_page(found: Employee, form: Form, **texts: Any) -> ResponseReturnValue:
    return render(
        "people/employee_form.html",
        422 if request.method == "POST" else 200,
        form=form,
        employee=found,
        **texts,
    )
