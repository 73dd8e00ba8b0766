"""Events and campaigns as files: brought in all or none, and taken away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import services
from callcenter.forecasting.errors import ImportRefused
from callcenter.forecasting.forms import KnowledgeFileForm
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.services import knowledge as entering
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.forecasts.importing import file_text
from callcenter.forecasting.views.forecasts.importing import (
    rule_in_words as rule_of_rows,
)
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project
from callcenter.web import filters
from callcenter.web.pages import render, see_other, toast
from callcenter.web.tables import Column, exports

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """What is brought in: its words, and an example of a file."""

    title: object
    hint: object
    back: str
    columns: tuple[str, ...]
    example: str


EVENTS = Kind(
    _l("Import events"),
    _l(
        "What is there under the same name and first day is changed, the rest is "
        "entered. Queues are codes with spaces between, none means all; the uplift is "
        "in percent."
    ),
    "forecasting.events",
    (
        *("kind", "name", "first_day", "last_day", "lead_days", "lag_days"),
        *("size", "effect", "uplift", "queues", "comment"),
    ),
    "mailing,Spring letter,2026-03-16,,0,4,12000,learnt,,{queue},\n"
    "sale,Sale,2026-04-01,2026-04-03,0,1,,by_hand,25,,",
)
CAMPAIGNS = Kind(
    _l("Import campaigns"),
    _l(
        "What is there for the same queue under the same name and first day is "
        "changed, the rest is entered. Shares and contact rates are in percent: one "
        "rate, or 24 with spaces between."
    ),
    "forecasting.campaigns",
    (
        *("queue", "name", "first_day", "last_day", "list_size", "release"),
        *("most_attempts", "fading", "contact_rate", "busy_share", "busy_wait_h"),
        *("later_share", "later_wait_h", "dials_per_h", "talk_s", "wrap_s"),
        *("dial_s", "comment"),
    ),
    "{queue},Spring,2026-03-16,2026-03-27,5000,daily,4,85,30,30,1,60,24,100,180,30,0,",
)


@bp.route("/projects/<int:project_id>/events/import", methods=["GET", "POST"])
@permission_required(Permission.ADJUST_FORECAST)
def import_events(project_id: int) -> ResponseReturnValue:
    """Enter the events of a file, or change those that are there."""
    return _import(project_id, EVENTS, entering.enter_events)


@bp.route("/projects/<int:project_id>/campaigns/import", methods=["GET", "POST"])
@permission_required(Permission.ADJUST_FORECAST)
def import_campaigns(project_id: int) -> ResponseReturnValue:
    """Enter the campaign plans of a file, or change those that are there."""
    return _import(project_id, CAMPAIGNS, entering.enter_campaigns)


def _import(
    project_id: int, kind: Kind, enter: Callable[..., Mapping[str, int]]
) -> ResponseReturnValue:
    scope = current_actor().scope(Permission.ADJUST_FORECAST)
    project = project_queries.get_project(project_id, scope)
    form = KnowledgeFileForm()
    if request.method == "GET":
        return _page(project, kind, form)
    is_valid = form.validate()
    text = file_text(form)
    if not is_valid or text is None:
        return _page(project, kind, form, status=422)
    try:
        records = entering.rows_of_text(text, kind.columns[:3])
        with transaction():
            found = project_queries.get_project(project_id, scope)
            counts = enter(found, records, by=current_actor().user_id, first_row=2)
    except ImportRefused as refusal:
        project = project_queries.get_project(project_id, scope)
        return _page(project, kind, form, refusal, 422)
    toast(
        _(
            "Entered: %(new)s. Changed: %(changed)s. As before: %(unchanged)s.",
            **counts,
        )
    )
    return see_other(kind.back)


def _page(
    project: Project,
    kind: Kind,
    form: KnowledgeFileForm,
    refusal: ImportRefused | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    faults = refusal.context["faults"] if refusal else []
    codes = [queue.code for queue in project.queues if queue.is_active]
    return render(
        "forecasting/import_knowledge.html",
        status,
        project=project,
        kind=kind,
        back=url_for(kind.back),
        form=form,
        faults=faults[:MOST_SHOWN],
        n_faults=len(faults),
        is_cut=bool(refusal and refusal.context.get("is_cut")),
        rule=rule_in_words,
        example=kind.example.format(queue=codes[0] if codes else "queue-1"),
    )


@bp.get("/projects/<int:project_id>/events.csv")
@permission_required(Permission.VIEW_FORECASTS)
def export_events(project_id: int) -> ResponseReturnValue:
    """The events of a project as a file that can be brought in again."""
    return _export(project_id, _("Events"), EVENTS, entering.event_records)


@bp.get("/projects/<int:project_id>/campaigns.csv")
@permission_required(Permission.VIEW_FORECASTS)
def export_campaigns(project_id: int) -> ResponseReturnValue:
    """The campaign plans of a project as a file that can be brought in again."""
    return _export(project_id, _("Campaigns"), CAMPAIGNS, entering.campaign_records)


def _export(
    project_id: int, title: str, kind: Kind, records: Callable[[Project], Any]
) -> ResponseReturnValue:
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    project = project_queries.get_project(project_id, scope)
    columns = [_column(name) for name in kind.columns]
    return exports.csv_response(
        f"{title} {project.code}", columns, list(records(project))
    )


def _column(name: str) -> Column:
    def value(record: Mapping[str, Any]) -> Any:
        found = record[name]
        if isinstance(found, list):
            return " ".join(
                f"{each:g}" if isinstance(each, float) else str(each) for each in found
            )
        return found

    return Column(name, name, value=value)


def rule_in_words(fault: "services.Fault") -> str:
    """The rule that a value breaks, as a sentence."""
    word, _colon, rest = fault.rule.partition(":")
    plain = {
        "not-an-object": _("An entry is an object with named values."),
        "not-a-day": _("Write days as 2026-03-16."),
        "not-a-whole-number": _("Write a whole number."),
        "shares-above-100": _("Both shares together are at most 100 percent."),
        "one-or-24-numbers": _("Write one number, or 24: one for each hour."),
        "no-rows": _("The file has no rows."),
    }
    if word in plain:
        return plain[word]
    if word == "between":
        low, _colon, high = rest.partition(":")
        return _(
            "A number from %(low)s to %(high)s.", low=_bound(low), high=_bound(high)
        )
    if word == "one-of":
        return _("One of these words: %(words)s.", words=rest.replace(",", ", "))
    if word == "text-of-at-most":
        return _("A line of at most %(most)s characters.", most=rest)
    return rest if word == "refused" else rule_of_rows(fault)


def _bound(text: str) -> str:
    """A bound as people read it: large ones in groups of three."""
    return filters.number(float(text), 0) if float(text) >= 1000 else text
