"""Today: the hours seen, the rest of the day forecast anew, agents beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.models import WHOLE_PROJECT, DayModelRow
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views.asked import id_asked
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import transaction
from callcenter.kernel.errors import NotFound
from callcenter.kernel.jobs import find_live_job
from callcenter.kernel.text import _
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web import filters
from callcenter.web.charts import INK, Chart, Series, line_chart
from callcenter.web.pages import render, see_other

_FAR, _NOTABLE = 0.15, 0.08


@bp.get("/forecasts/today")
@permission_required(Permission.VIEW_FORECASTS)
def todays() -> ResponseReturnValue:
    """List the projects within reach, with what came today and what was expected."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    found = queries.projects_under_way(scope)
    if len(found) == 1:
        return see_other("forecasting.today", project_id=found[0].id)
    weeks = {each.project_id: each for each in queries.week_so_far(scope)}
    return render(
        "forecasting/todays.html",
        rows=[(project, weeks.get(project.id)) for project in found],
    )


@bp.get("/projects/<int:project_id>/today")
@permission_required(Permission.VIEW_FORECASTS)
def today(project_id: int) -> ResponseReturnValue:
    """Show how today goes in a project, or in one of its queues."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    project = project_queries.get_project(project_id, scope)
    queues = [queue for queue in project.queues if queue.is_active]
    queue = _chosen(queues)
    asked = [queue] if queue else queues
    ids = [each.id for each in asked]
    facts = services.facts_of_today(project, queues)
    every = [each.id for each in queues]
    plan = queries.ruling_days(project.id, facts.day, every)
    row = queries.find_day_model(project.id, queue.id if queue else WHOLE_PROJECT)
    so_far = services.day_so_far(facts, ids, row, plan) if ids else None
    return render(
        "forecasting/today.html",
        project=project,
        queue=queue,
        tabs=_tabs(project, queues, queue),
        facts=facts,
        today=so_far,
        has_plan=any(each in plan for each in ids),
        miss=_miss(so_far),
        tone=_tone(_miss(so_far)),
        aht=_handling_times(facts, ids),
        chart=_chart(so_far) if so_far else None,
        agents=_agents_chart(queue, queues, facts, plan, so_far),
        lines=[] if queue else _lines(project, queues, facts, plan),
        job=_job(project, row, facts),
        may_learn=current_actor().may(Permission.MAKE_FORECAST),
    )


def _chosen(queues: Sequence[Queue]) -> Queue | None:
    """The queue that the address names; raises `NotFound` for one that is not here."""
    asked = id_asked("queue")
    if asked is None:
        return None
    for queue in queues:
        if queue.id == asked:
            return queue
    raise NotFound(queue_id=asked)


def _tabs(
    project: Project, queues: Sequence[Queue], chosen: Queue | None
) -> list[tuple[str, str, bool]]:
    here = url_for("forecasting.today", project_id=project.id)
    return [
        (_("All queues"), here, chosen is None),
        *(
            (queue.name, f"{here}?queue={queue.id}", queue is chosen)
            for queue in queues
        ),
    ]


def _job(project: Project, row: DayModelRow | None, facts: "services.Facts") -> Any:
    """The learning under way, looked for only where today was not learnt yet."""
    if row is not None and row.day == facts.day:
        return None
    found = find_live_job(f"projects_project:{project.id}")
    return found if found and found.kind == "forecasting.learn_days" else None


def _miss(today: "services.DaySoFar | None") -> float | None:
    """How far above the expectation the day is so far, as a fraction of it."""
    due = today.expected_so_far if today else None
    if today is None or not due:
        return None
    return today.seen_total / due - 1.0


def _tone(miss: float | None) -> str:
    far = abs(miss or 0.0)
    return "danger" if far > _FAR else "warning" if far > _NOTABLE else "success"


def _handling_times(facts: "services.Facts", ids: Sequence[int]) -> float | None:
    handled = sum(float(facts.handled[each].sum()) for each in ids)
    seconds = sum(float(facts.handle_s[each].sum()) for each in ids)
    return seconds / handled if handled else None


def _busy(today: "services.DaySoFar") -> list[int]:
    """The slots from the first to the last in which anything happens."""
    import numpy as np

    active = np.flatnonzero(
        (today.update.upper > 0.0)
        | (np.nan_to_num(today.plan) > 0.0)
        | (today.expected > 0.0)
    )
    if not active.size:
        return []
    return list(range(int(active[0]), int(active[-1]) + 1))


def _clock(slot: int) -> str:
    return f"{slot // 4:02}:{slot % 4 * 15:02}"


def _cut(values: Any, slots: Sequence[int], first: int = 0) -> list[float | None]:
    """Values of those slots, None where unknown or before the first one wanted."""
    return [
        None
        if slot < first or values[slot] != values[slot]
        else round(float(values[slot]), 1)
        for slot in slots
    ]


def _chart(today: "services.DaySoFar") -> Chart | None:
    """What came, what is now expected with its band, and the plan."""
    slots = _busy(today)
    if not slots:
        return None
    now = today.now_slot
    series = [
        Series(_("Came in"), _cut(today.seen, slots), colour=INK),
        Series(
            _("Now expected"),
            _cut(today.update.mean, slots, now),
            lower=_cut(today.update.lower, slots, now),
            upper=_cut(today.update.upper, slots, now),
        ),
    ]
    if today.has_plan:
        series.append(Series(_("Plan"), _cut(today.plan, slots), is_dashed=True))
    if today.is_learnt:
        series.append(
            Series(
                _("Expected this morning"),
                _cut(today.expected, slots),
                is_dashed=True,
                colour="var(--chart-4)",
            )
        )
    return line_chart(
        filters.day(today.day, "full"),
        [_clock(slot) for slot in slots],
        series,
        first_column=_("Interval"),
    )


def _agents_chart(
    queue: Queue | None,
    queues: Sequence[Queue],
    facts: "services.Facts",
    plan: Mapping[int, Any],
    today: "services.DaySoFar | None",
) -> Chart | None:
    """Agents required by the plan, needed as the day goes, and on duty."""
    import numpy as np

    if today is None or not (slots := _busy(today)):
        return None
    ids = [queue.id] if queue else [each.id for each in queues]
    required, duty = services.agents_by_slot(facts, ids)
    series = [Series(_("Required by the plan"), _cut(required, slots))]
    if queue is not None:
        mean = today.update.mean
        needed = services.need_for_the_rest(facts, queue.id, mean, plan)
        series.append(
            Series(_("Needed as the day goes"), _cut(needed, slots, facts.now_slot))
        )
    if np.isfinite(duty).any():
        series.append(Series(_("On duty"), _cut(duty, slots), is_dashed=True))
    if not any(value is not None for each in series for value in each.values):
        return None
    return line_chart(
        _("Agents on contacts"),
        [_clock(slot) for slot in slots],
        series,
        first_column=_("Interval"),
    )


def _lines(
    project: Project,
    queues: Sequence[Queue],
    facts: "services.Facts",
    plan: Mapping[int, Any],
) -> list[dict[str, Any]]:
    """Each queue: what came, what was planned until now and for the day."""
    lines = []
    for queue in queues:
        planned = services.plan_by_slot(plan, [queue.id], "planned")
        is_planned = queue.id in plan
        due = float(planned[: facts.now_slot].sum()) if is_planned else None
        came = float(facts.offered[queue.id].sum())
        lines.append(
            {
                "name": queue.name,
                "url": url_for(
                    "forecasting.today", project_id=project.id, queue=queue.id
                ),
                "came": came,
                "due": due,
                "miss": came / due - 1.0 if due else None,
                "plan": float(planned.sum()) if is_planned else None,
            }
        )
    return lines


@bp.post("/projects/<int:project_id>/today/learn")
@permission_required(Permission.MAKE_FORECAST)
def learn_today(project_id: int) -> ResponseReturnValue:
    """Ask for the models of today at once."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        services.request_learning_of(project_queries.get_project(project_id, scope))
    return see_other("forecasting.today", project_id=project_id)
