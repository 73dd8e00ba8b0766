"""The list of candidates, which is the talent pool's search too."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access import audit
from callcenter.access.guards import permission_required
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _, _l
from callcenter.people.models import EmploymentKind
from callcenter.recruiting import queries
from callcenter.recruiting.models import Candidate
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views.blueprint import bp
from callcenter.web.tables import BooleanFilter, ChoiceFilter, Column, Empty, Table
from callcenter.web.tables.exports import FORMATS
from callcenter.web.tables.filters import TextFilter


@bp.get("/candidates")
@permission_required(Permission.VIEW_CANDIDATES)
def candidates() -> ResponseReturnValue:
    """List the candidates and search the talent pool."""
    if request.args.get("export") in FORMATS:
        with transaction():
            query = request.query_string.decode()
            audit.record("exported", "recruiting_candidate", "list", query=query[:400])
    scope = current_actor().scope(Permission.VIEW_CANDIDATES)
    table = Table(
        "candidates",
        queries.visible_candidates(scope),
        caption=_("Candidates"),
        columns=_columns(),
        filters=_filters(),
        default_sort="created_at",
        default_dir="desc",
        row_url=lambda row: url_for("recruiting.candidate", candidate_id=row.id),
        empty=Empty(
            _l("No candidates yet"),
            _l("They come by sign-up at events, or are added here by hand."),
            _l("New candidate"),
            url_for("recruiting.new_candidate"),
            "person-plus",
        ),
    )
    return table.respond("recruiting/candidates.html")


def _columns() -> list[Column]:
    return [
        Column("name", _l("Full name"), sort=Candidate.name_sort),
        Column("school", _l("School"), sort=Candidate.school),
        Column("skills", _l("Languages and skills")),
        Column(
            "wanted_kind",
            _l("Looks for"),
            sort=Candidate.wanted_kind,
            value=lambda row: row.wanted_kind.label if row.wanted_kind else None,
        ),
        Column(
            "channel",
            _l("Channel"),
            value=lambda row: row.channel.name if row.channel else None,
        ),
        Column("site", _l("Site"), value=lambda row: row.site.name),
        Column("is_in_pool", _l("Talent pool"), sort=Candidate.is_in_pool),
        Column("created_at", _l("Since"), sort=Candidate.created_at, style="date"),
        Column(
            "available_on",
            _l("Can start on"),
            sort=Candidate.available_on,
            style="date",
            is_hidden=True,
        ),
    ]


def _filters() -> list[Any]:
    scope = current_actor().scope(Permission.VIEW_CANDIDATES)
    offered = db.session.scalars(queries.visible_channels(scope))
    event_id = request.args.get("event", "", str)
    found: list[Any] = [
        TextFilter(
            "q", _l("Name, pinyin, school or skill"), matching=queries.named_like
        ),
        BooleanFilter("pool", _l("Talent pool"), Candidate.is_in_pool.is_(True)),
        ChoiceFilter(
            "channel",
            _l("Channel"),
            Candidate.channel_id,
            [(each.id, each.name) for each in offered],
        ),
        ChoiceFilter(
            "kind",
            _l("Looks for"),
            Candidate.wanted_kind,
            [(each, each.label) for each in EmploymentKind],
        ),
    ]
    if event_id.isdecimal() and len(event_id) < 10:
        number = int(event_id)
        shown = _("No. %(number)s", number=number)
        signed = queries.signed_up_for(number)
        found.append(
            ChoiceFilter(
                "event", _l("Event"), None, [(number, shown)], narrow=lambda _n: signed
            )
        )
    return found
