"""A small call center to schedule: site, team, queue, seats, what is required."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from callcenter.forecasting.models import Requirement
from callcenter.kernel.db import db
from callcenter.people.models import (
    Employee,
    EmployeeSkill,
    Employment,
    EmploymentKind,
    Floor,
    PayBasis,
    Site,
    Skill,
    SkillKind,
    Team,
)
from callcenter.projects.models import (
    BillingBasis,
    Client,
    Project,
    Queue,
    TeamAssignment,
)
from callcenter.scheduling import queries, services
from callcenter.scheduling.models import (
    ActivityKind,
    Schedule,
    ScheduleStatus,
    Seat,
    Shift,
    ShiftActivity,
    ShiftTemplate,
)

_serial = count(1)
MONDAY = date(2031, 3, 3)
LONG_AGO = date(2020, 1, 1)


@dataclass
class Center:
    """What a test of scheduling stands on."""

    site: Site
    team: Team
    project: Project
    queue: Queue
    skill: Skill
    floor: Floor
    employees: list[Employee]
    seats: list[Seat]

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return ZoneInfo(self.site.zone)


def make_center(
    *, n_agents: int = 3, n_seats: int = 3, zone: str = "Asia/Shanghai", country="CN"
) -> Center:
    """A stored site with one team that serves one queue."""
    n = next(_serial)
    site = Site(
        code=f"S{n}", name=f"Site {n}", zone=zone, country=country, currency="CNY"
    )
    skill = Skill(code=f"skill-{n}", name=f"Skill {n}", kind=SkillKind.CONTACT)
    client = Client(code=f"C{n}", name=f"Client {n}")
    db.session.add_all([site, skill, client])
    db.session.flush()
    team = Team(code=f"T{n}", name=f"Team {n}", site_id=site.id)
    floor = Floor(site_id=site.id, name="3")
    project = Project(
        client_id=client.id,
        code=f"P{n}",
        name=f"Project {n}",
        zone=zone,
        starts_on=LONG_AGO,
        billing_basis=BillingBasis.PER_HOUR,
        rate=Decimal(10),
        currency="CNY",
    )
    db.session.add_all([team, floor, project])
    db.session.flush()
    queue = Queue(
        project_id=project.id, code=f"Q{n}", name=f"Queue {n}", skill_id=skill.id
    )
    db.session.add_all(
        [
            queue,
            TeamAssignment(project_id=project.id, team_id=team.id, starts_on=LONG_AGO),
        ]
    )
    db.session.flush()
    center = Center(site, team, project, queue, skill, floor, [], [])
    center.employees = [make_agent(center) for _each in range(n_agents)]
    center.seats = [make_seat(center, x=each) for each in range(n_seats)]
    db.session.commit()
    return center


def make_agent(
    center: Center,
    *,
    kind: EmploymentKind = EmploymentKind.FULL_TIME,
    weekly_h: float = 40,
    has_skill: bool = True,
    **values: object,
) -> Employee:
    """A stored agent of the center's team."""
    n = next(_serial)
    values = {
        "number": f"E{n:05d}",
        "name": f"Agent {n}",
        "name_sort": f"agent {n:05d}",
        "site_id": center.site.id,
        "team_id": center.team.id,
        "hired_on": LONG_AGO,
        **values,
    }
    employee = Employee(**values, skills=[], employments=[])
    employee.employments.append(
        Employment(
            kind=kind,
            starts_on=LONG_AGO,
            weekly_h=weekly_h,
            pay_basis=PayBasis.MONTH,
            pay_rate=Decimal(5000),
            currency="CNY",
        )
    )
    if has_skill:
        employee.skills.append(
            EmployeeSkill(skill_id=center.skill.id, level=3, valid_from=LONG_AGO)
        )
    db.session.add(employee)
    db.session.flush()
    return employee


def make_seat(center: Center, *, x: int = 0, **values: object) -> Seat:
    """A stored seat on the center's floor."""
    values = {"code": f"A1-{x + 1:02d}", "zone": "A", "y": 0, **values}
    seat = Seat(floor_id=center.floor.id, x=x, **values)
    db.session.add(seat)
    db.session.flush()
    return seat


def make_schedule(
    center: Center,
    *,
    first_day: date = MONDAY,
    n_days: int = 7,
    status: ScheduleStatus = ScheduleStatus.DRAFT,
) -> Schedule:
    """A stored schedule of the center's team and queue."""
    schedule = services.create_schedule(
        name="Week",
        site=center.site,
        first_day=first_day,
        last_day=first_day + timedelta(days=n_days - 1),
        team_ids=[center.team.id],
        queue_ids=[center.queue.id],
        solve_limit_s=2,
    )
    schedule.status = status
    db.session.commit()
    return schedule


def at(center: Center, day: date, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock of the center."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=center.zone)
    return local.astimezone(UTC)


def make_shift(
    schedule: Schedule,
    employee: Employee,
    starts_at: datetime,
    *,
    hours: float = 9,
    seat: Seat | None = None,
    is_live: bool = False,
    has_breaks: bool = True,
    **values: object,
) -> Shift:
    """A stored shift with the breaks of the library's day shift."""
    ends_at = starts_at + timedelta(hours=hours)
    breaks = ((2, 0.25), (4, 1), (7, 0.25)) if has_breaks and hours >= 9 else ()
    kinds = (ActivityKind.PAID_BREAK, ActivityKind.LUNCH, ActivityKind.PAID_BREAK)
    shift = Shift(
        schedule_id=schedule.id,
        employee_id=employee.id,
        day=starts_at.astimezone(schedule.tz).date(),
        starts_at=starts_at,
        ends_at=ends_at,
        paid_min=round((hours - (1 if breaks else 0)) * 60),
        seat_id=seat.id if seat else None,
        is_live=is_live,
        activities=[
            ShiftActivity(
                kind=kind,
                starts_at=starts_at + timedelta(hours=after),
                ends_at=starts_at + timedelta(hours=after + length),
            )
            for kind, (after, length) in zip(kinds, breaks, strict=False)
        ],
        **values,
    )
    db.session.add(shift)
    db.session.commit()
    return shift


def template(code: str = "DAY") -> ShiftTemplate:
    """A shift of the library."""
    return next(each for each in queries.active_templates() if each.code == code)


def require(
    center: Center,
    days: Sequence[date],
    agents: float,
    *,
    opens: int = 9,
    closes: int = 18,
) -> None:
    """Ask for a number of agents on those days, in half hours."""
    rows = [
        Requirement(
            queue_id=center.queue.id,
            interval_start=at(center, day, opens) + timedelta(minutes=30) * slot,
            interval_s=1800,
            offered=agents * 4,
            required_agents=agents,
            scheduled_agents=agents,
        )
        for day in days
        for slot in range((closes - opens) * 2)
    ]
    db.session.add_all(rows)
    db.session.commit()
