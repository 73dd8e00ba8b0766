"""The weekly refresh: what it proposes, when it comes, and asking for it now."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callcenter.access.guards import permission_required
from callcenter.forecasting import queries, services
from callcenter.forecasting.errors import NoHistory
from callcenter.forecasting.forms import RefreshForm
from callcenter.forecasting.models import (
    AddingUp,
    Forecast,
    ForecastKind,
    ForecastStatus,
    Proposal,
    RefreshRule,
)
from callcenter.forecasting.permissions import Permission
from callcenter.forecasting.views import words
from callcenter.forecasting.views.blueprint import bp
from callcenter.forecasting.views.knowledge import knowing
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid, NotFound
from callcenter.kernel.jobs import Job, JobState, find_live_job, jobs_of
from callcenter.kernel.text import _, _n
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Project
from callcenter.web import filters
from callcenter.web.charts import Chart, Series, line_chart
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast

MOST_MOVES = 40


@bp.get("/forecasts/refresh")
@permission_required(Permission.VIEW_FORECASTS)
def refreshes() -> ResponseReturnValue:
    """List the projects within reach with their latest refresh and the next."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    projects = db.session.scalars(queries.refreshed_projects(scope)).all()
    ids = [project.id for project in projects]
    rules, latest = queries.refresh_rules(ids), queries.latest_refreshes(ids)
    return render(
        "forecasting/refreshes.html",
        rows=[
            {
                "project": project,
                "when": when(rules[project.id]),
                "next_at": _next(rules[project.id], project),
                "latest": latest.get(project.id),
                "verdict": _verdict(latest.get(project.id)),
            }
            for project in projects
        ],
        names=words.STATUS_NAMES,
    )


def when(rule: RefreshRule) -> str:
    """The hour of the week, in words."""
    if not rule.is_on:
        return _("switched off")
    day = filters.weekday(date(2024, 1, 1) + timedelta(days=rule.weekday), "EEEE")
    return _("%(weekday)s at %(hour)s", weekday=day, hour=f"{rule.hour:02}:00")


def _next(rule: RefreshRule, project: Project) -> datetime | None:
    if not rule.is_on:
        return None
    return services.last_hour(rule, project, clock.now() + timedelta(days=7))


def _verdict(refreshed: queries.Refreshed | None) -> str:
    """What the latest refresh would do, in a few words."""
    if refreshed is None or refreshed.proposal is None:
        return ""
    return moves_in_words(refreshed.proposal)


def moves_in_words(proposal: Proposal) -> str:
    """How much a proposal moves, as a sentence."""
    share = filters.percent(proposal.notable_share, 0)
    if proposal.most is None:
        return _("Nothing is approved for these weeks yet.")
    if not proposal.moves:
        return _("No week of a queue moves by more than %(share)s.", share=share)
    return _n(
        "%(num)s week of a queue moves by more than %(share)s.",
        "%(num)s weeks of queues move by more than %(share)s.",
        len(proposal.moves),
        share=share,
    )


@bp.get("/projects/<int:project_id>/refresh")
@permission_required(Permission.VIEW_FORECASTS)
def refresh(project_id: int) -> ResponseReturnValue:
    """Show a project's refreshes, and when the next one comes."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    project = project_queries.get_project(project_id, scope)
    return _page(project)


def _page(
    project: Project, form: RefreshForm | None = None, status: int = 200
) -> ResponseReturnValue:
    rule = queries.refresh_rules([project.id])[project.id]
    made = queries.refreshes_of([project.id])
    under_way = next(
        (
            each.forecast
            for each in made
            if each.forecast.status is ForecastStatus.MAKING
        ),
        None,
    )
    return render(
        "forecasting/refresh.html",
        status,
        project=project,
        rule=rule,
        when=when(rule),
        next_at=_next(rule, project),
        rows=[(each.forecast, _verdict(each)) for each in made],
        job=_job(under_way),
        made=queries.n_made(under_way.id)
        if under_way and services.is_stalled(under_way)
        else None,
        form=form or _form(rule),
        adding_up=knowing.ADDING_UP_NAMES[rule.adding_up],
        may_make=current_actor().may(Permission.MAKE_FORECAST),
        names=words.STATUS_NAMES,
    )


def _job(under_way: Forecast | None) -> Job | None:
    """The part that is being worked on, else one that waits."""
    if under_way is None:
        return None
    subject = f"forecasting_forecast:{under_way.id}"
    running = jobs_of().where(Job.subject == subject, Job.state == JobState.RUNNING)
    return db.session.scalars(running.limit(1)).first() or find_live_job(subject)


def _form(rule: RefreshRule) -> RefreshForm:
    """The form, with what holds now in percent."""
    given = {
        "is_on": rule.is_on,
        "weekday": rule.weekday,
        "hour": rule.hour,
        "notable_share": round(rule.notable_share * 100, 2),
        "approve_within": (
            None if rule.approve_within is None else round(rule.approve_within * 100, 2)
        ),
        "keep_weeks": rule.keep_weeks,
        "adding_up": rule.adding_up.value,
    }
    form = RefreshForm(data=None if request.method == "POST" else given)
    monday = date(2024, 1, 1)
    form.weekday.choices = choices(
        (place, filters.weekday(monday + timedelta(days=place), "EEEE"))
        for place in range(7)
    )
    form.hour.choices = choices((hour, f"{hour:02}:00") for hour in range(24))
    form.adding_up.choices = choices(
        (each.value, name) for each, name in knowing.ADDING_UP_NAMES.items()
    )
    return form


@bp.post("/projects/<int:project_id>/refresh/rule")
@permission_required(Permission.MAKE_FORECAST)
def set_refresh_rule(project_id: int) -> ResponseReturnValue:
    """Set when a project is refreshed, and what may happen without a person."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    project = project_queries.get_project(project_id, scope)
    form = _form(RefreshRule.standard(project_id))
    may_approve = current_actor().may(Permission.APPROVE_FORECAST)
    if form.validate() and form.approve_within.data and not may_approve:
        form.refuse("approve_within", _("That is for those who may approve."))
    if form.errors:
        return _page(project, form, 422)
    within = form.approve_within.data
    with transaction():
        project_queries.get_project(project_id, scope)
        services.set_refresh_rule(
            queries.find_refresh_rule(project_id),
            project_id=project_id,
            is_on=form.is_on.data,
            weekday=form.weekday.data,
            hour=form.hour.data,
            notable_share=form.notable_share.data / 100,
            approve_within=within / 100 if within else None,
            keep_weeks=form.keep_weeks.data,
            adding_up=AddingUp(form.adding_up.data),
        )
    toast(_("Saved."))
    return see_other("forecasting.refresh", project_id=project_id)


