"""The weekly refresh: all queues of a project forecast anew, as a proposal."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.orm import selectinload

from callcenter.access import audit
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NoHistory
from callcenter.forecasting.events import forecast_proposed
from callcenter.forecasting.models import (
    Accuracy,
    Adjustment,
    Backtest,
    Borrowed,
    Candidate,
    Finding,
    Forecast,
    ForecastDay,
    ForecastKind,
    ForecastQueue,
    ForecastStatus,
    Note,
    Proposal,
    RefreshPart,
    RefreshRule,
    RefreshRun,
    SlotAccuracy,
    Study,
    TotalDay,
    TotalPlan,
)
from callcenter.forecasting.services.forecasts.adjusting import change_day
from callcenter.forecasting.services.forecasts.finishing import (
    forget_parts,
    store_left,
)
from callcenter.forecasting.services.forecasts.making import MOST_DAYS, draft_forecast
from callcenter.forecasting.services.forecasts.storing import (
    Calculation,
    refuse_forecast,
    replace_queue,
)
from callcenter.forecasting.services.forecasts.weighing import weigh
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.jobs import enqueue, find_live_job
from callcenter.kernel.text import _
from callcenter.projects.models import Project

PART = 5
"""Queues of one job: each project's refresh is shared by all workers there are."""

_MOST_FAILURES = 3
_FIGURES = (ForecastDay, Finding, Backtest, Candidate)


def request_due_refreshes() -> list[Forecast]:
    """Ask for the refresh of every project whose hour of the week has come.

    A project that is met for the first time waits for its next hour.
    """
    projects = db.session.scalars(
        queries.refreshed_projects(EVERYTHING).options(selectinload(Project.queues))
    ).all()
    ids = [project.id for project in projects]
    rules, runs = queries.refresh_rules(ids), queries.refresh_runs(ids)
    now = clock.now()
    asked = []
    for project in projects:
        run, rule = runs.get(project.id), rules[project.id]
        if run is None:
            db.session.add(RefreshRun(project_id=project.id, asked_at=now))
        elif rule.is_on and run.asked_at < last_hour(rule, project, now):
            run.asked_at = now
            try:
                asked.append(request_refresh(project))
            except NoHistory:
                continue  # it will be asked again in a week
    db.session.flush()
    return asked


def last_hour(rule: RefreshRule, project: Project, now: datetime) -> datetime:
    """The latest instant at which the project's refresh was due."""
    local = now.astimezone(project.tz)
    day = local.date() - timedelta(days=(local.weekday() - rule.weekday) % 7)
    due = datetime.combine(day, time(rule.hour), tzinfo=project.tz)
    if due > now:
        due = datetime.combine(
            day - timedelta(days=7), time(rule.hour), tzinfo=project.tz
        )
    return due


def request_refresh(project: Project, *, by: int | None = None) -> Forecast:
    """Ask for a forecast of all active queues from today on; jobs make it in parts.

    While one is being made it is returned; one that nobody works on any more goes on
    with what is missing. Needs the queues loaded. Raises `Invalid` for a project
    without an active queue, `NoHistory` for one without facts.
    """
    today = clock.today(project.tz)
    under_way = queries.refresh_under_way(project.id)
    if under_way is not None:
        if not is_stalled(under_way):
            return under_way
        if under_way.first_day == today:
            return _go_on(under_way)
        refuse_forecast(under_way, _("It was never finished."))
    queues = [queue for queue in project.queues if queue.is_active]
    if not queues:
        raise Invalid(_("This project has no active queue."), fields=("queues",))
    ids = [queue.id for queue in queues]
    newest = [last for _first, last in queries.fact_span(ids).values()]
    if not newest:
        raise NoHistory
    until = min(max(newest), today - timedelta(days=1))
    for queue in queues:
        queue.project = project
    name = f"{project.name} {today.isoformat()}"[:120]
    forecast = draft_forecast(queues, today, MOST_DAYS, name=name, by=by)
    forecast.kind = ForecastKind.REFRESH
    forecast.history_last = until
    db.session.flush()
    return _go_on(forecast)


