"""Channels: the list, a new one, one that changes."""

from decimal import Decimal

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import AppError
from callcenter.kernel.text import _, _l
from callcenter.recruiting import queries, services
from callcenter.recruiting.forms import ChannelForm
from callcenter.recruiting.models import Channel, ChannelKind
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table, TextFilter


@bp.get("/channels")
@permission_required(Permission.EDIT_CHANNELS)
def channels() -> ResponseReturnValue:
    """List the channels."""
    scope = current_actor().scope(Permission.EDIT_CHANNELS)
    columns = [
        Column("name", _l("Name"), sort=Channel.name),
        Column("kind", _l("Kind"), sort=Channel.kind, value=lambda row: row.kind.label),
        Column(
            "site",
            _l("Site"),
            value=lambda row: row.site.name if row.site else _("all sites"),
        ),
        Column("contact", _l("Contact"), sort=Channel.contact),
        Column("is_active", _l("In use"), sort=Channel.is_active),
    ]
    if current_actor().may(Permission.VIEW_MONEY):
        columns.append(Column("bonus", _l("Referral bonus"), value=_bonus, align="end"))
    table = Table(
        "channels",
        queries.visible_channels(scope),
        caption=_("Channels"),
        columns=columns,
        filters=[
            TextFilter("q", _l("Name"), Channel.name),
            ChoiceFilter(
                "kind",
                _l("Kind"),
                Channel.kind,
                [(each, each.label) for each in ChannelKind],
            ),
        ],
        default_sort="name",
        row_url=lambda row: (
            url_for("recruiting.channel", channel_id=row.id)
            if row.site_id or scope.is_everything
            else None
        ),
        empty=Empty(
            _l("No channels yet"),
            _l("Schools, clubs, job boards, referrals: where candidates come from."),
            _l("New channel"),
            url_for("recruiting.new_channel"),
            "tag",
        ),
    )
    return table.respond("recruiting/channels.html")


def _bonus(row: Channel) -> str | None:
    if row.referral_bonus is None or not row.currency:
        return None
    return filters.money(row.referral_bonus, row.currency)


@bp.route("/channels/new", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CHANNELS)
def new_channel() -> ResponseReturnValue:
    """Add a channel."""
    return _edit(None)


@bp.route("/channels/<int:channel_id>", methods=["GET", "POST"])
@permission_required(Permission.EDIT_CHANNELS)
def channel(channel_id: int) -> ResponseReturnValue:
    """Change a channel."""
    scope = current_actor().scope(Permission.EDIT_CHANNELS)
    return _edit(queries.get_channel(channel_id, scope))


def _edit(found: Channel | None) -> ResponseReturnValue:
    form = _form(found)
    channel_id = found.id if found else None
    if form.validate_on_submit():
        try:
            _save(form, channel_id)
        except AppError as refusal:
            form.refuse(refusal.context.get("field"), refusal.message)
        else:
            toast(_("Saved."))
            return see_other("recruiting.channels")
    return render(
        "recruiting/edit.html",
        422 if form.errors else 200,
        form=form,
        title=found.name if found else _("New channel"),
        up_label=_("Channels"),
        up_url=url_for("recruiting.channels"),
    )


def _save(form: ChannelForm, channel_id: int | None) -> None:
    scope = current_actor().scope(Permission.EDIT_CHANNELS)
    names = ["kind", "name", "contact", "is_active"]
    if "referral_bonus" in form:
        names.append("referral_bonus")
    with transaction():
        row = (
            form.require_unchanged(queries.get_channel(channel_id, scope))
            if channel_id
            else Channel(
                referral_bonus=None if "referral_bonus" in form else Decimal(0)
            )
        )
        site_id = form.site_id.data
        site = queries.get_site(site_id, scope) if site_id else None
        services.save_channel(row, site=site, **form.values(*names))


def _form(found: Channel | None) -> ChannelForm:
    actor = current_actor()
    scope = actor.scope(Permission.EDIT_CHANNELS)
    form = ChannelForm(obj=None if request.method == "POST" else found)
    form.kind.choices = choices((each.value, each.label) for each in ChannelKind)
    offered: list[tuple[object, object]] = [
        (each.id, each.name) for each in queries.sites_by_id(scope).values()
    ]
    if scope.is_everything:
        offered.append(("", _("all sites")))
    form.site_id.choices = choices(offered)
    if not actor.may(Permission.VIEW_MONEY):
        del form.referral_bonus
    form.look_at(found)
    return form
