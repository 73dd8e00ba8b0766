"""Schedules: the list, a new one in two steps, solving, the result, publishing."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcenter.access.guards import permission_required
from callcenter.kernel import clock
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import db, transaction
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _, _l, _n
from callcenter.people import queries as people
from callcenter.people.models import Employee, Site, Team
from callcenter.projects import queries as projects
from callcenter.projects.models import Queue, TeamAssignment
from callcenter.scheduling import queries, services
from callcenter.scheduling.errors import PeriodInThePast
from callcenter.scheduling.forms import LIMITS_S, PeriodForm, ScheduleForm
from callcenter.scheduling.models import Schedule, ScheduleStatus
from callcenter.scheduling.permissions import Permission
from callcenter.scheduling.views import words
from callcenter.scheduling.views.blueprint import bp
from callcenter.web import filters
from callcenter.web.forms import choices
from callcenter.web.pages import is_fragment_request, render, see_other, toast
from callcenter.web.tables import (
    Column,
    Empty,
    StatusFilter,
    Table,
    TextFilter,
    status_column,
)


@bp.get("/schedules")
@permission_required(Permission.VIEW_SCHEDULES)
def schedules() -> ResponseReturnValue:
    """List schedules, latest first."""
    may_create = current_actor().may(Permission.CREATE_SCHEDULE)
    table = Table(
        "schedules",
        queries.visible_schedules(current_actor().scope(Permission.VIEW_SCHEDULES)),
        caption=_("Schedules"),
        columns=[
            Column("name", _l("Name"), sort=Schedule.name),
            Column("site", _l("Site"), value=lambda row: row.site.name),
            Column("first_day", _l("First day"), sort=Schedule.first_day, style="date"),
            Column("last_day", _l("Last day"), sort=Schedule.last_day, style="date"),
            status_column(Schedule.status, _l("Status"), words.STATUS_NAMES),
            Column(
                "n_shifts",
                _l("Shifts"),
                value=lambda row: row.verdict.get("n_shifts"),
                align="end",
            ),
            Column(
                "unmet",
                _l("Missing"),
                value=lambda row: row.verdict.get("unmet_h"),
                style="hours",
                align="end",
            ),
            Column(
                "gap",
                _l("At most from perfect"),
                value=lambda row: row.gap,
                style="percent",
                align="end",
            ),
        ],
        filters=[
            TextFilter("q", _l("Name"), Schedule.name),
            StatusFilter(Schedule.status, _l("Status"), words.STATUS_NAMES),
        ],
        default_sort="first_day",
        default_dir="desc",
        row_url=lambda row: url_for("scheduling.schedule", schedule_id=row.id),
        empty=Empty(
            _l("No schedules yet"),
            _l("A schedule says who works when and on which seat."),
            _l("New schedule") if may_create else None,
            url_for("scheduling.new_schedule") if may_create else None,
            "calendar-week",
        ),
    )
    return table.respond("scheduling/schedules.html", may_create=may_create)


@bp.route("/schedules/new", methods=["GET", "POST"])
@permission_required(Permission.CREATE_SCHEDULE)
def new_schedule() -> ResponseReturnValue:
    """The first step of a new schedule: site and days."""
    sites = _sites()
    monday = clock.now().date() + timedelta(days=7 - clock.now().weekday())
    form = PeriodForm(data=None if request.method == "POST" else {"first_day": monday})
    form.site_id.choices = choices((site.id, site.name) for site in sites)
    if form.validate_on_submit():
        return see_other(
            "scheduling.new_schedule_teams",
            site=form.site_id.data,
            first=form.first_day.data.isoformat(),
            weeks=form.n_weeks.data,
        )
    status = 422 if form.errors else 200
    return render("scheduling/new_schedule.html", status, form=form, sites=sites)


def _sites() -> Sequence[Site]:
    """The sites that the actor may make schedules for."""
    scope = current_actor().scope(Permission.CREATE_SCHEDULE)
    statement = people.sites()
    if not scope.is_everything:
        of_teams = select(Team.site_id).where(Team.id.in_(scope.team_ids))
        statement = statement.where(Site.id.in_(scope.site_ids) | Site.id.in_(of_teams))
    return db.session.scalars(statement).all()


@bp.route("/schedules/new/teams", methods=["GET", "POST"])
@permission_required(Permission.CREATE_SCHEDULE)
def new_schedule_teams() -> ResponseReturnValue:
    """The second step: teams, queues and how long to search."""
    site, first, last = _asked_period()
    teams, queues = _choices(site, first)
    name = f"{site.name} {first.isoformat()}"
    usual = {"name": name, "solve_limit_s": _usual_limit_s(teams, first)}
    form = ScheduleForm(data=None if request.method == "POST" else usual)
    form.team_ids.choices = choices((team.id, team.name) for team in teams)
    form.queue_ids.choices = choices(
        (queue.id, f"{queue.project.name} · {queue.name}") for queue in queues
    )
    only = request.args.get("project", type=int)
    if request.method == "GET":
        mine = _teams_on(only, teams)
        form.team_ids.data = [team.id for team in teams if team.id in mine]
        form.queue_ids.data = [
            queue.id for queue in queues if only in {None, queue.project_id}
        ]
    if form.validate_on_submit():
        try:
            schedule = _create(form, site.id, first, last)
        except PeriodInThePast as refusal:
            form.refuse(None, refusal.message)
        else:
            return see_other("scheduling.schedule", schedule_id=schedule.id)
    status = 422 if form.errors else 200
    return render(
        "scheduling/new_schedule_teams.html",
        status,
        form=form,
        site=site,
        first=first,
        last=last,
        only=only,
        projects={queue.project_id: queue.project.name for queue in queues},
    )


def _teams_on(project_id: int | None, teams: Sequence[Team]) -> set[int]:
    """Which of the teams work on that project; all of them without one."""
    if project_id is None:
        return {team.id for team in teams}
    assigned = select(TeamAssignment.team_id).where(
        TeamAssignment.project_id == project_id
    )
    return set(db.session.scalars(assigned))


def _asked_period() -> tuple[Site, date, date]:
    """Site and days as the first step left them in the address."""
    site = next(
        (s for s in _sites() if s.id == request.args.get("site", type=int)), None
    )
    try:
        first = date.fromisoformat(request.args.get("first", ""))
    except ValueError:
        raise Invalid(field="first") from None
    weeks = request.args.get("weeks", 2, type=int)
    if site is None or not 1 <= weeks <= 6:
        raise Invalid(field="site")
    return site, first, first + timedelta(days=7 * weeks - 1)


def _choices(site: Site, day: date) -> tuple[Sequence[Team], Sequence[Queue]]:
    """The site's teams with agents in reach, and the queues that they work on."""
    scope = current_actor().scope(Permission.CREATE_SCHEDULE)
    agents = select(Employee.team_id).where(
        Employee.skills.any(), people.employed_on(day)
    )
    teams = db.session.scalars(
        people.visible_teams(scope).where(
            Team.site_id == site.id, Team.is_active, Team.id.in_(agents)
        )
    ).all()
    of_teams = select(TeamAssignment.project_id).where(
        TeamAssignment.team_id.in_([team.id for team in teams])
    )
    queues = db.session.scalars(
        projects.visible_queues(scope).where(
            Queue.project_id.in_(of_teams), Queue.is_active
        )
    ).all()
    return teams, queues