def is_stalled(forecast: Forecast) -> bool:
    """Whether a forecast is being made, but no job about it waits or runs."""
    is_making = forecast.status is ForecastStatus.MAKING
    return is_making and find_live_job(_subject(forecast)) is None


def _go_on(forecast: Forecast) -> Forecast:
    """Ask for the parts of a weekly forecast that are missing, else for its end."""
    missing = [row.queue_id for row in forecast.queues if not row.basis]
    until = forecast.history_last
    if not missing or until is None:
        _request_end(forecast)
    for first in range(0, len(missing), PART):
        args = {"queue_ids": missing[first : first + PART], "until": str(until)}
        enqueue(
            "forecasting.refresh",
            {"forecast_id": forecast.id, **args},
            subject=_subject(forecast),
        )
    return forecast


def _request_end(forecast: Forecast) -> None:
    enqueue(
        "forecasting.finish_refresh",
        {"forecast_id": forecast.id},
        subject=_subject(forecast),
        unique=True,
    )


def _subject(forecast: Forecast) -> str:
    return f"forecasting_forecast:{forecast.id}"


def resume_stalled() -> list[Forecast]:
    """Let weekly forecasts go on that nobody works on; give up on what keeps failing.

    Returns those that go on.
    """
    resumed = []
    for forecast in queries.refreshes_under_way():
        if not is_stalled(forecast):
            continue
        if queries.n_broken_off(forecast.id) >= _MOST_FAILURES:
            refuse_forecast(forecast, _("Its work broke off again and again."))
        elif forecast.first_day != clock.today(forecast.tz):
            refuse_forecast(forecast, _("It was never finished."))
        else:
            resumed.append(_go_on(forecast))
    db.session.flush()
    return resumed


def store_part(forecast: Forecast, part: Calculation) -> bool:
    """Keep the figures of some queues; returns whether that was the last part.

    A part that comes a second time replaces what it stored. After the last one a job
    makes the total and the proposal.
    """
    for result in part.queues:
        replace_queue(forecast, result)
    known = [forecast.history_first, part.history_first]
    forecast.history_first = min(each for each in known if each is not None)
    known = [forecast.history_last, part.history_last]
    forecast.history_last = max(each for each in known if each is not None)
    store_left(forecast, part)
    db.session.flush()
    is_last = all(row.basis for row in forecast.queues)
    if is_last:
        _request_end(forecast)
    return is_last


def propose(forecast: Forecast) -> Proposal:
    """Make a finished refresh the project's proposal, and say what it would move.

    What planners changed by hand on approved days is done to it as well, in the same
    proportion. Where the project's rule allows it, a job approves it.
    """
    forecast.status, forecast.refusal = ForecastStatus.DRAFT, ""
    forget_parts(forecast)
    for older in queries.open_proposals(forecast.project_id, forecast.id):
        older.status = ForecastStatus.SUPERSEDED
    n_carried = _carry_over(forecast)
    rule = queries.refresh_rules([forecast.project_id])[forecast.project_id]
    proposal = queries.find_proposal(forecast.id)
    if proposal is None:
        proposal = Proposal(forecast_id=forecast.id)
    proposal.n_carried = n_carried
    weigh(forecast, proposal, rule.notable_share)
    db.session.add(proposal)
    db.session.flush()
    audit.record(
        "forecasting.refresh_forecast",
        "forecasting_forecast",
        forecast.id,
        n_queues=len(forecast.queues),
        n_moves=len(proposal.moves),
    )
    _request_what_follows(forecast, proposal, rule)
    forecast_proposed.send(forecast)
    return proposal


def _request_what_follows(
    forecast: Forecast, proposal: Proposal, rule: RefreshRule
) -> None:
    within, most = rule.approve_within, proposal.most
    if within is not None and most is not None and most < within:
        enqueue(
            "forecasting.approve",
            {"forecast_id": forecast.id},
            subject=f"forecasting_forecast:{forecast.id}",
            unique=True,
        )
    enqueue(
        "forecasting.prune_snapshots",
        {"project_id": forecast.project_id},
        subject=f"projects_project:{forecast.project_id}",
        unique=True,
    )