@bp.post("/projects/<int:project_id>/refresh/now")
@permission_required(Permission.MAKE_FORECAST)
def refresh_now(project_id: int) -> ResponseReturnValue:
    """Ask for a refresh at once; a second click gets the one under way."""
    scope = current_actor().scope(Permission.MAKE_FORECAST)
    try:
        with transaction():
            project = project_queries.get_project(project_id, scope)
            services.request_refresh(project, by=current_actor().user_id)
    except (NoHistory, Invalid) as refusal:
        toast(refusal.message, "warning")
    return see_other("forecasting.refresh", project_id=project_id)


@bp.get("/forecasts/<int:forecast_id>/proposal")
@permission_required(Permission.VIEW_FORECASTS)
def proposal(forecast_id: int) -> ResponseReturnValue:
    """Show what a refreshed forecast would move, beside what is approved."""
    scope = current_actor().scope(Permission.VIEW_FORECASTS)
    found = queries.get_forecast(forecast_id, scope)
    if found.kind is not ForecastKind.REFRESH:
        raise NotFound(forecast_id=forecast_id)
    weighed = queries.find_proposal(forecast_id)
    is_open = found.status in {ForecastStatus.DRAFT, ForecastStatus.MAKING}
    job = _job(found) if is_open else None
    queues = {row.queue_id: row.queue for row in found.queues}
    moves = weighed.moves if weighed else []
    return render(
        "forecasting/proposal.html",
        forecast=found,
        proposal=weighed,
        job=job,
        may_make=current_actor().may(Permission.MAKE_FORECAST),
        has_total=queries.has_total(found.id),
        made=queries.n_made(found.id)
        if found.status is ForecastStatus.MAKING
        else None,
        verdict=moves_in_words(weighed) if weighed else "",
        chart=_weeks_chart(weighed.weeks) if weighed else None,
        moves=[_move(found, queues[row[0]].name, row) for row in moves[:MOST_MOVES]],
        n_more=max(0, len(moves) - MOST_MOVES),
        first_day=services.first_day_ahead(found),
        status=words.STATUS_NAMES[found.status],
    )


def _move(found: Forecast, name: str, row: Sequence[Any]) -> dict[str, Any]:
    """One week of a queue that moves, as a line of the table."""
    queue_id, monday, before, after = row
    day = max(date.fromisoformat(monday), found.first_day)
    return {
        "queue": name,
        "week": date.fromisoformat(monday),
        "before": before,
        "after": after,
        "share": after / before - 1.0 if before else None,
        "url": url_for(
            "forecasting.forecast",
            forecast_id=found.id,
            queue=queue_id,
            day=day.isoformat(),
        ),
    }


def _weeks_chart(weeks: Sequence[Sequence[Any]]) -> Chart | None:
    if not weeks:
        return None
    labels = [filters.day(date.fromisoformat(row[0]), "day_month") for row in weeks]
    return line_chart(
        _("Contacts a week, all queues"),
        labels,
        [
            Series(_("Proposed"), [row[2] for row in weeks]),
            Series(_("Approved"), [row[1] for row in weeks], is_dashed=True),
        ],
        first_column=_("Week"),
    )
