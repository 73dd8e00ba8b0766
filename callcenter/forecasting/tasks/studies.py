"""Studies of a day or a week: what agents would do, and how long callers stay."""

from datetime import date
from typing import Any

from callcenter.forecasting import services
from callcenter.forecasting.models import StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.tasks.common import load
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.jobs import Run, job
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries


@job("forecasting.simulate", title=_l("Simulating a day"))
def simulate(
    run: Run, *, forecast_id: int, queue_id: int, day: str
) -> dict[str, Any] | None:
    """Simulate a day of a queue with the agents required, and keep what was found."""
    on = date.fromisoformat(day)
    _study_day(run, StudyKind.SIMULATION, forecast_id, queue_id, on)
    place = {"forecast_id": forecast_id, "queue": queue_id, "day": day}
    return {"page": ["forecasting.requirement", place]}


@job("forecasting.find_chances", title=_l("Weighing agents against chances"))
def find_chances(
    run: Run, *, forecast_id: int, queue_id: int, day: str
) -> dict[str, Any] | None:
    """Simulate a day with more and with fewer agents, and keep what was found."""
    on = date.fromisoformat(day)
    _study_day(run, StudyKind.CHANCES, forecast_id, queue_id, on)
    place = {"forecast_id": forecast_id, "queue_id": queue_id, "day": day}
    return {"page": ["forecasting.chances", place]}


def _study_day(
    run: Run, kind: StudyKind, forecast_id: int, queue_id: int, day: date
) -> None:
    study = {
        StudyKind.SIMULATION: services.simulate_requirement,
        StudyKind.CHANCES: services.find_chances,
    }[kind]
    found = load(forecast_id, Permission.MAKE_FORECAST)
    queue = services.queue_of(found, queue_id)
    premises = services.premises_of_day(kind, found, queue, day)
    figures = study(found, queue, day, run.progress)
    _keep(kind, figures, found.project_id, premises, forecast_id, queue_id, day)


@job("forecasting.find_week_chances", title=_l("Weighing agents against a week"))
def find_week_chances(
    run: Run, *, forecast_id: int, queue_id: int, day: str
) -> dict[str, Any] | None:
    """Simulate a week with more and with fewer agents, and keep what was found."""
    on = date.fromisoformat(day)
    found = load(forecast_id, Permission.MAKE_FORECAST)
    queue = services.queue_of(found, queue_id)
    days = services.week_of(found, on)
    given = services.Premises.read(found, days[0], days[-1])
    premises = services.premises_of_week(found, queue, days, given)
    figures = services.find_week_chances(found, queue, on, run.progress)
    _keep(
        StudyKind.WEEK_CHANCES,
        figures,
        found.project_id,
        premises,
        forecast_id,
        queue_id,
        days[0],
    )
    place = {"forecast_id": forecast_id, "queue_id": queue_id, "day": day}
    return {"page": ["forecasting.week_chances", place]}


@job("forecasting.try_out", title=_l("Trying a day out"))
def try_out(
    run: Run,
    *,
    forecast_id: int,
    queue_id: int,
    day: str,
    absence: float = 0.0,
    more: float = 0.0,
    first_id: int | None = None,
) -> dict[str, Any] | None:
    """Simulate a day as planned and with a change, and keep what was found."""
    on = date.fromisoformat(day)
    found = load(forecast_id, Permission.MAKE_FORECAST)
    queue = services.queue_of(found, queue_id)
    premises = services.premises_of_day(StudyKind.WHAT_IF, found, queue, on)
    change = services.Change(absence, more, first_id)
    figures = services.try_out(found, queue, on, change, run.progress)
    _keep(
        StudyKind.WHAT_IF,
        figures,
        found.project_id,
        premises,
        forecast_id,
        queue_id,
        on,
    )
    place = {"forecast_id": forecast_id, "queue_id": queue_id, "day": day}
    return {"page": ["forecasting.what_if", place]}


def _keep(
    kind: StudyKind,
    figures: dict[str, Any],
    project_id: int,
    premises: str,
    forecast_id: int,
    queue_id: int | None,
    day: date,
) -> None:
    db.session.rollback()
    with transaction():
        load(forecast_id, Permission.MAKE_FORECAST)
        services.keep_study(
            kind,
            figures,
            project_id=project_id,
            premises=premises,
            forecast_id=forecast_id,
            queue_id=queue_id,
            day=day,
        )


@job("forecasting.staff_skills", title=_l("Searching agents by skill group"))
def staff_skills(run: Run, *, forecast_id: int, day: str) -> dict[str, Any] | None:
    """Search the agents by skill group that a day needs, and keep what was found."""
    on = date.fromisoformat(day)
    found = load(forecast_id, Permission.MAKE_FORECAST)
    premises = services.premises_of_skills(found, on)
    figures = services.staff_skills(found, on, run.progress)
    _keep(StudyKind.SKILLS, figures, found.project_id, premises, forecast_id, None, on)
    return {"page": ["forecasting.skills", {"forecast_id": forecast_id, "day": day}]}


@job("forecasting.estimate_patience", title=_l("Estimating callers' patience"))
def estimate_patience(
    run: Run, *, project_id: int, queue_id: int
) -> dict[str, Any] | None:
    """Estimate patience and redials from a queue's contacts, and keep the estimate."""
    run.progress(0, 0, _("Reading the contacts of four weeks"))
    scope = current_actor().scope(Permission.EDIT_ASSUMPTIONS)
    project = project_queries.get_project(project_id, scope)
    queue = project_queries.get_queue(queue_id, scope)
    figures = services.patience_of(queue, clock.today(project.tz))
    db.session.rollback()
    with transaction():
        services.keep_study(
            StudyKind.PATIENCE,
            figures,
            project_id=project_id,
            premises="",
            queue_id=queue_id,
        )
    place = {"project_id": project_id, "queue": queue_id}
    return {"page": ["forecasting.patience", place]}
