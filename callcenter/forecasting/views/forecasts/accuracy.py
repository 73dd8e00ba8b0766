"""How good forecasts were: by queue, lead, weekday, time of day, day and week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries
from callcenter.forecasting.models import Lead
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.queries import Grain, Measure, Misses, Question, Source
from callcenter.forecasting.views.asked import day_asked, id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel import clock
from callcenter.kernel.actor import Scope, current_actor
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.kernel.text import _, _l, _n
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.components import url_with
from callcenter.web.pages import render, whole_number_arg
from callcenter.web.tables import Column, exports

WEEKS = (4, 13, 26, 52)
VIEWS: Mapping[str, object] = {
    "queue": _l("By queue"),
    "lead": _l("By days ahead"),
    "weekday": _l("By weekday"),
    "slot": _l("By time of day"),
    "day": _l("By day"),
    "week": _l("By week"),
}
LEAD_NAMES: Mapping[Lead, object] = {
    Lead.DAY: _l("1 day"),
    Lead.WEEK: _l("2–7 days"),
    Lead.MONTH: _l("8–28 days"),
    Lead.LATER: _l("29–91 days"),
    Lead.FAR: _l("92 days and more"),
}
SOURCE_NAMES: Mapping[Source, object] = {
    Source.PLAN: _l("Approved forecasts"),
    Source.SNAPSHOT: _l("Weekly snapshots"),
}
MEASURE_NAMES: Mapping[Measure, object] = {
    Measure.VOLUME: _l("Volume"),
    Measure.AHT: _l("Handling time"),
}
GRAIN_NAMES: Mapping[Grain, object] = {
    Grain.INTERVAL: _l("Interval"),
    Grain.DAY: _l("Day total"),
    Grain.WEEK: _l("Week total"),
}


Sums = dict[tuple[Any, ...], Misses]


class Line(NamedTuple):
    """One row of the page's table: what it is about, and what was missed."""

    label: str
    misses: Misses
    url: str | None = None
    lead: str = ""
    project: str = ""


