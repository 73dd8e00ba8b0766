"""Clients: the list, a new one, changes."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import Stale
from callcenter.kernel.text import _, _l
from callcenter.projects import queries, services
from callcenter.projects.errors import CodeTaken, StillUsed
from callcenter.projects.forms import ClientForm
from callcenter.projects.models import Client
from callcenter.projects.permissions import Permission
from callcenter.projects.views.blueprint import bp
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, Empty, Table, TextFilter

_FIELDS = ("code", "name", "contact_name", "contact_email")


@bp.get("/clients")
@permission_required(Permission.VIEW_PROJECTS)
def clients() -> ResponseReturnValue:
    """List the companies that we work for."""
    may_edit = current_actor().may(Permission.EDIT_PROJECTS)
    table = Table(
        "clients",
        queries.visible_clients(current_actor().scope(Permission.VIEW_PROJECTS)),
        caption=_("Clients"),
        columns=[
            Column("name", _l("Name"), sort=Client.name),
            Column("code", _l("Code"), sort=Client.code),
            Column("contact_name", _l("Contact person")),
            Column("contact_email", _l("E-mail")),
        ],
        filters=[TextFilter("q", _l("Name or code"), Client.name, Client.code)],
        default_sort="name",
        row_url=lambda row: url_for("projects.projects", client=row.id),
        actions=None,
        empty=Empty(
            _l("No clients yet"),
            _l("A client is a company whose contacts are handled here."),
            _l("New client") if may_edit else None,
            url_for("projects.new_client") if may_edit else None,
            "building",
        ),
    )
    return table.respond("projects/clients.html", may_edit=may_edit)


@bp.route("/clients/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def new_client() -> ResponseReturnValue:
    """Add a client."""
    form = ClientForm()
    if form.validate_on_submit():
        try:
            with transaction():
                services.save_client(Client(), **form.values(*_FIELDS))
        except CodeTaken as error:
            form.refuse("code", error.message)
        else:
            toast(_("The client was added."))
            return see_other("projects.clients")
    status = 422 if form.errors else 200
    return render("projects/edit_client.html", status, form=form, client=None)


@bp.route("/clients/<int:client_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_PROJECTS)
def edit_client(client_id: int) -> ResponseReturnValue:
    """Change a client."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    client = queries.get_client(client_id, scope)
    form = ClientForm(obj=None if request.method == "POST" else client)
    if form.validate_on_submit():
        try:
            with transaction():
                client = queries.get_client(client_id, scope)
                form.require_latest(client)
                services.save_client(client, **form.values(*_FIELDS))
        except (CodeTaken, Stale) as error:
            client = queries.get_client(client_id, scope)
            form.refuse("code" if isinstance(error, CodeTaken) else None, error.message)
        else:
            toast(_("Saved."))
            return see_other("projects.clients")
    status = 422 if form.errors else 200
    return render("projects/edit_client.html", status, form=form, client=client)


@bp.post("/clients/<int:client_id>/delete")
@permission_required(Permission.EDIT_PROJECTS)
def delete_client(client_id: int) -> ResponseReturnValue:
    """Delete a client for whom there is no project."""
    scope = current_actor().scope(Permission.EDIT_PROJECTS)
    try:
        with transaction():
            services.delete_client(queries.get_client(client_id, scope))
    except StillUsed as error:
        toast(error.message, "warning")
        return see_other("projects.edit_client", client_id=client_id)
    toast(_("The client was deleted."))
    return see_other("projects.clients")
