"""How good past forecasts were, beside the naive one, by queue and horizon."""

from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.blueprint import bp
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project, Queue
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.components import url_with
from callcenter.web.pages import whole_number_arg
from callcenter.web.tables import ChoiceFilter, Column, Empty, Table

WEEKS = (4, 13, 26, 52)


@bp.get("/forecasts/accuracy")
@permission_required(Permission.VIEW_FORECASTS)
def accuracy() -> ResponseReturnValue:
    """List the errors of approved forecasts by queue and horizon."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    weeks = whole_number_arg("weeks", 13, low=1, high=104)
    since = clock.now().date() - timedelta(weeks=weeks)
    names = db.session.execute(
        select(Project.id, Project.name)
        .where(project_queries.in_scope(scope))
        .order_by(Project.name)
    ).all()
    table = Table(
        "accuracy",
        queries.accuracy_by_queue(scope, since),
        caption=_("Accuracy"),
        columns=[
            Column("queue", _l("Queue"), sort=Queue.name, link=_queue_link),
            Column("project", _l("Project"), sort=Project.name),
            Column(
                "horizon",
                _l("Horizon"),
                value=lambda row: str(words.HORIZON_NAMES[row.horizon]),
            ),
            Column("n_days", _l("Number of days"), align="end"),
            Column("actual", _l("Volume"), style="number", align="end"),
            Column("wape", _l("Error (WAPE)"), style="percent", align="end"),
            Column("naive_wape", _l("Naive error"), style="percent", align="end"),
            Column("bias", _l("Bias"), style="percent", align="end"),
            Column("in_band", _l("Inside the band"), style="percent", align="end"),
        ],
        filters=[ChoiceFilter("project", _l("Project"), Project.id, list(names))],
        default_sort="queue",
        empty=Empty(
            _l("Nothing to compare yet"),
            _l(
                "Once facts of days that an approved forecast covers are in, "
                "its errors show up here beside those of the naive forecast."
            ),
            icon="graph-up",
        ),
    )
    queue_id = request.args.get("queue", type=int)
    chart = _queue_chart(queue_id, since) if queue_id is not None else None
    return table.respond(
        "forecasting/accuracy.html",
        weeks=weeks,
        choices=WEEKS,
        chart=chart,
        horizons=words.HORIZON_NAMES,
    )


def _queue_link(row: object) -> str:
    queue_id: int = row.queue_id  # type: ignore[attr-defined]
    return f"{url_with(queue=queue_id)}#by-day"


def _queue_chart(queue_id: int, since: object) -> Chart:
    """One queue's errors by day; raises `NotFound` outside the scope."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    queue = project_queries.get_queue(queue_id, scope)
    rows = queries.accuracy_by_day(queue_id, since)  # type: ignore[arg-type]
    return line_chart(
        _("%(queue)s: error by day", queue=queue.name),
        [filters.day(row.day, "weekday_day") for row in rows],
        [
            Series(
                _("Forecast"),
                [row.abs_error / row.actual if row.actual else None for row in rows],
            ),
            Series(
                _("Naive"),
                [
                    row.naive_error / row.actual
                    if row.actual and row.naive_error is not None
                    else None
                    for row in rows
                ],
                is_dashed=True,
            ),
        ],
        style="percent",
        first_column=_("Day"),
    )