@bp.get("/forecasts/accuracy")
@permission_required(Permission.VIEW_FORECASTS)
def accuracy() -> ResponseReturnValue:
    """Show what forecasts missed, from every side that one may ask."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    places = _places(scope)
    by = request.args.get("by", "queue")
    by = by if by in VIEWS else "queue"
    question = _question(places)
    if by == "slot" and question.lead is None:
        question = replace(question, lead=_commonest_lead(question, scope))
    found, weeks = _found(by, question, scope)
    lines = _lines(by, question, scope, places, found)
    wanted = request.args.get("export")
    if wanted in exports.FORMATS:
        write = exports.csv_response if wanted == "csv" else exports.xlsx_response
        return write(_("Forecast accuracy"), _columns(by), lines)
    return render(
        "forecasting/accuracy.html",
        question=question,
        by=by,
        tabs=[(name, url_with(by=key), key == by) for key, name in VIEWS.items()],
        total=_sum(weeks.values()),
        chart=_trend(weeks),
        slots=_slot_chart(lines) if by == "slot" else None,
        lines=[line for line in lines if line.misses.n_intervals],
        columns=_columns(by),
        n_weeks=_n_weeks(),
        asked_day=day_asked(),
        choices=_choices(places),
        shown=_shown(question, places),
    )


def _commonest_lead(question: Question, scope: Scope) -> Lead:
    """The class of lead with the most days: times of day are shown of one class."""
    found = queries.accuracy_sums(question, scope, "lead")
    return max(found, key=lambda key: found[key].n_days, default=(Lead.WEEK,))[0]


def _shown(question: Question, places: Mapping[int, Queue]) -> list[object]:
    """What the figures are of, in a few words."""
    of: object = _("All queues")
    if question.queue_id is not None:
        of = places[question.queue_id].name
    elif question.project_id is not None:
        mine = [q for q in places.values() if q.project_id == question.project_id]
        of = mine[0].project.name
    lead = LEAD_NAMES[question.lead] if question.lead else _("every distance")
    return [
        of,
        SOURCE_NAMES[question.source],
        filters.day_range(question.first, question.last),
        lead,
        MEASURE_NAMES[question.measure],
        GRAIN_NAMES[question.grain],
    ]


def _places(scope: Scope) -> dict[int, Any]:
    """The queues within reach with their projects, by id."""
    rows = db.session.scalars(project_queries.visible_queues(scope)).all()
    return {row.id: row for row in rows}


def _n_weeks() -> int:
    return whole_number_arg("weeks", 13, low=1, high=104)


def _question(places: Mapping[int, Queue]) -> Question:
    """What the address asks; raises `NotFound` for a queue or project out of reach."""
    queue_id, project_id = id_asked("queue"), id_asked("project")
    if queue_id is not None and queue_id not in places:
        raise NotFound(queue_id=queue_id)
    if project_id is not None and project_id not in {
        each.project_id for each in places.values()
    }:
        raise NotFound(project_id=project_id)
    today, day = clock.now().date(), day_asked()
    return Question(
        first=day or today - timedelta(weeks=_n_weeks()),
        last=day or today,
        source=_chosen("source", Source, Source.PLAN),
        measure=_chosen("measure", Measure, Measure.VOLUME),
        grain=_chosen("grain", Grain, Grain.INTERVAL),
        project_id=project_id,
        queue_id=queue_id,
        lead=_chosen("lead", Lead, None),
    )


def _chosen(name: str, kind: Any, usual: Any) -> Any:
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return usual


def _choices(places: Mapping[int, Queue]) -> dict[str, list[tuple[Any, object]]]:
    """What the form at the top offers, by the name of its field."""
    projects = {each.project_id: each.project.name for each in places.values()}
    project_id = request.args.get("project", type=int)
    return {
        "project": list(projects.items()),
        "queue": [
            (each.id, each.name)
            for each in places.values()
            if project_id in {None, each.project_id}
        ],
        "weeks": [(n, _n("last week", "last %(num)s weeks", n)) for n in WEEKS],
        "source": [(each.value, name) for each, name in SOURCE_NAMES.items()],
        "lead": [(each.value, name) for each, name in LEAD_NAMES.items()],
        "measure": [(each.value, name) for each, name in MEASURE_NAMES.items()],
        "grain": [(each.value, name) for each, name in GRAIN_NAMES.items()],
    }


def _sum(misses: Iterable[Misses]) -> Misses:
    total = Misses()
    for each in misses:
        total = total.plus(each)
    return total


def _found(by: str, question: Question, scope: Scope) -> tuple[Sums, Sums]:
    """What was missed by the key of the view and by week, read at once where it can."""
    both = {
        "lead": "lead and week",
        "day": "day and week",
        "weekday": "day and week",
    }.get(by)
    if both is None:
        weeks = queries.accuracy_sums(question, scope, "week")
        if by == "queue":
            return queries.accuracy_sums(question, scope, "queue"), weeks
        return weeks, weeks
    found: dict[tuple[Any, ...], Misses] = {}
    weeks = {}
    for (key, monday), misses in queries.accuracy_sums(question, scope, both).items():
        found[key,] = found.get((key,), Misses()).plus(misses)
        weeks[monday,] = weeks.get((monday,), Misses()).plus(misses)
    return found, dict(sorted(weeks.items()))


def _lines(
    by: str,
    question: Question,
    scope: Scope,
    places: Mapping[int, Queue],
    found: Sums,
) -> list[Line]:
    if by == "slot":
        return _slot_lines(question, scope)
    if by == "week":
        return [
            Line(_("Week of %(day)s", day=filters.day(monday)), misses)
            for (monday,), misses in _latest(found)
        ]
    if by == "weekday":
        return _weekday_lines(found)
    if by == "day":
        return [_day_line(day, misses, question) for (day,), misses in _latest(found)]
    if by == "lead":
        return [
            Line(str(LEAD_NAMES[lead]), found[lead,], url_with(lead=lead.value))
            for lead in Lead
            if (lead,) in found
        ]
    return _queue_lines(found, places)


def _latest(found: Sums) -> list[tuple[tuple[Any, ...], Misses]]:
    return list(found.items())[::-1]


def _queue_lines(found: Sums, places: Mapping[int, Queue]) -> list[Line]:
    order = {lead: place for place, lead in enumerate(Lead)}
    rows = sorted(
        found.items(),
        key=lambda row: (places[row[0][0]].name, row[0][0], order[row[0][1]]),
    )
    return [
        Line(
            places[queue_id].name,
            misses,
            url_with(queue=queue_id, by="day"),
            str(LEAD_NAMES[lead]),
            places[queue_id].project.name,
        )
        for (queue_id, lead), misses in rows
    ]


def _weekday_lines(found: Sums) -> list[Line]:
    sums = [Misses()] * 7
    for (day,), misses in found.items():
        sums[day.weekday()] = sums[day.weekday()].plus(misses)
    monday = date(2024, 1, 1)
    return [
        Line(filters.weekday(monday + timedelta(days=place), "EEEE"), misses)
        for place, misses in enumerate(sums)
    ]


def _day_line(day: date, misses: Misses, question: Question) -> Line:
    """A day; of one queue it leads to what was said of it, else to its queues."""
    if question.queue_id is None:
        url = url_with(day=day.isoformat(), by="queue")
    else:
        url = url_for(
            "forecasting.accuracy_of_day",
            queue_id=question.queue_id,
            day=day.isoformat(),
        )
    return Line(filters.day(day, "weekday_day"), misses, url)


def _slot_lines(question: Question, scope: Scope) -> list[Line]:
    found = queries.slot_misses(question, scope)
    minutes = 1440 // len(found) if found else 15
    return [
        Line(f"{place * minutes // 60:02}:{place * minutes % 60:02}", misses)
        for place, misses in enumerate(found)
    ]


def _columns(by: str) -> list[Column]:
    """The columns of a file; the page's table has the same."""
    first = {"queue": _l("Queue"), "lead": _l("Days ahead"), "slot": _l("Time")}
    columns = [Column("label", first.get(by, VIEWS[by]))]
    if by == "queue":
        columns += [Column("project", _l("Project")), Column("lead", _l("Days ahead"))]

    def figure(key: str, label: object, style: str) -> Column:
        return Column(
            key,
            label,
            value=lambda line: getattr(line.misses, key),
            style=style,
            align="end",
        )

    figures = [
        figure("truth", _l("Came in"), "number"),
        figure("said", _l("Forecast"), "number"),
        figure("wape", _l("Error (WAPE)"), "percent"),
        figure("naive_wape", _l("Naive error"), "percent"),
        figure("median_wape", _l("Median of six"), "percent"),
        figure("bias", _l("Bias"), "percent"),
        figure("in_band", _l("Inside the band"), "percent"),
        figure("ahead", _l("Days ahead, mean"), "number"),
        figure("n_days", _l("Number of days"), "number"),
    ]
    # A row of a queue names its class of lead.
    return [*columns, *(f for f in figures if by != "queue" or f.key != "ahead")]


def _trend(weeks: Sums) -> Chart | None:
    """Errors by week, beside the naive ones."""
    if not weeks:
        return None
    return _error_chart(
        _("Error by week"),
        [filters.day(monday, "day_month") for (monday,) in weeks],
        list(weeks.values()),
        _("Week"),
    )


def _slot_chart(lines: Sequence[Line]) -> Chart | None:
    counted = [line for line in lines if line.misses.n_intervals]
    if not counted:
        return None
    return _error_chart(
        _("Error by time of day"),
        [line.label for line in counted],
        [line.misses for line in counted],
        _("Time"),
    )


def _error_chart(
    title: str, labels: list[str], misses: Sequence[Misses], first_column: str
) -> Chart:
    return line_chart(
        title,
        labels,
        [
            Series(_("Forecast"), [each.wape for each in misses]),
            Series(_("Naive"), [each.naive_wape for each in misses], is_dashed=True),
            Series(
                _("Median of six"),
                [each.median_wape for each in misses],
                is_dashed=True,
                colour="var(--chart-3)",
            ),
        ],
        style="percent",
        first_column=first_column,
    )