def _usual_limit_s(teams: Sequence[Team], day: date) -> int:
    """How long to search for that many people, unless the planner knows better."""
    headcount = people.headcount_by_team(day)
    n_people = sum(headcount.get(team.id, 0) for team in teams)
    needed = n_people // 4
    return next((each for each in LIMITS_S[1:] if each >= needed), LIMITS_S[-1])


def _create(form: ScheduleForm, site_id: int, first: date, last: date) -> Schedule:
    with transaction():
        schedule = services.create_schedule(
            name=form.name.data,
            site=people.get_site(site_id),
            first_day=first,
            last_day=last,
            team_ids=form.team_ids.data,
            queue_ids=form.queue_ids.data,
            solve_limit_s=form.solve_limit_s.data,
        )
        services.ask_to_solve(schedule)
    return schedule


@bp.get("/schedules/<int:schedule_id>")
@permission_required(Permission.VIEW_SCHEDULES)
def schedule(schedule_id: int) -> ResponseReturnValue:
    """Show a schedule: how far the search is, or what came of it."""
    scope = current_actor().scope(Permission.VIEW_SCHEDULES)
    found = queries.get_schedule(schedule_id, scope)
    job = services.find_solve_job(found)
    if job is None and is_fragment_request():
        return Response(headers={"HX-Refresh": "true"})
    names = {each.queue_id: each.queue.name for each in found.queues}
    return render(
        "scheduling/schedule.html",
        schedule=found,
        job=job,
        editions=queries.editions_of(found),
        verdict=found.verdict,
        queue_names=names,
        worst=words.worst_intervals(found.verdict, names),
        violations=_violations(found),
        words=words,
        Status=ScheduleStatus,
        P=Permission,
    )


