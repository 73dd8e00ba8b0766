"""The jobs of this room: making a forecast, approving it, measuring what came true."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.exc import OperationalError

from callcenter.forecasting import queries, services
from callcenter.forecasting.models import Forecast, ForecastStatus, StudyKind
from callcenter.forecasting.permissions import Permission
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import AppError, Unavailable
from callcenter.kernel.jobs import JobCancelled, JobInterrupted, JobLost, Run, job
from callcenter.kernel.text import _, _l
from callcenter.projects import queries as project_queries


@job("forecasting.forecast", title=_l("Making a forecast"))
def forecast(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Work a forecast out, queue by queue, and store it as a draft."""
    with _refusing(forecast_id):
        calculation = services.calculate_forecast(
            _load(forecast_id, Permission.MAKE_FORECAST), run.progress
        )
        db.session.rollback()
        with transaction():
            found = _load(forecast_id, Permission.MAKE_FORECAST)
            services.finish_forecast(found, calculation)
    _copy_history(forecast_id)
    page = ["forecasting.forecast", {"forecast_id": forecast_id}]
    return {"page": page, "n_queues": len(calculation.queues)}


def _copy_history(forecast_id: int) -> None:
    """Copy the days that the pages of a forecast show under it, queue by queue."""
    n_queues = len(_load(forecast_id, Permission.MAKE_FORECAST).queues)
    for place in range(n_queues):
        with transaction():
            found = _load(forecast_id, Permission.MAKE_FORECAST)
            queue = found.queues[place].queue
            queue.project = found.project
            first = found.history_first or found.first_day
            services.copy_counted_days(queue, first, clock.today(found.tz))


