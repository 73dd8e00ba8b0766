"""Roles: the built-in ones to look at, the customer's own to change."""

from flask.typing import ResponseReturnValue

from callcenter.access import queries, services
from callcenter.access.forms import RoleForm
from callcenter.access.guards import permission_required
from callcenter.access.models import Role
from callcenter.access.permissions import (
    ROLE_NAMES,
    Permission,
    RoleCode,
    declared,
    held_by,
    words_of,
)
from callcenter.access.views.blueprint import bp
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, Stale
from callcenter.kernel.text import _
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast


@bp.get("/roles")
@permission_required(Permission.MANAGE_ROLES)
def roles() -> ResponseReturnValue:
    """Show which role holds which permission."""
    return render(
        "access/roles.html",
        built_in=[(code, ROLE_NAMES[code], held_by(code)) for code in RoleCode],
        own=db.session.scalars(queries.roles()).all(),
        permissions=[(code, words_of(code)) for code in declared()],
    )


@bp.route("/roles/new", methods=["GET", "POST"])
@permission_required(Permission.MANAGE_ROLES)
def new_role() -> ResponseReturnValue:
    """Create a role of the customer's own."""
    return _edit(None)


@bp.route("/roles/<int:role_id>", methods=["GET", "POST"])
@permission_required(Permission.MANAGE_ROLES)
def role(role_id: int) -> ResponseReturnValue:
    """Change a role of the customer's own."""
    return _edit(queries.get_role(role_id))


@bp.post("/roles/<int:role_id>/delete")
@permission_required(Permission.MANAGE_ROLES)
def delete_role(role_id: int) -> ResponseReturnValue:
    """Remove a role that nobody holds."""
    with transaction():
        services.delete_role(queries.get_role(role_id))
    toast(_("Role deleted."))
    return see_other("access.roles")


def _edit(present: Role | None) -> ResponseReturnValue:
    form = RoleForm(obj=present)
    form.look_at(present)
    form.permissions.choices = choices((code, words_of(code)) for code in declared())
    role_id = present.id if present else None
    if form.validate_on_submit():
        try:
            with transaction():
                found = queries.get_role(role_id) if role_id else None
                services.save_role(
                    form.require_unchanged(found),
                    **form.values("name", "description", "permissions"),
                )
        except (Invalid, Stale) as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("access.roles")
    return render(
        "access/role.html", 422 if form.errors else 200, form=form, role_id=role_id
    )