def _violations(schedule: Schedule) -> list[tuple[str, str]]:
    """Who is concerned by a broken rule, and which, in words."""
    rows = schedule.verdict.get("violations", [])
    ids = {row["employee_id"] for row in rows}
    people_ = db.session.execute(
        select(Employee.id, Employee.name).where(Employee.id.in_(ids))
    )
    names = {employee_id: name for employee_id, name in people_}  # noqa: C416
    found = []
    for row in rows:
        who = names.get(row["employee_id"], "–")
        if row["day"] is not None:
            day = schedule.first_day + timedelta(days=row["day"])
            who = f"{who}, {filters.day(day, 'weekday_day')}"
        text = words.finding(row["rule"], row["found"], row["limit"], row["unit"])
        found.append((who, text))
    return found


@bp.post("/schedules/<int:schedule_id>/solve")
@permission_required(Permission.CREATE_SCHEDULE)
def solve_schedule(schedule_id: int) -> ResponseReturnValue:
    """Ask a worker to search for the best shifts."""
    with transaction():
        scope = current_actor().scope(Permission.CREATE_SCHEDULE)
        services.ask_to_solve(
            queries.get_schedule(schedule_id, scope),
            limit_s=request.form.get("limit_s", type=int),
        )
    return see_other("scheduling.schedule", schedule_id=schedule_id)


@bp.post("/schedules/<int:schedule_id>/copy")
@permission_required(Permission.CREATE_SCHEDULE)
def copy_schedule(schedule_id: int) -> ResponseReturnValue:
    """Make the next edition of a schedule, as a draft."""
    with transaction():
        scope = current_actor().scope(Permission.CREATE_SCHEDULE)
        copy = services.copy_schedule(queries.get_schedule(schedule_id, scope))
    toast(_("This is a new draft; what is published stays as it is."))
    return see_other("scheduling.schedule", schedule_id=copy.id)


@bp.get("/schedules/<int:schedule_id>/publish")
@permission_required(Permission.PUBLISH_SCHEDULE)
def confirm_publishing(schedule_id: int) -> ResponseReturnValue:
    """Say what publishing will do, and ask once."""
    scope = current_actor().scope(Permission.PUBLISH_SCHEDULE)
    found = queries.get_schedule(schedule_id, scope)
    return render(
        "scheduling/publish.html",
        schedule=found,
        preview=services.preview_publishing(found),
    )


@bp.post("/schedules/<int:schedule_id>/publish")
@permission_required(Permission.PUBLISH_SCHEDULE)
def publish_schedule(schedule_id: int) -> ResponseReturnValue:
    """Let the schedule hold."""
    with transaction():
        scope = current_actor().scope(Permission.PUBLISH_SCHEDULE)
        found = queries.get_schedule(schedule_id, scope)
        services.publish_schedule(found)
        n_shifts = found.verdict.get("n_shifts", 0)
    toast(
        _n(
            "Published: %(num)d shift is on its agent's phone now.",
            "Published: %(num)d shifts are on their agents' phones now.",
            n_shifts,
        )
    )
    return see_other("scheduling.board", schedule_id=schedule_id)
