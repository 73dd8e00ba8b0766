"""Single contacts: the last step of every drill-through."""

from datetime import date, datetime, time, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from callcenter.access.guards import permission_required
from callcenter.acd import queries
from callcenter.acd.connectors.kinds import Direction, Outcome
from callcenter.acd.metrics import Dimension
from callcenter.acd.models import Contact, Import
from callcenter.acd.permissions import Permission
from callcenter.acd.views.blueprint import bp
from callcenter.acd.views.explorer import read_filters
from callcenter.acd.views.words import DIRECTION_NAMES, OUTCOME_NAMES
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l
from callcenter.people.models import Employee
from callcenter.projects.models import Project, Queue
from callcenter.web.filters import zone_of
from callcenter.web.pages import render
from callcenter.web.tables import ChoiceFilter, Column, DateRangeFilter, Empty, Table

MOST_DAYS = 31
"""The longest period whose contacts are listed."""

_PERIOD = ("at", "until", "offered_from", "offered_to")
Rows = Select[Contact, Queue, Project, Employee]
_FILTERED = {
    Dimension.CLIENT: Project.client_id,
    Dimension.PROJECT: Project.id,
    Dimension.QUEUE: Queue.id,
    Dimension.CHANNEL: Queue.channel,
    Dimension.SITE: Employee.site_id,
    Dimension.TEAM: Employee.team_id,
    Dimension.AGENT: Employee.id,
}


@bp.get("/contacts")
@permission_required(Permission.VIEW_CONTACTS)
def contacts() -> ResponseReturnValue:
    """List contacts, latest first."""
    scope = current_actor().scope(Permission.VIEW_CONTACTS)
    period, is_capped = _period()
    statement = _narrowed(queries.contact_statement(scope), *period)
    table = Table(
        "contacts",
        statement,  # type: ignore[arg-type]
        caption=_("Contacts"),
        columns=_columns(),
        filters=[
            DateRangeFilter("offered", _l("Offered"), Contact.offered_at),
            ChoiceFilter(
                "outcome",
                _l("Outcome"),
                Contact.outcome,
                [(int(each), name) for each, name in OUTCOME_NAMES.items()],
            ),
        ],
        default_sort="offered_at",
        default_dir="desc",
        row_url=lambda row: url_for("acd.contact", contact_id=row.Contact.id),
        empty=Empty(
            _l("No contacts here"),
            _l(
                "Contacts come from imported call records. Widen the filters or import."
            ),
            _l("Imports"),
            url_for("acd.imports"),
        ),
    )
    is_latest = not any(request.args.get(name) for name in _PERIOD)
    return table.respond(
        "acd/contacts.html",
        is_latest=is_latest,
        n_days=MOST_DAYS if is_capped else None,
    )


def _period() -> tuple[tuple[datetime | None, datetime | None], bool]:
    """From when to when contacts are shown, and whether more was asked for.

    A long list is cut to its latest days: to count and sort the contacts of a year
    would take seconds, and nobody reads them one by one.
    """
    arguments = request.args
    if not any(arguments.get(name) for name in _PERIOD):
        return _latest_day(), False
    starts = [_instant(arguments.get("at")), _midnight("offered_from")]
    ends = [_instant(arguments.get("until")), _midnight("offered_to", more_days=1)]
    starts_at = max(filter(None, starts), default=None)
    ends_at = min(filter(None, ends), default=None)
    latest = _latest_day()[1]
    if latest is None:
        return (starts_at, ends_at), False
    until = ends_at or max(latest, starts_at or latest) + timedelta(days=1)
    earliest = until - timedelta(days=MOST_DAYS)
    if starts_at is not None and starts_at >= earliest:
        return (starts_at, ends_at), False
    return (earliest, until), True


def _midnight(name: str, *, more_days: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(request.args.get(name) or "")
        return datetime.combine(day + timedelta(days=more_days), time(), zone_of())
    except (ValueError, OverflowError):
        return None


def _narrowed(
    statement: Rows, starts_at: datetime | None, ends_at: datetime | None
) -> Rows:
    """The contacts of a period and of the explorer's filters."""
    if starts_at is not None:
        statement = statement.where(Contact.offered_at >= starts_at)
    if ends_at is not None:
        statement = statement.where(Contact.offered_at < ends_at)
    for dimension, values in read_filters(request.args).items():
        statement = statement.where(_FILTERED[dimension].in_(values))
        if dimension is Dimension.AGENT:
            statement = queries.in_queues_of(statement, values)
    return statement


def _latest_day() -> tuple[datetime | None, datetime | None]:
    """The last day with facts: a list of all contacts ever would answer nobody."""
    latest = queries.last_fact_day()
    if latest is None:
        return None, None
    starts_at = datetime.combine(latest, time(), zone_of())
    return starts_at, starts_at + timedelta(days=1)


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _columns() -> list[Column]:
    return [
        Column(
            "offered_at",
            _l("Offered"),
            sort=Contact.offered_at,
            value=lambda row: row.Contact.offered_at,
        ),
        Column("queue", _l("Queue"), value=lambda row: row.Queue.name),
        Column(
            "project", _l("Project"), value=lambda row: row.Project.name, is_hidden=True
        ),
        Column(
            "agent",
            _l("Agent"),
            value=lambda row: row.Employee.name if row.Employee else None,
        ),
        Column("outcome", _l("Outcome"), value=lambda row: _outcome(row.Contact)),
        _seconds("wait_s", _l("Wait")),
        _seconds("talk_s", _l("Talk")),
        _seconds("hold_s", _l("Hold")),
        _seconds("wrap_s", _l("After-call work")),
        Column(
            "transfers",
            _l("Transfers"),
            value=lambda row: row.Contact.transfers,
            align="end",
            is_hidden=True,
        ),
        Column("customer", _l("Customer"), value=lambda row: masked(row.Contact)),
    ]


def _seconds(name: str, label: object) -> Column:
    return Column(
        name,
        label,
        sort=getattr(Contact, name),
        value=lambda row: getattr(row.Contact, name),
        style="clock",
        align="end",
    )


def _outcome(contact: Contact) -> str:
    return str(OUTCOME_NAMES.get(Outcome(contact.outcome), contact.outcome))


def masked(contact: Contact) -> str | None:
    """A short name for a customer whose number is not stored."""
    if contact.customer is None:
        return None
    return f"••{contact.customer & 0xFFFFFF:06x}"


@bp.get("/contacts/<int:contact_id>")
@permission_required(Permission.VIEW_CONTACTS)
def contact(contact_id: int) -> ResponseReturnValue:
    """Show one contact, where it came from, and when the customer came again."""
    scope = current_actor().scope(Permission.VIEW_CONTACTS)
    row = queries.get_contact(contact_id, scope)
    found = row.Contact
    return render(
        "acd/contact.html",
        contact=found,
        queue=row.Queue,
        project=row.Project,
        agent=row.Employee,
        outcome=_outcome(found),
        direction=DIRECTION_NAMES[Direction(found.direction)],
        customer=masked(found),
        visits=queries.visits_of_customer(found, row.Project.id, scope),
        origin=db.session.get(Import, found.import_id),
        outcome_of=_outcome,
    )