@job("forecasting.copy_history", title=_l("Copying counted days"))
def copy_history(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Copy the days that the pages of a weekly forecast show under it."""
    run.check()
    _copy_history(forecast_id)
    return None


@job("forecasting.copy_counted_days", title=_l("Copying counted days"))
def copy_counted_days(
    run: Run, *, project_id: int, days: list[str]
) -> dict[str, Any] | None:
    """Copy days anew whose facts changed, for the charts of forecasts."""
    changed = [date.fromisoformat(day) for day in days]
    n_days = 0
    with transaction():
        for queue in queries.queues_with_copies(project_id):
            run.check()
            n_days += services.copy_counted_days(
                queue, min(changed), max(changed), again=changed
            )
    return {"n_days": n_days}


@job("forecasting.approve", title=_l("Approving a forecast"))
def approve(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Work out the requirements of a forecast and let it rule."""
    run.progress(0, 0, _("Working out the agents required"))
    found = _load(forecast_id, Permission.APPROVE_FORECAST)
    if found.status is ForecastStatus.APPROVED:
        return None
    earlier = services.calculate_requirements(found)
    db.session.rollback()
    with transaction():
        found = _load(forecast_id, Permission.APPROVE_FORECAST)
        if found.status is ForecastStatus.APPROVED:
            return None  # an earlier attempt did it all
        n_rows = services.approve_forecast(
            found, by=current_actor().user_id, earlier=earlier
        )
    page = ["forecasting.requirement", {"forecast_id": forecast_id}]
    return {"page": page, "n_intervals": n_rows}


@job("forecasting.restaff", title=_l("Working out requirements again"))
def restaff(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Let changed targets and assumptions count for an approved forecast."""
    run.progress(0, 0, _("Working out the agents required"))
    found = _load(forecast_id, Permission.APPROVE_FORECAST)
    first = services.first_to_restaff(found)
    if first is None:
        return None
    earlier = services.calculate_requirements(found, first=first)
    db.session.rollback()
    with transaction():
        found = _load(forecast_id, Permission.APPROVE_FORECAST)
        n_rows = services.restaff(found, earlier)
    page = ["forecasting.requirement", {"forecast_id": forecast_id}]
    return {"page": page, "n_intervals": n_rows}


@job("forecasting.measure", title=_l("Measuring forecasts"))
def measure(
    run: Run, *, project_id: int, first_day: str, last_day: str
) -> dict[str, Any] | None:
    """Compare what was forecast with what came in, for days whose facts changed."""
    first, last = date.fromisoformat(first_day), date.fromisoformat(last_day)
    with transaction():
        covering = queries.forecasts_covering(project_id, first, last)
        n_days = services.measure_days(covering, first, last, run.progress)
    return {"n_days": n_days}


@job("forecasting.choose_method", title=_l("Forecasting by another method"))
def choose_method(
    run: Run, *, forecast_id: int, queue_id: int, method: str, reason: str
) -> dict[str, Any] | None:
    """Work one queue of a draft out by the method that a planner insists on."""
    run.progress(0, 0, _("Testing the method on the queue's past"))
    found = _load(forecast_id, Permission.ADJUST_FORECAST)
    result = services.calculate_queue(found, queue_id, method=method)
    db.session.rollback()
    with transaction():
        services.choose_method(
            _load(forecast_id, Permission.ADJUST_FORECAST),
            result,
            method=method,
            reason=reason,
            by=current_actor().user_id,
        )
    page = ["forecasting.forecast", {"forecast_id": forecast_id, "queue": queue_id}]
    return {"page": page, "queue_id": queue_id}


@job("forecasting.ask_for_refreshes", title=_l("Asking for weekly forecasts"))
def ask_for_refreshes(run: Run) -> dict[str, Any]:
    """Ask for the refresh of every project whose hour of the week has come.

    What broke off goes on first.
    """
    run.check()
    with transaction():
        services.resume_stalled()
        asked = services.request_due_refreshes()
    return {"forecasts": [each.id for each in asked]}


@job("forecasting.refresh", title=_l("Refreshing a forecast"))
def refresh(
    run: Run, *, forecast_id: int, queue_ids: list[int], until: str
) -> dict[str, Any] | None:
    """Forecast some queues of a refresh; after the last one its end is asked for."""
    found = _load(forecast_id, Permission.MAKE_FORECAST)
    if found.status is not ForecastStatus.MAKING:
        return None  # another part failed, or an earlier attempt did it
    with _refusing(forecast_id):
        n_done, n_all = queries.n_made(forecast_id)
        part = services.calculate_some(
            found,
            queue_ids,
            date.fromisoformat(until),
            lambda done, _all, name: run.progress(n_done + done, n_all, name),
        )
        db.session.rollback()
        with transaction():
            _store_part(forecast_id, part)
    page = ["forecasting.proposal", {"forecast_id": forecast_id}]
    return {"page": page, "n_queues": len(queue_ids)}


def _store_part(forecast_id: int, part: "services.Calculation") -> None:
    db.session.get(Forecast, forecast_id, with_for_update=True)
    found = _load(forecast_id, Permission.MAKE_FORECAST)
    if found.status is ForecastStatus.MAKING:
        services.store_part(found, part)


@job("forecasting.finish_refresh", title=_l("Adding a forecast up"))
def finish_refresh(run: Run, *, forecast_id: int) -> dict[str, Any] | None:
    """Forecast the total of a refresh, let its queues add up, and propose it.

    Queues are changed one by one, each noted until it is done: so an attempt goes on
    where the one before it ended, and nobody else waits for long to write.
    """
    found = _load(forecast_id, Permission.MAKE_FORECAST)
    if found.status is not ForecastStatus.MAKING:
        return None
    with _refusing(forecast_id):
        run.progress(0, 0, _("Forecasting the total"))
        total = services.work_out_total(found)
        db.session.rollback()
        if total is not None:
            with transaction():
                found = _load(forecast_id, Permission.MAKE_FORECAST)
                services.store_refresh_total(found, total)
        queue_ids = queries.queues_to_scale(forecast_id)
        for place, queue_id in enumerate(queue_ids):
            run.progress(place, len(queue_ids), _("Adding queues up"))
            with transaction():
                found = _load(forecast_id, Permission.MAKE_FORECAST)
                services.scale_queue(found, queue_id)
        with transaction():
            found = _load(forecast_id, Permission.MAKE_FORECAST)
            if found.status is ForecastStatus.MAKING:
                services.propose(found)
                services.request_history(found)
    return {"page": ["forecasting.proposal", {"forecast_id": forecast_id}]}


@job("forecasting.prune_snapshots", title=_l("Letting go of old forecasts"))
def prune_snapshots(run: Run, *, project_id: int) -> dict[str, Any]:
    """Delete snapshots past their time, and the days that nobody asks of the others."""
    run.check()
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    with transaction():
        project = project_queries.get_project(project_id, scope)
        return dict(services.prune_snapshots(project))


@job("forecasting.ask_for_day_models", title=_l("Asking for the models of the day"))
def ask_for_day_models(run: Run) -> dict[str, Any]:
    """Ask for the day models of every project whose day has begun."""
    run.check()
    with transaction():
        return {"jobs": [each.id for each in services.request_learning()]}


@job("forecasting.learn_days", title=_l("Learning how days go"))
def learn_days(run: Run, *, project_id: int) -> dict[str, Any]:
    """Learn how the days of a project's queues go, for the page of today."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    project = project_queries.get_project(project_id, scope)
    found = services.learn_days(project, run.progress)
    db.session.rollback()
    with transaction():
        project = project_queries.get_project(project_id, scope)
        services.store_day_models(project, found)
    page = ["forecasting.today", {"project_id": project_id}]
    return {"page": page, "n_models": len(found)}


def _load(forecast_id: int, permission: Permission) -> Forecast:
    return queries.get_forecast(forecast_id, current_actor().scope(permission))


@contextmanager
def _refusing(forecast_id: int) -> Iterator[None]:
    """Note with a forecast why it could not be made, whatever went wrong.

    Where the database was away, and where the worker ends, another attempt follows.
    """
    try:
        yield
    except (OperationalError, Unavailable):
        raise
    except JobCancelled:
        _refuse(forecast_id, _("It was cancelled."))
        raise
    except AppError as error:
        _refuse(forecast_id, error.message)
        raise
    except (JobInterrupted, JobLost):
        raise
    except Exception as error:
        _refuse(forecast_id, str(error) if isinstance(error, ValueError) else _BROKEN)
        raise


_BROKEN = _l("Something went wrong; the list of background work says what.")


def _refuse(forecast_id: int, reason: object) -> None:
    db.session.rollback()
    with transaction():
        found = db.session.get(Forecast, forecast_id)
        if found is not None and found.status is ForecastStatus.MAKING:
            services.refuse_forecast(found, str(reason))


@job("forecasting.propose_hires", title=_l("Looking for the hires needed"))
def propose_hires(run: Run, *, scenario_id: int) -> dict[str, Any] | None:
    """Find the classes that a scenario needs, and fill them in."""
    run.progress(0, 0, _("Weighing classes, overtime and shortage"))
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    scenario = queries.get_scenario(scenario_id, scope)
    plan = scenario.plan
    needs = queries.week_needs(plan.project_id, plan.first_week, plan.n_weeks)
    found = services.propose_for(plan, scenario, needs)
    db.session.rollback()
    run.check()
    with transaction():
        scenario = queries.get_scenario(scenario_id, scope)
        n_hires = services.store_hires(scenario, found)
    page = [
        "forecasting.capacity_plan",
        {"project_id": scenario.plan.project_id, "scenario": scenario_id},
    ]
    return {"page": page, "n_hires": n_hires}


@job("forecasting.require_weeks", title=_l("Working out what weeks require"))
def require_weeks(run: Run, *, project_id: int) -> dict[str, Any] | None:
    """Work out what the coming weeks of a project require, some queues at a time."""
    parts = services.weekly_parts(project_id)
    n_rows = 0
    for place, queue_ids in enumerate(parts):
        run.progress(place, len(parts))
        found = services.required_weeks(project_id, queue_ids)
        db.session.rollback()
        with transaction():
            services.keep_required_weeks(project_id, queue_ids, found)
        n_rows += len(found)
    with transaction():
        services.forget_other_weeks(project_id)
    return {"n_rows": n_rows}


@job("forecasting.refresh_plans", title=_l("Bringing capacity plans up to date"))
def refresh_plans(run: Run) -> dict[str, Any] | None:
    """Let every capacity plan begin with the coming week and the people of today."""
    projects = queries.planned_project_ids()
    scope = current_actor().scope(Permission.EDIT_CAPACITY)
    for place, project_id in enumerate(projects):
        run.progress(place, len(projects), "")
        with transaction():
            plan = queries.find_plan(project_id, scope)
            if plan is not None:
                services.refresh_plan(plan)
    return {"n_plans": len(projects)}


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
    found = _load(forecast_id, Permission.MAKE_FORECAST)
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
    found = _load(forecast_id, Permission.MAKE_FORECAST)
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
    found = _load(forecast_id, Permission.MAKE_FORECAST)
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
        _load(forecast_id, Permission.MAKE_FORECAST)
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
    found = _load(forecast_id, Permission.MAKE_FORECAST)
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