def _carry_over(forecast: Forecast) -> int:
    """Do to a proposal what planners did to the approved days; returns how often."""
    own = {row.queue_id for row in forecast.queues}
    n = 0
    for row, interval_s in queries.ruling_adjustments(
        forecast.project_id, forecast.first_day
    ):
        if row.queue_id not in own:
            continue
        scale = interval_s / forecast.interval_s
        span = (int(row.first_slot * scale), int(row.end_slot * scale))
        day = queries.find_day(forecast.id, row.queue_id, row.day)
        if day is None:
            continue
        present = float(day.planned[slice(*span)].sum())
        same = row.before > 0.0 and present > 0.0
        change_day(
            forecast,
            row.queue_id,
            row.day,
            present * row.total / row.before if same else row.total,
            first_slot=span[0],
            end_slot=span[1],
            comment=row.comment,
            by=row.made_by_id,
        )
        n += 1
    return n


def set_refresh_rule(
    rule: RefreshRule | None, *, project_id: int, **values: Any
) -> RefreshRule:
    """Set when a project is refreshed and what may happen without a person."""
    if rule is None:
        rule = RefreshRule.standard(project_id)
        db.session.add(rule)
    for name, value in values.items():
        setattr(rule, name, value)
    db.session.flush()
    return rule


def kept_leads() -> Sequence[tuple[int, int]]:
    """The days ahead that a replaced snapshot keeps, first and last of each span.

    Five weeks, and a week each a quarter, half a year, three quarters and a year
    ahead: what the newest snapshot of each class of lead is measured by.
    """
    return ((1, 35), *((7 * week + 1, 7 * week + 7) for week in (13, 26, 39, 52)))


def prune_snapshots(project: Project) -> dict[str, int]:
    """Let go of snapshots past their time, and of what nobody asks of the others.

    One snapshot a week is kept for as long as the project's rule says, with the days
    of `kept_leads`. What was approved is never touched.
    """
    keep = queries.refresh_rules([project.id])[project.id].keep_weeks
    oldest = clock.now() - timedelta(weeks=keep)
    found = queries.snapshots(project.id)
    last_of_week = {
        each.made_at.astimezone(project.tz).isocalendar()[:2]: each.id
        for each in found
        if each.status is ForecastStatus.SUPERSEDED
    }
    counts = {"deleted": 0, "thinned": 0}
    for each in found:
        week = each.made_at.astimezone(project.tz).isocalendar()[:2]
        if each.made_at < oldest or last_of_week.get(week) != each.id:
            _delete(each)
            counts["deleted"] += 1
        else:
            counts["thinned"] += _thin(each)
    return counts


def _delete(forecast: Forecast) -> None:
    """Delete a snapshot with all that was measured by it."""
    tables: tuple[Any, ...] = (
        *_FIGURES,
        Accuracy,
        SlotAccuracy,
        Proposal,
        RefreshPart,
    )
    for table in (*tables, Adjustment, Note, Borrowed, Study, TotalDay, TotalPlan):
        db.session.execute(delete(table).where(table.forecast_id == forecast.id))
    own = ForecastQueue.forecast_id == forecast.id
    db.session.execute(delete(ForecastQueue).where(own))
    db.session.execute(delete(Forecast).where(Forecast.id == forecast.id))
    db.session.expunge(forecast)


def _thin(forecast: Forecast) -> int:
    """Delete the days that nothing is measured by; returns how many."""
    known = forecast.history_last or forecast.first_day - timedelta(days=1)
    kept = [
        ForecastDay.day.between(
            known + timedelta(days=first), known + timedelta(days=last)
        )
        for first, last in kept_leads()
    ]
    gone = db.session.execute(
        delete(ForecastDay).where(ForecastDay.forecast_id == forecast.id, ~or_(*kept))
    )
    for table in (Finding, Backtest, Candidate):
        db.session.execute(delete(table).where(table.forecast_id == forecast.id))
    return int(gone.rowcount)  # type: ignore[attr-defined]
