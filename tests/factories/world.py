"""A small believable company: rows for every page, readers of each role.

Two worlds in one database share nothing, so that what one reader must not see is
always there to be seen. Facts are inserted in bulk; their number grows with ``n``.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from callcenter.access import services as access
from callcenter.access.models import ApiToken, Role, ScopeKind, User
from callcenter.acd import models as acd
from callcenter.capacity import models as capacity
from callcenter.forecasting import models as forecasting
from callcenter.kernel import clock
from callcenter.kernel.actor import acting
from callcenter.kernel.db import db
from callcenter.kernel.jobs.models import Job, JobState
from callcenter.people import models as people
from callcenter.people import services as staff
from callcenter.projects import models as projects
from callcenter.scheduling import models as scheduling
from callcenter.scheduling import services as rostering
from tests.factories import scheduling as centers
from tests.factories.access import make_user
from tests.factories.projects import make_target

# How far each role's first grant reaches, as in a company of several sites.
REACH = {
    "administrator": ScopeKind.EVERYTHING,
    "operations_manager": ScopeKind.SITE,
    "planner": ScopeKind.SITE,
    "supervisor": ScopeKind.OWN_TEAMS,
    "recruiter": ScopeKind.SITE,
    "trainer": ScopeKind.SITE,
    "inspector": ScopeKind.PROJECT,
    "finance": ScopeKind.PROJECT,
    "agent": ScopeKind.SELF,
    "client": ScopeKind.PROJECT,
}
OUTSIDERS = {"administrator", "client", "finance", "operations_manager"}
QUARTER = timedelta(minutes=15)


@dataclass
class World:
    """What one company consists of, and the addresses of its things."""

    center: centers.Center
    users: dict[str, User]
    today: date
    ids: dict[str, Any] = field(default_factory=dict)
    """The value of each argument that an address may hold."""


def make_world(
    *, n: int = 4, n_days: int = 21, zone: str = "Asia/Shanghai", name: str = "Harbour"
) -> World:
    """A stored company of ``n`` agents and as many rows of everything else.

    ``name`` is part of what its things and people are called, and of nothing else.
    """
    center = centers.make_center(n_agents=n, n_seats=n, zone=zone)
    _christen(center, name)
    today = clock.now().astimezone(center.zone).date()
    world = World(center, _readers(center), today)
    world.ids |= {
        "site_id": center.site.id,
        "team_id": center.team.id,
        "floor_id": center.floor.id,
        "skill_id": center.skill.id,
        "project_id": center.project.id,
        "client_id": center.project.client_id,
        "queue_id": center.queue.id,
        "employee_id": center.employees[0].id,
        "seat_id": center.seats[0].id,
        "user_id": world.users["agent"].id,
        "day": today.isoformat(),
    }
    _access(world, n)
    _people(world, n)
    _projects(world, n)
    _facts(world, n_days)
    _imports(world, n)
    _forecasts(world, n)
    _weekly(world)
    _knowledge(world)
    _capacity(world, n)
    _schedules(world, n)
    _leave(world)
    _swaps(world, n)
    _offers(world, n)
    _recruiting(world, n)
    _jobs(world)
    db.session.commit()
    return world


def _christen(center: centers.Center, name: str) -> None:
    for row in (center.team, center.project, center.queue):
        row.name = f"{name} {row.name}"
    client = db.session.get(projects.Client, center.project.client_id)
    if client is not None:
        client.name = f"{name} {client.name}"
    for employee in center.employees:
        employee.name = f"{name} {employee.name}"
    db.session.commit()


def _readers(center: centers.Center) -> dict[str, User]:
    users = {}
    for role, kind in REACH.items():
        ids = {ScopeKind.SITE: center.site.id, ScopeKind.PROJECT: center.project.id}
        user = make_user(role, scope_kind=kind, scope_id=ids.get(kind))
        users[role] = user
        if role == "agent":
            center.employees[0].user_id = user.id
        elif role not in OUTSIDERS:
            employee = centers.make_agent(center, has_skill=False, user_id=user.id)
            if role == "supervisor":
                center.team.supervisor_id = employee.id
    db.session.commit()
    return users


def _access(world: World, n: int) -> None:
    rows = [
        Role(name=f"Mix {world.center.site.id}-{i}", permissions=["people.view_pay"])
        for i in range(n)
    ]
    tokens = [
        ApiToken(
            name=f"Switch {i}",
            token_digest=f"{world.center.site.id}-{i}".rjust(64, "0"),
            user_id=world.users["planner"].id,
            permissions=["acd.push_events"],
        )
        for i in range(n)
    ]
    db.session.add_all([*rows, *tokens])
    db.session.flush()
    link = access.issue_link(make_user("agent"))
    browser, _token = access.open_session(
        world.users["agent"], address="127.0.0.1", device="phone"
    )
    db.session.flush()
    world.ids |= {
        "session_id": browser.id,
        "grant_id": world.users["agent"].grants[0].id,
        "role_id": rows[0].id,
        "token_id": tokens[0].id,
        "access.accept_invitation:token": link,
    }


def _people(world: World, n: int) -> None:
    center = world.center
    posts = [
        people.Post(title=f"Team leader {i}", title_zh="班组长", site_id=center.site.id)
        for i in range(n)
    ]
    db.session.add_all(posts)
    db.session.flush()
    for post in posts[1:]:
        post.reports_to_id = posts[0].id
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    for i, employee in enumerate(center.employees):
        employee.post_id = posts[i % len(posts)].id
        employee.acd_login = f"acd{employee.id}"
        away = people.Absence(
            employee_id=employee.id,
            kind=people.AbsenceKind.SICK,
            starts_at=now - timedelta(days=9),
            ends_at=now - timedelta(days=8),
            source="absence:0",
        )
        meeting = people.Commitment(
            employee_id=employee.id,
            kind=people.CommitmentKind.MEETING,
            starts_at=now + timedelta(days=20),
            ends_at=now + timedelta(days=20, hours=1),
            title="Morning meeting",
            source="meeting:1",
        )
        move = people.Move(
            employee_id=employee.id,
            moved_on=world.today - timedelta(days=30),
            to_team_id=center.team.id,
        )
        db.session.add_all([away, meeting, move])
    sheets = [_sheet(world, i) for i in range(n)]
    world.ids |= {
        "post_id": posts[0].id,
        "absence_id": away.id,
        "commitment_id": meeting.id,
        "employment_id": center.employees[0].employments[0].id,
        "people:import_id": sheets[0].id,
    }


def _sheet(world: World, serial: int) -> people.EmployeeImport:
    """A spreadsheet that the recruiter brought and that waits to be stored."""
    site = world.center.site.code
    text = f"Number,Name,Site,Joined on\nN{site}{serial},Lin Qing,{site},2031-03-03\n"
    recruiter = access.build_actor(world.users["recruiter"])
    with acting(recruiter):
        sheet = staff.receive_file(f"joiners-{serial}.csv", text.encode())
        staff.note_findings(sheet, staff.judge_file(sheet))
    return sheet


def _projects(world: World, n: int) -> None:
    center = world.center
    target = make_target(center.queue)
    for i in range(1, n):
        queue = projects.Queue(
            project_id=center.project.id,
            code=f"{center.queue.code}-{i}",
            name=f"Line {i}",
            skill_id=center.skill.id,
        )
        db.session.add(queue)
        db.session.flush()
        make_target(queue)
    for weekday in range(7):
        db.session.add(
            projects.OpeningHours(
                queue_id=center.queue.id,
                weekday=weekday,
                opens_at=time(8),
                closes_at=time(20),
            )
        )
    feast = projects.CalendarDay(
        project_id=center.project.id,
        day=world.today + timedelta(days=3),
        kind=projects.DayKind.EVENT,
        name="Launch",
        name_zh="上线",
    )
    db.session.add(feast)
    db.session.flush()
    assigned = db.session.scalars(
        select(projects.TeamAssignment.id).where(
            projects.TeamAssignment.project_id == center.project.id
        )
    ).one()
    world.ids |= {"assignment_id": assigned}
    world.ids |= {"target_id": target.id, "day_id": feast.id, "key": "CN"}


def _facts(world: World, n_days: int) -> None:
    """Quarters and days of the queue and its agents, up to now."""
    queue = world.center.queue.id
    quarters, agents, spent = [], [], []
    per_day: dict[str, list[dict[str, Any]]] = {"queue": [], "agent": [], "time": []}
    for back in range(n_days, -1, -1):
        day = world.today - timedelta(days=back)
        slots = [s for s in range(32, 80) if _slot(world, day, s) <= clock.now()]
        sums = {slot: _queue_sums(day, slot) for slot in slots}
        for slot, row in sums.items():
            key = {"queue_id": queue, "interval_start": _slot(world, day, slot)}
            quarters.append({**key, "day": day, "threshold_s": 20, **row})
        if slots:
            total = {k: sum(r[k] for r in sums.values()) for k in _queue_sums(day, 40)}
            per_day["queue"].append({"queue_id": queue, "day": day, **total})
            _agents_day(world, day, slots, agents, spent, per_day)
    for table, rows in (
        (acd.QueueInterval, quarters),
        (acd.AgentInterval, agents),
        (acd.AgentTimeInterval, spent),
        (acd.QueueDay, per_day["queue"]),
        (acd.AgentDay, per_day["agent"]),
        (acd.AgentTimeDay, per_day["time"]),
    ):
        if rows:
            db.session.execute(insert(table), rows)


def _agents_day(world: World, day: date, slots, agents, spent, per_day) -> None:
    queue = world.center.queue.id
    for employee in world.center.employees:
        one = {"answered": 3, "answered_in_threshold": 2, "talk_s": 540, "wrap_s": 60}
        key = {"agent_id": employee.id, "day": day}
        state = {"login_s": 900, "available_s": 300, "pause_s": 0, "busy_s": 600}
        for slot in slots:
            start = {"interval_start": _slot(world, day, slot)}
            agents.append({**key, **start, "queue_id": queue, **one})
            spent.append({**key, **start, **state})
        total = {name: value * len(slots) for name, value in one.items()}
        per_day["agent"].append({**key, "queue_id": queue, **total})
        per_day["time"].append(
            {**key, **{name: value * len(slots) for name, value in state.items()}}
        )


def _queue_sums(day: date, slot: int) -> dict[str, int]:
    offered = round(12 + 6 * math.sin(slot / 8) + day.weekday())
    answered = offered - offered // 9
    return {
        "offered": offered,
        "answered": answered,
        "abandoned": offered - answered,
        "answered_in_threshold": answered - answered // 5,
        "talk_s": answered * 180,
        "hold_s": answered * 6,
        "wrap_s": answered * 30,
        "wait_answered_s": answered * 14,
        "wait_abandoned_s": (offered - answered) * 40,
    }


def _slot(world: World, day: date, slot: int) -> datetime:
    midnight = datetime.combine(day, time(), world.center.zone)
    return midnight.astimezone(UTC) + QUARTER * slot


def _imports(world: World, n: int) -> None:
    project, now = world.center.project.id, clock.now()
    deliveries = [
        acd.Import(
            project_id=project,
            format_name="contacts-csv",
            file_names=[f"calls-{i}.csv"],
            state=acd.ImportState.DONE,
            n_rows=120,
            n_new=118,
            n_errors=2,
            first_day=world.today - timedelta(days=2),
            last_day=world.today,
            created_by_id=world.users["planner"].id,
            finished_at=now,
        )
        for i in range(n)
    ]
    db.session.add_all(deliveries)
    db.session.flush()
    name = acd.SourceName(
        project_id=project, kind=acd.NameKind.QUEUE, name="old line", n_waiting=7
    )
    known = acd.SourceName(
        project_id=project,
        kind=acd.NameKind.QUEUE,
        name=world.center.queue.code,
        queue_id=world.center.queue.id,
    )
    saved = acd.SavedMapping(project_id=project, name="Switch", mapping={})
    problem = acd.ImportProblem(
        import_id=deliveries[0].id,
        severity="error",
        source="calls-0.csv",
        line=7,
        field="offered_at",
        rule="not a time",
        value="yesterday",
    )
    db.session.add_all([name, known, saved, problem])
    db.session.flush()
    contacts = [_contact(world, deliveries[0].id, known.id, i) for i in range(5 * n)]
    db.session.execute(insert(acd.Contact), contacts)
    world.ids |= {
        "acd:import_id": deliveries[0].id,
        "source_name_id": name.id,
        "mapping_id": saved.id,
        "metric": "offered",
    }
    first = acd.Contact.source_key == contacts[0]["source_key"]
    world.ids["contact_id"] = db.session.query(acd.Contact.id).filter(first).scalar()


def _contact(world: World, import_id: int, name_id: int, i: int) -> dict[str, Any]:
    key = world.center.queue.id * 100_000 + i
    return {
        "content_hash": key,
        "source_key": f"call-{key}",
        "import_id": import_id,
        "queue_name_id": name_id,
        "queue_id": world.center.queue.id,
        "agent_id": world.center.employees[i % len(world.center.employees)].id,
        "outcome": 1,
        "offered_at": _slot(world, world.today - timedelta(days=1), 36 + i % 40),
        "wait_s": 9,
        "talk_s": 200,
        "wrap_s": 20,
    }


def _forecasts(world: World, n: int) -> None:
    center, planner = world.center, world.users["planner"].id
    made = []
    for i in range(n):
        is_ruling = i == 0
        status = forecasting.ForecastStatus
        forecast = forecasting.Forecast(
            project_id=center.project.id,
            name=f"Weeks ahead {i}",
            first_day=world.today - timedelta(days=7),
            n_days=21,
            interval_s=1800,
            zone=center.site.zone,
            status=status.APPROVED if is_ruling else status.DRAFT,
            history_first=world.today - timedelta(days=60),
            history_last=world.today - timedelta(days=8),
            made_by_id=planner,
            approved_by_id=planner if is_ruling else None,
            approved_at=clock.now() if is_ruling else None,
            queues=[
                forecasting.ForecastQueue(
                    queue_id=center.queue.id,
                    method="combination",
                    basis="tested",
                    n_history_days=53,
                )
            ],
        )
        db.session.add(forecast)
        db.session.flush()
        db.session.add_all(_forecast_days(world, forecast))
        made.append(forecast)
    days = [world.today + timedelta(days=each) for each in range(-1, 14)]
    centers.require(center, days, 2)
    world.ids["forecast_id"] = made[0].id
    note = forecasting.Note(forecast_id=made[0].id, words="Mind the launch.")
    raised = forecasting.Adjustment(
        forecast_id=made[1].id,
        queue_id=center.queue.id,
        day=world.today,
        first_slot=16,
        end_slot=40,
        before=480,
        total=520,
        comment="A mailing goes out",
        made_by_id=planner,
    )
    assumption = forecasting.Assumption.standard(center.project.id)
    span = forecasting.ShrinkageSpan(
        kind=forecasting.ShrinkageKind.TRAINING,
        weekdays=2,
        starts_at=time(9),
        ends_at=time(11),
        share=0.2,
    )
    assumption.spans.append(span)
    db.session.add_all([note, raised, assumption])
    db.session.flush()
    world.ids["span_id"] = span.id
    world.ids |= {
        "draft_forecast_id": made[1].id,
        "adjustment_id": raised.id,
        "assumption_id": assumption.id,
        "note_id": note.id,
    }


def _knowledge(world: World) -> None:
    """What planners know: an event, a choice about the history, a campaign."""
    center, yesterday = world.center, world.today - timedelta(days=1)
    event = forecasting.Event(
        project_id=center.project.id,
        kind="mailing",
        name="春季信函",
        first_day=yesterday,
        last_day=yesterday,
        lag_days=2,
        size=5000.0,
        queues=[forecasting.EventQueue(queue_id=center.queue.id)],
    )
    choice = forecasting.HistoryChoice(
        queue_id=center.queue.id,
        first_day=yesterday,
        last_day=yesterday,
        treatment=forecasting.Treatment.USUAL,
        reason="A storm",
    )
    campaign = forecasting.CampaignPlan(
        project_id=center.project.id,
        queue_id=center.queue.id,
        name="续约外呼",
        first_day=world.today,
        last_day=world.today + timedelta(days=6),
        list_size=900,
        contact_rate=[0.3] * 24,
        retries=[[0.3, 2.0], [0.6, 24.0], [0.1, 0.0]],
        dials_per_h=60.0,
        talk_s=180.0,
        wrap_s=30.0,
        dial_s=0.0,
    )
    db.session.add_all([event, choice, campaign])
    db.session.flush()
    world.ids |= {
        "event_id": event.id,
        "choice_id": choice.id,
        "campaign_id": campaign.id,
    }


def _weekly(world: World) -> None:
    """A refreshed forecast that waits for approval, and what one of before missed."""
    center, known = world.center, world.today - timedelta(days=1)
    refreshed = forecasting.Forecast(
        project_id=center.project.id,
        name=f"{center.project.name} {world.today.isoformat()}",
        kind=forecasting.ForecastKind.REFRESH,
        first_day=world.today,
        n_days=21,
        interval_s=1800,
        zone=center.site.zone,
        status=forecasting.ForecastStatus.DRAFT,
        history_first=world.today - timedelta(days=60),
        history_last=known,
        queues=[
            forecasting.ForecastQueue(
                queue_id=center.queue.id, method="combination", basis="tested"
            )
        ],
    )
    db.session.add(refreshed)
    db.session.flush()
    db.session.add_all(_forecast_days(world, refreshed))
    monday = world.today + timedelta(days=7 - world.today.weekday())
    db.session.add(
        forecasting.Proposal(
            forecast_id=refreshed.id,
            notable_share=0.05,
            most=0.12,
            weeks=[[monday.isoformat(), 3300.0, 3700.0]],
            moves=[[center.queue.id, monday.isoformat(), 3300.0, 3700.0]],
        )
    )
    db.session.add_all(
        forecasting.Accuracy(
            forecast_id=world.ids["forecast_id"],
            queue_id=center.queue.id,
            day=(day := world.today - timedelta(days=ago)),
            week_on=day - timedelta(days=day.weekday()),
            horizon=forecasting.Lead.WEEK,
            lead_days=8 - ago,
            counts_as_plan=True,
            actual=500.0,
            planned=480.0,
            abs_error=60.0,
            naive=510.0,
            naive_error=80.0,
            n_in_band=18,
            n_intervals=24,
        )
        for ago in range(1, 7)
    )
    world.ids |= {
        "forecasting.proposal:forecast_id": refreshed.id,
        "forecasting.export_forecast:file_format": "csv",
    }


def _forecast_days(world: World, forecast: Any) -> list[Any]:
    import numpy as np

    rows = []
    for offset in range(forecast.n_days):
        day = forecast.first_day + timedelta(days=offset)
        mean = np.zeros(48)
        mean[16:40] = 20 + 5 * np.sin(np.arange(24) / 4)
        rows.append(
            forecasting.ForecastDay(
                forecast_id=forecast.id,
                queue_id=world.center.queue.id,
                day=day,
                model_total=float(mean.sum()),
                total=float(mean.sum()),
                workload_s=float(mean.sum() * 210),
                mean=mean,
                planned=mean,
                lower=mean * 0.8,
                upper=mean * 1.2,
                aht_s=np.full(48, 210.0),
            )
        )
    return rows


def _capacity(world: World, n: int) -> None:
    project, queue = world.center.project, world.center.queue
    monday = world.today + timedelta(days=-world.today.weekday() % 7)
    plan = capacity.CapacityPlan(
        project_id=project.id,
        first_week=monday,
        currency="CNY",
        opening=[0] * 100 + [n] + [0] * 56,
        opening_fte=1.0,
        leavers=[1.0] * 6,
        exposure_weeks=[100.0] * 6,
        hazard=[[0.01, 0.005, 0.02]] * 6,
        hazard_spread=0.2,
    )
    db.session.add(plan)
    db.session.flush()
    price = Decimal(25)
    scenarios = [
        capacity.Scenario(
            plan_id=plan.id,
            name=name,
            hourly_cost=price,
            hire_cost=price,
            class_cost=price,
            short_cost=price * 4,
            weeks=[
                capacity.ScenarioWeek(week=monday + timedelta(weeks=i), hires=2)
                for i in range(min(n, 60))
            ],
        )
        for name in ("As forecast", "More calls")
    ]
    db.session.add_all(scenarios)
    db.session.add_all(
        capacity.RequiredWeek(
            queue_id=queue.id,
            project_id=project.id,
            week=monday + timedelta(weeks=i),
            basis=capacity.WeekBasis.STAFFED,
            contacts=900.0,
            work_h=60.0,
            linear_h=80.0,
            root_h=20.0,
        )
        for i in range(64)
    )
    db.session.flush()
    world.ids["scenario_id"] = scenarios[0].id


def _schedules(world: World, n: int) -> None:
    center, status = world.center, scheduling.ScheduleStatus
    rostering.install_library()
    live = centers.make_schedule(
        center, first_day=world.today, n_days=7, status=status.PUBLISHED
    )
    live.published_at = clock.now()
    later = world.today + timedelta(days=7)
    draft = centers.make_schedule(center, first_day=later)
    for employee, seat in zip(center.employees, center.seats, strict=True):
        for offset in range(5):
            for schedule in (live, draft):
                first = centers.make_shift(
                    schedule,
                    employee,
                    centers.at(center, schedule.first_day + timedelta(days=offset), 9),
                    seat=seat,
                    is_live=schedule is live,
                )
    change = scheduling.ShiftChange(
        schedule_id=draft.id, shift_id=first.id, kind=scheduling.ChangeKind.MOVED
    )
    db.session.add(change)
    db.session.flush()
    _feed, token = rostering.open_feed(center.employees[0].id)
    template = db.session.query(scheduling.ShiftTemplate).first()
    rules = db.session.query(scheduling.WorkRuleSet).first()
    world.ids |= {
        "schedule_id": draft.id,
        "live_schedule_id": live.id,
        "shift_id": first.id,
        "change_id": change.id,
        "template_id": template.id,
        "rule_set_id": rules.id,
        "scheduling.calendar:token": token,
    }


def _leave(world: World) -> None:
    ids = [each.id for each in world.center.employees]
    employees = db.session.scalars(
        select(people.Employee)
        .where(people.Employee.id.in_(ids))
        .order_by(people.Employee.id)
        .options(joinedload(people.Employee.site))
        .execution_options(populate_existing=True)
    ).all()
    asked = [
        rostering.ask_for_leave(
            employee,
            kind=people.AbsenceKind.ANNUAL_LEAVE,
            first_day=world.today + timedelta(days=2),
            last_day=world.today + timedelta(days=3),
            by=world.users["agent"].id,
        )
        for employee in employees
    ]
    world.ids |= {"leave_id": asked[0].id, "request_id": asked[0].request_id}


def _swaps(world: World, n: int) -> None:
    """Swaps of the agent with a colleague, each of a day, that wait for an answer."""
    mine, theirs = (
        db.session.scalars(
            select(scheduling.Shift)
            .where(
                scheduling.Shift.employee_id == employee.id, scheduling.Shift.is_live
            )
            .order_by(scheduling.Shift.starts_at)
        ).all()
        for employee in world.center.employees[:2]
    )
    for number in range(n):
        pair = mine[number % len(mine)], theirs[number % len(theirs)]
        first, last = (each.employee_id for each in pair)
        swap = scheduling.Swap(
            schedule_id=world.ids["live_schedule_id"],
            opened_by_id=last,
            due_at=clock.now() + timedelta(days=1),
            parts=[
                scheduling.SwapPart(
                    place=place,
                    shift_id=shift.id,
                    starts_at=shift.starts_at,
                    ends_at=shift.ends_at,
                    employee_id=shift.employee_id,
                    taker_id=taker_id,
                )
                for place, (shift, taker_id) in enumerate(
                    zip(pair, (last, first), strict=True)
                )
            ],
        )
        db.session.add(swap)
    wish = scheduling.SwapWish(shift_id=mine[-1].id, employee_id=mine[-1].employee_id)
    db.session.add(wish)
    db.session.flush()
    world.ids["swap_id"] = swap.id
    for endpoint in ("swap_options", "offer_shift", "keep_shift"):
        world.ids[f"scheduling.{endpoint}:shift_id"] = mine[-1].id


def _offers(world: World, n: int) -> None:
    """Overtime in the evening of tomorrow, offered ``n`` times to everybody."""
    live, day = world.ids["live_schedule_id"], world.today + timedelta(days=1)
    starts_at = centers.at(world.center, day, 18)
    ids = [each.id for each in world.center.employees]
    shifts = db.session.scalars(
        select(scheduling.Shift)
        .where(scheduling.Shift.employee_id.in_(ids))
        .where(scheduling.Shift.is_live, scheduling.Shift.day == day)
    ).all()
    for _number in range(n):
        offer = scheduling.TimeOffer(
            schedule_id=live,
            kind=scheduling.OfferKind.OVERTIME,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            n_wanted=1,
            closes_at=starts_at,
            people=[
                scheduling.TimeOfferPerson(
                    employee_id=shift.employee_id,
                    shift_id=shift.id,
                    starts_at=shift.starts_at,
                    ends_at=starts_at + timedelta(hours=1),
                    extra_min=60,
                )
                for shift in shifts
            ],
        )
        db.session.add(offer)
    db.session.flush()
    world.ids |= {
        "offer_id": offer.id,
        "offer_starts": starts_at.isoformat(),
        "offer_ends": (starts_at + timedelta(hours=1)).isoformat(),
    }
    for endpoint in ("time_offers", "new_time_offer", "close_time_offer"):
        world.ids[f"scheduling.{endpoint}:schedule_id"] = live


def _recruiting(world: World, n: int) -> None:
    from tests.factories import recruiting

    world.ids |= recruiting.fill(
        world.center, n, today=world.today, recruiter=world.users["recruiter"]
    )


def _jobs(world: World) -> None:
    jobs = [
        Job(
            kind="kernel.send_mail",
            state=state,
            requested_by=world.users[role].id,
            progress_done=3,
            progress_total=9,
        )
        for role in world.users
        for state in (JobState.DONE, JobState.FAILED)
    ]
    db.session.add_all(jobs)
    db.session.flush()
    mine = {world_job.requested_by: world_job.id for world_job in jobs}
    world.ids["job_id"] = mine[world.users["agent"].id]
    world.ids["jobs"] = {role: mine[user.id] for role, user in world.users.items()}
