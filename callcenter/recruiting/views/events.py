"""Events: the list, one with its QR code, changes."""

import io
from datetime import datetime, time, timedelta
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _, _l
from callcenter.people.models import Site
from callcenter.recruiting import queries, services
from callcenter.recruiting.forms import EventForm
from callcenter.recruiting.models import Channel, Event
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views import words
from callcenter.recruiting.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, DateRangeFilter, Empty, Table, TextFilter

_FIELDS = ("title", "channel_id", "requisition_id", "place", "n_attended", "is_open")


@bp.get("/events")
@permission_required(Permission.EDIT_CHANNELS)
def events() -> ResponseReturnValue:
    """List the events, latest first."""
    actor = current_actor()
    columns = [
        Column("title", _l("Title"), sort=Event.title),
        Column("channel", _l("Channel"), value=lambda e: e.channel.name),
        Column("site", _l("Site"), value=lambda e: e.site.name),
        Column("place", _l("Place"), sort=Event.place),
        Column(
            "starts_at",
            _l("From"),
            sort=Event.starts_at,
            value=lambda e: filters.moment(e.starts_at, e.site.zone),
        ),
        Column("n_attended", _l("Attendance"), sort=Event.n_attended, align="end"),
    ]
    if actor.may(Permission.VIEW_MONEY):
        columns.append(Column("spend", _l("Spent"), value=_spend, align="end"))
    table = Table(
        "events",
        queries.visible_events(actor.scope(Permission.EDIT_CHANNELS)),
        caption=_("Events"),
        columns=columns,
        filters=[
            TextFilter(
                "q",
                _l("Title, place or channel"),
                Event.title,
                Event.place,
                Channel.name,
            ),
            DateRangeFilter("day", _l("Day"), Event.starts_at),
        ],
        default_sort="starts_at",
        default_dir="desc",
        row_url=lambda e: url_for("recruiting.event", event_id=e.id),
        empty=Empty(
            _l("No events yet"),
            _l("A talk or a day at a school; people sign up with their phones."),
            _l("New event"),
            url_for("recruiting.new_event"),
            "calendar-event",
        ),
    )
    return table.respond("recruiting/events.html")


def _spend(row: Event) -> str | None:
    return None if row.spend is None else filters.money(row.spend, row.currency)


@bp.get("/events/<int:event_id>")
@permission_required(Permission.EDIT_CHANNELS)
def event(event_id: int) -> ResponseReturnValue:
    """Show one event: the code that people scan, who came, what it cost."""
    actor = current_actor()
    found = queries.get_event(event_id, actor.scope(Permission.EDIT_CHANNELS))
    return render(
        "recruiting/event.html",
        event=found,
        n_sign_ups=queries.count_sign_ups(found.id),
        takes_sign_ups=services.takes_sign_ups(found),
        address=_address(found),
        spend=_spend(found) if actor.may(Permission.VIEW_MONEY) else None,
        shows_money=actor.may(Permission.VIEW_MONEY),
        words=words,
    )


@bp.get("/events/<int:event_id>/qr.svg")
@permission_required(Permission.EDIT_CHANNELS)
def event_code(event_id: int) -> ResponseReturnValue:
    """The QR code of the sign-up page, to be shown and printed at any size."""
    import segno

    scope = current_actor().scope(Permission.EDIT_CHANNELS)
    code = segno.make(_address(queries.get_event(event_id, scope)), error="m")
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=8, border=4, light="#fff", xmldecl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _address(found: Event) -> str:
    return url_for("recruiting.sign_up", token=found.token, _external=True)


@bp.route("/events/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CHANNELS)
def new_event() -> ResponseReturnValue:
    """Add an event."""
    return _edit(None)


@bp.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CHANNELS)
def edit_event(event_id: int) -> ResponseReturnValue:
    """Change an event; note what it cost and who came."""
    scope = current_actor().scope(Permission.EDIT_CHANNELS)
    return _edit(queries.get_event(event_id, scope))


def _edit(found: Event | None) -> ResponseReturnValue:
    form = _form(found)
    event_id = found.id if found else None
    if form.validate_on_submit():
        try:
            saved = _save(form, event_id)
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("recruiting.event", event_id=saved.id)
    return render(
        "recruiting/edit.html",
        422 if form.errors else 200,
        form=form,
        title=found.title if found else _("New event"),
        up_label=_("Events"),
        up_url=url_for("recruiting.events"),
        has_channels=bool(form.channel_id.choices),
    )


def _save(form: EventForm, event_id: int | None) -> Event:
    scope = current_actor().scope(Permission.EDIT_CHANNELS)
    with transaction():
        row = (
            form.require_unchanged(queries.get_event(event_id, scope))
            if event_id
            else Event()
        )
        site = queries.get_site(form.site_id.data, scope)
        values = form.values(*_FIELDS, *(("spend",) if "spend" in form else ()))
        values |= {
            "starts_at": _at(site, form.since.data),
            "ends_at": _at(site, form.until.data),
        }
        return services.save_event(row, site=site, **values)


def _at(site: Site, local: datetime) -> datetime:
    return local.replace(tzinfo=site.tz)


def _form(found: Event | None) -> EventForm:
    actor = current_actor()
    scope = actor.scope(Permission.EDIT_CHANNELS)
    form = EventForm(obj=None if request.method == "POST" else found)
    sites = queries.sites_by_id(scope)
    form.site_id.choices = choices((each.id, each.name) for each in sites.values())
    held = db.session.scalars(queries.visible_channels(scope)).all()
    form.channel_id.choices = choices(
        (each.id, each.name)
        for each in held
        if each.is_active or (found and each.id == found.channel_id)
    )
    wanted: list[Any] = list(db.session.scalars(queries.open_requisitions(scope)))
    if found is not None and found.requisition is not None:
        wanted += [found.requisition] if found.requisition not in wanted else []
    form.requisition_id.choices = choices(
        [
            ("", _("the talent pool")),
            *((each.id, words.requisition_and_day(each)) for each in wanted),
        ]
    )
    if not actor.may(Permission.VIEW_MONEY):
        del form.spend
    form.look_at(found)
    if request.method != "POST":
        _set_times(form, found, next(iter(sites.values()), None))
    return form


def _set_times(form: EventForm, found: Event | None, first: Site | None) -> None:
    if found is not None:
        form.since.data = found.starts_at.astimezone(found.site.tz)
        form.until.data = found.ends_at.astimezone(found.site.tz)
    elif first is not None:
        day = clock.today(first.tz) + timedelta(days=7)
        form.since.data = datetime.combine(day, time(14))
        form.until.data = datetime.combine(day, time(16))
