"""Weekly snapshots of the past and today's models, by the services of their jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import select

from callcenter.demo.loading.rows import Story, midnight
from callcenter.forecasting import queries
from callcenter.forecasting import services as forecasting
from callcenter.forecasting.models import Forecast, ForecastKind, RefreshRun
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.projects.models import Project
from callcenter.projects.queries import get_project

# Whose past forecasts are kept: the project with the problem. The clock makes the next.
CODE = "TEL"
WEEKS_AGO = (2, 1, 0)
DAYS = 56
WEEK = timedelta(days=7)


def load_weekly(story: Story, *, by: int) -> int:
    """Make the weekly forecasts of the last weeks, measure them, and learn today.

    The past ones look eight weeks ahead and not sixty-four: nobody asks how the far
    weeks of the demo came true. Returns how many forecasts there are.
    """
    project_id = db.session.scalars(
        select(Project.id).where(Project.code == CODE)
    ).one()
    project = get_project(project_id, EVERYTHING)
    monday = story.today - timedelta(days=story.today.weekday())
    for weeks in WEEKS_AGO:
        first = monday - weeks * WEEK
        with _at_four(project, first):
            _refresh(project, first, by=by)
    _measure(project, monday - 4 * WEEK, story.today)
    forecasting.store_day_models(project, forecasting.learn_days(project))
    db.session.add(RefreshRun(project_id=project_id, asked_at=clock.now()))
    db.session.flush()
    return len(WEEKS_AGO)


@contextmanager
def _at_four(project: Project, day: date) -> Iterator[None]:
    """The hour of the night at which the refresh is made."""
    with clock.frozen(midnight(day, project.tz) + timedelta(hours=4)):
        yield


def _refresh(project: Project, first: date, *, by: int) -> Forecast:
    queues = [queue for queue in project.queues if queue.is_active]
    for queue in queues:
        queue.project = project
    name = f"{project.name} {first.isoformat()}"
    made = forecasting.draft_forecast(queues, first, DAYS, name=name, by=by)
    made.kind = ForecastKind.REFRESH
    ids = [queue.id for queue in queues]
    until = first - timedelta(days=1)
    forecasting.store_part(made, forecasting.calculate_some(made, ids, until))
    forecasting.propose(made)
    return made


def _measure(project: Project, first: date, last: date) -> None:
    found = queries.forecasts_covering(project.id, first, last)
    forecasting.measure_days(found, first, last)
