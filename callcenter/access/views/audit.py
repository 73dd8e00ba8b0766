"""The audit trail: who changed what, when, from what to what."""

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from callcenter.access import audit as trail
from callcenter.access import queries
from callcenter.access.guards import permission_required
from callcenter.access.models import AuditEntry
from callcenter.access.permissions import Permission
from callcenter.access.views.blueprint import bp
from callcenter.access.views.subjects import subject_words
from callcenter.kernel.text import _, _l, _n
from callcenter.web.pages import see_other, toast
from callcenter.web.tables import (
    Column,
    DateRangeFilter,
    Empty,
    Table,
    TextFilter,
)


@bp.get("/audit")
@permission_required(Permission.VIEW_AUDIT)
def audit() -> ResponseReturnValue:
    """List the changes, newest first."""
    table = Table(
        "audit",
        queries.audit_entries(),
        caption=_("Audit trail"),
        columns=[
            Column("at", _l("When"), sort=AuditEntry.id, style="datetime"),
            Column("user_name", _l("Who"), value=_who),
            Column("action", _l("What"), value=_action_text),
            Column("subject", _l("Of"), value=_subject),
            Column(
                "changes",
                _l("From what to what"),
                value=lambda entry: entry.changes,
                html=_changes_markup,
            ),
            Column("request_id", _l("Request"), is_hidden=True),
        ],
        filters=[
            TextFilter(
                "q",
                _l("Name, thing or number"),
                AuditEntry.user_name,
                AuditEntry.subject,
                AuditEntry.subject_id,
            ),
            DateRangeFilter("at", _l("When"), AuditEntry.at),
        ],
        default_sort="at",
        default_dir="desc",
        empty=Empty(
            _l("Nothing changed yet"), _l("Every change appears here by itself.")
        ),
    )
    return table.respond("access/audit.html")


@bp.post("/audit/verify")
@permission_required(Permission.VIEW_AUDIT)
def verify_audit() -> ResponseReturnValue:
    """Recompute the chain and say whether anybody tampered with it."""
    verdict = trail.verify()
    if verdict.is_intact:
        n = verdict.n_entries
        toast(
            _n(
                "The chain of one entry is intact.",
                "The chain of %(num)s entries is intact.",
                n,
            )
        )
    else:
        toast(
            _("The chain is broken at entry %(id)s.", id=verdict.broken_id),
            kind="danger",
        )
    return see_other("access.audit")


def _who(entry: AuditEntry) -> str:
    return entry.user_name or _("nobody signed in")


def _subject(entry: AuditEntry) -> str:
    return f"{subject_words(entry.subject)} {entry.subject_id}"


def _action_text(entry: AuditEntry) -> str:
    known = {
        "created": _("created"),
        "changed": _("changed"),
        "deleted": _("deleted"),
        "exported": _("exported"),
        "imported": _("imported"),
        "loaded": _("demo loaded"),
        "mapped": _("name matched"),
        "published": _("published"),
        "released": _("booked time given back"),
        "revealed": _("personal data looked at"),
        "token_issued": _("token issued"),
        "forecasting.approve_forecast": _("forecast approved"),
        "forecasting.choose_method": _("forecast method chosen"),
        "forecasting.make_forecast": _("forecast made"),
        "projects.add_days": _("calendar days added"),
        "projects.replace_hours": _("opening hours changed"),
    }
    return known.get(entry.action, entry.action)


def _changes_markup(entry: AuditEntry) -> Markup:
    parts = []
    for name, change in list(entry.changed_fields().items())[:12]:
        if entry.action == "changed" and isinstance(change, list) and len(change) == 2:
            parts.append(
                Markup("<b>{}</b>: {} → {}").format(name, *map(_shown, change))
            )
        else:
            value = (
                change[1] if isinstance(change, list) and len(change) == 2 else change
            )
            parts.append(Markup("<b>{}</b>: {}").format(name, _shown(value)))
    return Markup("<br>").join(parts)


def _shown(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
