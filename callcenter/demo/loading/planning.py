"""Forecasts, requirements and schedules, made by the product's own services."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select

from callcenter.demo.attendance import AbsenceKind, employed
from callcenter.demo.loading.rosters import load_past_schedules, teams_of
from callcenter.demo.loading.rows import Story, midnight
from callcenter.demo.rota import Pause
from callcenter.engine.rostering import check_roster, solve_roster
from callcenter.forecasting import services as forecasting
from callcenter.forecasting.models import Forecast, ShrinkageKind, StaffingModel
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db
from callcenter.people.models import Site
from callcenter.projects.models import Project, Queue
from callcenter.projects.queries import visible_queues
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import Schedule, ScheduleStatus
from callcenter.scheduling.services.coverage import recount_coverage, store_coverage

# Whose schedules are kept: the project with the problem, and one in Lisbon.
SCHEDULED = ("TEL", "AIR")
AHEAD_DAYS = 28
PAST_WEEKS = 4
# Planning must not take long here; a planner grants a solve far more.
LIMIT_S = 20
ROUNDS_EACH = 20
DEFAULT_PATIENCE_S = 180.0
# What an hour costs with all that is paid on top, and what a missed day takes off.
HOUR_COST, PENALTY = Decimal("46.50"), Decimal(3000)
# Who trains on Tuesday mornings.
TRAINED, TUESDAY = "BANK", 1
UTC = ZoneInfo("UTC")
NOTICE = timedelta(days=2, hours=15)
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def set_assumptions(story: Story) -> None:
    """Say what requirements rest on: customers' patience, and time off the contacts.

    The shares are those of the past: meetings and coaching, training, and being away
    without notice. Leave is known when a roster is made and is no share.
    """
    shares = _shares(story)
    for queue in story.company.queues:
        is_costed = queue.project == SCHEDULED[0]
        own = forecasting.set_assumption(
            None,
            project_id=story.ids.projects[queue.project],
            queue_id=story.ids.queue_codes[queue.code],
            model=StaffingModel.ERLANG_A,
            patience_s=queue.workload.patience_s or DEFAULT_PATIENCE_S,
            max_occupancy=queue.target.occupancy_limit,
            leave_share=0.0,
            # Who dials has not the skill of those who are called.
            is_pooled=not queue.is_outbound,
            paid_hour_cost=HOUR_COST if is_costed else None,
            missed_day_penalty=PENALTY if is_costed else None,
            **shares,
        )
        if queue.project == TRAINED:
            forecasting.add_span(
                own,
                kind=ShrinkageKind.TRAINING,
                weekdays=1 << TUESDAY,
                starts_at=time(9),
                ends_at=time(11),
                share=0.08,
            )


def _shares(story: Story) -> dict[str, float]:
    shifts, pauses = story.history.shifts, story.history.planned_pauses
    is_paid = pauses.reason != Pause.LUNCH
    lunch_s = int(pauses.length_s[~is_paid].sum(dtype=np.int64))
    paid_s = int((shifts.ends_at - shifts.starts_at).sum()) - lunch_s

    def share(*reasons: Pause) -> float:
        chosen = np.isin(pauses.reason, reasons)
        return round(int(pauses.length_s[chosen].sum(dtype=np.int64)) / paid_s, 3)

    away = story.history.absences
    sudden = np.isin(away.kind, (AbsenceKind.SICK, AbsenceKind.NO_SHOW))
    days_away = int((away.last_day - away.first_day + 1)[sudden].sum())
    n_days = (story.company.today - story.company.first_day).days
    present = int(employed(story.company, n_days, on_floor=False).sum())
    return {
        "meeting_share": share(Pause.MEETING, Pause.COACHING),
        "training_share": share(Pause.TRAINING),
        "absence_share": round(days_away / present, 3),
    }


def load_forecasts(story: Story, scheduled: Sequence[str], *, by: int) -> int:
    """Forecast every project for four weeks from tomorrow, and approve it.

    What the scheduled projects were expected to do in the last weeks was forecast
    before them, from what was known then. The others were planned before this week, so
    that today has a plan too. Returns how many there are.
    """
    set_assumptions(story)
    tomorrow = story.company.today
    monday = _monday(story.today)
    for code in scheduled:
        first = monday - PAST_WEEKS * WEEK
        n_days = (tomorrow - first).days
        with clock.frozen(midnight(first, UTC) - NOTICE):
            made = _forecast(code, first, n_days, name="Weeks gone by", by=by)
        forecasting.measure_forecast(made, first, story.today)
    n_ahead = (tomorrow - monday).days + AHEAD_DAYS
    for project in story.company.projects:
        if project.code in scheduled:
            _forecast(project.code, tomorrow, AHEAD_DAYS, name="Next four weeks", by=by)
            continue
        with clock.frozen(midnight(monday, UTC) - NOTICE):
            _forecast(project.code, monday, n_ahead, name="This week on", by=by)
    return len(scheduled) + len(story.company.projects)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _forecast(code: str, first: date, n_days: int, *, name: str, by: int) -> Forecast:
    queues = _queues(code)
    title = f"{queues[0].project.name}: {name.lower()}"
    made = forecasting.forecast_at_once(queues, first, n_days, name=title, by=by)
    forecasting.approve_forecast(made, by=by)
    return made


def _queues(code: str) -> Sequence[Queue]:
    return db.session.scalars(
        visible_queues(EVERYTHING).where(Project.code == code)
    ).all()


def load_schedules(story: Story, scheduled: Sequence[str], *, by: int) -> int:
    """Publish the scheduled projects' weeks; returns how many schedules.

    Until today they hold what was worked. From tomorrow until the end of next week
    (of the week after, on a Sunday) the solver makes them.
    """
    n_schedules = 0
    for code in scheduled:
        for schedule_id in load_past_schedules(story, code, by=by):
            _count_coverage(schedule_id)
            n_schedules += 1
        for first, last in coming_weeks(story.company.today):
            _solve_week(story, code, first, last)
            n_schedules += 1
    return n_schedules


def coming_weeks(tomorrow: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """The rest of the week of tomorrow, and the week after it; both days count."""
    sunday = _monday(tomorrow) + timedelta(days=6)
    return (tomorrow, sunday), (sunday + DAY, sunday + WEEK)


def _count_coverage(schedule_id: int) -> None:
    schedule = queries.get_schedule(schedule_id, EVERYTHING)
    ground = services.build_ground(schedule)
    store_coverage(schedule.id, ground, np.zeros_like(ground.required_agents))
    recount_coverage(schedule, schedule.starts_at, schedule.ends_at)


def _solve_week(story: Story, code: str, first: date, last: date) -> None:
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
        solve_limit_s=LIMIT_S,
    )
    schedule = queries.get_schedule(made.id, EVERYTHING)
    _solve(schedule)
    services.publish_schedule(schedule)


def _solve(schedule: Schedule) -> None:
    """What the job of a solve does, in the transaction of the load.

    It stops after a number of rounds and not by the clock, so that the same company
    gets the same schedule.
    """
    ground = services.build_ground(schedule)
    services.require_demand(ground)
    schedule.status = ScheduleStatus.SOLVING
    roster = solve_roster(
        ground.problem,
        time_limit_s=LIMIT_S,
        seed=schedule.id,
        max_rounds=round(ROUNDS_EACH * len(ground.employee_ids)),
    )
    seats, seat_verdict = services.seat_shifts(schedule, ground, roster.shifts)
    checked = check_roster(ground.problem, roster)
    solution = services.Solution(roster, checked, seats, seat_verdict)
    services.store_solution(schedule, ground, solution)
