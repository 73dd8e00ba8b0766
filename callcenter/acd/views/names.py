"""Names of queues and agents in files, and what they stand for."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from callcenter.access.guards import permission_required
from callcenter.acd import queries, services
from callcenter.acd.errors import WrongTarget
from callcenter.acd.forms import MapNameForm
from callcenter.acd.models import NameKind, SourceName
from callcenter.acd.permissions import Permission
from callcenter.acd.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _, _l
from callcenter.people.models import Employee
from callcenter.projects.models import Queue
from callcenter.web.pages import back_to, render, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table, TextFilter

KIND_NAMES = {NameKind.QUEUE: _l("Queue"), NameKind.AGENT: _l("Agent")}
MAX_CHOICES = 500


@bp.get("/imports/names")
@permission_required(Permission.VIEW_IMPORTS)
def names() -> ResponseReturnValue:
    """List the names that files use, the unknown ones first."""
    scope = current_actor().scope(Permission.VIEW_IMPORTS)
    table = Table(
        "names",
        queries.source_names(scope),
        caption=_("Names in files"),
        columns=[
            Column("name", _l("Name"), sort=SourceName.name),
            Column("kind", _l("Kind"), value=lambda row: KIND_NAMES[row.kind]),
            Column("project", _l("Project"), value=lambda row: row.project.name),
            Column("is_known", _l("Known"), value=_state),
            Column(
                "n_waiting",
                _l("Contacts waiting"),
                sort=SourceName.n_waiting,
                align="end",
            ),
        ],
        filters=[
            TextFilter("q", _l("Name"), SourceName.name),
            ChoiceFilter(
                "state", _l("State"), None, _STATES, narrow=_narrow, default="unknown"
            ),
        ],
        default_sort="n_waiting",
        default_dir="desc",
        row_url=lambda row: url_for("acd.name", source_name_id=row.id),
        empty=Empty(
            _l("Every name is known"),
            _l("Names of queues and agents that files use appear here."),
        ),
    )
    return table.respond("acd/names.html")


_STATES = [
    ("unknown", _l("Unknown")),
    ("known", _l("Known")),
    ("ignored", _l("Set aside")),
]


def _narrow(value: str) -> Any:
    has_target = or_(
        SourceName.queue_id.is_not(None), SourceName.employee_id.is_not(None)
    )
    if value == "known":
        return has_target
    return ~has_target & SourceName.is_ignored.is_(value == "ignored")


def _state(row: SourceName) -> object:
    if row.is_known:
        return _("Known")
    return _("Set aside") if row.is_ignored else _("Unknown")


@bp.get("/imports/names/<int:source_name_id>")
@permission_required(Permission.MAP_NAMES)
def name(source_name_id: int) -> ResponseReturnValue:
    """Ask what a name stands for."""
    scope = current_actor().scope(Permission.MAP_NAMES)
    row = queries.get_source_name(source_name_id, scope)
    return render("acd/name.html", row=row, form=MapNameForm(), choices=_choices(row))


def _choices(row: SourceName) -> list[tuple[int, str]]:
    """The queues of the project, or the employees, those of a like name first."""
    if row.kind is NameKind.QUEUE:
        statement = (
            select(Queue.id, Queue.name)
            .where(Queue.project_id == row.project_id)
            .order_by(Queue.name)
        )
    else:
        alike = Employee.name.icontains(row.name.split()[0], autoescape=True)
        statement = (
            select(Employee.id, Employee.name + " · " + Employee.number)
            .where(Employee.left_on.is_(None))
            .order_by(alike.desc(), Employee.name_sort)
        )
    found = db.session.execute(statement.limit(MAX_CHOICES))
    return [(key, label) for key, label in found]


@bp.post("/imports/names/<int:source_name_id>/map")
@permission_required(Permission.MAP_NAMES)
def map_name(source_name_id: int) -> ResponseReturnValue:
    """Map a name; its waiting contacts count from now on."""
    scope = current_actor().scope(Permission.MAP_NAMES)
    form = MapNameForm()
    target = form.target.data or ""
    with transaction():
        row = queries.get_source_name(source_name_id, scope)
        if target == "new" and row.kind is NameKind.QUEUE:
            services.create_queue(row)
        elif target == "ignore":
            services.ignore_name(row)
        elif not target.isdecimal():
            raise WrongTarget
        elif row.kind is NameKind.QUEUE:
            services.map_queue(row, int(target))
        else:
            services.map_agent(row, int(target))
        text = row.name
    toast(_("“%(name)s” is settled. Its contacts are being counted.", name=text))
    return back_to("acd.names")
