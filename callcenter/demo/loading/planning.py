"""Forecasts, requirements and schedules, made by the product's own services."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from callcenter.demo.loading.rosters import load_past_schedules, teams_of
from callcenter.demo.loading.rows import Story
from callcenter.engine.rostering import check_roster, solve_roster
from callcenter.forecasting import services as forecasting
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.people.models import Site
from callcenter.projects.models import Project, Queue
from callcenter.projects.queries import visible_queues
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import Schedule
from callcenter.scheduling.services.coverage import recount_coverage, store_coverage

# Whose schedules are kept: the project with the problem, and one in Lisbon.
SCHEDULED = ("TEL", "AIR")
AHEAD_DAYS = 28
PAST_WEEKS = 4
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def load_forecasts(story: Story, *, by: int) -> int:
    """Forecast every project for four weeks from tomorrow, and approve it.

    What the scheduled projects were expected to do in the last weeks was forecast
    before them, from what was known then. Returns how many there are.
    """
    tomorrow = story.company.today
    for code in SCHEDULED:
        first = _monday(story.today) - PAST_WEEKS * WEEK
        n_days = (tomorrow - first).days
        _forecast(code, first, n_days, name="Weeks gone by", by=by)
    for project in story.company.projects:
        _forecast(project.code, tomorrow, AHEAD_DAYS, name="Next four weeks", by=by)
    return len(SCHEDULED) + len(story.company.projects)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _forecast(code: str, first: date, n_days: int, *, name: str, by: int) -> None:
    queues = _queues(code)
    title = f"{queues[0].project.name}: {name.lower()}"
    made = forecasting.forecast_at_once(queues, first, n_days, name=title, by=by)
    forecasting.approve_forecast(made, by=by)


def _queues(code: str) -> Sequence[Queue]:
    return db.session.scalars(
        visible_queues(EVERYTHING).where(Project.code == code)
    ).all()


def load_schedules(story: Story, *, by: int, limit_s: int) -> int:
    """Publish the scheduled projects' weeks; returns how many schedules.

    Until today they hold what was worked. From tomorrow until the end of next week
    (of the week after, on a Sunday) the solver makes them.
    """
    n_schedules = 0
    for code in SCHEDULED:
        for schedule_id in load_past_schedules(story, code, by=by):
            _count_coverage(schedule_id)
            n_schedules += 1
        for first, last in coming_weeks(story.company.today):
            _solve_week(story, code, first, last, limit_s=limit_s)
            n_schedules += 1
    return n_schedules


def coming_weeks(tomorrow: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """The rest of the week of tomorrow, and the week after it; both days count."""
    sunday = _monday(tomorrow) + timedelta(days=6)
    return (tomorrow, sunday), (sunday + DAY, sunday + WEEK)


def _count_coverage(schedule_id: int) -> None:
    schedule = queries.get_schedule(schedule_id, EVERYTHING)
    ground = services.build_ground(schedule)
    wanted = ground.problem.demand.required_agents
    store_coverage(schedule.id, ground, wanted, wanted * 0)
    recount_coverage(schedule, schedule.starts_at, schedule.ends_at)


def _solve_week(
    story: Story, code: str, first: date, last: date, *, limit_s: int
) -> None:
    teams = teams_of(story, code)
    site = db.session.scalars(select(Site).where(Site.code == teams[0].site)).one()
    queues = _queues(code)
    made = services.create_schedule(
        name=queues[0].project.name,
        site=site,
        first_day=first,
        last_day=last,
        team_ids=[story.ids.teams[team.code] for team in teams],
        queue_ids=[queue.id for queue in queues],
        solve_limit_s=limit_s,
    )
    schedule = queries.get_schedule(made.id, EVERYTHING)
    _solve(schedule, limit_s)
    services.publish_schedule(schedule)


def _solve(schedule: Schedule, limit_s: int) -> None:
    """What the job of a solve does, in the transaction of the load."""
    ground = services.build_ground(schedule)
    services.require_demand(ground)
    roster = solve_roster(ground.problem, time_limit_s=limit_s, seed=schedule.id)
    seats, seat_verdict = services.seat_shifts(schedule, ground, roster.shifts)
    checked = check_roster(ground.problem, roster)
    solution = services.Solution(roster, checked, seats, seat_verdict)
    services.store_solution(schedule, ground, solution)
