"""The explorer of figures, and the dictionary of what they mean."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callcenter.access.guards import permission_required
from callcenter.acd import queries
from callcenter.acd.metrics import (
    Better,
    Dimension,
    Metric,
    Unit,
    catalogue,
    people_in_scope,
)
from callcenter.acd.permissions import Permission
from callcenter.acd.queries import Grain, Question
from callcenter.acd.views.blueprint import bp
from callcenter.acd.views.explorer import (
    CHANNEL_NAMES,
    COMPARISON_NAMES,
    DIMENSION_NAMES,
    GRAIN_NAMES,
    MAX_METRICS,
    STYLES,
    Explorer,
    dimensions,
    earlier,
    read_question,
)
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l
from callcenter.people.models import Employee, Team
from callcenter.projects.queries import visible_projects, visible_queues
from callcenter.web.pages import render
from callcenter.web.tables import exports

UNIT_NAMES = {
    Unit.COUNT: _l("number"),
    Unit.SHARE: _l("share"),
    Unit.SECONDS: _l("minutes:seconds"),
    Unit.HOURS: _l("hours"),
    Unit.RATE: _l("per hour"),
}
BETTER_NAMES = {
    Better.HIGHER: _l("Higher is better"),
    Better.LOWER: _l("Lower is better"),
    Better.NEUTRAL: _l("Neither way is better in itself"),
}
SHOWN_LINES = 400


@bp.get("/figures")
@permission_required(Permission.VIEW_FIGURES)
def figures() -> ResponseReturnValue:
    """Show any figures by anything, compared with before, as chart, list or file."""
    scope = current_actor().scope(Permission.VIEW_FIGURES)
    latest = queries.last_fact_day() or clock.now().date() - timedelta(days=1)
    question = read_question(request.args, latest=latest, scope=scope)
    explorer = _explored(question)
    wanted = request.args.get("export")
    if wanted in exports.FORMATS:
        write = exports.csv_response if wanted == "csv" else exports.xlsx_response
        return write(_("Figures"), explorer.columns(), explorer.lines())
    return render(
        "acd/figures.html",
        explorer=explorer,
        question=question,
        lines=explorer.lines(SHOWN_LINES),
        n_lines=explorer.n_lines,
        chart=explorer.chart(),
        n_left_out=max(0, len(set(request.args.getlist("metric"))) - MAX_METRICS),
        max_metrics=MAX_METRICS,
        choices=_choices(question, scope),
        comparisons=COMPARISON_NAMES,
        compared=list(explorer.comparisons),
        dimensions={each: DIMENSION_NAMES[each] for each in dimensions()},
        grains=GRAIN_NAMES,
        metrics=list(catalogue.metrics.values()),
        styles=STYLES,
        unknown=[m for m in question.metrics if not explorer.answer.is_known(m)],
        needs_zone=question.grain.is_fine,
        total_grain=Grain.TOTAL,
    )


def _explored(question: Question) -> Explorer:
    found = queries.answer(question)
    comparisons = {
        name: queries.answer(earlier(question, name))
        for name in COMPARISON_NAMES
        if name in request.args.getlist("compare")
    }
    names = queries.names_of(question.by, found.keys) if question.by else {}
    return Explorer(question, found, comparisons, names)


def _choices(question: Question, scope: Scope) -> list[dict[str, Any]]:
    """The filters with what may be chosen, each with what is chosen now."""
    projects = db.session.scalars(visible_projects(scope)).all()
    queues = db.session.scalars(visible_queues(scope)).unique().all()
    teams = _teams(scope)
    chosen_projects = question.filters.get(Dimension.PROJECT)
    options: dict[Dimension, Sequence[tuple[Any, object]]] = {
        Dimension.CLIENT: sorted(
            {(p.client_id, p.client.name) for p in projects}, key=_by_name
        ),
        Dimension.PROJECT: [(p.id, p.name) for p in projects],
        Dimension.QUEUE: [
            (q.id, q.name)
            for q in queues
            if not chosen_projects or q.project_id in chosen_projects
        ],
        Dimension.CHANNEL: list(CHANNEL_NAMES.items()),
        Dimension.SITE: sorted({(t.site_id, t.site.name) for t in teams}, key=_by_name),
        Dimension.TEAM: [(t.id, t.name) for t in teams],
        Dimension.AGENT: _chosen_agents(question, scope),
    }
    return [
        {
            "key": dimension.value,
            "label": DIMENSION_NAMES[dimension],
            "options": listed,
            "chosen": question.filters.get(dimension, frozenset()),
        }
        for dimension, listed in options.items()
        if listed
    ]


def _by_name(choice: tuple[Any, Any]) -> str:
    return str(choice[1])


def _teams(scope: Scope) -> Sequence[Team]:
    """The teams whose people the reader may see, with their sites."""
    statement = select(Team).options(joinedload(Team.site)).order_by(Team.name)
    if not scope.is_everything:
        mine = select(Employee.team_id).where(people_in_scope(scope))
        statement = statement.where(Team.id.in_(mine))
    return db.session.scalars(statement).all()


def _chosen_agents(question: Question, scope: Scope) -> list[tuple[Any, object]]:
    """Agents are reached by drilling; only those that are chosen are listed."""
    chosen = question.filters.get(Dimension.AGENT)
    if not chosen:
        return []
    statement = select(Employee.id, Employee.name).where(
        Employee.id.in_(chosen), people_in_scope(scope)
    )
    return [(key, name) for key, name in db.session.execute(statement)]


@bp.get("/figures/dictionary")
@permission_required(Permission.VIEW_FIGURES)
def dictionary() -> ResponseReturnValue:
    """Say what each figure means: formula, unit, direction, where it can be told."""
    entries = [
        {
            "metric": metric,
            "unit": UNIT_NAMES[metric.unit],
            "better": BETTER_NAMES[metric.better],
            "dimensions": _told_by(metric),
        }
        for metric in catalogue.metrics.values()
    ]
    return render("acd/dictionary.html", entries=entries)


def _told_by(metric: Metric) -> list[object]:
    return [
        DIMENSION_NAMES[dimension]
        for dimension in Dimension
        if catalogue.sources_of(metric, frozenset({dimension}))
    ]
