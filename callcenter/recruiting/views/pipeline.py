"""The pipeline as a board and as a list, and what is done to many at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError, NotFound
from callcenter.kernel.text import _, _l, _n
from callcenter.recruiting import queries, services
from callcenter.recruiting.models import (
    APPLICATION_STATES,
    Application,
    ApplicationState,
    Candidate,
    RefusalReason,
    Requisition,
    StageKind,
)
from callcenter.recruiting.permissions import Permission
from callcenter.recruiting.views import words
from callcenter.recruiting.views.applications import stage_asked
from callcenter.recruiting.views.blueprint import bp
from callcenter.web.pages import back_to, render, toast, whole_number_arg
from callcenter.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    Empty,
    Table,
    TextFilter,
    status_column,
)

CARDS = 150
MOST_AT_ONCE = 200
SENTENCES = 4


@bp.get("/pipeline")
@permission_required(Permission.VIEW_CANDIDATES)
def pipeline() -> ResponseReturnValue:
    """Show the candidates of open requisitions as cards under their stages."""
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_CANDIDATES)
    wanted = db.session.scalars(queries.open_requisitions(scope)).all()
    chosen_id = whole_number_arg("requisition", 0, low=0, high=2**31 - 1)
    shown = [each for each in wanted if chosen_id in {0, each.id}]
    if chosen_id and not shown:
        raise NotFound(requisition_id=chosen_id)
    stages = _columns_of(shown)
    ids = [each.id for each in shown]
    return render(
        "recruiting/pipeline.html",
        stages=stages,
        counts=queries.count_by_stage(ids),
        cards=queries.cards(ids, per_stage=CARDS // max(1, len(stages))),
        wanted=[(each.id, words.requisition_and_day(each)) for each in wanted],
        titles={each.id: words.requisition_title(each) for each in shown},
        chosen_id=chosen_id,
        places=_places(shown) if chosen_id else None,
        now=clock.now(),
        may_move=actor.may(Permission.EDIT_CANDIDATES),
    )


def _columns_of(shown: Sequence[Requisition]) -> list[StageKind]:
    """Every stage that one of the requisitions has, in order."""
    by_post = queries.stages_of_posts({each.post_id for each in shown})
    held = {kind for stages in by_post.values() for kind in stages}
    return [kind for kind in StageKind if kind in held]


def _places(shown: Sequence[Requisition]) -> tuple[int, int]:
    """How many places are promised, and how many there are."""
    taken = queries.taken_of([each.id for each in shown])
    return sum(taken.values()), sum(each.headcount for each in shown)


@bp.get("/applications")
@permission_required(Permission.VIEW_CANDIDATES)
def applications() -> ResponseReturnValue:
    """List the candidates on their way, the most overdue first."""
    actor = current_actor()
    scope = actor.scope(Permission.VIEW_CANDIDATES)
    may_move = actor.may(Permission.EDIT_CANDIDATES)
    table = Table(
        "applications",
        queries.visible_applications(scope),
        caption=_("Candidates on their way"),
        columns=_columns(may_move=may_move),
        filters=_filters(),
        default_sort="due_at",
        row_url=lambda row: url_for(
            "recruiting.candidate", candidate_id=row.candidate_id
        ),
        row_css=lambda row: "is-late" if words.is_late(row) else None,
        empty=Empty(
            _l("Nobody is on the way"),
            _l("Put candidates forward for an open requisition."),
            _l("Candidates"),
            url_for("recruiting.candidates"),
            "list-check",
        ),
    )
    return table.respond(
        "recruiting/applications.html",
        may_move=may_move,
        stages=[(each.value, each.label) for each in StageKind],
        reasons=[(each.value, each.label) for each in RefusalReason],
    )


def _columns(*, may_move: bool) -> list[Column]:
    name = Column(
        "name",
        _l("Full name"),
        sort=Candidate.name_sort,
        value=lambda row: row.candidate.name,
        html=_picked if may_move else None,
    )
    return [
        name,
        Column(
            "requisition",
            _l("Requisition"),
            value=lambda row: words.requisition_title(row.requisition),
        ),
        Column(
            "stage",
            _l("Stage"),
            sort=Application.stage,
            value=lambda row: row.stage.label,
        ),
        status_column(Application.state, _l("State"), APPLICATION_STATES),
        Column("due_at", _l("Due"), sort=Application.due_at, style="date"),
        Column(
            "entered_at", _l("Here since"), sort=Application.entered_at, style="ago"
        ),
        Column(
            "refusal_reason",
            _l("Reason"),
            value=lambda row: row.refusal_reason.label if row.refusal_reason else None,
            is_hidden=True,
        ),
        Column(
            "applied_at",
            _l("Put forward on"),
            sort=Application.applied_at,
            style="date",
            is_hidden=True,
        ),
    ]


_PICKED = Markup(
    '<label class="form-check"><input class="form-check-input" type="checkbox" '
    'name="id" value="{}" form="bulk" aria-label="{}"> <a href="{}">{}</a></label>'
)


def _picked(row: Application) -> Markup:
    """The name behind a box that picks it for what is done to many at once."""
    name = row.candidate.name
    url = url_for("recruiting.candidate", candidate_id=row.candidate_id)
    return _PICKED.format(row.id, _("Pick %(name)s", name=name), url, name)


def _filters() -> list[Any]:
    scope = current_actor().scope(Permission.VIEW_CANDIDATES)
    wanted = db.session.scalars(queries.open_requisitions(scope)).all()
    return [
        TextFilter(
            "q", _l("Name, pinyin, school or skill"), matching=queries.named_like
        ),
        ChoiceFilter(
            "requisition",
            _l("Requisition"),
            Application.requisition_id,
            [(each.id, words.requisition_and_day(each)) for each in wanted],
        ),
        ChoiceFilter(
            "stage",
            _l("Stage"),
            Application.stage,
            [(each, each.label) for each in StageKind],
        ),
        ChoiceFilter(
            "state",
            _l("State"),
            Application.state,
            [(each, each.label) for each in ApplicationState],
            default=ApplicationState.ACTIVE,
        ),
        BooleanFilter("late", _l("overdue"), queries.is_overdue()),
    ]


@bp.post("/applications/bulk")
@permission_required(Permission.EDIT_CANDIDATES)
def change_applications() -> ResponseReturnValue:
    """Move or end several at once; each by the same rules as one alone."""
    ids = [int(each) for each in request.form.getlist("id") if each.isdecimal()]
    change = _asked_change()
    if not ids or change is None:
        toast(_("Pick candidates, and say what is to happen to them."), "warning")
        return back_to("recruiting.applications")
    done, refused = _change_each(ids[:MOST_AT_ONCE], change)
    if done:
        toast(_n("Done for one candidate.", "Done for %(num)s candidates.", done))
    for sentence, names in list(refused.items())[:SENTENCES]:
        toast(f"{', '.join(names[:5])}: {sentence}", "warning")
    return back_to("recruiting.applications")


def _asked_change() -> Callable[[Application], object] | None:
    to, reason = stage_asked("stage"), request.form.get("reason", "")
    if to is not None:
        return lambda found: services.move_application(found, to)
    if reason in set(RefusalReason):
        said = request.form.get("words", "")
        return lambda found: services.refuse_application(
            found, reason=RefusalReason(reason), words=said, into_pool=False
        )
    return None


def _change_each(
    ids: Sequence[int], change: Callable[[Application], object]
) -> tuple[int, Mapping[str, list[str]]]:
    """How many were changed, and who was not, by the sentence that says why."""
    scope = current_actor().scope(Permission.EDIT_CANDIDATES)
    n_done, refused = 0, dict[str, list[str]]()
    for application_id in ids:
        name = f"#{application_id}"
        try:
            with transaction():
                found = queries.get_application(application_id, scope)
                name = found.candidate.name
                change(found)
        except AppError as refusal:
            refused.setdefault(refusal.message, []).append(name)
        else:
            n_done += 1
    return n_done, refused
